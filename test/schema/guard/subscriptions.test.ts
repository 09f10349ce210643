import { describe, expect, it, type MockInstance, vi } from 'vitest';
import { createPolicedWorld, guardedSchema, POLICIES } from '../../policy/support/policy-world.ts';
import { initWs } from '../../support/gateway/ws-client.ts';

describe('subscriptions', () => {
  const FOLLOW = (args: string) => `subscription { deployments(${args}) { type cursor } }`;

  it('need the right to read what they follow', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { url } = await policed.world.app.listen();
    const first = async (role: string, query: string) => {
      const peer = await initWs(`${url}/graphql`, { authorization: policed.authorization(role) });
      peer.send({ id: '1', type: 'subscribe', payload: { query } });
      const { payload } = (await peer.next()) as { payload: { errors?: { extensions: { code: string } }[] } };
      peer.socket.terminate();
      return payload.errors?.[0]?.extensions.code ?? 'followed';
    };
    expect(await first('one', FOLLOW('clusters: ["storefront"]'))).toBe('followed');
    expect(await first('one', FOLLOW('clusters: ["storefront", "platform"]'))).toBe('FORBIDDEN');
    expect(await first('one', 'subscription { deployments { type } }')).toBe('FORBIDDEN');
    expect(await first('viewer', 'subscription { deployments { type } }')).toBe('followed');
    const events = (cluster: string) =>
      `subscription { serviceEvents(cluster: "${cluster}", service: "${cluster === 'platform' ? 'orders-api' : 'cart'}") { type } }`;
    expect(await first('one', events('storefront'))).toBe('followed');
    expect(await first('one', events('platform'))).toBe('FORBIDDEN');
    expect(await first('two', events('storefront'))).toBe('followed');
    expect(await first('two', events('platform'))).toBe('FORBIDDEN');
  });

  it('end with the last cursor when a new policy denies them, and the others go on', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { url } = await policed.world.app.listen();
    const follow = async (role: string) => {
      const peer = await initWs(`${url}/graphql`, { authorization: policed.authorization(role) });
      peer.send({ id: '1', type: 'subscribe', payload: { query: FOLLOW('clusters: ["storefront"]') } });
      const { payload } = (await peer.next()) as { payload: { data: { deployments: { cursor: string } } } };
      return { peer, cursor: payload.data.deployments.cursor };
    };
    const [one, viewer] = [await follow('one'), await follow('viewer')];
    expect(
      await policed.change('permit(principal in Ecs::Role::"one", action == Ecs::Action::"NoSuch", resource);'),
    ).toBe(false);
    expect(await policed.change('')).toBe(true);
    expect(await one.peer.next()).toMatchObject({
      type: 'next',
      payload: { errors: [{ extensions: { code: 'FORBIDDEN', cursor: one.cursor } }] },
    });
    expect((await one.peer.next()).type).toBe('complete');
    viewer.peer.send({ type: 'ping' });
    expect((await viewer.peer.next()).type).toBe('pong');
    for (const { peer } of [one, viewer]) peer.socket.terminate();
  });

  it('that open while policies change are asked of the new ones before the first event', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { url } = await policed.world.app.listen();
    const field = guardedSchema().getSubscriptionType()?.getFields().deployments;
    if (field?.subscribe === undefined) throw new Error('no feed of deployments');
    const { subscribe } = field;
    for (const [role, policies, sent] of [
      ['one', '', { errors: [{ extensions: { code: 'FORBIDDEN' } }] }],
      ['viewer', '', { data: { deployments: { type: 'SNAPSHOT' } } }],
    ] as const) {
      await policed.change(POLICIES);
      const peer = await initWs(`${url}/graphql`, { authorization: policed.authorization(role) });
      const ending: MockInstance[] = [];
      const opening = vi.spyOn(field, 'subscribe').mockImplementationOnce(async (...args) => {
        const source = (await subscribe(...args)) as AsyncGenerator;
        ending.push(vi.spyOn(source, 'return'));
        expect(await policed.change(policies)).toBe(true);
        return source;
      });
      policed.world.sandbox.resetCalls();
      peer.send({ id: '1', type: 'subscribe', payload: { query: FOLLOW('clusters: ["storefront"]') } });
      expect(await peer.next()).toMatchObject({ id: '1', type: 'next', payload: sent });
      if ('errors' in sent) {
        expect((await peer.next()).type).toBe('complete');
        expect(ending.map(({ mock }) => mock.calls.length)).toEqual([1]);
        // The cluster is looked up once. Its feed was open for a moment, in which it may have begun to read.
        expect(policed.world.sandbox.calls().DescribeClusters).toBe(1);
      }
      opening.mockRestore();
      peer.socket.terminate();
    }
  });
});
