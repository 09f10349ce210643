import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicedWorld, type PolicedWorld } from '../policy/support/policy-world.ts';

const CART = 'arn:aws:ecs:eu-west-1:123456789012:service/storefront/cart';
let policed: PolicedWorld;
beforeAll(async () => {
  policed = await createPolicedWorld(`@id("one-lists")
permit (principal in Ecs::Role::"one", action in [Ecs::Action::"ListServices", Ecs::Action::"ListContainerInstances"], resource);
@id("one-reads-cart")
permit (principal in Ecs::Role::"one", action == Ecs::Action::"DescribeServices", resource == Ecs::Service::"${CART}");`);
});
afterAll(() => policed[Symbol.asyncDispose]());

/** The texts of the first events of a subscription over SSE. */
async function firstEvents(role: string, query: string, after: () => Promise<void> | void, count: number) {
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    authorization: policed.authorization(role),
  };
  const request = new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
  const reader = (await policed.world.app.fetch(request)).body?.getReader();
  const events: string[] = [];
  let text = '';
  while (events.length < count) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    text += Buffer.from(value ?? []).toString();
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    const found = parts.filter((part) => part.includes('data: {'));
    if (events.length === 0 && found.length > 0) await after();
    events.push(...found);
  }
  await reader?.cancel();
  return events;
}

const FEED =
  'subscription { deployments(clusters: ["storefront"], minInterval: "PT0S") { type summary cursor itemCount isStalled changes { field before after } items { kind summary } } }';

describe('a feed', () => {
  it('leaves out what the caller may not read, and sends no event about it', async () => {
    const deploy = async (service: string) => {
      const { errors } = await policed.as(
        'admin',
        `mutation { updateService(input: { cluster: "storefront", service: "${service}", forceNewDeployment: true }) { __typename } }`,
      );
      expect(errors).toBeUndefined();
    };
    const begin = async () => {
      await deploy('checkout');
      policed.world.sandbox.clock.advance(1_000);
      await deploy('cart');
    };
    const events = await firstEvents('one', FEED, begin, 2);
    const text = events.join('\n');
    expect(events).toHaveLength(2);
    expect(text).toContain('cart');
    expect(text).not.toContain('checkout');
    const cursors = [...text.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor = '']) =>
      Buffer.from(cursor, 'base64url').toString(),
    );
    expect(cursors.length).toBeGreaterThan(1);
    for (const cursor of cursors) expect(cursor).not.toMatch(/checkout|arn:/);
  });

  it('of events shows those of readable services alone', async () => {
    const query =
      'subscription { clusterEvents(clusters: ["storefront"], recent: 500) { type summary events { event { message } } } }';
    const [all = ''] = await firstEvents('admin', query, () => undefined, 1);
    const [some = ''] = await firstEvents('one', query, () => undefined, 1);
    const servicesIn = (text: string) => new Set([...text.matchAll(/\(service ([\w-]+)\)/g)].map(([, name]) => name));
    expect(servicesIn(all).size).toBeGreaterThan(1);
    expect([...servicesIn(some)]).toEqual(['cart']);
  });
});
