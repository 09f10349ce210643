import { describe, expect, it } from 'vitest';
import { createPolicedWorld, POLICIES } from '../../policy/support/policy-world.ts';
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
});
