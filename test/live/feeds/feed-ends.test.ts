import { DeleteClusterCommand, DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { FEED_FIELDS, type FeedUpdate, reported } from '../support/feed-events.ts';
import { liveWorld } from '../support/live-world.ts';
import {
  control,
  createCluster,
  createService,
  deleteService,
  registerRevision,
  updateService,
} from '../support/setting.ts';

describe('a standing feed', () => {
  it.each([
    ['deployments', `subscription { feed: deployments(cluster: "prod") { ${FEED_FIELDS} } }`],
    [
      'deployments of one service',
      `subscription { feed: deployments(cluster: "prod", services: ["web"]) { ${FEED_FIELDS} } }`,
    ],
    ['drains', `subscription { feed: drains(cluster: "prod") { ${FEED_FIELDS} } }`],
    ['clusterEvents', 'subscription { feed: clusterEvents(cluster: "prod") { type outcome summary } }'],
  ])('%s ends with its cluster', async (_name, query) => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world, { desiredCount: 1 });
    await world.pass(150_000);
    const stream = await world.subscribe<FeedUpdate>(query);
    await deleteService(world);
    await world.pass(150_000);
    await world.ecs.send(new DeleteClusterCommand({ cluster: 'prod' }));
    await world.until(() => stream.isDone, 120_000);
    expect(stream.errors).toEqual([]);
    expect(stream.events.at(-1)).toMatchObject({
      type: 'ENDED',
      outcome: 'CLUSTER_DELETED',
      summary: 'prod: the cluster is gone',
    });
    expect(stream.events.map(({ type }) => type)).not.toContain('DEGRADED');
    expect(world.timers.pending).toBe(0);
  });

  it.each([
    ['deployments', 60_000],
    ['deployments', 7_200_000],
    ['drains', 60_000],
    ['clusterEvents', 7_200_000],
  ])('%s reports it too if its cluster was deleted between two polls, %i ms later', async (field, ms) => {
    await using world = await liveWorld();
    const query = `subscription ($after: String) { feed: ${field}(cluster: "prod", after: $after) { type cursor outcome summary } }`;
    await createCluster(world);
    await registerRevision(world);
    await createService(world, { desiredCount: 1 });
    await world.pass(150_000);
    const before = await world.subscribe<FeedUpdate>(query);
    await before.leave();
    await deleteService(world);
    await world.pass(150_000);
    await world.ecs.send(new DeleteClusterCommand({ cluster: 'prod' }));
    await world.pass(ms);
    world.restart();
    const after = before.events.at(-1)?.cursor;
    const again = await world.subscribe<FeedUpdate>(query, { after });
    await world.until(() => again.isDone, 60_000);
    expect(again.errors).toEqual([]);
    expect(again.events).toMatchObject([
      { type: 'ENDED', outcome: 'CLUSTER_DELETED', summary: 'prod: the cluster is gone' },
    ]);
    // A subscriber that never saw the cluster learns that it does not exist, and a cursor of another resource does not
    // change that.
    await expect(world.subscribe(query)).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    for (const [cluster, cursor] of [
      ['prod', 'x'],
      ['nowhere', after],
    ]) {
      const other = query.replace('"prod"', `"${cluster}"`);
      await expect(world.subscribe(other, { after: cursor })).rejects.toMatchObject({
        extensions: { code: 'BAD_USER_INPUT', argument: 'after' },
      });
    }
    expect(world.timers.pending).toBe(0);
  });

  it('repeats no items when ECS cannot be read and can be again', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    const stream = await world.subscribe<FeedUpdate>(
      `subscription { deployments(cluster: "prod") { ${FEED_FIELDS} } }`,
    );
    await control(world, 'faults', { rules: [{ operations: ['ListServices'], fault: 'throttle' }] });
    await world.until(() => stream.events.length >= 2, 60_000);
    await control(world, 'faults', { rules: [] });
    await world.until(() => stream.events.length >= 3, 60_000);
    expect(reported(stream.events)).toEqual(['SNAPSHOT ONGOING', 'DEGRADED', 'RECOVERED']);
    expect(stream.events[1]?.summary).toMatch(/^cannot see ECS \(UPSTREAM_\w+\), last known: prod: 1 deployment/);
  });

  it('reports once, after a restart of the gateway, what ended and started in the gap', async () => {
    await using world = await liveWorld();
    const query = `subscription ($after: String) { deployments(cluster: "prod", after: $after) { ${FEED_FIELDS} } }`;
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    await world.pass(150_000);
    const before = await world.subscribe<FeedUpdate>(query);
    await registerRevision(world, 'web:2');
    await updateService(world);
    await world.until(() => before.events.length >= 2);
    expect(before.events.at(-1)?.items[0]?.summary).toMatch(/^started: web in prod: .*\(web:2\)$/);
    await before.leave();
    // A deployment ends, another comes and goes, a third starts, all without a subscriber.
    await world.pass(240_000);
    await registerRevision(world, 'web:3');
    await updateService(world);
    await world.pass(240_000);
    await registerRevision(world, 'web:4');
    await updateService(world);
    await world.pass(4_000);
    world.restart();
    const after = before.events.at(-1)?.cursor;
    const again = await world.subscribe<FeedUpdate>(query, { after });
    expect(reported(again.events)).toEqual(['RESYNC SUCCEEDED SUCCEEDED STARTED']);
    expect(again.events[0]?.summary).toBe('prod: 1 deployment under way; since the last message 2 ended and 1 started');
    await world.until(() => again.events.length >= 2);
    expect(reported(again.events)[1]).toBe('CHANGED SUCCEEDED');
    // After the last of them nothing is repeated, and a cursor from before all history gets a RESYNC.
    world.restart();
    const third = await world.subscribe<FeedUpdate>(query, { after: again.events.at(-1)?.cursor });
    expect(reported(third.events)).toEqual(['RESYNC']);
  });

  it('reports, after a restart of the gateway, that a deployment and its service were deleted and another came', async () => {
    await using world = await liveWorld();
    const query = `subscription ($after: String) { deployments(cluster: "prod", after: $after) { ${FEED_FIELDS} } }`;
    await createCluster(world);
    await registerRevision(world);
    for (const serviceName of ['web', 'api', 'old']) await createService(world, { serviceName, desiredCount: 1 });
    await world.pass(150_000);
    await registerRevision(world, 'web:2');
    for (const service of ['web', 'api']) await updateService(world, { service, taskDefinition: 'web' });
    const before = await world.subscribe<FeedUpdate>(query);
    expect(reported(before.events)).toEqual(['SNAPSHOT ONGOING ONGOING']);
    await before.leave();
    // Of `old` nothing was under way: that it went is no end of a deployment.
    for (const service of ['web', 'api', 'old'])
      await world.ecs.send(new DeleteServiceCommand({ cluster: 'prod', service, force: true }));
    await world.pass(7_200_000);
    await createService(world, { serviceName: 'api', desiredCount: 1 });
    await world.pass(20_000);
    world.restart();
    const again = await world.subscribe<FeedUpdate>(query, { after: before.events[0]?.cursor });
    expect(reported(again.events)).toEqual(['RESYNC SERVICE_DELETED SERVICE_DELETED STARTED']);
    const summaries = again.events[0]?.items.map(({ summary }) => summary) ?? [];
    expect(summaries.slice(0, 2).sort()).toEqual([
      expect.stringMatching(/^api in prod: service was deleted during the deployment/),
      expect.stringMatching(/^web in prod: service was deleted during the deployment/),
    ]);
    await world.until(() => again.events.length >= 2);
    expect(reported(again.events)[1]).toBe('CHANGED SUCCEEDED');
    await again.leave();
    world.restart();
    const third = await world.subscribe<FeedUpdate>(query, { after: again.events.at(-1)?.cursor });
    expect(reported(third.events)).toEqual(['RESYNC']);
  });

  it('looks for what ended in the gap as long as it takes, a hundred services at a time', async () => {
    await using world = await liveWorld();
    const query = `subscription ($after: String) { deployments(cluster: "prod", after: $after) { ${FEED_FIELDS} } }`;
    await createCluster(world);
    await registerRevision(world);
    const names = Array.from({ length: 120 }, (_, i) => `web-${i}`);
    for (const serviceName of names) await createService(world, { serviceName, desiredCount: 1 });
    await world.pass(150_000);
    const before = await world.subscribe<FeedUpdate>(query);
    await before.leave();
    await registerRevision(world, 'web:2');
    for (const service of names) await updateService(world, { service, taskDefinition: 'web' });
    await world.pass(400_000);
    world.restart();
    world.sandbox.resetCalls();
    const again = await world.subscribe<FeedUpdate>(query, { after: before.events[0]?.cursor });
    expect(again.events).toEqual([]);
    await world.until(() => again.events.length > 0, 20_000);
    const { ListServiceDeployments } = world.sandbox.calls();
    expect(ListServiceDeployments).toBe(120);
    expect(again.events.map(({ type, summary }) => [type, summary])).toEqual([
      ['RESYNC', 'prod: 0 deployments under way; since the last message 120 ended and 0 started'],
    ]);
    expect(again.events[0]?.items.every(({ outcome }) => outcome === 'SUCCEEDED')).toBe(true);
    await world.pass(60_000);
    expect(again.events).toHaveLength(1);
    expect(again.errors).toEqual([]);
    // A resource that was looked for once is not looked for again.
    expect(world.sandbox.calls().ListServiceDeployments).toBe(120);
  });
});
