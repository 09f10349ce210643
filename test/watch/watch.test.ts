import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/watch/arguments.ts';
import { RefusedError } from '../../src/watch/gateway.ts';
import { type WatchHost, watch } from '../../src/watch/index.ts';
import type { WatchEvent } from '../../src/watch/queries.ts';
import { follow } from '../../src/watch/stream.ts';
import { startLiveApp } from '../support/gateway/live-app.ts';

function hostUnderTest(env: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  let stop = () => {};
  const host: WatchHost = {
    env,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    onStop(listener) {
      stop = listener;
      return () => {};
    },
  };
  return { host, out, err, stop: () => stop() };
}

describe('ecs-graphql watch', () => {
  it('exits with 0 for a success alone, and writes a JSON line an event', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    await app.createService();
    app.world.sandbox.clock.advance(200_000);
    const { host, out, err } = hostUnderTest({ ECS_GRAPHQL_URL: app.url });
    expect(await watch(['deployment', 'web', '--cluster', 'prod'], host)).toBe(0);
    expect(err).toEqual([]);
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'ENDED', outcome: 'SUCCEEDED', progress: { percent: 100 } },
    ]);
  });

  it('exits with 1 and the reason for a failure, with 124 for the time-out', async () => {
    await using app = await startLiveApp();
    await app.register('sandbox/exit-after:5-3');
    const failed = await app.runTask();
    app.world.sandbox.clock.advance(200_000);
    const one = hostUnderTest();
    expect(await watch(['task', failed, '--cluster', 'prod', '--url', app.url], one.host)).toBe(1);
    expect(one.err.join('')).toContain('app exited with 3');
    expect(one.out.map((line) => JSON.parse(line))).toMatchObject([{ type: 'ENDED', outcome: 'FAILED' }]);

    await app.register('web:1');
    const running = await app.runTask();
    const two = hostUnderTest();
    const code = watch(['task', running, '--cluster', 'prod', '--url', app.url, '--timeout', 'PT30S'], {
      ...two.host,
      // Time passes once the watcher has seen the first event.
      out: () => app.world.sandbox.clock.advance(60_000),
    });
    expect(await code).toBe(124);
    expect(two.err.join('')).toContain('has not stopped in the time allowed');
  });

  it('stops at a moment of a deployment with exit code 0, and at its end as usual', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    await app.createService();
    app.world.sandbox.clock.advance(200_000);
    await app.world.data(`mutation { updateService(input: { cluster: "prod", service: "web", deploymentConfiguration: { strategy: BLUE_GREEN, bakeTimeInMinutes: 10,
      lifecycleHooks: [{ targetType: PAUSE, lifecycleStages: [POST_TEST_TRAFFIC_SHIFT], timeoutConfiguration: { timeoutInMinutes: 600, action: ROLLBACK } }] } }) { service { id } } }`);
    const deploy = async (image: string) =>
      app.world.data(
        `mutation { deployImages(cluster: "prod", service: "web", images: [{ container: "app", image: "${image}" }]) { deploymentId } }`,
      );
    await deploy('web:2');
    const run = async (...argv: string[]) => {
      const { host, out, err } = hostUnderTest();
      const code = await watch(['deployment', 'web', '-c', 'prod', '--url', app.url, ...argv], {
        ...host,
        out(text) {
          host.out(text);
          app.world.sandbox.clock.advance(60_000);
        },
      });
      return { code, last: JSON.parse(out.at(-1) ?? '{}') as { readonly outcome: string | null }, err: err.join('') };
    };
    const scaled = await run('--until', 'post-scale-up');
    expect(scaled).toMatchObject({ code: 0, err: '', last: { outcome: null } });
    const paused = await run('--until', 'PAUSED');
    expect(paused).toMatchObject({
      code: 0,
      last: {
        outcome: null,
        clusterName: 'prod',
        serviceName: 'web',
        images: [{ raw: 'web:2' }],
        progress: { hooks: [{ status: 'AWAITING_ACTION' }] },
      },
    });
    app.world.sandbox.clock.advance(11 * 3_600_000);
    expect(await run('--until', 'bake-time')).toMatchObject({ code: 1, last: { outcome: 'ROLLED_BACK' } });
    expect(await run('--until', 'paused')).toMatchObject({ code: 1 });
  });

  it.each([
    [['deployment', 'web', '--until', 'bake-tim'], 'Did you mean bake-time?'],
    [['deployment', 'web', '--until', 'sunset'], '--until must be one of paused, reconcile-service'],
    [['task', 'web', '--until', 'paused'], '--until is not for watch task'],
  ])('refuses %j', async (argv, shown) => {
    const { host, err } = hostUnderTest();
    expect(await watch(argv, host)).toBe(2);
    expect(err.join('')).toContain(shown);
  });

  it('exits with 1 for what does not exist, and with 130 when it is interrupted', async () => {
    await using app = await startLiveApp();
    const withoutToken = hostUnderTest({ ECS_GRAPHQL_URL: app.url });
    expect(await watch(['deployment', 'none', '-c', 'prod'], withoutToken.host)).toBe(1);
    expect(withoutToken.err.join('')).toContain('There is no service "none" in cluster "prod". (NOT_FOUND)');
    await app.register('web:1');
    const task = await app.runTask();
    const stopped = hostUnderTest();
    const code = watch(['task', task, '-c', 'prod', '--url', app.url], {
      ...stopped.host,
      out(text) {
        stopped.host.out(text);
        stopped.stop();
      },
    });
    expect(await code).toBe(130);
    expect(stopped.out.map((line) => JSON.parse(line))).toMatchObject([{ type: 'SNAPSHOT' }]);
    expect(stopped.err).toEqual([]);
  });

  it('says that there is no gateway, and not that a connection was lost', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.close();
    const { host, err, stop } = hostUnderTest();
    const reporting: WatchHost = {
      ...host,
      err(text) {
        host.err(text);
        stop();
      },
    };
    expect(await watch(['deployment', 'web', '--url', url], reporting)).toBe(130);
    expect(err.join('')).toMatch(/^cannot reach the gateway at http:.*ECONNREFUSED.*, trying again\n$/);
    // One that stays away is given up with exit code 1, after eight attempts and a minute at most.
    const waits: number[] = [];
    const patient = hostUnderTest();
    const wait = async (ms: number) => void waits.push(ms);
    expect(await watch(['deployment', 'web', '--url', url], { ...patient.host, wait })).toBe(1);
    expect(waits).toHaveLength(7);
    expect(waits.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(60_000);
    expect(patient.err.at(-1)).toMatch(/^cannot reach the gateway at http:.*ECONNREFUSED.*\)\n$/);
  });

  it('has a time-out of its own, which a connection made again does not begin anew', () => {
    const given = ['PT5M', '5m', '1h30m', '90s', '600', '1d'].map((text) => ['drain', '--timeout', text]);
    const timeouts = [['deployment', 'web'], ['drain'], ['task', 'a'], ...given].map((argv) => {
      const read = readArguments(argv, {});
      return typeof read === 'string' ? read : read.variables.timeout;
    });
    expect(timeouts).toEqual(['PT1H', 'PT6H', 'PT24H', 'PT5M', 'PT5M', 'PT1H30M', 'PT1M30S', 'PT10M', 'PT24H']);
  });

  it('outlives a gateway that is restarted in order', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    const task = await app.runTask();
    const { host, out, err } = hostUnderTest({ ECS_GRAPHQL_URL: app.url });
    const code = watch(['task', task, '--cluster', 'prod'], {
      ...host,
      out(text) {
        host.out(text);
        if (out.length === 1) void app.restart();
      },
      wait: async () => {
        await app.stop(task);
        app.world.sandbox.clock.advance(200_000);
      },
    });
    expect(await code).toBe(1);
    expect(err[0]).toMatch(/^connection lost \(the gateway closed the stream\), trying again\n$/);
    const events = out.map((line) => JSON.parse(line) as WatchEvent);
    expect(events.map(({ type, outcome }) => [type, outcome])).toEqual([
      ['SNAPSHOT', null],
      ['ENDED', 'STOPPED_BY_USER'],
    ]);
  });

  it.each([
    [[], 'watch needs one of deployment, drain, task first'],
    [['deployment'], 'needs one service'],
    [
      ['drain', '--timeout', '15M'],
      '--timeout must be a duration of at most 31 days, such as 10m, 1h30m, 600 (seconds) or PT10M, not 15M',
    ],
    [['drain', '--timeout', '5 m'], '--timeout must be a duration'],
    [['drain', '--timeout', '40d'], '--timeout must be a duration'],
    [['drain', '--timeout', ''], '--timeout must be a duration'],
    [['task', 'a', '--stall-after', 'soon'], '--stall-after must be a duration'],
    [['task'], 'at least one task'],
    [['drain', '--deployment', 'x'], 'is not for watch drain'],
    [['drain', '--nonsense'], '"--nonsense" is not a flag; the flags are --cluster, --deployment, --timeout'],
    [['drain', '--timout', '5m'], '"--timout" is not a flag. Did you mean --timeout?'],
    [['drain', '--stallafter=5m'], '"--stallafter" is not a flag. Did you mean --stall-after?'],
    [['drain', '-x'], '"-x" is not a flag; the flags are'],
    [
      ['deploymnet', 'web'],
      'watch needs one of deployment, drain, task first, not "deploymnet". Did you mean deployment?',
    ],
    [['drain', '--url', 'ftp://x'], 'is not an http or https URL'],
  ])('exits with 2 for %j', async (argv, message) => {
    const { host, err } = hostUnderTest();
    expect(await watch(argv, host)).toBe(2);
    expect(err.join('')).toContain(message);
    expect(err.join('')).toContain('Usage: ecs-graphql watch deployment');
    // The error stays in sight.
    expect(err.join('').split('\n').length).toBeLessThanOrEqual(8);
  });
});

