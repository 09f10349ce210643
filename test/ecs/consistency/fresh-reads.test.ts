import { expect, it } from 'vitest';
import { createWorld } from '../../support/gateway/world.ts';

it('reads a moment ago serve the next request, unless it says Cache-Control: no-cache', async () => {
  const world = await createWorld({ seed: 'demo' }, { MEMORY_TTL: '1h' });
  const ask = async (headers: Record<string, string> = {}) => {
    const response = await world.app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ clusters { nodes { status } } }' }),
      }),
    );
    return ((await response.json()) as { extensions: { ecs: object } }).extensions.ecs;
  };
  try {
    expect(await ask()).toMatchObject({ calls: 2, fromMemory: 0 });
    expect(await ask()).toMatchObject({ calls: 0, fromMemory: 4 });
    expect(await ask({ 'cache-control': 'no-cache' })).toMatchObject({ calls: 2, fromMemory: 0 });
  } finally {
    await world.dispose();
  }
});
