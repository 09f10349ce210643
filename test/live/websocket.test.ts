import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { startLiveApp } from '../support/gateway/live-app.ts';

interface Update {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
}

const QUERY = `subscription ($after: String) {
  deploymentProgress(cluster: "prod", service: "web", after: $after) { type cursor outcome summary progress { percent } } }`;

describe('live progress over WebSocket', () => {
  it('begins with how things stand, goes on after a cursor, ends with the outcome and completes', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    await app.createService();
    const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const subscribe = (after?: string) =>
      client.iterate<{ deploymentProgress: Update }>({ query: QUERY, variables: { after } });

    const first = subscribe();
    const { value: snapshot } = await first.next();
    expect(snapshot?.data?.deploymentProgress).toMatchObject({ type: 'SNAPSHOT', outcome: null });
    await first.return?.();
    app.world.sandbox.clock.advance(200_000);
    const received: (Update | undefined)[] = [];
    for await (const { data } of subscribe(snapshot?.data?.deploymentProgress.cursor))
      received.push(data?.deploymentProgress);
    expect(received).toMatchObject([{ type: 'ENDED', outcome: 'SUCCEEDED' }]);
    const nothing: unknown[] = [];
    for await (const event of subscribe(received[0]?.cursor)) nothing.push(event);
    expect(nothing).toEqual([]);
    await client.dispose();
  });

  it('refuses what does not exist, and a cursor of something else, with an error', async () => {
    await using app = await startLiveApp();
    const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const code = async (after?: string) => {
      try {
        const { value } = await client.iterate({ query: QUERY, variables: { after } }).next();
        return value?.errors?.[0]?.extensions?.code;
      } catch (errors) {
        return (errors as { extensions: { code: string } }[])[0]?.extensions.code;
      }
    };
    expect(await code()).toBe('NOT_FOUND');
    await app.register('web:1');
    await app.createService();
    expect(await code('nonsense')).toBe('BAD_USER_INPUT');
    await client.dispose();
  });
});
