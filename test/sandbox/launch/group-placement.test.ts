import type { RunTaskResponse } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { SchedulingWorld } from '../support/scheduling-world.ts';

function run(world: SchedulingWorld, more: object = {}): RunTaskResponse {
  return world.call<RunTaskResponse>('RunTask', { taskDefinition: 'e', ...more });
}

// PlacementConstraint.type (API): each task of a group on another instance; the group of RunTask is `family:e` unless it is named.
describe('distinctInstance', () => {
  it('holds among all tasks of a group, whichever call started them', () => {
    const world = new SchedulingWorld();
    const instances = [world.instance(), world.instance()];
    world.onInstances('e');
    const distinct = { placementConstraints: [{ type: 'distinctInstance' }] };
    const placed = [run(world, distinct), run(world, distinct)].map(({ tasks }) => tasks?.[0]?.containerInstanceArn);
    expect(new Set(placed)).toEqual(new Set(instances));
    expect(run(world, distinct)).toMatchObject({ tasks: [], failures: [{}, {}] });
    expect(run(world, { ...distinct, group: 'other' }).tasks).toHaveLength(1);
  });
});

describe('a strategy of RunTask', () => {
  it('spreads the tasks of a group over several calls', () => {
    const world = new SchedulingWorld();
    for (let made = 0; made < 3; made += 1) world.instance();
    world.onInstances('e');
    const spread = { placementStrategy: [{ type: 'spread', field: 'instanceId' }] };
    const placed = [0, 1, 2].map(() => run(world, spread).tasks?.[0]?.containerInstanceArn);
    expect(new Set(placed).size).toBe(3);
  });

  // "Schedule your containers": at random over the cluster, so that no instance is likely to get too many.
  it('is random by default', () => {
    const world = new SchedulingWorld();
    for (let made = 0; made < 5; made += 1) world.instance();
    world.onInstances('e');
    const counts = new Map<string, number>();
    for (let calls = 0; calls < 30; calls += 1) {
      const arn = run(world).tasks?.[0]?.containerInstanceArn ?? '';
      counts.set(arn, (counts.get(arn) ?? 0) + 1);
    }
    expect(counts.size).toBe(5);
    expect(Math.max(...counts.values())).toBeLessThan(15);
  });
});

// ecs_service-options.md and aws/containers-roadmap#1700: ECS reserves room for daemons, their tasks are the first on an instance.
describe('a DAEMON service', () => {
  it('gets its task on a new instance before a service and a RunTask that wait for room', () => {
    const world = new SchedulingWorld();
    world.create(world.onInstances('replica', { memory: 1500 }), 1);
    world.call('CreateService', {
      serviceName: 'd',
      taskDefinition: world.onInstances('daemon', { memory: 1500 }),
      schedulingStrategy: 'DAEMON',
    });
    world.seconds(120);
    world.instance(2048);
    world.onInstances('e', { memory: 600 });
    expect(run(world)).toMatchObject({ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] });
    world.seconds(120);
    expect(world.running().map(({ group }) => group)).toEqual(['service:d']);
    world.instance(4096);
    world.seconds(120);
    expect(world.running().map(({ group }) => group)).toEqual(['service:d', 'service:d', 'service:s']);
  });
});
