import { afterAll, describe, expect, it } from 'vitest';
import { startDemo } from '../../support/gateway/demo.ts';

describe('/graphiql', async () => {
  const demo = await startDemo();
  const without = await startDemo({ graphiql: false });
  afterAll(async () => {
    await demo[Symbol.asyncDispose]();
    await without[Symbol.asyncDispose]();
  });
  const get = ({ app }: typeof demo, path: string) => app.fetch(new Request(`http://127.0.0.1${path}`));

  it.each([
    ['/graphiql', '/graphql'],
    ['/graphiql/', '/graphql'],
    ['/graphiql?query=%7Bclusters%7D', '/graphql?query=%7Bclusters%7D'],
    // A proxy may serve the gateway under a path that the gateway does not know.
    ['/graphiql', '/ecs/graphql', '/ecs/graphiql'],
    ['/graphiql/', '/ecs/graphql', '/ecs/graphiql/'],
  ])('%s leads to %s', async (path, target, asked = path) => {
    const { status, headers } = await get(demo, path);
    expect(status).toBe(307);
    expect(new URL(headers.get('location') ?? '', `http://a${asked}`).href).toBe(`http://a${target}`);
  });

  it('is an unknown path where GraphiQL is off, and for other methods', async () => {
    expect((await get(without, '/graphiql')).status).toBe(404);
    const posted = await demo.app.fetch(new Request('http://127.0.0.1/graphiql', { method: 'POST', body: '{}' }));
    expect(posted.status).toBe(404);
  });
});
