import { DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { control, createCluster, createService, deleteService, registerRevision, updateService } from './setting.ts';
import { liveWorld } from './world.ts';

interface Update {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly items: { readonly kind: string; readonly outcome: string | null; readonly summary: string }[];
}

const FIELDS = 'type cursor outcome summary items { kind outcome summary }';
const told = (events: readonly Update[]) =>
  events.map(({ type, items }) => [type, ...items.map(({ kind, outcome }) => outcome ?? kind)].join(' '));

describe('a standing feed', () => {
  it.each([
    ['deployments', `subscription { feed: deployments(cluster: "prod") { ${FIELDS} } }`],
    [
      'deployments of one service',
      `subscription { feed: deployments(cluster: "prod", services: ["web"]) { ${FIELDS} } }`,
    ],
    ['drains', `subscription { feed: drains(cluster: "prod") { ${FIELDS} } }`],
    ['clusterEvents', 'subscription { feed: clusterEvents(cluster: "prod") { type outcome summary } }'],
  ])('%s ends with its cluster', async (_name, query) => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world, { desiredCount: 1 });
    await world.pass(150_000);
    const stream = await world.subscribe<Update>(query);
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

  it('repeats no items when ECS cannot be read and can be again', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    const stream = await world.subscribe<Update>(`subscription { deployments(cluster: "prod") { ${FIELDS} } }`);
    await control(world, 'faults', { rules: [{ operations: ['ListServices'], fault: 'throttle' }] });
    await world.until(() => stream.events.length >= 2, 60_000);
    await control(world, 'faults', { rules: [] });
    await world.until(() => stream.events.length >= 3, 60_000);
    expect(told(stream.events)).toEqual(['SNAPSHOT ONGOING', 'DEGRADED', 'RECOVERED']);
    expect(stream.events[1]?.summary).toMatch(/^cannot see ECS \(UPSTREAM_\w+\), last known: prod: 1 deployment/);
  });

  it('tells once, after a restart of the gateway, what ended and began in the gap', async () => {
    await using world = await liveWorld();
    const query = `subscription ($after: String) { deployments(cluster: "prod", after: $after) { ${FIELDS} } }`;
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    await world.pass(150_000);
    const before = await world.subscribe<Update>(query);
    await registerRevision(world, 'web:2');
    await updateService(world);
    await world.until(() => before.events.length >= 2);
    expect(before.events.at(-1)?.items[0]?.summary).toMatch(/^started: web in prod: .*\(web:2\)$/);
    await before.leave();
    // A deployment ends, another comes and goes, a third begins: nobody looks.
    await world.pass(240_000);
    await registerRevision(world, 'web:3');
    await updateService(world);
    await world.pass(240_000);
    await registerRevision(world, 'web:4');
    await updateService(world);
    await world.pass(4_000);
    world.restart();
    const after = before.events.at(-1)?.cursor;
    const again = await world.subscribe<Update>(query, { after });
    expect(told(again.events)).toEqual(['RESYNC SUCCEEDED SUCCEEDED STARTED']);
    expect(again.events[0]?.summary).toBe('prod: 1 deployment under way; since the last message 2 ended and 1 started');
    await world.until(() => again.events.length >= 2);
    expect(told(again.events)[1]).toBe('CHANGED SUCCEEDED');
    // Behind the last of them nothing is told again, and a cursor from before all history gets a RESYNC.
    world.restart();
    const third = await world.subscribe<Update>(query, { after: again.events.at(-1)?.cursor });
    expect(told(third.events)).toEqual(['RESYNC']);
  });
});
