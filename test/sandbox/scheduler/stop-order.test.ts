import { describe, expect, it } from 'vitest';
import { ON_FARGATE, SchedulingWorld } from '../support/scheduling-world.ts';

const { networkConfiguration } = ON_FARGATE;
const split = (base: number, weights: readonly [number, number]) => ({
  networkConfiguration,
  capacityProviderStrategy: [
    { capacityProvider: 'FARGATE', base, weight: weights[0] },
    { capacityProvider: 'FARGATE_SPOT', weight: weights[1] },
  ],
});

function shares(world: SchedulingWorld): [onDemand: number, spot: number] {
  const names = world.running().map(({ capacityProviderName }) => capacityProviderName);
  const count = (name: string) => names.filter((other) => other === name).length;
  return [count('FARGATE'), count('FARGATE_SPOT')];
}

// CapacityProviderStrategyItem (API): the base is the least number of tasks on that provider for each service, before the weights;
// a deployment has its own strategy (Deployment.capacityProviderStrategy).
describe('a capacity provider strategy', () => {
  it.each([
    [4, 1, [0, 1], [1, 3]],
    [12, 2, [1, 4], [4, 8]],
    [5, 0, [1, 1], [3, 2]],
  ] as const)('holds in every deployment: %s tasks, base %s, weights %s', (desired, base, weights, expected) => {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), desired, split(base, weights));
    world.seconds(120);
    expect(shares(world)).toEqual(expected);
    for (let deployments = 0; deployments < 2; deployments += 1) {
      world.update({ forceNewDeployment: true });
      world.seconds(300);
      expect(shares(world)).toEqual(expected);
    }
  });

  it('holds when a service is scaled in, and when a task is replaced', () => {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), 12, split(2, [1, 4]));
    world.seconds(120);
    world.update({ desiredCount: 7 });
    world.seconds(120);
    expect(shares(world)).toEqual([3, 4]);
    world.update({ desiredCount: 2 });
    world.seconds(120);
    expect(shares(world)).toEqual([2, 0]);
    world.call('StopTask', { task: world.running()[0]?.taskArn });
    world.seconds(120);
    expect(shares(world)).toEqual([2, 0]);
  });
});

// task-placement-strategies.md: binpack terminates the task whose instance has most left afterwards; ecs_service-options.md: a strategy
// also selects what is terminated.
describe('scale-in', () => {
  function perInstance(world: SchedulingWorld): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { containerInstanceArn = '' } of world.running()) {
      counts.set(containerInstanceArn, (counts.get(containerInstanceArn) ?? 0) + 1);
    }
    return counts;
  }

  it('by binpack empties the instance that has most left', () => {
    const world = new SchedulingWorld();
    const large = world.instance(8192);
    const binpack = { placementStrategy: [{ type: 'binpack', field: 'memory' }] };
    world.create(world.onInstances('web', { memory: 100 }), 1, binpack);
    world.seconds(60);
    const small = world.instance(600);
    world.update({ desiredCount: 5 });
    world.seconds(60);
    expect(perInstance(world)).toEqual(
      new Map([
        [large, 1],
        [small, 4],
      ]),
    );
    world.update({ desiredCount: 4 });
    world.seconds(60);
    expect(perInstance(world)).toEqual(new Map([[small, 4]]));
  });

  it('by spread takes from the group that has most, whatever the instance', () => {
    const world = new SchedulingWorld();
    const arns = ['a', 'a', 'a'].map((zone) => world.instance(8192, zone));
    const attributes = arns.map((targetId, at) => ({ name: 'rack', value: at === 0 ? 'one' : 'two', targetId }));
    world.call('PutAttributes', {
      attributes: attributes.map((item) => ({ ...item, targetType: 'container-instance' })),
    });
    world.create(world.onInstances('web'), 6, { placementStrategy: [{ type: 'spread', field: 'attribute:rack' }] });
    world.seconds(120);
    const byRack = () => {
      const counts = perInstance(world);
      return [counts.get(arns[0] ?? '') ?? 0, (counts.get(arns[1] ?? '') ?? 0) + (counts.get(arns[2] ?? '') ?? 0)];
    };
    expect(byRack()).toEqual([3, 3]);
    world.update({ desiredCount: 2 });
    world.seconds(60);
    expect(byRack()).toEqual([1, 1]);
  });

  it('at random is repeatable, and not by age', () => {
    const kept = [0, 1].map(() => {
      const world = new SchedulingWorld();
      world.instance(8192);
      world.create(world.onInstances('web'), 12, { placementStrategy: [{ type: 'random' }] });
      world.seconds(120);
      const before = world.running().map(({ taskArn }) => taskArn);
      world.update({ desiredCount: 4 });
      world.seconds(60);
      return world.running().map(({ taskArn }) => before.indexOf(taskArn));
    });
    expect(kept[0]).toEqual(kept[1]);
    expect(kept[0]).not.toEqual([0, 1, 2, 3]);
  });
});
