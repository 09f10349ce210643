import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Replica, type ReplicaWorld, startReplicas } from '../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, withRedis } from '../support/programs/redis-server.ts';

/** The subscriptions, with arguments in the demo and fields that need their whole state. */
const SUBSCRIPTIONS: Readonly<Record<string, string>> = {
  deploymentProgress: `(cluster: "storefront", service: "checkout" AFTER) { FIELDS
    progress { percent desiredTaskCount tasks { state task { lastStatus } } events { eventId } blockedBy { reason } startedAt } }`,
  drainProgress:
    '(cluster: "platform" AFTER) { FIELDS progress { instances { remainingTaskCount tasks { nodes { task { taskArn } } } } } }',
  deployments: '(clusters: ["storefront"] AFTER) { FIELDS items { kind summary } }',
  drains: '(clusters: ["platform"] AFTER) { FIELDS items { kind summary } }',
  clusterEvents: '(cluster: "storefront" AFTER) { FIELDS events { event { eventId message } } }',
  serviceEvents: '(cluster: "storefront", service: "checkout" AFTER) { FIELDS events { eventId message createdAt } }',
};
const FIELDS = 'type sequence cursor summary observedAt changeCount';

/** The only thing in a summary that time alone changes. */
const TIME_LEFT = /about [^"]* left/g;

interface Update {
  readonly type: string;
  readonly sequence: number;
  readonly cursor: string;
  readonly observedAt: string;
  readonly summary: string;
}

/** Reads the events of a subscription over SSE as they come. */
function subscribe({ app }: Replica, field: string, after?: string) {
  const text = SUBSCRIPTIONS[field]?.replace('FIELDS', FIELDS) ?? '';
  const query = `subscription { ${field}${text.replace('AFTER', after === undefined ? '' : `, after: "${after}"`)} }`;
  const controller = new AbortController();
  const events: Update[] = [];
  const errors: unknown[] = [];
  const reading = (async () => {
    const response = await app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query }),
        signal: controller.signal,
      }),
    );
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const data = /^data: (.*)$/m.exec(part)?.[1];
        if (!part.includes('event: next') || data === undefined) continue;
        const result = JSON.parse(data) as { data?: Record<string, Update>; errors?: unknown[] };
        if (result.errors !== undefined) errors.push(...result.errors);
        const event = result.data?.[field];
        if (event != null) events.push(event);
      }
    }
  })().catch(() => undefined);
  return {
    events,
    errors,
    leave: async () => {
      controller.abort();
      await reading;
    },
  };
}

describe.runIf(HAS_REDIS)(withRedis('subscriptions to gateways that share one Redis'), () => {
  let world: ReplicaWorld;

  beforeEach(async () => {
    world = await startReplicas(2, {
      LIVE_MIN_INTERVAL: '200ms',
      LIVE_MAX_INTERVAL: '400ms',
      MEMORY_TTL: '0',
      BATCH_WINDOW: '50ms',
    });
    await world.connected();
  });

  afterEach(() => world[Symbol.asyncDispose]());

  const pair = () => world.replicas as readonly [Replica, Replica];

  it.each(Object.keys(SUBSCRIPTIONS))('of %s begin alike at each gateway, and resume at any', async (field) => {
    const [one, two] = pair();
    // A drain that has ended is shown only after a second look, seconds later.
    if (field.startsWith('drain')) await drain(one);
    const streams = [subscribe(one, field), subscribe(two, field)];
    for (const { events, errors } of streams) {
      await eventually(() => events.length + errors.length > 0, 'the first event');
      expect(errors).toEqual([]);
    }
    const [first, second] = streams.map(({ events }) => ({
      ...JSON.parse(JSON.stringify(events[0]).replaceAll(TIME_LEFT, '')),
      observedAt: '',
      cursor: '',
    }));
    expect(first).toEqual(second);
    await streams[0]?.leave();
    const resumed = subscribe(two, field, streams[0]?.events[0]?.cursor);
    await deploy(one);
    const other = streams[1];
    // A new deployment is news for followers of its cluster or its service.
    if (!field.startsWith('drain')) {
      world.sandbox.clock.advance(60_000);
      await eventually(() => resumed.events.length > 0 && (other?.events.length ?? 0) > 1, 'the next event');
      expect(resumed.events[0]?.sequence).toBe((streams[0]?.events[0]?.sequence ?? 0) + 1);
      // Without a name, the other stream moves on to the deployment that is current now.
      if (field !== 'deploymentProgress') expect(resumed.events[0]).toEqual(other?.events[1]);
    }
    expect(resumed.errors).toEqual([]);
    for (const stream of [resumed, ...streams]) await stream.leave();
  });

  async function drain(replica: Replica): Promise<void> {
    const { data } = await replica.query<{ containerInstances: { nodes: { id: string }[] } }>(
      '{ containerInstances(clusters: ["platform"], first: 1) { nodes { id } } }',
    );
    const { errors } = await replica.query(
      'mutation ($id: ID!) { updateContainerInstancesState(input: { cluster: "platform", containerInstances: [$id], status: DRAINING }) { failures { reason } } }',
      { id: data?.containerInstances.nodes[0]?.id },
    );
    expect(errors).toBeUndefined();
  }

  async function deploy(replica: Replica): Promise<void> {
    const { errors } = await replica.query(
      'mutation { updateService(input: { cluster: "storefront", service: "checkout", forceNewDeployment: true }) { service { serviceName } } }',
    );
    expect(errors).toBeUndefined();
  }
});
