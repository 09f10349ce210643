import {
  CreateCapacityProviderCommand,
  CreateDaemonCommand,
  CreateServiceCommand,
  PutClusterCapacityProvidersCommand,
  RegisterContainerInstanceCommand,
  RegisterDaemonTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { EventPage } from '../../../src/sandbox/index.ts';
import { readService, readTasks } from '../support/read.ts';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const REGION = 'eu-west-1';
type Event = EventPage['events'][number];
type Detail = { readonly eventName?: string; readonly version?: number } & Readonly<Record<string, unknown>>;

function detailOf(event: Event): Detail {
  return event.detail as Detail;
}

/** Details of the events of a type, oldest first. */
function detailsOf(s: SandboxUnderTest, detailType: string): Detail[] {
  const { events } = s.sandbox.events(REGION);
  return events.filter((event) => event['detail-type'] === detailType).map(detailOf);
}

/** Ten tasks of a service that come and go. */
async function churn(s: SandboxUnderTest): Promise<Event[]> {
  await withCluster(s);
  for (const zone of ['a', 'b', 'c']) await registerInstance(s, zone, `i-${zone}`);
  const taskDefinition = await registerTaskDefinition(s, {
    cpu: 64,
    memory: 64,
    labels: { 'sandbox.exit-after': '60' },
  });
  const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 10 };
  await s.ecs.send(new CreateServiceCommand(service));
  s.sandbox.clock.advance(5 * MINUTE);
  return [...s.sandbox.events(REGION).events];
}

