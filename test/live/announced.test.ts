import { ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { LiveWorld } from './support/live-world.ts';
import { bakingServices } from './support/setting.ts';

interface Update {
  readonly type: string;
  readonly changes: readonly { readonly field: string }[];
}

const SERVICES = 10;
const MINUTES = 5;

function follow(world: LiveWorld) {
  return Promise.all(
    Array.from({ length: SERVICES }, (_, i) =>
      world.subscribe<Update>(
        `subscription { deploymentProgress(cluster: "prod", service: "web-${i}") { type changes { field } } }`,
      ),
    ),
  );
}

async function callsWhileQuiet(withInventory?: true): Promise<number> {
  await using world = await bakingServices(SERVICES, 2, { withInventory });
  const streams = await follow(world);
  await world.pass(400_000);
  world.sandbox.resetCalls();
  await world.pass(MINUTES * 60_000);
  expect(streams.flatMap(({ errors }) => errors)).toEqual([]);
  return Object.values(world.sandbox.calls()).reduce((sum, count) => sum + count, 0);
}

describe('what is followed while events announce its changes', () => {
  it('is polled far less often', async () => {
    const [polled, announced] = [await callsWhileQuiet(), await callsWhileQuiet(true)];
    expect(polled).toBeGreaterThan(MINUTES * 15 * 4);
    expect(announced / polled).toBeLessThan(0.1);
  });

  it('goes on when an event arrives, long before the next poll', async () => {
    await using world = await bakingServices(SERVICES, 2, { withInventory: true });
    const streams = await follow(world);
    await world.pass(400_000);
    const before = streams.map(({ events }) => events.length);
    const list = new ListTasksCommand({ cluster: 'prod', serviceName: 'web-7' });
    const [task = ''] = (await world.ecs.send(list)).taskArns ?? [];
    await world.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    world.sandbox.resetCalls();
    await world.source.deliver();
    await world.timers.pass(300, () => world.hub.settled());
    const changed = streams.flatMap(({ events }, i) => (events.length > (before[i] ?? 0) ? [i] : []));
    expect(changed).toEqual([7]);
    const fields = streams[7]?.events.slice(before[7]).flatMap(({ changes }) => changes.map(({ field }) => field));
    expect(fields).toContain('stoppingTaskCount');
    // Nothing of its tasks had to be read.
    expect(world.sandbox.calls()).toEqual({ DescribeServices: 1, DescribeServiceDeployments: 1 });
  });

  it('is polled as ever while no events arrive', async () => {
    await using world = await bakingServices(SERVICES, 2, { withInventory: true });
    const streams = await follow(world);
    await world.pass(400_000);
    world.source.isAway = true;
    await world.pass(200_000);
    world.sandbox.resetCalls();
    await world.pass(60_000);
    const { DescribeServices = 0, ListTasks = 0 } = world.sandbox.calls();
    expect(DescribeServices).toBeGreaterThanOrEqual(14);
    expect(ListTasks).toBeGreaterThanOrEqual(28);
    expect(streams.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
