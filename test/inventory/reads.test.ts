import { describe, expect, it } from 'vitest';
import { askFresh } from './support/ask-fresh.ts';
import { startInventoryWorld } from './support/inventory-world.ts';

const TREE = `{
  clusters(first: 100) {
    nodes {
      clusterName
      services(first: 100) {
        nodes { serviceName tasks(first: 100) { nodes { taskArn lastStatus version startedAt containers { name lastStatus } } } }
      }
      containerInstances(first: 100) {
        nodes { containerInstanceArn status runningTasksCount tasks(first: 100) { nodes { taskArn group } } }
      }
    }
  }
}`;

describe('reads with a warm inventory', () => {
  it('need no calls for tasks and instances, and show what ECS shows', async () => {
    await using setup = await startInventoryWorld({}, { MAX_COST: '0', MAX_OBJECTS: '0' });
    const { world } = setup;
    const warm = await world.count(TREE);
    expect(warm.errors).toBeUndefined();
    // Names of clusters and services follow from their ARNs.
    expect(Object.keys(warm.calls).sort()).toEqual(['ListClusters', 'ListServices']);
    expect(warm.extensions?.ecs).toMatchObject({
      fromInventory: expect.any(Number),
      asOf: { 'default/eu-west-1': expect.stringMatching(/^\d{4}-/) },
    });
    world.sandbox.resetCalls();
    const read = await askFresh(world, TREE);
    expect(inOrder(read.data)).toEqual(inOrder(warm.data));
    expect(world.sandbox.calls()).toMatchObject({ ListTasks: expect.any(Number), DescribeTasks: expect.any(Number) });
    expect(read.extensions?.ecs).not.toHaveProperty('fromInventory');
  });
});

/** ECS documents no order of container instances. */
function inOrder(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(inOrder).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, inOrder(value)]));
}