describe('duplicate events', () => {
  it('come in their own envelopes with the version of the original, which identifies them', async () => {
    await using s = await withSandbox();
    s.sandbox.faults.set({ duplicateEvents: 0.3 });
    const events = (await churn(s)).filter((event) => event['detail-type'] === 'ECS Task State Change');
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    const keyOf = (event: Event): string => `${event.resources[0]} ${detailOf(event).version}`;
    const byKey = new Map<string, Event[]>();
    for (const event of events) byKey.set(keyOf(event), [...(byKey.get(keyOf(event)) ?? []), event]);
    const repeated = [...byKey.values()].filter((group) => group.length > 1);
    expect(repeated.length / byKey.size).toBeGreaterThan(0.2);
    expect(repeated.length / byKey.size).toBeLessThan(0.4);
    for (const [first, ...others] of repeated) {
      for (const other of others) expect(other.detail).toEqual(first?.detail);
    }
    // A consumer that keeps the highest version of each task ends with what ECS says.
    const latest = new Map<string, Detail>();
    for (const event of events) {
      const arn = event.resources[0] ?? '';
      if ((latest.get(arn)?.version ?? 0) < (detailOf(event).version ?? 0)) latest.set(arn, detailOf(event));
    }
    for (const task of await readTasks(s)) {
      expect(latest.get(task.taskArn ?? '')).toMatchObject({ version: task.version, lastStatus: task.lastStatus });
    }
  });

  it('are the same for the same seed, and absent by default', async () => {
    const emitted = async (duplicateEvents: number, randomSeed = 1): Promise<string> => {
      await using s = await withSandbox({ randomSeed });
      s.sandbox.faults.set({ duplicateEvents });
      return JSON.stringify(await churn(s));
    };
    const [one, other, none] = [await emitted(0.3), await emitted(0.3), await emitted(0)];
    expect(other).toBe(one);
    expect(none.length).toBeLessThan(one.length);
  });

  it('are set by HTTP as well', async () => {
    await using s = await withSandbox();
    const post = async (body: object) =>
      (await fetch(`${s.sandbox.url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(body) })).json();
    expect(await post({ duplicateEvents: 0.5 })).toMatchObject({ duplicateEvents: 0.5 });
    expect(await post({ duplicateEvents: 2 })).toEqual({ error: 'duplicateEvents must be a number from 0 to 1' });
  });
});

describe('service actions', () => {
  it('say why a task cannot be placed, and where', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const containerInstanceArn = await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s, { cpu: 1500 });
    await s.ecs.send(
      new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 2 }),
    );
    s.sandbox.clock.advance(20_000);
    expect(detailsOf(s, 'ECS Service Action')).toMatchObject([
      {
        eventType: 'ERROR',
        eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
        reason: 'RESOURCE:CPU',
        containerInstanceArns: [containerInstanceArn],
      },
    ]);
    const messages = (await readService(s)).events?.map(({ message }) => message);
    expect(messages).toContainEqual(
      expect.stringMatching(/^\(service web\) could not launch 1 tasks for deployment ecs-svc/),
    );
  });

  it('say that Fargate has no capacity where all its zones are lost, and name the capacity provider', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const capacityProvider = 'FARGATE_SPOT';
    const strategy = [{ capacityProvider, weight: 1 }];
    await s.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: [capacityProvider],
        defaultCapacityProviderStrategy: strategy,
      }),
    );
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const input = { cluster: 'main', taskDefinition, networkConfiguration: NETWORK };
    await s.ecs.send(new CreateServiceCommand({ ...input, serviceName: 'web', desiredCount: 1 }));
    s.sandbox.clock.advance(2 * MINUTE);
    const capacityProviderArns = [`arn:aws:ecs:${REGION}:123456789012:capacity-provider/FARGATE_SPOT`];
    expect(detailsOf(s, 'ECS Service Action')).toMatchObject([
      { eventName: 'SERVICE_STEADY_STATE' },
      { eventType: 'INFO', eventName: 'CAPACITY_PROVIDER_STEADY_STATE', capacityProviderArns },
    ]);
    for (const zone of ['a', 'b', 'c']) s.sandbox.accidents.cause({ accident: 'zone-lost', zone: `${REGION}${zone}` });
    s.sandbox.clock.advance(10_000);
    expect(detailsOf(s, 'ECS Service Action').at(-1)).toMatchObject({
      eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
      reason: 'RESOURCE:FARGATE',
      capacityProviderArns,
    });
    expect(await s.ecs.send(new RunTaskCommand(input))).toMatchObject({
      tasks: [],
      failures: [
        { reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone' },
      ],
    });
    s.sandbox.accidents.cause({ accident: 'zone-restored', zone: `${REGION}b` });
    const ran = await s.ecs.send(new RunTaskCommand({ ...input, count: 5 }));
    expect(new Set(ran.tasks?.map((task) => task.availabilityZone))).toEqual(new Set([`${REGION}b`]));
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 1 });
  });
});

describe('daemon events', () => {
  it('show the states of a deployment and which task could not start', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await s.ecs.send(
      new CreateCapacityProviderCommand({
        name: 'asg',
        autoScalingGroupProvider: {
          autoScalingGroupArn: `arn:aws:autoscaling:${REGION}:123456789012:autoScalingGroup:1:autoScalingGroupName/asg`,
          managedScaling: { status: 'DISABLED' },
        },
      }),
    );
    await s.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: ['asg'],
        defaultCapacityProviderStrategy: [],
      }),
    );
    s.sandbox.clock.advance(MINUTE);
    const { containerInstance } = await s.ecs.send(
      new RegisterContainerInstanceCommand({
        cluster: 'main',
        attributes: [{ name: 'sandbox.capacity-provider', value: 'asg' }],
      }),
    );
    const register = async (image: string, cpu: number): Promise<string> => {
      const { daemonTaskDefinitionArn = '' } = await s.ecs.send(
        new RegisterDaemonTaskDefinitionCommand({
          family: 'agent',
          containerDefinitions: [{ name: 'agent', image, memory: 64, cpu }],
        }),
      );
      return daemonTaskDefinitionArn;
    };
    const create = async (daemonName: string, image: string, cpu = 10) =>
      s.ecs.send(
        new CreateDaemonCommand({
          clusterArn: `arn:aws:ecs:${REGION}:123456789012:cluster/main`,
          daemonName,
          daemonTaskDefinitionArn: await register(image, cpu),
          capacityProviderArns: [`arn:aws:ecs:${REGION}:123456789012:capacity-provider/asg`],
        }),
      );
    await create('good', 'agent:1');
    s.sandbox.clock.advance(2 * MINUTE);
    const names = () => detailsOf(s, 'ECS Daemon Deployment State Change').map(({ eventName }) => eventName);
    expect(names()).toEqual([
      'DAEMON_DEPLOYMENT_PENDING',
      'DAEMON_DEPLOYMENT_IN_PROGRESS',
      'DAEMON_DEPLOYMENT_SUCCESSFUL',
    ]);
    await create('bad', 'sandbox/pull-error:1');
    await create('large', 'agent:1', 9000);
    s.sandbox.clock.advance(MINUTE);
    const containerInstanceArn = containerInstance?.containerInstanceArn;
    const impaired = detailsOf(s, 'ECS Daemon Service Action');
    expect(impaired).toContainEqual(
      expect.objectContaining({
        eventType: 'WARNING',
        eventName: 'DAEMON_TASK_START_IMPAIRED',
        failureType: 'TASK_FAILED_TO_RUN',
        containerInstanceArn,
        taskArn: expect.stringContaining(':task/main/'),
        reason: expect.stringContaining('CannotPullContainerError'),
      }),
    );
    expect(impaired).toContainEqual(
      expect.objectContaining({
        failureType: 'TASK_CREATION_FAILED',
        containerInstanceArn,
        reason: 'RESOURCE:CPU - Unable to place daemon task on container instance: insufficient CPU',
      }),
    );
  });
});
