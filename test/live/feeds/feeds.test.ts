import { describe, expect, it } from 'vitest';
import { liveWorld } from '../support/live-world.ts';
import {
  createCluster,
  createService,
  createServiceOnInstances,
  deleteService,
  registerInstances,
  registerRevision,
  setStatus,
  updateService,
} from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly outcome: string | null;
  readonly items: { readonly kind: string; readonly outcome: string | null; readonly summary: string }[];
}

const kinds = (events: readonly Update[]) =>
  events.flatMap(({ items }) => items.map(({ kind, outcome }) => (outcome === null ? kind : `${kind} ${outcome}`)));

describe('the feed of deployments', () => {
  const QUERY = `subscription ($services: [ID!]) { deployments(cluster: "prod", services: $services, stallAfter: "PT2M") {
    type outcome summary items { kind outcome summary progress { deploymentId percent service { serviceName } } } } }`;

  it('reports each deployment when it starts, stalls and ends, whatever started it', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world, {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await world.pass(150_000);
    const stream = await world.subscribe<Update>(QUERY);
    expect(stream.errors).toEqual([]);
    expect(stream.events).toMatchObject([{ type: 'SNAPSHOT', items: [] }]);

    await registerRevision(world, 'web:2');
    await updateService(world);
    await world.pass(240_000);
    await registerRevision(world, 'sandbox/exit:1');
    await updateService(world);
    await world.pass(300_000);
    await registerRevision(world, 'web:4');
    await updateService(world);
    await world.pass(10_000);
    await registerRevision(world, 'web:5');
    await updateService(world);
    await world.pass(300_000);
    expect(stream.errors).toEqual([]);
    // The fourth was superseded ten seconds after it began, between two looks of a quiet feed.
    expect(kinds(stream.events).sort()).toEqual([
      'ENDED ROLLED_BACK',
      'ENDED SUCCEEDED',
      'ENDED SUCCEEDED',
      'ENDED SUPERSEDED',
      'STARTED',
      'STARTED',
      'STARTED',
      'STARTED',
    ]);
    expect(stream.isDone).toBe(false);
    await stream.leave();
    expect(world.timers.pending).toBe(0);
  });

  it('says what was under way already, and what stalls', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerInstances(world, 1);
    await createServiceOnInstances(world, { desiredCount: 9 });
    const stream = await world.subscribe<Update>(QUERY, { services: ['web'] });
    expect(kinds(stream.events)).toEqual(['ONGOING']);
    await world.pass(400_000);
    expect(kinds(stream.events)).toEqual(['ONGOING', 'STALLED']);
    await expect(world.subscribe(QUERY, { services: ['none'] })).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it('says that a deployment ended with its service, which has left the lists', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    await world.pass(150_000);
    const stream = await world.subscribe<Update>(QUERY);
    await registerRevision(world, 'web:2');
    await updateService(world);
    await world.pass(30_000);
    await deleteService(world);
    await world.pass(120_000);
    expect(kinds(stream.events)).toEqual(['STARTED', 'ENDED SERVICE_DELETED']);
  });

  it('reads the tasks of at most 50 deployments in a poll, and reports the others without', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    for (let i = 0; i < 53; i += 1) await createService(world, { serviceName: `web-${i}`, desiredCount: 1 });
    const stream = await world.subscribe<{ items: { progress: { healthyTaskCount: number | null } }[] }>(
      'subscription { deployments(cluster: "prod") { items { progress { healthyTaskCount } } } }',
    );
    const counts = stream.events[0]?.items.map(({ progress }) => progress.healthyTaskCount) ?? [];
    expect([counts.filter((count) => count === 0).length, counts.filter((count) => count === null).length]).toEqual([
      50, 3,
    ]);
  });

  it('costs a quiet cluster its lists and descriptions alone', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    for (let i = 0; i < 25; i += 1) await createService(world, { serviceName: `web-${i}`, desiredCount: 1 });
    await world.pass(300_000);
    const streams = [];
    for (let i = 0; i < 20; i += 1) streams.push(await world.subscribe<Update>(QUERY));
    await world.pass(60_000);
    world.sandbox.resetCalls();
    await world.pass(32_000);
    expect(world.sandbox.calls()).toEqual({ ListServices: 2, DescribeServices: 6 });
  });
});

describe('the feed of drains', () => {
  it('reports each drain when it starts and ends', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const instances = await registerInstances(world, 3);
    await createServiceOnInstances(world);
    await world.pass(100_000);
    const stream = await world.subscribe<Update>(
      'subscription { drains(cluster: "prod") { type outcome items { kind outcome summary progress { remainingTaskCount instances { containerInstanceArn } } } } }',
    );
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    await world.pass(240_000);
    expect(stream.errors).toEqual([]);
    expect(kinds(stream.events)).toEqual(['STARTED', 'ENDED DRAINED']);
  });
});

describe('clusterEvents', () => {
  it('merges the events of all services, in order and without repeats', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    await world.pass(20_000);
    interface Events {
      readonly type: string;
      readonly events: {
        readonly service: { readonly serviceName: string };
        readonly event: { readonly eventId: string; readonly createdAt: string };
      }[];
    }
    const stream = await world.subscribe<Events>(
      'subscription { clusterEvents(cluster: "prod") { type summary events { service { serviceName } event { eventId createdAt message } } } }',
    );
    await createService(world, { serviceName: 'api', desiredCount: 2 });
    await world.pass(200_000);
    expect(stream.errors).toEqual([]);
    const events = stream.events.flatMap((update) => update.events);
    const ids = events.map(({ event }) => event.eventId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(events.map(({ service }) => service.serviceName))).toEqual(new Set(['web', 'api']));
    expect(events.length).toBeGreaterThan(4);
  });
});
