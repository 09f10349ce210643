import { describe, expect, it } from 'vitest';
import { eventTime } from '../../../src/sandbox/util/event-time.ts';
import { ON_FARGATE, SchedulingWorld, TARGETS } from '../support/scheduling-world.ts';

const REGION = 'eu-west-1';
type Detail = Readonly<Record<string, unknown>>;

function eventsOf(world: SchedulingWorld, detailType: string) {
  const { events } = world.backend.world(REGION).events.read({ region: REGION, account: '123456789012' }, 0);
  // As it would travel: what is undefined is not there.
  const all = JSON.parse(JSON.stringify(events)) as {
    'detail-type': string;
    time: string;
    resources: string[];
    detail: Detail;
  }[];
  return all.filter((event) => event['detail-type'] === detailType);
}

function withTask(more: object = {}): SchedulingWorld {
  const world = new SchedulingWorld();
  const taskRoleArn = 'arn:aws:iam::123456789012:role/exec';
  world.create(world.onFargate('f', { taskRoleArn }), 1, { ...ON_FARGATE, enableExecuteCommand: true, ...more });
  world.seconds(120);
  return world;
}

const TASK = 'ECS Task State Change';
function lastOf(world: SchedulingWorld, status: string): { readonly detail: Detail; readonly time: string } {
  const event = eventsOf(world, TASK).findLast(({ detail }) => detail.lastStatus === status);
  if (event === undefined) throw new Error(`no task is ${status}`);
  return event;
}

const RUNNING_KEYS = [
  'attachments',
  'attributes',
  'availabilityZone',
  'clusterArn',
  'connectivity',
  'connectivityAt',
  'containers',
  'cpu',
  'createdAt',
  'desiredStatus',
  'enableExecuteCommand',
  'ephemeralStorage',
  'group',
  'launchType',
  'lastStatus',
  'memory',
  'overrides',
  'platformVersion',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'startedBy',
  'taskArn',
  'taskDefinitionArn',
  'updatedAt',
  'version',
];

const CONTAINER_KEYS = [
  'containerArn',
  'lastStatus',
  'name',
  'image',
  'imageDigest',
  'runtimeId',
  'taskArn',
  'networkInterfaces',
  'cpu',
  'managedAgents',
];