describe('a stream that is watched', () => {
  it('goes on behind the last event when the connection breaks, whenever it does', async () => {
    const asked: (string | undefined)[] = [];
    const timeouts: string[] = [];
    const eventAt = (n: number) => ({
      cursor: `${n}`,
      observedAt: new Date(n * 60_000).toISOString(),
      outcome: n < 4 ? null : 'SUCCEEDED',
    });
    let now = 0;
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { after, timeout } = (JSON.parse(body) as { variables: { after?: string; timeout: string } }).variables;
      asked.push(after);
      timeouts.push(timeout);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const next = Number(after ?? 0) + 1;
      if (asked.length % 2 === 1) return response.destroy();
      response.write(`:\n\nid: ${next}\nevent: next\ndata: ${JSON.stringify({ data: { watch: eventAt(next) } })}\n\n`);
      // Whatever breaks it, a gateway that ends its streams before their end too: what counts is the last event.
      return next < 3 ? setImmediate(() => response.destroy()) : response.end('event: complete\ndata:\n\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const lost: unknown[] = [];
    const stream = follow<ReturnType<typeof eventAt>>({
      url,
      token: undefined,
      query: '',
      variables: { timeout: 'PT5M' },
      signal: new AbortController().signal,
      onReconnect: (error) => lost.push(error),
      wait: async () => {
        now += 10_000;
      },
      monotonic: () => now,
    });
    const cursors: string[] = [];
    for await (const { cursor } of stream) cursors.push(cursor);
    expect(cursors).toEqual(['1', '2', '3', '4']);
    expect(asked).toEqual([undefined, undefined, '1', '1', '2', '2', '3', '3']);
    expect(lost).toHaveLength(7);
    // Ten seconds pass before each attempt here, and a minute from event to event there.
    expect(timeouts).toEqual(['PT5M', 'PT5M', 'PT4M50S', 'PT4M40S', 'PT3M50S', 'PT3M40S', 'PT2M50S', 'PT2M40S']);
    server.close();
  });

  it('gives up on a server that refuses, or that is no gateway', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const signal = new AbortController().signal;
    const stream = follow({
      url,
      token: 'x',
      query: '',
      variables: {},
      signal,
      onReconnect: () => {},
      wait: async () => {},
      monotonic: () => 0,
    });
    await expect(stream.next()).rejects.toThrow(RefusedError);
    server.close();
  });

  it('tries again where a proxy says that the gateway is away, or the gateway that it is shutting down', async () => {
    const draining = '{"errors":[{"message":"...","extensions":{"code":"SERVER_DRAINING","retryable":true}}]}';
    const event = '{"data":{"watch":{"cursor":"1","observedAt":"2026-03-01T12:00:00Z","outcome":"DRAINED"}}}';
    const answers = [
      { status: 502, type: 'text/html', body: '<h1>502 Bad Gateway</h1>' },
      { status: 503, type: 'application/json', body: draining },
      { status: 200, type: 'text/event-stream', body: `event: next\ndata: ${event}\n\nevent: complete\ndata:\n\n` },
    ];
    const server = createServer((_request, response) => {
      const { status = 404, type = 'text/plain', body } = answers.shift() ?? {};
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const lost: unknown[] = [];
    const stream = follow({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      token: undefined,
      query: '',
      variables: {},
      signal: new AbortController().signal,
      onReconnect: (error) => lost.push(error),
      wait: async () => {},
      monotonic: () => 0,
    });
    const cursors: string[] = [];
    for await (const { cursor } of stream) cursors.push(cursor);
    expect(cursors).toEqual(['1']);
    expect(lost.map(String)).toEqual([
      expect.stringMatching(/UnreachableError: .* answered 502 Bad Gateway/),
      expect.stringContaining('SERVER_DRAINING'),
    ]);
    server.close();
  });
});
