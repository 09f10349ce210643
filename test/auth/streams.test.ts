import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createToken } from '../../src/auth/token-file.ts';
import { createWorld } from '../support/gateway/world.ts';
import { initWs, openWs } from '../support/gateway/ws-client.ts';

const FOLLOW = 'subscription { deployments { type cursor } }';

async function startGuarded() {
  const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  const path = join(folder, 'tokens.json');
  const made = createToken('bot', ['viewer'], undefined);
  const write = (...tokens: object[]) => writeFile(path, JSON.stringify({ tokens }));
  await write(made.entry);
  const world = await createWorld({}, { TOKENS_FILE: path });
  const { url } = await world.app.listen();
  return {
    authorization: `Bearer ${made.token}`,
    url: `${url}/graphql`,
    metrics: `${url}/metrics`,
    async withdraw() {
      await write();
      expect(await world.app.reload?.()).toBe(true);
    },
    async [Symbol.asyncDispose]() {
      await world.dispose();
      await rm(folder, { recursive: true });
    },
  };
}

describe('a token that is withdrawn', () => {
  it('ends streams over WebSocket with a code and the last cursor, and then the socket', async () => {
    await using guarded = await startGuarded();
    const { url, authorization } = guarded;
    const peers = [await initWs(url, { authorization }), await initWs(url, undefined, { headers: { authorization } })];
    const cursors: unknown[] = [];
    const types: unknown[] = [];
    for (const peer of peers) {
      peer.socket.on('message', (data) => types.push(JSON.parse(String(data)).type));
      peer.send({ id: '1', type: 'subscribe', payload: { query: FOLLOW } });
      const { payload } = (await peer.next()) as { payload: { data: { deployments: { cursor: string } } } };
      cursors.push(payload.data.deployments.cursor);
    }
    await guarded.withdraw();
    for (const [index, peer] of peers.entries()) {
      expect(await peer.next()).toMatchObject({
        type: 'next',
        payload: { errors: [{ extensions: { code: 'TOKEN_ENDED', reason: 'WITHDRAWN', cursor: cursors[index] } }] },
      });
      // No `complete`: the client comes back for the rest.
      expect(await peer.closed).toEqual({ code: 4403, reason: 'The token has been withdrawn.' });
    }
    expect(types).toEqual(Array(4).fill('next'));
    const late = await openWs(url);
    late.send({ type: 'connection_init', payload: { authorization } });
    expect((await late.closed).code).toBe(4401);
  });

  it.each([
    ['text/event-stream', 'event: complete'],
    ['multipart/mixed;boundary=graphql;subscriptionSpec=1.0', '--graphql--'],
  ])('ends streams over %s', async (accept, end) => {
    await using guarded = await startGuarded();
    const { url, authorization } = guarded;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, authorization },
      body: JSON.stringify({ query: FOLLOW }),
    });
    expect(response.status).toBe(200);
    let text = '';
    let isWithdrawn = false;
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (!isWithdrawn && text.includes('"cursor"')) {
        isWithdrawn = true;
        await guarded.withdraw();
      }
    }
    const cursor = /"cursor":"([^"]+)"/.exec(text)?.[1];
    expect(text).toContain(`"code":"TOKEN_ENDED"`);
    expect(text.slice(text.indexOf('TOKEN_ENDED'))).toContain(`"cursor":"${cursor}"`);
    expect(text).toContain(end);
  });

  it('opens nothing any more, /metrics neither', async () => {
    await using guarded = await startGuarded();
    const { authorization } = guarded;
    const statuses = async () => {
      const headers = { authorization, 'content-type': 'application/json' };
      const graph = await fetch(guarded.url, { method: 'POST', headers, body: '{"query":"{__typename}"}' });
      return [graph.status, (await fetch(guarded.metrics, { headers })).status];
    };
    expect(await statuses()).toEqual([200, 200]);
    await guarded.withdraw();
    expect(await statuses()).toEqual([401, 401]);
  });
});