describe('a task on Fargate', () => {
  // Recorded 2023-05-02: a service's task that is RUNNING, with ECS Exec.
  it('that is RUNNING has the members of the recording, in its order', () => {
    const { detail, time } = lastOf(withTask(), 'RUNNING');
    expect(Object.keys(detail)).toEqual(RUNNING_KEYS);
    expect(detail).toMatchObject({
      attachments: [
        {
          type: 'eni',
          status: 'ATTACHED',
          details: ['subnetId', 'networkInterfaceId', 'macAddress', 'privateDnsName', 'privateIPv4Address'].map(
            (name) => ({ name }),
          ),
        },
      ],
      overrides: { containerOverrides: [{ name: 'app' }] },
      containers: [{ lastStatus: 'RUNNING', managedAgents: [{ name: 'ExecuteCommandAgent' }] }],
    });
    expect(Object.keys(detail.overrides as object)).toEqual(['containerOverrides']);
    const [container] = detail.containers as Detail[];
    expect(Object.keys(container ?? {})).toEqual(CONTAINER_KEYS);
    const [agent] = (container?.managedAgents ?? []) as Detail[];
    expect(Object.keys(agent ?? {})).toEqual(['name', 'status']);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  // Recorded 2024-11-13: STOPPED, behind a load balancer.
  it('behind a load balancer that is STOPPED has an `elb` attachment before its ENI', () => {
    const world = withTask({ loadBalancers: TARGETS });
    world.call('StopTask', { task: world.running()[0]?.taskArn });
    world.seconds(60);
    const { detail } = lastOf(world, 'STOPPED');
    const added = ['executionStoppedAt', 'stoppingAt', 'stoppedAt', 'stoppedReason', 'stopCode'];
    expect(Object.keys(detail).sort()).toEqual([...RUNNING_KEYS, ...added].sort());
    expect(Object.keys(detail).slice(-9)).toEqual([
      'startedBy',
      'stoppingAt',
      'stoppedAt',
      'stoppedReason',
      'stopCode',
      'taskArn',
      'taskDefinitionArn',
      'updatedAt',
      'version',
    ]);
    expect(detail).toMatchObject({
      attachments: [
        { type: 'elb', status: 'DELETED', details: [] },
        { type: 'eni', status: 'DELETED', details: [{}, {}, {}, {}, {}] },
      ],
      containers: [
        { exitCode: 0, lastStatus: 'STOPPED', managedAgents: [{ name: 'ExecuteCommandAgent', status: 'STOPPED' }] },
      ],
      stopCode: 'UserInitiated',
    });
    expect((detail.attachments as Detail[]).map(({ id }) => id)).toHaveLength(2);
    expect(detail.updatedAt).toBe(detail.stoppedAt);
  });

  // Recorded 2023-04-04 by Step Functions: a standalone task of FARGATE_SPOT with overrides.
  it('of RunTask has what it was given as overrides, and its capacity provider', () => {
    const world = new SchedulingWorld();
    const { networkConfiguration } = ON_FARGATE;
    world.call('RunTask', {
      taskDefinition: world.onFargate('f', { image: 'sandbox/exit-after:5-0' }),
      networkConfiguration,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }],
      startedBy: 'AWS Step Functions',
      overrides: { containerOverrides: [{ name: 'app', command: ['s3:bucket:1'] }] },
    });
    world.seconds(120);
    expect(lastOf(world, 'STOPPED').detail).toMatchObject({
      capacityProviderName: 'FARGATE_SPOT',
      enableExecuteCommand: false,
      group: 'family:f',
      overrides: { containerOverrides: [{ name: 'app', command: ['s3:bucket:1'] }] },
      startedBy: 'AWS Step Functions',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  });

  // Captured from a live deployment, 2026-09-04.
  it('that has just been made is PROVISIONING, its containers PENDING', () => {
    const world = withTask();
    const [first] = eventsOf(world, TASK);
    expect(first?.detail).toMatchObject({
      group: 'service:s',
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      startedBy: world.service().deployments?.[0]?.id,
      containers: [{ name: 'app', image: 'web:1', lastStatus: 'PENDING' }],
    });
  });
});

/** State, wished state and version of each event of the first task, oldest first. */
function seriesOf(world: SchedulingWorld): string[] {
  const events = eventsOf(world, TASK);
  const own = events.filter(({ resources }) => resources[0] === events[0]?.resources[0]);
  return own.map(({ detail }) => `${detail.version} ${detail.lastStatus} ${detail.desiredStatus}`);
}

// Versions of eight events of 2018 to 2024, each the count of announced states so far.
describe('the version of a task', () => {
  const started = ['1 PROVISIONING RUNNING', '2 PENDING RUNNING', '3 RUNNING RUNNING'];

  it.each([
    ['', {}],
    [' behind a load balancer', { loadBalancers: TARGETS }],
  ])('that is stopped on Fargate%s ends at 6: one is the wish', (_, more) => {
    const world = withTask(more);
    world.call('StopTask', { task: world.running()[0]?.taskArn });
    world.seconds(60);
    expect(seriesOf(world)).toEqual([...started, '4 RUNNING STOPPED', '5 DEPROVISIONING STOPPED', '6 STOPPED STOPPED']);
  });

  it('that ends by itself on Fargate ends at 5', () => {
    const world = new SchedulingWorld();
    const { networkConfiguration } = ON_FARGATE;
    const taskDefinition = world.onFargate('f', { image: 'sandbox/exit-after:5-0' });
    world.call('RunTask', { taskDefinition, networkConfiguration, launchType: 'FARGATE' });
    world.seconds(120);
    expect(seriesOf(world)).toEqual([...started, '4 DEPROVISIONING STOPPED', '5 STOPPED STOPPED']);
  });

  it('that ends by itself on an instance ends at 3, and at 4 if it is stopped', () => {
    const onInstance = (image: string): SchedulingWorld => {
      const world = new SchedulingWorld();
      world.instance();
      world.call('RunTask', { taskDefinition: world.onInstances('e', { image }) });
      world.seconds(60);
      return world;
    };
    expect(seriesOf(onInstance('sandbox/exit-after:5-0'))).toEqual([
      '1 PENDING RUNNING',
      '2 RUNNING RUNNING',
      '3 STOPPED STOPPED',
    ]);
    const world = onInstance('web:1');
    world.call('StopTask', { task: world.running()[0]?.taskArn });
    world.seconds(60);
    expect(seriesOf(world).slice(2)).toEqual(['3 RUNNING STOPPED', '4 STOPPED STOPPED']);
  });

  it('rises when one of its containers ends and it goes on, not with its health', () => {
    const world = new SchedulingWorld();
    world.instance();
    const app = { name: 'app', image: 'web:1', memory: 64, healthCheck: { command: ['CMD', 'true'] } };
    const sidecar = { name: 'init', image: 'sandbox/exit-after:5-0', memory: 64, essential: false };
    world.call('RegisterTaskDefinition', { family: 'pair', containerDefinitions: [app, sidecar] });
    world.call('RunTask', { taskDefinition: 'pair' });
    world.seconds(120);
    const events = eventsOf(world, TASK);
    expect(
      events.map(({ detail }) => [detail.version, (detail.containers as Detail[]).map((c) => c.lastStatus)]),
    ).toEqual([
      [1, ['PENDING', 'PENDING']],
      [2, ['RUNNING', 'RUNNING']],
      [3, ['RUNNING', 'STOPPED']],
    ]);
    expect(JSON.stringify(events)).not.toMatch(/health|"tags"|protect/i);
  });
});

describe('times in details', () => {
  it.each([
    [710, '2024-11-13T21:22:46.71Z'],
    [540, '2024-11-13T21:22:46.54Z'],
    [984, '2024-11-13T21:22:46.984Z'],
    [500, '2024-11-13T21:22:46.5Z'],
    [0, '2024-11-13T21:22:46Z'],
  ])('leave out trailing zeros of the milliseconds: %s', (ms, expected) => {
    expect(eventTime(Date.parse('2024-11-13T21:22:46Z') + ms)).toBe(expected);
  });
});

// Captured from a live deployment, 2026-09-04: `clusterArn` after eventName, confirmed by rules on two clusters.
describe('a deployment and a service', () => {
  it('name their cluster', () => {
    const world = withTask();
    const clusterArn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/main';
    const deployments = eventsOf(world, 'ECS Deployment State Change');
    expect(deployments.map(({ detail }) => detail.eventName)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    for (const { detail, resources } of deployments) {
      expect(Object.keys(detail)).toEqual([
        'eventType',
        'eventName',
        'clusterArn',
        'deploymentId',
        'updatedAt',
        'reason',
      ]);
      expect(detail.clusterArn).toBe(clusterArn);
      expect(resources).toEqual(['arn:aws:ecs:eu-west-1:123456789012:service/main/s']);
    }
    const steady = eventsOf(world, 'ECS Service Action').find(
      ({ detail }) => detail.eventName === 'SERVICE_STEADY_STATE',
    );
    expect(Object.keys(steady?.detail ?? {})).toEqual(['eventType', 'eventName', 'clusterArn', 'createdAt']);
  });
});

// AWS's sample event, and one of 2018: only the value that counts.
describe('an instance', () => {
  it('shows of each resource the value that counts', () => {
    const world = new SchedulingWorld();
    world.instance();
    const [event] = eventsOf(world, 'ECS Container Instance State Change');
    expect(event?.detail.registeredResources).toEqual([
      { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 2000 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: expect.any(Array) },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
    ]);
    expect(Object.keys(event?.detail ?? {})).toEqual([
      'agentConnected',
      'attributes',
      'clusterArn',
      'containerInstanceArn',
      'ec2InstanceId',
      'registeredResources',
      'remainingResources',
      'status',
      'version',
      'versionInfo',
      'updatedAt',
    ]);
  });
});

// Recorded in 4 of 4 cases of 2026 (also 2021 and 2024).
describe('the events of a service', () => {
  it('have different times: completed and steady are 1 ms apart', () => {
    const world = withTask();
    const { events = [] } = world.service();
    const [steady, completed] = events;
    expect([completed?.message, steady?.message]).toEqual([
      expect.stringMatching(/deployment completed\.$/),
      '(service s) has reached a steady state.',
    ]);
    expect(Math.round((Number(steady?.createdAt) - Number(completed?.createdAt)) * 1000)).toBe(1);
    expect(new Set(events.map(({ createdAt }) => createdAt)).size).toBe(events.length);
  });

  // Recorded 2024-03, four events.
  it('of targets name the task set, where there are task sets', () => {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), 1, {
      ...ON_FARGATE,
      loadBalancers: TARGETS,
      deploymentController: { type: 'CODE_DEPLOY' },
    });
    world.seconds(120);
    const messages = (world.service().events ?? []).map(({ message }) => message);
    expect(messages).toContainEqual(
      expect.stringMatching(/^\(service s, taskSet ecs-svc\/\d{19}\) registered 1 targets in \(target-group arn:/),
    );
  });
});
