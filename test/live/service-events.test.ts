import { describe, expect, it } from 'vitest';
import { createCluster, createService, deleteService, registerRevision, updateService } from './setting.ts';
import { liveWorld } from './world.ts';

interface Update {
  readonly type: string;
  readonly sequence: number;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly events: { readonly eventId: string; readonly message: string }[];
}

describe('serviceEvents', () => {
  it('refuses a service that does not exist before anything is polled', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    world.sandbox.resetCalls();
    for (const cluster of ['c', 'nowhere']) {
      const refused = world.subscribe<Update>(
        'subscription ($cluster: String!) { serviceEvents(cluster: $cluster, service: "none") { type } }',
        { cluster },
      );
      await expect(refused).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    }
    expect(world.sandbox.calls()).toEqual({ DescribeServices: 2 });
    expect(world.hub.activeTopics).toBe(0);
  });
});

describe('serviceEvents, end to end', () => {
  it('gives the recent events first, then each new one, in order and none twice, until the service is gone', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    await world.pass(200_000);
    const query = `subscription ($after: String) { serviceEvents(cluster: "prod", service: "web", after: $after) {
      type sequence cursor outcome summary service { serviceName status } events { eventId message } } }`;
    const stream = await world.subscribe<Update>(query);
    expect(stream.errors).toEqual([]);
    expect(stream.events).toHaveLength(1);
    expect(stream.events[0]?.events.at(-1)?.message).toContain('has reached a steady state');
    await updateService(world, { forceNewDeployment: true });
    await world.pass(300_000);
    await deleteService(world);
    await world.until(() => stream.isDone);
    const ids = stream.events.flatMap(({ events }) => events.map(({ eventId }) => eventId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(stream.events.filter(({ summary }) => summary.includes('deployment completed'))).toHaveLength(1);
    expect(stream.events.at(-1)).toMatchObject({ type: 'ENDED', outcome: 'SERVICE_DELETED' });
    expect(stream.errors).toEqual([]);
    expect(world.timers.pending).toBe(0);

    // From every event on, whoever comes back gets the rest, and nothing else.
    for (const [i, event] of stream.events.entries()) {
      const again = await world.subscribe<Update>(query, { after: event.cursor });
      await world.until(() => again.isDone);
      expect(again.events.map(({ sequence }) => sequence)).toEqual(
        stream.events.slice(i + 1).map(({ sequence }) => sequence),
      );
    }
  });

  it('goes on after an event even when another process gave out its cursor', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    await world.pass(30_000);
    const query =
      'subscription ($after: String) { serviceEvents(cluster: "prod", service: "web", after: $after) { type cursor events { eventId } } }';
    const first = await world.subscribe<Update>(query);
    await world.pass(200_000);
    const seen = first.events.flatMap(({ events }) => events.map(({ eventId }) => eventId));
    const cursor = first.events.at(-1)?.cursor ?? '';
    const foreign = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    foreign[2] = 'another run';
    await updateService(world, { desiredCount: 4 });
    await first.leave();
    await world.pass(60_000);
    const after = Buffer.from(JSON.stringify(foreign)).toString('base64url');
    const second = await world.subscribe<Update>(query, { after });
    await world.pass(5_000);
    expect(second.events[0]?.type).toBe('CHANGED');
    const more = second.events.flatMap(({ events }) => events.map(({ eventId }) => eventId));
    expect(more.length).toBeGreaterThan(0);
    expect(more.filter((id) => seen.includes(id))).toEqual([]);
  });
});
