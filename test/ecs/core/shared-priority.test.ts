import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { EcsMemory } from '../../../src/ecs/consistency/read-cache.ts';
import { CallMeter } from '../../../src/ecs/core/call-cost.ts';
import { Demand } from '../../../src/ecs/core/shared-priority.ts';
import { Pacer } from '../../../src/ecs/pacing/pacer.ts';
import { Upstream } from '../../../src/ecs/sdk/upstream.ts';
import { callContext } from '../../support/ecs/call-context.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

it('a call that waits for the rate limit is a wait of each of its callers, from when they join', () => {
  let now = 0;
  const [one, other] = [new CallMeter(), new CallMeter()];
  const demand = new Demand();
  demand.add({ lane: 'query', meter: one });
  const end = demand.wait(() => now);
  now = 30;
  demand.add({ lane: 'query', meter: other });
  demand.add({ lane: 'query', meter: other });
  now = 50;
  end();
  now = 99;
  expect([one.read().waitedMs, other.read().waitedMs]).toEqual([50, 20]);
  // A part of a call that failed has its callers.
  const part = new Demand();
  part.addAll(demand);
  const endOfPart = part.wait(() => now);
  now = 100;
  endOfPart();
  expect([one.read().waitedMs, other.read().waitedMs]).toEqual([51, 21]);
});

it('a query that wants the same list as a poll does not wait for the tokens of polls', async () => {
  const server = createServer((_request, response) => response.end('{"taskArns": []}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const timers = new FakeTimers();
  const pacer = new Pacer(1, timers);
  const upstream = await Upstream.create(
    {
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
      attemptTimeoutMs: 60_000,
      connectTimeoutMs: 60_000,
      maxAttempts: 1,
    },
    pino({ level: 'silent' }),
    { pacer },
  );
  const level = () => pacer.levels().find(({ bucket }) => bucket === 'clusterResourceRead');
  try {
    const signal = new AbortController().signal;
    for (let poll = 0; poll < 60; poll += 1) void pacer.take('DescribeTasks', { lane: 'poll', signal });
    await timers.pass(0);
    expect(level()).toMatchObject({ level: 50, waiting: 10 });
    const memory = new EcsMemory();
    const polling = callContext({ lane: 'poll' });
    const polled = upstream.read('ListTasks', { cluster: 'prod' }, polling, memory);
    while (level()?.waiting !== 11) await new Promise(setImmediate);
    // Time stands still: nothing comes back to the polls.
    const asked = upstream.read('ListTasks', { cluster: 'prod' }, callContext({ lane: 'query' }), memory);
    expect(await Promise.all([polled, asked])).toMatchObject([{ taskArns: [] }, { taskArns: [] }]);
    expect(level()).toMatchObject({ level: 49, waiting: 10 });
    expect(polling.meter.read()).toMatchObject({ calls: 1 });
  } finally {
    upstream.dispose();
    server.closeAllConnections();
    server.close();
  }
});
