import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { createDaemon } from './support/daemon-setting.ts';
import { type LiveWorld, liveWorld } from './support/live-world.ts';

/** The arguments of each subscription in the demo. */
const SUBSCRIPTIONS: Readonly<Record<string, (world: LiveWorld) => Promise<string>>> = {
  clusterEvents: async () => 'cluster: "storefront"',
  daemonDeploymentProgress: async (world) => `daemonDeploymentArn: "${(await createDaemon(world)).arn}"`,
  deploymentProgress: async () => 'cluster: "storefront", service: "checkout"',
  deployments: async () => 'clusters: ["storefront"]',
  drainProgress: async () => 'cluster: "platform"',
  drains: async () => 'clusters: ["platform"]',
  serviceEvents: async () => 'cluster: "storefront", service: "checkout"',
  taskProgress: async ({ run }) => {
    const { tasks } = await run<{ tasks: { nodes: { taskArn: string }[] } }>(
      'query { tasks(clusters: ["storefront"], first: 1) { nodes { taskArn } } }',
    );
    return `cluster: "storefront", tasks: ["${tasks.nodes[0]?.taskArn}"]`;
  },
};

describe('a cursor with a sequence that no event had', () => {
  let world: LiveWorld;
  beforeAll(async () => {
    world = await liveWorld({ seed: 'demo' });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('is tried with every subscription', () => {
    const fields = sharedSchema().getSubscriptionType()?.getFields() ?? {};
    expect(Object.keys(SUBSCRIPTIONS)).toEqual(Object.keys(fields).sort());
  });

  it.each(Object.keys(SUBSCRIPTIONS))('is refused by %s', async (field) => {
    const args = await SUBSCRIPTIONS[field]?.(world);
    const query = `subscription ($after: String) { ${field}(${args}, after: $after) { type cursor } }`;
    const first = await world.subscribe<{ type: string; cursor: string }>(query);
    await world.until(() => first.events.length > 0, 20_000);
    const given = first.events[0]?.cursor ?? '';
    const [head = '', ...mark] = given.split('.');
    const parts = JSON.parse(Buffer.from(head, 'base64url').toString());
    const forged = (sequence: unknown) => {
      const text = JSON.stringify([...parts.slice(0, 3), sequence, ...parts.slice(4)]);
      return [Buffer.from(text).toString('base64url'), ...mark].join('.');
    };
    expect(forged(parts[3])).toBe(given);
    for (const sequence of [parts[3] + 1_000, 9e9, 0.5, -1]) {
      await expect(world.subscribe(query, { after: forged(sequence) })).rejects.toMatchObject({
        message: expect.stringContaining('is not a cursor of a live event'),
        extensions: { code: 'BAD_USER_INPUT', argument: 'after' },
      });
    }
    await first.leave();
  });
});
