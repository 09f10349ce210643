import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  PutAccountSettingCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateClusterCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { MINUTE } from '../support/rollout.ts';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const PLACE = { cluster: 'main', service: 'web' };

async function create(s: SandboxUnderTest, input: object = {}) {
  const service = { cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 2 };
  const fargate = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;
  await s.ecs.send(new CreateServiceCommand({ ...service, ...fargate, ...input }));
}

async function withService(s: SandboxUnderTest, input: object = {}): Promise<void> {
  await withCluster(s);
  await registerTaskDefinition(s, { fargate: true });
  await create(s, input);
  s.sandbox.clock.advance(2 * MINUTE);
}

/** EventBridge events of a name. */
function emitted(s: SandboxUnderTest, eventName: string) {
  const details = s.sandbox.events('eu-west-1').events.map(({ detail }) => detail as Record<string, unknown>);
  return details.filter((detail) => detail.eventName === eventName);
}

describe('a scheduler that is kept from its work', () => {
  it('by throttling: reports it and does nothing until it is over', async () => {
    await using s = await withSandbox();
    await withService(s);
    const accident = { accident: 'operations-throttled', service: 'web', seconds: 120 };
    await fetch(`${s.sandbox.url}/_sandbox/accidents`, { method: 'POST', body: JSON.stringify(accident) });
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, desiredCount: 4 }));
    s.sandbox.clock.advance(119_000);
    const held = await readService(s);
    expect(held).toMatchObject({ desiredCount: 4, runningCount: 2, pendingCount: 0 });
    expect(messagesOf(held).at(-1)).toBe('(service web) operations are being throttled. Will try again later.');
    expect(emitted(s, 'ECS_OPERATION_THROTTLED')).toMatchObject([{ eventType: 'ERROR' }]);
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 4 });
  });

  it('by throttling of Cloud Map, where it has service registries', async () => {
    await using s = await withSandbox();
    await withService(s);
    const cause = () => s.sandbox.accidents.cause({ accident: 'discovery-throttled', service: 'web' });
    expect(cause).toThrow('web has no serviceRegistries');
    const registryArn = 'arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1';
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, serviceRegistries: [{ registryArn }] }));
    cause();
    expect(emitted(s, 'SERVICE_DISCOVERY_OPERATION_THROTTLED')).toMatchObject([{ eventType: 'ERROR' }]);
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await readService(s)).toMatchObject({ deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  it('by health that it cannot find out: an unhealthy task is replaced only afterwards', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerTaskDefinition(s, {
      fargate: true,
      container: { healthCheck: { command: ['true'] } },
      labels: { 'sandbox.unhealthy-after': '180' },
    });
    await create(s, { desiredCount: 1 });
    s.sandbox.clock.advance(2 * MINUTE);
    const { serviceArn = '' } = await readService(s);
    s.sandbox.accidents.cause({ accident: 'health-unknown', service: serviceArn, seconds: 600 });
    expect(emitted(s, 'SERVICE_HEALTH_UNKNOWN')).toMatchObject([{ eventType: 'ERROR' }]);
    s.sandbox.clock.advance(9 * MINUTE);
    const [task] = await readTasks(s);
    expect(task).toMatchObject({ healthStatus: 'UNHEALTHY', lastStatus: 'RUNNING' });
    s.sandbox.clock.advance(3 * MINUTE);
    expect((await readTasks(s)).some(({ taskArn }) => taskArn === task?.taskArn)).toBe(false);
  });

  const loseSight = (s: SandboxUnderTest) =>
    s.sandbox.accidents.cause({ accident: 'health-unknown', service: 'web', seconds: 1200 });

  it('by health that it cannot find out: what ended is replaced, and the count is followed', async () => {
    await using s = await withSandbox();
    await withService(s);
    loseSight(s);
    const [lost] = await readTasks(s);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: lost?.taskArn }));
    const countAfter = async (desiredCount: number): Promise<number | undefined> => {
      await s.ecs.send(new UpdateServiceCommand({ ...PLACE, desiredCount }));
      s.sandbox.clock.advance(3 * MINUTE);
      return (await readService(s)).runningCount;
    };
    expect([await countAfter(2), await countAfter(4), await countAfter(1)]).toEqual([2, 4, 1]);
    await s.ecs.send(new DeleteServiceCommand({ ...PLACE, force: true }));
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await readService(s)).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
  });

  it('by health that it cannot find out: a deployment stands still', async () => {
    await using s = await withSandbox();
    await withService(s);
    loseSight(s);
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, forceNewDeployment: true }));
    s.sandbox.clock.advance(10 * MINUTE);
    const held = await readService(s);
    expect(held.deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', runningCount: 0 }, { runningCount: 2 }]);
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  it('by health that it cannot find out: a daemon still comes to each new instance', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a', 'i-1');
    await registerTaskDefinition(s);
    const daemon = { schedulingStrategy: 'DAEMON', desiredCount: undefined };
    await create(s, { launchType: 'EC2', networkConfiguration: undefined, ...daemon });
    s.sandbox.clock.advance(2 * MINUTE);
    loseSight(s);
    await registerInstance(s, 'b', 'i-2');
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 2 });
  });
});

