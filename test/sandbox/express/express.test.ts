import {
  CreateExpressGatewayServiceCommand,
  DeleteExpressGatewayServiceCommand,
  DescribeExpressGatewayServiceCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  UpdateExpressGatewayServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService } from '../support/read.ts';
import { follow, readDeployment } from '../support/rollout.ts';
import { withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;

async function create(s: SandboxUnderTest): Promise<string> {
  await withCluster(s);
  const { service } = await s.ecs.send(
    new CreateExpressGatewayServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      infrastructureRoleArn: 'arn:aws:iam::123456789012:role/infrastructure',
      primaryContainer: { image: 'shop:1' },
      scalingTarget: { minTaskCount: 2 },
    }),
  );
  return service?.serviceArn ?? '';
}

describe('an Express service', () => {
  it('is an ECS service on Fargate behind resources that come to be one by one', async () => {
    await using s = await withSandbox();
    const serviceArn = await create(s);
    const describeIt = async () => (await s.ecs.send(new DescribeExpressGatewayServiceCommand({ serviceArn }))).service;
    const made = await describeIt();
    expect(made).toMatchObject({
      status: { statusCode: 'ACTIVE' },
      activeConfigurations: [
        {
          cpu: '256',
          memory: '512',
          healthCheckPath: '/ping',
          primaryContainer: { image: 'shop:1', containerPort: 80 },
          ingressPaths: [{ accessType: 'PUBLIC' }],
        },
      ],
    });
    const revisions = async () => {
      const serviceRevisionArns = [made?.activeConfigurations?.[0]?.serviceRevisionArn ?? ''];
      const { serviceRevisions = [] } = await s.ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
      return serviceRevisions[0]?.ecsManagedResources?.ingressPaths?.[0];
    };
    expect(await revisions()).toMatchObject({ loadBalancer: { status: 'PROVISIONING' } });
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await revisions()).toMatchObject({ loadBalancer: { status: 'ACTIVE' }, certificate: { status: 'ACTIVE' } });
    expect(await readService(s)).toMatchObject({ runningCount: 2, launchType: 'FARGATE' });
    const managed = new ListServicesCommand({ cluster: 'main', resourceManagementType: 'ECS' });
    expect((await s.ecs.send(managed)).serviceArns).toEqual([serviceArn]);
  });

  it('is updated by a canary of 5 %, which an alarm on failed requests rolls back', async () => {
    await using s = await withSandbox();
    const serviceArn = await create(s);
    s.sandbox.clock.advance(20 * MINUTE);
    const update = () =>
      s.ecs.send(new UpdateExpressGatewayServiceCommand({ serviceArn, primaryContainer: { image: 'shop:2' } }));
    const latest = async (): Promise<string> => {
      const input = { cluster: 'main', service: 'web' };
      const { serviceDeployments } = await s.ecs.send(new ListServiceDeploymentsCommand(input));
      return serviceDeployments?.[0]?.serviceDeploymentArn ?? '';
    };
    await update();
    const stands = await follow(s, await latest(), { step: 10_000, most: 20 * MINUTE });
    expect(stands).toContain('IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 5/100');
    expect(stands).toContain('IN_PROGRESS BAKE_TIME 100/100');
    expect(stands.at(-1)).toBe('SUCCESSFUL CLEAN_UP 100/100');
    const { alarms, sourceServiceRevisions = [], targetServiceRevision } = await readDeployment(s, await latest());
    const arns = [...sourceServiceRevisions, targetServiceRevision].map((revision) => revision?.arn ?? '');
    const input = { serviceRevisionArns: arns };
    const { serviceRevisions = [] } = await s.ecs.send(new DescribeServiceRevisionsCommand(input));
    const groups = serviceRevisions.map((item) => item.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn);
    expect(groups).toEqual([
      expect.stringMatching(/ecs-express-\w+-1\//),
      expect.stringMatching(/ecs-express-\w+-2\//),
    ]);
    const emitted = messagesOf(await readService(s));
    // Targets that come or go at about the same time share an event.
    const targets = (what: string, group?: string): number => {
      const counts = emitted.map(
        (text) => new RegExp(` ${what} (\\d+) targets in .target-group ${group}.`).exec(text)?.[1],
      );
      return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
    };
    expect([targets('deregistered', groups[0]), targets('registered', groups[1])]).toEqual([2, 2]);
    await update();
    await s.ecs.send(new UpdateExpressGatewayServiceCommand({ serviceArn, primaryContainer: { image: 'shop:3' } }));
    s.sandbox.clock.advance(3 * MINUTE);
    s.sandbox.setAlarm(alarms?.alarmNames?.[0] ?? '', 'ALARM');
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await readDeployment(s, await latest())).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
  });

  it('is updated by a new revision, and drains when it is deleted', async () => {
    await using s = await withSandbox();
    const serviceArn = await create(s);
    s.sandbox.clock.advance(20 * MINUTE);
    const update = { serviceArn, primaryContainer: { image: 'shop:2' }, scalingTarget: { minTaskCount: 3 } };
    const { service } = await s.ecs.send(new UpdateExpressGatewayServiceCommand(update));
    expect(service?.targetConfiguration).toMatchObject({ primaryContainer: { image: 'shop:2', containerPort: 80 } });
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 3, deployments: [{ rolloutState: 'COMPLETED' }] });
    const deleted = await s.ecs.send(new DeleteExpressGatewayServiceCommand({ serviceArn }));
    expect(deleted.service?.status?.statusCode).toBe('DRAINING');
    s.sandbox.clock.advance(2 * MINUTE);
    const after = await s.ecs.send(new DescribeExpressGatewayServiceCommand({ serviceArn }));
    expect(after.service?.status?.statusCode).toBe('INACTIVE');
  });

  it('asks for a container and its role', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const input = { cluster: 'main', infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x' };
    const made = s.ecs.send(new CreateExpressGatewayServiceCommand(input));
    await expect(made).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
