import { describe, expect, it } from 'vitest';
import { importCluster } from '../../../src/sandbox/import/import-cluster.ts';
import { simulate } from '../../../src/sandbox/simulation/simulate.ts';
import { createCluster, stateOf } from '../../preview/support/random-cluster.ts';
import { fillCluster } from '../../preview/support/random-services.ts';

function resultOf<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** ECS's view of each service, and of the room on each instance. */
function shown(state: ReturnType<typeof stateOf>) {
  return {
    services: state.services.map(({ serviceName, desiredCount, runningCount, pendingCount, deployments = [] }) => ({
      serviceName,
      desiredCount,
      runningCount,
      pendingCount,
      deployments: deployments.map(({ status, runningCount: running, rolloutState }) => ({
        status,
        running,
        rolloutState,
      })),
    })),
    room: state.containerInstances.map(({ containerInstanceArn, remainingResources = [] }) => [
      containerInstanceArn,
      ...remainingResources
        .filter(({ name }) => name === 'CPU' || name === 'MEMORY')
        .map(({ integerValue }) => integerValue),
    ]),
  };
}

describe('a cluster made from the answers of ECS', () => {
  it.each(Array.from({ length: 15 }, (_, at) => 500 + at))('shows what the original shows (%i)', (seed) => {
    const cluster = createCluster(seed);
    fillCluster(cluster);
    const state = stateOf(cluster);
    const { cluster: copy } = resultOf(importCluster(state, 1));
    const live = state.tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
    expect([...copy.tasks.values()].map(({ arn, lastStatus }) => `${arn} ${lastStatus}`).sort()).toEqual(
      live.map(({ taskArn, lastStatus }) => `${taskArn} ${lastStatus}`).sort(),
    );
    for (const { containerInstanceArn = '', remainingResources = [] } of state.containerInstances) {
      const instance = [...copy.instances.values()].find(({ arn }) => arn === containerInstanceArn);
      const memory = remainingResources.find(({ name }) => name === 'MEMORY')?.integerValue;
      expect(instance?.remainingMemory).toBe(memory);
      expect(instance?.tasks.size).toBe(
        live.filter((task) => task.containerInstanceArn === containerInstanceArn).length,
      );
    }
    for (const { serviceName = '', desiredCount, runningCount } of state.services) {
      const service = copy.services.get(serviceName);
      expect(service?.desiredCount).toBe(desiredCount);
      expect([...(service?.tasks ?? [])].filter(({ lastStatus }) => lastStatus === 'RUNNING').length).toBe(
        runningCount,
      );
    }
  });

  it('stands still where the original is steady', () => {
    const cluster = createCluster(600);
    cluster.call('RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [{ name: 'app', image: 'web:1', memory: 256 }],
    });
    for (let at = 0; at < 3; at += 1) cluster.call('RegisterContainerInstance', {});
    cluster.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 5 });
    cluster.backend.clock.advance(600_000);
    const before = shown(stateOf(cluster));
    const { world, cluster: copy } = resultOf(importCluster(stateOf(cluster), 1));
    const tasks = [...copy.tasks.values()].map(({ arn }) => arn);
    world.clock.advance(3_600_000);
    expect([...copy.tasks.values()].map(({ arn }) => arn)).toEqual(tasks);
    expect(copy.services.get('web')?.steady).toBe(true);
    // The copy is a world of its own.
    expect(shown(stateOf(cluster))).toEqual(before);
  });

  it('has the same future each time with the same seed', () => {
    const cluster = createCluster(700);
    fillCluster(cluster);
    const state = stateOf(cluster);
    const [{ serviceName: service = '' } = {}] = state.services;
    const change = { kind: 'scale', service, update: { desiredCount: 4 } } as const;
    const run = () => resultOf(simulate(state, change, { horizon: 600_000, randomSeed: 3 }));
    expect(run()).toEqual(run());
  });
});