describe('what can never be launched', () => {
  const taskRoleArn = 'arn:aws:iam::123456789012:role/sandbox-not-assumable';
  const register = (s: SandboxUnderTest, more: object) =>
    s.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions: [{ name: 'app', image: 'web', cpu: 1, memory: 4 }],
        ...more,
      }),
    );
  const reason = expect.stringMatching(
    /^ECS was unable to assume the role 'arn:.*sandbox-not-assumable' that was provided/,
  );

  it('is reported as a configuration failure until the service is changed', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    await register(s, { taskRoleArn });
    await create(s, { launchType: 'EC2', networkConfiguration: undefined });
    s.sandbox.clock.advance(30 * MINUTE);
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 0, pendingCount: 0 });
    expect(messagesOf(service).at(-1)).toMatch(
      /^\(service web\) failed to launch a task with \(error ECS was unable to/,
    );
    const failures = emitted(s, 'SERVICE_TASK_CONFIGURATION_FAILURE');
    expect(failures.length).toBeGreaterThan(1);
    expect(failures.length).toBeLessThan(10);
    expect(failures[0]).toMatchObject({ eventType: 'ERROR', reason });
    await expect(s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }))).rejects.toMatchObject({
      name: 'ClientException',
      message: reason,
    });
    await register(s, {});
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, taskDefinition: 'web' }));
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 2 });
  });

  it('reports it for a daemon service too, once for all of its instances', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a', 'i-1');
    await registerInstance(s, 'b', 'i-2');
    await register(s, { executionRoleArn: taskRoleArn });
    const daemon = { schedulingStrategy: 'DAEMON', desiredCount: undefined };
    await create(s, { launchType: 'EC2', networkConfiguration: undefined, ...daemon });
    s.sandbox.clock.advance(30_000);
    expect(emitted(s, 'SERVICE_TASK_CONFIGURATION_FAILURE')).toHaveLength(1);
  });

  it('are tags on tasks whose ARNs have the old format', async () => {
    await using s = await withSandbox();
    await s.ecs.send(new PutAccountSettingCommand({ name: 'taskLongArnFormat', value: 'disabled' }));
    await withService(s, { propagateTags: 'SERVICE', tags: [{ key: 'team', value: 'a' }] });
    const [failure] = emitted(s, 'SERVICE_TASK_CONFIGURATION_FAILURE');
    expect(failure?.reason).toMatch(/^The new ARN and resource ID format must be enabled to add tags to the task/);
    expect(await readService(s)).toMatchObject({ runningCount: 0, pendingCount: 0 });
    await s.ecs.send(new PutAccountSettingCommand({ name: 'taskLongArnFormat', value: 'enabled' }));
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 2 });
  });
});

describe('an account that AWS blocks', () => {
  it('launches nothing on Fargate until it is restored', async () => {
    await using s = await withSandbox();
    await withService(s);
    s.sandbox.accidents.cause({ accident: 'account-blocked', region: 'eu-west-1' });
    const run = () =>
      s.ecs.send(
        new RunTaskCommand({
          cluster: 'main',
          taskDefinition: 'web',
          launchType: 'FARGATE',
          networkConfiguration: NETWORK,
        }),
      );
    await expect(run()).rejects.toMatchObject({ name: 'BlockedException' });
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, desiredCount: 3 }));
    s.sandbox.clock.advance(2 * MINUTE);
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 2 });
    expect(messagesOf(service).at(-1)).toMatch(/unable to place a task\. Reason: Your account is currently blocked/);
    s.sandbox.accidents.cause({ accident: 'account-restored', region: 'eu-west-1' });
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 3 });
    expect((await run()).tasks).toHaveLength(1);
  });
});

describe('a namespace that is not there', () => {
  it('is not found by clusters and services', async () => {
    await using s = await withSandbox();
    const missing = { name: 'NamespaceNotFoundException' };
    const namespace = 'arn:aws:servicediscovery:eu-west-1:123456789012:namespace/sandbox-missing';
    const serviceConnectDefaults = { namespace };
    await expect(
      s.ecs.send(new CreateClusterCommand({ clusterName: 'other', serviceConnectDefaults })),
    ).rejects.toMatchObject(missing);
    await withCluster(s);
    await expect(
      s.ecs.send(new UpdateClusterCommand({ cluster: 'main', serviceConnectDefaults })),
    ).rejects.toMatchObject(missing);
    await registerTaskDefinition(s, { fargate: true });
    const serviceConnectConfiguration = { enabled: true, namespace: 'sandbox-missing-too' };
    await expect(create(s, { serviceConnectConfiguration })).rejects.toMatchObject(missing);
    await create(s, { serviceConnectConfiguration: { enabled: true, namespace: 'there' } });
  });
});
