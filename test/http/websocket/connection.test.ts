import { expect, it, vi } from 'vitest';
import { collectGarbage } from '../../support/collect-garbage.ts';
import { startTestApp } from '../../support/test-app.ts';
import { initWs } from '../../support/ws-client.ts';

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
