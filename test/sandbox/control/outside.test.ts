import {
  CreateClusterCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DescribeServicesCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

async function post({ sandbox }: SandboxUnderTest, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

/** The error of a refused call. */
async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'nothing',
    ({ name, message }: Error) => `${name}: ${message}`,
  );
}

const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';
const NO_ROLE =
  'InvalidParameterException: Unable to assume the service linked role. Please verify that the ECS service linked role exists.';
const NO_BALANCER = `InvalidParameterException: The target group with targetGroupArn ${GROUP} does not have an associated load balancer.`;

function createService(s: SandboxUnderTest, serviceName: string, more: object = {}) {
  const fargate = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;
  return s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName,
      taskDefinition: 'web',
      desiredCount: 1,
      ...fargate,
      ...more,
    }),
  );
}

describe('what lies outside ECS', () => {
  it('may lack the service-linked role, for good or for a while', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerTaskDefinition(s, { fargate: true });
    const role = 'arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS';
    expect(await post(s, 'roles', { role, state: 'MISSING', seconds: 20 })).toEqual({
      missing: { AWSServiceRoleForECS: '2026-03-01T12:00:20.000Z' },
      defined: {},
    });
    const create = () => s.ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
    const put = () =>
      s.ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: 'main',
          capacityProviders: ['FARGATE'],
          defaultCapacityProviderStrategy: [],
        }),
      );
    for (const call of [create, put, () => createService(s, 'web')]) expect(await refusal(call())).toBe(NO_ROLE);
    s.sandbox.clock.advance(20_000);
    for (const call of [create, put, () => createService(s, 'web')]) expect(await refusal(call())).toBe('nothing');

    await post(s, 'roles', { role: 'AWSServiceRoleForECS', state: 'MISSING' });
    s.sandbox.clock.advance(3600_000);
    expect(await refusal(create())).toBe(NO_ROLE);
    expect(await post(s, 'roles', { role: 'AWSServiceRoleForECS', state: 'OK' })).toEqual({ missing: {}, defined: {} });
    expect(await refusal(create())).toBe('nothing');
  });

  it('may lack the role of a service or of its tasks', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskRoleArn = 'arn:aws:iam::123456789012:role/app';
    await registerTaskDefinition(s, { fargate: true });
    await s.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'app',
        taskRoleArn,
        containerDefinitions: [{ name: 'app', image: 'web:1', memory: 64 }],
      }),
    );
    await post(s, 'roles', { role: 'ecsServiceRole', state: 'MISSING' });
    await post(s, 'roles', { role: taskRoleArn, state: 'MISSING' });
    const loadBalancers = [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 80 }];
    const roled = createService(s, 'roled', { role: 'arn:aws:iam::123456789012:role/ecsServiceRole', loadBalancers });
    expect(await refusal(roled)).toContain('verify that the ECS service role being passed has the proper permissions');
    const run = () =>
      s.ecs.send(
        new RunTaskCommand({
          cluster: 'main',
          taskDefinition: 'app',
        }),
      );
    expect(await refusal(run())).toContain(`ClientException: ECS was unable to assume the role '${taskRoleArn}'`);
    await post(s, 'roles', { role: 'app', state: 'OK' });
    expect(await refusal(run())).toBe('InvalidParameterException: No Container Instances were found in your cluster.');
  });

  it('may have a target group without a load balancer', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerTaskDefinition(s, { fargate: true, container: { portMappings: [{ containerPort: 80 }] } });
    const loadBalancers = [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 80 }];
    await createService(s, 'plain');
    await createService(s, 'sets', {
      deploymentController: { type: 'EXTERNAL' },
      taskDefinition: undefined,
      launchType: undefined,
      networkConfiguration: undefined,
    });
    await post(s, 'target-groups', { targetGroupArn: GROUP, state: 'NO_LOAD_BALANCER', seconds: 60 });
    const calls = [
      () => createService(s, 'web', { loadBalancers }),
      () => s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'plain', loadBalancers })),
      () =>
        s.ecs.send(
          new CreateTaskSetCommand({
            cluster: 'main',
            service: 'sets',
            taskDefinition: 'web',
            launchType: 'FARGATE',
            networkConfiguration: NETWORK,
            loadBalancers,
          }),
        ),
    ];
    for (const call of calls) expect(await refusal(call())).toBe(NO_BALANCER);
    s.sandbox.clock.advance(60_000);
    for (const call of calls) expect(await refusal(call())).toBe('nothing');
    const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    expect(services?.[0]?.loadBalancers?.[0]?.targetGroupArn).toBe(GROUP);
  });

  it('is set in words that are checked, and all is well again after a reset', async () => {
    await using s = await withSandbox();
    for (const [path, body, error] of [
      ['roles', { state: 'MISSING' }, 'role is missing'],
      ['roles', { role: 'x', state: 'GONE' }, 'state must be one of MISSING, OK'],
      ['roles', { role: 'x', state: 'MISSING', seconds: -1 }, 'seconds must be a number of seconds, 0 or more'],
      ['target-groups', { state: 'OK' }, 'targetGroupArn is missing'],
      ['target-groups', { targetGroupArn: GROUP, state: 'MISSING' }, 'state must be one of NO_LOAD_BALANCER, OK'],
    ] as const) {
      expect(await post(s, path, body)).toEqual({ error });
    }
    await post(s, 'roles', { role: 'AWSServiceRoleForECS', state: 'MISSING' });
    s.sandbox.reset();
    expect(await refusal(withCluster(s))).toBe('nothing');
  });
});
