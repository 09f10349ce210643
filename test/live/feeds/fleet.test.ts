import { CreateClusterCommand, DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { liveWorld } from '../support/live-world.ts';
import { createCluster, createService, registerRevision, updateService } from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly isStalled: boolean;
  readonly stalledSince: string | null;
  readonly items: {
    readonly kind: string;
    readonly outcome: string | null;
    readonly progress: { readonly healthyTaskCount: number | null; readonly service: { readonly serviceArn: string } };
  }[];
}

const QUERY = `subscription ($clusters: [ID!], $after: String) { deployments(clusters: $clusters, after: $after) {
  type cursor outcome isStalled stalledSince items { kind outcome progress { healthyTaskCount service { serviceArn } } } } }`;
const reported = (events: readonly Update[]) =>
  events.flatMap(({ items }) =>
    items.map(({ kind, progress }) => `${kind} ${progress.service.serviceArn.replace(/^.*:service\//, '')}`),
  );

describe('one feed for several clusters', () => {
  it('covers all clusters by default, including later ones, and survives a deleted one', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await world.ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
    await registerRevision(world);
    await createService(world);
    await createService(world, { cluster: 'other', serviceName: 'api' });
    const stream = await world.subscribe<Update>(QUERY);
    expect(stream.errors).toEqual([]);
    expect(stream.events.map(({ type }) => type)).toEqual(['SNAPSHOT']);
    expect(reported(stream.events).sort()).toEqual(['ONGOING other/api', 'ONGOING prod/web']);
    expect(stream.events[0]?.items.every(({ progress }) => progress.healthyTaskCount === 0)).toBe(true);

    await world.pass(240_000);
    await world.ecs.send(new CreateClusterCommand({ clusterName: 'late' }));
    await createService(world, { cluster: 'late', serviceName: 'new' });
    await world.pass(240_000);
    await world.ecs.send(new CreateClusterCommand({ clusterName: 'doomed' }));
    await world.pass(60_000);
    await world.ecs.send(new DeleteClusterCommand({ cluster: 'doomed' }));
    await world.pass(120_000);
    expect(reported(stream.events.slice(1)).sort()).toEqual([
      'ENDED late/new',
      'ENDED other/api',
      'ENDED prod/web',
      'STARTED late/new',
    ]);
    expect(stream.errors).toEqual([]);
    expect(stream.isDone).toBe(false);
  });

  it('says that it is stalled for as long as an item of any cluster is, whatever happens in others', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await world.ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
    await registerRevision(world);
    await registerRevision(world, 'sandbox/exit-after:20-1');
    await createService(world, { taskDefinition: 'web:2' });
    const stream = await world.subscribe<Update>(QUERY);
    // The service stalls after five minutes, and stays so.
    await world.pass(10 * 60_000);
    const stalled = stream.events.length - 1;
    expect(stream.events[stalled]).toMatchObject({ type: 'CHANGED', isStalled: true, items: [{ kind: 'STALLED' }] });
    const { stalledSince } = stream.events[stalled] ?? {};
    expect(stalledSince).not.toBeNull();
    await createService(world, { cluster: 'other', serviceName: 'api', taskDefinition: 'web:1' });
    await world.pass(5 * 60_000);
    const later = stream.events.slice(stalled + 1);
    expect(reported(later)).toEqual(['STARTED other/api', 'ENDED other/api']);
    expect(later.map((event) => [event.isStalled, event.stalledSince])).toEqual(later.map(() => [true, stalledSince]));
  });

  it('goes on behind a cursor of another run, with what ended since', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await world.ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
    await registerRevision(world);
    await createService(world);
    await world.pass(300_000);
    const before = await world.subscribe<Update>(QUERY, { clusters: ['prod', 'other'] });
    const after = before.events.at(-1)?.cursor;
    await before.leave();
    world.restart();
    await registerRevision(world, 'web:2');
    await updateService(world);
    await world.pass(300_000);
    const again = await world.subscribe<Update>(QUERY, { clusters: ['other', 'prod'], after });
    await world.pass(30_000);
    expect(again.errors).toEqual([]);
    expect(again.events[0]?.type).toBe('RESYNC');
    expect(reported(again.events)).toContain('ENDED prod/web');
  });

  it('of a cluster that does not exist is refused', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await expect(world.subscribe<Update>(QUERY, { clusters: ['prod', 'nope'] })).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND', argument: 'clusters' },
    });
  });
});
