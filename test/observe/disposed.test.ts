import { expect, it } from 'vitest';
import { startTestApp } from '../support/gateway/test-app.ts';
import { collectGarbage } from '../support/time/collect-garbage.ts';

it('a gateway that was disposed is no longer in memory, although its metrics were read', async () => {
  const run = async () => {
    const server = await startTestApp();
    await server.query('{ hello }');
    const text = await (await server.app.fetch(new Request('http://127.0.0.1/metrics'))).text();
    expect(text.match(/^# TYPE (?:nodejs_gc_duration_seconds|ecs_graphql_operations_total) /gm)).toHaveLength(2);
    await server[Symbol.asyncDispose]();
    return new WeakRef(server.app);
  };
  const gateways = [await run(), await run(), await run()];
  await collectGarbage();
  // The latest one may still be on the stack.
  expect(gateways.slice(0, 2).map((gateway) => gateway.deref())).toEqual([undefined, undefined]);
});
