import { expect, it, vi } from 'vitest';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { initWs } from '../../support/gateway/ws-client.ts';
import { collectGarbage } from '../../support/time/collect-garbage.ts';

it('a connection keeps nothing of the payload of connection_init, which may hold a token', async () => {
  await using server = await startTestApp();
  const url = `${await server.listen()}/graphql`;
  const { parse } = JSON;
  const payloads: WeakRef<object>[] = [];
  const spy = vi.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
    const value = parse(text, reviver);
    if (value?.type === 'connection_init') payloads.push(new WeakRef(value.payload));
    return value;
  });
  const peer = await initWs(url, { authorization: 'Bearer of-no-meaning' });
  // Its results hold the payload.
  spy.mockRestore();
  await collectGarbage();
  expect(payloads.map((payload) => payload.deref())).toEqual([undefined]);
  peer.socket.close();
});
