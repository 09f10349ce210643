import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { TARGETS } from '../support/scheduling-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const PLACE = { cluster: 'main', service: 'web' };
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function numberOf(idOrArn: string | undefined): string {
  return idOrArn?.split('/').pop() ?? '';
}

async function deployments(s: SandboxUnderTest) {
  const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
  return services?.[0]?.deployments ?? [];
}

async function withService(s: SandboxUnderTest): Promise<void> {
  await withCluster(s);
  await registerTaskDefinition(s, { fargate: true });
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  );
  s.sandbox.clock.advance(120_000);
}

// Recorded: CreateService 2026-04-25 and UpdateService 2026-04-30 (3 of 3 pairs, two accounts). Terraform's wait_for_steady_state
// looks for the service deployment whose targetServiceRevisionArn holds the number of the PRIMARY deployment's id.
describe('The number of a deployment', () => {
  it('is that of its service revision, of what targets it, of what its tasks are started by, also after a rollback', async () => {
    await using s = await withSandbox();
    await withService(s);
    const [first] = await deployments(s);
    await registerTaskDefinition(s, { fargate: true, container: { image: 'sandbox/exit:1' } });
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, taskDefinition: 'web' }));
    const [second] = await deployments(s);
    const { serviceDeployments = [] } = await s.ecs.send(new ListServiceDeploymentsCommand(PLACE));
    expect(serviceDeployments.map((item) => numberOf(item.targetServiceRevisionArn))).toEqual([
      numberOf(second?.id),
      numberOf(first?.id),
    ]);
    s.sandbox.clock.advance(900_000);
    const [primary] = await deployments(s);
    expect(primary).toMatchObject({ id: first?.id, status: 'PRIMARY', rolloutState: 'COMPLETED' });
    const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    expect(services?.[0]?.currentServiceRevisions?.map(({ arn }) => numberOf(arn))).toEqual([numberOf(first?.id)]);
    const [arn] = serviceDeployments.map((item) => item.serviceDeploymentArn ?? '');
    const described = await s.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn ?? ''] }));
    expect(described.serviceDeployments?.[0]).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect(numberOf(described.serviceDeployments?.[0]?.rollback?.serviceRevisionArn)).toBe(numberOf(first?.id));
    const { taskArns } = await s.ecs.send(new ListTasksCommand({ cluster: 'main' }));
    const { tasks } = await s.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
    expect(tasks?.map(({ startedBy }) => startedBy)).toEqual([first?.id, first?.id]);
  });

  it('is that of a task set which has become a deployment', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerTaskDefinition(s, { fargate: true, container: { portMappings: [{ containerPort: 80 }] } });
    const input = { cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 1, ...ON_FARGATE };
    const loadBalancers = TARGETS;
    await s.ecs.send(
      new CreateServiceCommand({ ...input, loadBalancers, deploymentController: { type: 'CODE_DEPLOY' } }),
    );
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, deploymentController: { type: 'ECS' } }));
    const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    const [service] = services ?? [];
    const arn = service?.currentServiceRevisions?.[0]?.arn ?? '';
    expect(numberOf(arn)).toBe(numberOf(service?.deployments?.[0]?.id));
    const { serviceRevisions } = await s.ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn] }));
    expect(serviceRevisions).toHaveLength(1);
  });
});

const ON_FARGATE = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;

describe('Ids have the form of those in recordings', () => {
  it('service deployments (2026-01 and -02), attachments, runtime ids of Fargate (2023 to 2026-02)', async () => {
    await using s = await withSandbox();
    await withService(s);
    const { serviceDeployments } = await s.ecs.send(new ListServiceDeploymentsCommand(PLACE));
    expect(numberOf(serviceDeployments?.[0]?.serviceDeploymentArn)).toMatch(/^[\w-]{21}$/);
    const { taskArns } = await s.ecs.send(new ListTasksCommand({ cluster: 'main' }));
    const { tasks } = await s.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
    const [task] = tasks ?? [];
    const [container] = task?.containers ?? [];
    expect(task?.attachments?.[0]?.id).toMatch(UUID_V4);
    expect(numberOf(container?.containerArn)).toMatch(UUID_V4);
    expect(container?.runtimeId).toMatch(new RegExp(`^${numberOf(task?.taskArn)}-\\d{1,10}$`));
    const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    expect(services?.[0]?.events?.[0]?.id).toMatch(UUID_V4);
    expect(s.sandbox.events('eu-west-1').events[0]?.id).toMatch(UUID_V4);
  });
});

describe('A Region', () => {
  it.each([
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
  ])('%s is in the partition %s', async (region, partition) => {
    await using s = await withSandbox();
    const ecs = s.client({ region });
    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
    expect(cluster?.clusterArn).toBe(`arn:${partition}:ecs:${region}:123456789012:cluster/main`);
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: [cluster?.clusterArn ?? ''] }));
    expect(clusters).toHaveLength(1);
  });

  it('is planted with ARNs of its partition only', async () => {
    await using s = await withSandbox({ seed: 'demo' });
    const ecs = s.client({ region: 'cn-north-1' });
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster: 'storefront', services: ['storefront'] }),
    );
    expect(JSON.stringify(services)).toContain('arn:aws-cn:elasticloadbalancing:');
    expect(JSON.stringify(services)).not.toContain('arn:aws:');
  });
});

describe('An access key of 12 digits', () => {
  it('is an account with a world of its own, as in moto and LocalStack', async () => {
    await using s = await withSandbox();
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'any' };
    const other = s.client({ credentials });
    const { cluster } = await other.send(new CreateClusterCommand({ clusterName: 'main' }));
    expect(cluster?.clusterArn).toBe('arn:aws:ecs:eu-west-1:111122223333:cluster/main');
    expect((await s.ecs.send(new ListClustersCommand())).clusterArns).toEqual([]);
    expect((await other.send(new ListClustersCommand())).clusterArns).toEqual([cluster?.clusterArn]);
    await expect(s.ecs.send(new DescribeClustersCommand({ clusters: [cluster?.clusterArn ?? ''] }))).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDeniedException' }),
    );
  });

  it('has events of its own', async () => {
    await using s = await withSandbox();
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'any' };
    await withService({ ...s, ecs: s.client({ credentials }) });
    const answer = await fetch(`${s.sandbox.url}/_sandbox/events?region=eu-west-1&account=111122223333`);
    const { events } = (await answer.json()) as { events: { account: string }[] };
    expect(new Set(events.map(({ account }) => account))).toEqual(new Set(['111122223333']));
    expect(s.sandbox.events('eu-west-1').events).toEqual([]);
    const wrong = await fetch(`${s.sandbox.url}/_sandbox/events?account=1111`);
    expect([wrong.status, await wrong.json()]).toEqual([400, { error: 'account must be 12 digits' }]);
  });
});
