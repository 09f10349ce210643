import { describe, expect, it } from 'vitest';
import { createCluster, createService, registerRevision } from './setting.ts';
import { liveWorld } from './world.ts';

const SERVICES = 100;

describe('1,000 subscribers of 100 services in one cluster', () => {
  it('cost what 100 services cost', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world, 'sandbox/exit:1');
    for (let i = 0; i < SERVICES; i += 1) await createService(world, { serviceName: `web-${i}`, desiredCount: 1 });
    const streams = [];
    for (let i = 0; i < SERVICES; i += 1) {
      const query = `subscription { deploymentProgress(cluster: "prod", service: "web-${i}") { type progress { percent } } }`;
      streams.push(...(await Promise.all(Array.from({ length: 10 }, () => world.subscribe<object>(query)))));
    }
    expect(world.hub.activeTopics).toBe(SERVICES);
    expect(world.hub.followers).toBe(1_000);
    await world.pass(8_000);
    const counts: Record<string, number>[] = [];
    for (let tick = 0; tick < 8; tick += 1) {
      world.sandbox.resetCalls();
      await world.pass(1_000);
      counts.push({ ...world.sandbox.calls() });
    }
    const most = (name: string) => Math.max(...counts.map((calls) => calls[name] ?? 0));
    expect(most('DescribeServices')).toBe(10);
    expect(most('DescribeServiceDeployments')).toBe(5);
    expect(most('ListTasks')).toBeLessThanOrEqual(10);
    expect(most('DescribeTasks')).toBeLessThanOrEqual(10);
    expect(streams.every(({ errors }) => errors.length === 0)).toBe(true);
    for (const stream of streams) await stream.leave();
    world.sandbox.resetCalls();
    await world.pass(60_000);
    expect(world.sandbox.calls()).toEqual({});
    expect([world.timers.pending, world.hub.activeTopics]).toEqual([0, 0]);
  });
});
