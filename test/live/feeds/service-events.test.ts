import { describe, expect, it } from 'vitest';
import { liveWorld } from '../support/live-world.ts';
import { createCluster, createService, deleteService, registerRevision, updateService } from '../support/setting.ts';

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
        'subscription ($cluster: ID!) { serviceEvents(cluster: $cluster, service: "none") { type } }',
        { cluster },
      );
      await expect(refused).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    }
    expect(world.sandbox.calls()).toEqual({ DescribeServices: 2 });
    expect(world.hub.activeTopics).toBe(0);
  });
});

describe('serviceEvents, end to end', () => {
  it('sends recent events first, then each new one, in order and without repeats, until the service is deleted', async () => {
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

    // From every event on, a subscriber that resumes gets the rest and nothing else.
    for (const [i, event] of stream.events.entries()) {
      const again = await world.subscribe<Update>(query, { after: event.cursor });
      await world.until(() => again.isDone);
      expect(again.events.map(({ sequence }) => sequence)).toEqual(
        stream.events.slice(i + 1).map(({ sequence }) => sequence),
      );
    }
  });

  it('follows a write from its `eventsCursor` on, though no deployment is in progress', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    await world.pass(200_000);
    world.sandbox.resetCalls();
    const scale = (args: string) =>
      world.run<{ scaleService: { eventsCursor: string; deploymentId: string | null } }>(
        `mutation { scaleService(cluster: "prod", service: "web", desiredCount: 5${args}) { eventsCursor deploymentId } }`,
      );
    const { scaleService: planned } = await scale(', dryRun: true');
    const { scaleService: done } = await scale('');
    expect(done).toEqual({ eventsCursor: planned.eventsCursor, deploymentId: null });
    expect(world.sandbox.calls()).toEqual({ DescribeServices: 2, UpdateService: 1 });

    const stream = await world.subscribe<Update>(
      'subscription ($after: String) { serviceEvents(cluster: "prod", service: "web", after: $after) { type events { message } } }',
      { after: done.eventsCursor },
    );
    expect(stream.events).toEqual([]);
    await world.pass(200_000);
    const messages = stream.events.flatMap(({ events }) => events.map(({ message }) => message));
    expect(stream.errors).toEqual([]);
    expect(messages[0]).toMatch(/has started \d+ tasks/);
    expect(messages.at(-1)).toContain('has reached a steady state');
    expect(stream.events.map(({ type }) => type)).toEqual(messages.map(() => 'CHANGED'));
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

  it.each([
    ['serviceEvents(cluster: "prod", service: "web", after: $after, timeout: $timeout)', 'events { eventId }'],
    ['clusterEvents(cluster: "prod", after: $after, timeout: $timeout)', 'events { event { eventId } }'],
  ])(
    '%s sends the missed events after a restart, from the first one on, and nothing if none was missed',
    async (field, selected) => {
      await using world = await liveWorld();
      await createCluster(world);
      await registerRevision(world);
      await createService(world);
      const query = `subscription ($after: String, $timeout: Duration) { feed: ${field} { type cursor outcome ${selected} } }`;
      interface Reported {
        readonly type: string;
        readonly cursor: string;
        readonly events: { readonly eventId?: string; readonly event?: { readonly eventId: string } }[];
      }
      const idsOf = (events: readonly Reported[]) =>
        events.flatMap((update) => update.events.map(({ eventId, event }) => eventId ?? event?.eventId));
      const first = await world.subscribe<Reported>(query);
      expect(first.events).toMatchObject([{ type: 'SNAPSHOT', events: [] }]);
      await world.pass(200_000);
      await first.leave();
      const ids = idsOf(first.events);
      expect(ids.length).toBeGreaterThan(2);
      // From when there was no event at all.
      world.restart();
      const second = await world.subscribe<Reported>(query, { after: first.events[0]?.cursor });
      expect(second.events.map(({ type }) => type)).toEqual(['CHANGED']);
      expect(idsOf(second.events)).toEqual(ids);
      await second.leave();
      // Up to date.
      world.restart();
      const third = await world.subscribe<Reported>(query, { after: second.events[0]?.cursor, timeout: 'PT1M' });
      await world.pass(30_000);
      expect(third.events).toEqual([]);
      await updateService(world, { desiredCount: 4 });
      await world.until(() => third.isDone, 120_000);
      expect(third.events.map(({ type }) => type).at(-1)).toBe('ENDED');
      const newer = idsOf(third.events);
      expect(newer.length).toBeGreaterThan(0);
      expect(newer.filter((id) => ids.includes(id))).toEqual([]);
      // Behind an end that was only the caller's.
      world.restart();
      const fourth = await world.subscribe<Reported>(query, { after: third.events.at(-1)?.cursor });
      await updateService(world, { desiredCount: 5 });
      await world.pass(60_000);
      const newest = idsOf(fourth.events);
      expect(newest.length).toBeGreaterThan(0);
      expect(newest.filter((id) => [...ids, ...newer].includes(id))).toEqual([]);
      expect([first, second, third, fourth].flatMap(({ errors }) => errors)).toEqual([]);
    },
  );
});
