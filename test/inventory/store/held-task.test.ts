import type { Container, Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { HeldTask } from '../../../src/inventory/store/held-task.ts';
import { Interner } from '../../../src/inventory/store/interner.ts';
import { Random } from '../../fuzz/random.ts';

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod';
const ID = '0123456789abcdef0123456789abcdef';
const ARN = `arn:aws:ecs:eu-west-1:123456789012:task/prod/${ID}`;
const CONTAINERS = ARN.replace(':task/', ':container/');
/** Texts that a packed form could take for its own marks. */
const ODD = ['', ' ', '\u0001', '\u00021', '\u0003"', 'a\u001fb', '\u001f', 'ä€😀', 'two\nlines', `${ID}-7`];
const TEXTS = ['web', '10.0.1.17', 'eni-1', `${CONTAINERS}/web`, `${ID}-1234`, ...ODD];

/** A task with some of its members, in the shape of an answer of ECS. */
function taskOf(random: Random): Task {
  const maybe = <T>(make: () => T): T | undefined => (random.chance(0.7) ? make() : undefined);
  const text = () => maybe(() => random.pick(TEXTS));
  const time = () => maybe(() => new Date(1_700_000_000_000 + random.below(1e9)));
  const count = () => maybe(() => random.below(70_000));
  const container = (): Container => ({
    ...{ containerArn: text(), name: text(), image: text(), imageDigest: text(), runtimeId: text(), reason: text() },
    ...{ cpu: text(), memory: text(), memoryReservation: text(), lastStatus: text(), exitCode: count() },
    gpuIds: maybe(() => random.many(2, () => random.pick(TEXTS))),
    healthStatus: maybe(() => random.pick(['HEALTHY', 'UNKNOWN'] as const)),
    networkBindings: maybe(() => random.many(2, () => ({ bindIP: text(), hostPort: count(), containerPort: 80 }))),
    networkInterfaces: maybe(() =>
      random.many(2, () => ({ attachmentId: text(), privateIpv4Address: text(), ipv6Address: text() })),
    ),
    managedAgents: maybe(() =>
      random.many(1, () => ({
        name: 'ExecuteCommandAgent',
        lastStatus: text(),
        reason: text(),
        lastStartedAt: time(),
      })),
    ),
  });
  return {
    ...{ taskArn: ARN, clusterArn: CLUSTER, version: 1 + random.below(9) },
    ...{ lastStatus: random.pick(['PENDING', 'RUNNING']), desiredStatus: 'RUNNING', group: text(), startedBy: text() },
    ...{ availabilityZone: text(), capacityProviderName: text(), containerInstanceArn: text(), cpu: text() },
    ...{ memory: text(), platformFamily: text(), platformVersion: text(), stoppedReason: text() },
    ...{ createdAt: time(), startedAt: time(), stoppingAt: time(), stoppedAt: time(), connectivityAt: time() },
    ...{ pullStartedAt: time(), pullStoppedAt: time(), executionStoppedAt: time() },
    taskDefinitionArn: maybe(() => 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:17'),
    launchType: maybe(() => random.pick(['EC2', 'FARGATE'] as const)),
    enableExecuteCommand: maybe(() => random.chance(0.5)),
    ephemeralStorage: maybe(() => ({ sizeInGiB: 20 })),
    attributes: maybe(() => random.many(2, () => ({ name: random.pick(TEXTS), value: text() }))),
    overrides: maybe(() => ({ containerOverrides: random.many(2, () => ({ name: text() })) })),
    attachments: maybe(() =>
      random.many(2, () => ({
        ...{ id: text(), type: text(), status: text() },
        details: random.many(3, () => ({ name: text(), value: text() })),
      })),
    ),
    containers: maybe(() => random.many(3, container).map((each) => ({ ...each, taskArn: ARN }))),
  };
}

/** Without members that are undefined. */
function defined(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(defined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, defined(member)]));
}

describe('a task that is held', () => {
  it('is the one that was put in, whatever its texts are, and whatever was held before', () => {
    const interner = new Interner();
    let before: HeldTask | undefined;
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const task = taskOf(new Random(seed));
      const held: HeldTask = new HeldTask(task, { from: 'api', at: 5 }, before, interner);
      expect(defined(held.toTask(CLUSTER, []))).toEqual(defined(task));
      expect(held.stoppedAt).toBe((task.stoppedAt ?? task.stoppingAt)?.getTime());
      const { attachments: _, overrides: _other, ...some } = task;
      expect(defined(held.toTask(CLUSTER, ['attachments', 'overrides']))).toEqual(defined(some));
      const { containers: _more, ...few } = task;
      expect(defined(held.toTask(CLUSTER, ['containers']))).toEqual(defined(few));
      before = held;
    }
  });

  it('is as ECS answers after an event of the same state, which leaves members out', () => {
    const interner = new Interner();
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const task = taskOf(new Random(seed));
      const answered = new HeldTask(task, { from: 'api', at: 5 }, undefined, interner);
      const { platformFamily: _, ...announced } = task;
      const event: Task = {
        ...announced,
        version: 10,
        containers: task.containers?.map(({ healthStatus: _health, managedAgents, ...container }) => ({
          ...container,
          managedAgents: managedAgents?.map(({ lastStartedAt: _at, ...agent }) => agent),
        })),
      };
      const held = new HeldTask(event, { from: 'event', at: 6 }, answered, interner);
      expect(defined(held.toTask(CLUSTER, []))).toEqual(defined({ ...task, version: 10 }));
      const again = new HeldTask({ ...event, version: 11 }, { from: 'event', at: 7 }, held, interner);
      expect(defined(again.toTask(CLUSTER, []))).toEqual(defined({ ...task, version: 11 }));
    }
  });

  it('keeps the health and the start of agents when an event comes, which leaves them out', () => {
    const interner = new Interner();
    const startedAt = new Date(1_700_000_000_000);
    const agent = { name: 'ExecuteCommandAgent', lastStatus: 'PENDING' } as const;
    const containers = (lastStatus: string, more: Container = {}) => [
      { name: 'app', containerArn: `${CONTAINERS}/1`, managedAgents: [{ ...agent, lastStatus }], ...more },
    ];
    const answer: Task = {
      ...{ taskArn: ARN, version: 2, lastStatus: 'RUNNING', desiredStatus: 'RUNNING', healthStatus: 'HEALTHY' },
      containers: containers('PENDING', {
        healthStatus: 'HEALTHY',
        managedAgents: [{ ...agent, lastStartedAt: startedAt }],
      }),
    };
    const before = new HeldTask(answer, { from: 'api', at: 1 }, undefined, interner);
    const event: Task = { ...answer, version: 3, healthStatus: undefined, containers: containers('RUNNING') };
    const { healthStatus, containers: shown } = new HeldTask(event, { from: 'event', at: 2 }, before, interner).toTask(
      CLUSTER,
      [],
    );
    expect(healthStatus).toBe('HEALTHY');
    expect(shown?.[0]).toMatchObject({
      healthStatus: 'HEALTHY',
      managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: startedAt }],
    });
  });
});
