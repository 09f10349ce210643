import { describe, expect, it } from 'vitest';
import { FEED_FIELDS, type FeedUpdate, reported } from '../support/feed-events.ts';
import { liveWorld } from '../support/live-world.ts';
import {
  createCluster,
  createService,
  createServiceOnInstances,
  registerInstances,
  registerRevision,
  setStatus,
  updateService,
} from '../support/setting.ts';

describe('the feed of deployments', () => {
  const QUERY = `subscription ($after: String) { deployments(cluster: "prod", after: $after) { ${FEED_FIELDS} } }`;

  it('begins without a list for each service, and misses nothing for it', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    for (let i = 0; i < 30; i += 1) await createService(world, { serviceName: `web-${i}`, desiredCount: 1 });
    await createService(world, { desiredCount: 1 });
    await world.pass(150_000);
    await registerRevision(world, 'web:2');
    await updateService(world, { service: 'web-7', taskDefinition: 'web' });
    world.sandbox.resetCalls();
    const stream = await world.subscribe<FeedUpdate>(QUERY);
    expect(reported(stream.events)).toEqual(['SNAPSHOT ONGOING']);
    const { DescribeClusters: _, ...calls } = world.sandbox.calls();
    // The tasks of the one deployment in progress cost what `deploymentProgress` costs.
    expect(calls).toEqual({
      ListServices: 1,
      DescribeServices: 4,
      DescribeServiceDeployments: 1,
      ListTasks: 3,
      DescribeTasks: 1,
    });
    await updateService(world, { service: 'web-8', taskDefinition: 'web' });
    await world.pass(240_000);
    // Deployments that were over when the feed started are not reported, although lists show them.
    expect(reported(stream.events).sort()).toEqual([
      'CHANGED STARTED',
      'CHANGED SUCCEEDED',
      'CHANGED SUCCEEDED',
      'SNAPSHOT ONGOING',
    ]);
    // Behind a cursor only what has changed since is looked up.
    await stream.leave();
    await updateService(world, { service: 'web-9', taskDefinition: 'web' });
    await world.pass(240_000);
    world.restart();
    world.sandbox.resetCalls();
    const again = await world.subscribe<FeedUpdate>(QUERY, { after: stream.events.at(-1)?.cursor });
    expect(reported(again.events)).toEqual(['RESYNC SUCCEEDED']);
    expect(again.events[0]?.items[0]?.summary).toMatch(/^web-9 in prod: deployment succeeded/);
    expect(world.sandbox.calls().ListServiceDeployments).toBeLessThanOrEqual(3);
  });

  it('reports the gap to a follower of a running feed, without repeats for the others', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world, { desiredCount: 1 });
    await world.pass(150_000);
    const early = await world.subscribe<FeedUpdate>(QUERY);
    await early.leave();
    await registerRevision(world, 'web:2');
    await updateService(world);
    await world.pass(240_000);
    world.restart();
    const other = await world.subscribe<FeedUpdate>(QUERY);
    await world.pass(20_000);
    const late = await world.subscribe<FeedUpdate>(QUERY, { after: early.events.at(-1)?.cursor });
    await world.pass(20_000);
    expect(reported(late.events)).toEqual(['RESYNC SUCCEEDED']);
    expect(reported(other.events)).toEqual(['SNAPSHOT']);
  });
});

describe('the feed of drains', () => {
  const QUERY = `subscription ($after: String) { drains(cluster: "prod", after: $after) { ${FEED_FIELDS} } }`;

  it('reports an instance each time that it drains', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const [one = ''] = await registerInstances(world, 2);
    await createServiceOnInstances(world);
    await world.pass(100_000);
    const stream = await world.subscribe<FeedUpdate>(QUERY);
    for (const _ of [1, 2]) {
      await setStatus(world, [one], 'DRAINING');
      await world.pass(240_000);
      await setStatus(world, [one], 'ACTIVE');
      await world.pass(60_000);
    }
    expect(reported(stream.events)).toEqual([
      'SNAPSHOT',
      'CHANGED STARTED',
      'CHANGED DRAINED',
      'CHANGED STARTED',
      'CHANGED DRAINED',
    ]);
  });

  it('lists no tasks of instances that are drained', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await setStatus(world, await registerInstances(world, 5), 'DRAINING');
    await world.subscribe<FeedUpdate>(QUERY);
    await world.pass(60_000);
    world.sandbox.resetCalls();
    await world.pass(64_000);
    expect(world.sandbox.calls()).toEqual({ ListContainerInstances: 4, DescribeContainerInstances: 4 });
  });

  it('reports after a restart of the gateway the outcome of drains in progress, and new ones', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const [one = '', two = '', three = '', four = ''] = await registerInstances(world, 6);
    await createServiceOnInstances(world, { desiredCount: 12 });
    await world.pass(100_000);
    await setStatus(world, [four], 'DRAINING');
    await world.pass(240_000);
    const before = await world.subscribe<FeedUpdate>(QUERY);
    expect(reported(before.events)).toEqual(['SNAPSHOT']);
    await setStatus(world, [one, two], 'DRAINING');
    await world.until(() => before.events.length >= 3);
    expect(reported(before.events).slice(1)).toEqual(['CHANGED STARTED', 'CHANGED STARTED']);
    await before.leave();
    await setStatus(world, [two], 'ACTIVE');
    await world.pass(240_000);
    await setStatus(world, [three], 'DRAINING');
    await world.pass(4_000);
    world.restart();
    const again = await world.subscribe<FeedUpdate>(QUERY, { after: before.events.at(-1)?.cursor });
    expect(again.events.map(({ type }) => type)).toEqual(['RESYNC']);
    const items = again.events[0]?.items.map(({ kind, outcome }) => outcome ?? kind);
    expect(items?.sort()).toEqual(['DRAINED', 'REACTIVATED', 'STARTED']);
    await world.until(() => again.events.length >= 2);
    expect(reported(again.events)[1]).toBe('CHANGED DRAINED');
    // After that nothing is repeated.
    world.restart();
    const third = await world.subscribe<FeedUpdate>(QUERY, { after: again.events.at(-1)?.cursor });
    await world.pass(20_000);
    expect(reported(third.events)).toEqual(['RESYNC']);
  });
});
