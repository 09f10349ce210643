import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printSchema } from 'graphql';
import { WebSocket as NodeWebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createToken } from '../../src/auth/token-file.ts';
import type { Config } from '../../src/config/index.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { type ClientProject, createClientProject } from './support/project.ts';
import { type Endpoint, type Served, serve, standIn, TOKEN } from './support/served.ts';
import { type Event, type Service, SUBJECTS, type Subject } from './support/subjects.ts';

const STOREFRONT = { cluster: 'storefront', service: 'storefront' };
const CHECKOUT = { cluster: 'storefront', service: 'checkout' };
const STEP = 250;
/** As many as Node has for work beside the event loop. */
const THREADS = [1, 2, 3, 4];

let project: ClientProject;
let served: Served;
let port: number;
let subjects: Subject[];
let answers: (() => void)[];

beforeAll(async () => {
  project = await createClientProject(printSchema(sharedSchema()));
  // The gateway loads it with the first socket, which takes real time.
  await import('../../src/http/websocket/server.ts');
});
afterAll(() => project[Symbol.dispose]());
beforeEach(async () => {
  served = await serve();
  port = Number(new URL(served.url).port);
  subjects = [];
  answers = [];
  // Clients and gateway are in this process, so they live by one clock. The network's is real: after each step it gets its turns.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
});
afterEach(async () => {
  for (const subject of subjects) subject.close();
  for (const answer of answers) answer();
  vi.useRealTimers();
  await served[Symbol.asyncDispose]();
});

/** Lets time pass, for clients and gateway alike. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += STEP) {
    await vi.advanceTimersByTimeAsync(STEP);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    // Answers are compressed by Node's other threads: a step is over when those have had their turn as well.
    await Promise.all(THREADS.map(() => stat(import.meta.dirname)));
  }
}

/** Lets time pass until something holds; how long says the virtual clock, a minute at most. */
async function until(holds: () => boolean): Promise<void> {
  for (let passed = 0; !holds(); passed += STEP) {
    if (passed > 60_000) throw new Error(`not within a minute: ${holds}`);
    await pass(STEP);
  }
}

async function settled<Value>(promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const mark = () => {
    isSettled = true;
  };
  promise.then(mark, mark);
  await until(() => isSettled);
  return promise;
}

/** Ends the gateway, does something while it is away, and starts it again with other settings. */
async function replace(whileAway: () => Promise<void>, settings: Partial<Config> = {}): Promise<void> {
  let back = () => {};
  let isAway = false;
  const gate = new Promise<void>((resolve) => {
    back = resolve;
  });
  const away = () => {
    isAway = true;
    return gate;
  };
  const replaced = served.world.restart(port, away, settings);
  await until(() => isAway);
  await whileAway();
  back();
  await settled(replaced);
}

describe.each(Object.entries(SUBJECTS))('%s', (_name, create) => {
  async function start(endpoint: Endpoint = served) {
    const subject = await create(project, endpoint);
    subjects.push(subject);
    return subject;
  }
  function follow(subject: Subject, service: Service = STOREFRONT) {
    const events: Event[] = [];
    const errors: unknown[] = [];
    const stop = subject.follow(service, {
      onEvent: (event) => events.push(event),
      onError: (error) => errors.push(error),
    });
    return { events, errors, stop };
  }
  /** A deployment that begins now, and goes on when the sandbox's clock does. */
  const deploy = async () => settled(served.change('forceNewDeployment: true'));

  /** Follows through an outage in which a deployment ends. */
  async function survive(whileAway: () => Promise<void>): Promise<void> {
    const subject = await start();
    const { events, errors } = follow(subject);
    await until(() => events.length > 0);
    await deploy();
    await until(() => events.length > 1);
    const before = events.length;
    let asked: ReturnType<NonNullable<Subject['ask']>> | undefined;
    await replace(async () => {
      asked = subject.ask?.(STOREFRONT);
      served.world.sandbox.clock.advance(600_000);
      await whileAway();
    });
    await until(() => events.length > before);
    expect(errors).toEqual([]);
    expect(events.at(-1)?.summary).toMatch(/deployment completed|\d+ events since/);
    // Behind the last event: neither a SNAPSHOT, nor anything twice.
    expect(events.slice(1).map(({ type }) => type)).not.toContain('SNAPSHOT');
    expect(new Set(events.map(({ summary }) => summary)).size).toBe(events.length);
    if (asked) expect(await settled(asked)).toBe(6);
  }

  it('goes on behind the last event when the gateway was away for 20 s', () => survive(() => pass(20_000)));

  it('goes on when the gateway drains and answers 503 for a while', () =>
    survive(async () => {
      const end = await standIn(port, () => 503);
      await pass(8_000);
      await end();
    }));

  it('waits for its turn where a socket has as many subscriptions as it may', async () => {
    await replace(async () => undefined, { wsMaxSubscriptions: 1 });
    const subject = await start();
    if (!subject.ask) return;
    const first = follow(subject);
    await until(() => first.events.length === 1);
    const second = follow(subject, CHECKOUT);
    await pass(10_000);
    expect([second.events, second.errors]).toEqual([[], []]);
    first.stop();
    await until(() => second.events.length === 1);
    expect([first.errors, second.errors]).toEqual([[], []]);
    second.stop();
  });

  it('waits for its turn where the gateway has as many sockets as it may', async () => {
    await replace(async () => undefined, { wsMaxSockets: 1 });
    const first = follow(await start());
    await until(() => first.events.length === 1);
    const second = follow(await start(), CHECKOUT);
    await pass(10_000);
    expect([second.events, second.errors]).toEqual([[], []]);
    first.stop();
    await until(() => second.events.length === 1);
    expect([first.errors, second.errors]).toEqual([[], []]);
    second.stop();
  });

  it('learns once that its token is wrong', async () => {
    const connections = vi.fn(() => 'wrong-wrong-wrong-wrong');
    const subject = await start({ url: served.url, token: connections });
    const { events, errors } = follow(subject);
    await until(() => errors.length === 1);
    const asked = subject.ask?.(STOREFRONT);
    if (asked) expect(await settled(asked)).toEqual(['UNAUTHENTICATED']);
    const count = connections.mock.calls.length;
    await pass(60_000);
    expect([events, errors.length, connections.mock.calls.length]).toEqual([[], 1, count]);
    expect(count).toBe(subject.ask ? 3 : 2);
  });

  it('goes on with a renewed token when the old one has expired', async () => {
    const renewed = 'a-token-that-was-renewed';
    // As it connects, as it comes back, and when it was refused.
    const tokens = [TOKEN, TOKEN];
    const { events, errors } = follow(await start({ url: served.url, token: () => tokens.shift() ?? renewed }));
    await until(() => events.length > 0);
    await deploy();
    await until(() => events.length > 1);
    const before = events.length;
    await replace(
      async () => {
        served.world.sandbox.clock.advance(600_000);
      },
      { token: renewed },
    );
    await until(() => events.length > before);
    expect(errors).toEqual([]);
    expect(events.slice(1).map(({ type }) => type)).not.toContain('SNAPSHOT');
    expect(events.at(-1)?.summary).toMatch(/deployment completed|\d+ events since/);
  });

  it('goes on with a renewed token when the old one is withdrawn while it is connected', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ecs-graphql-tokens-'));
    const path = join(folder, 'tokens.json');
    const tokens = [1, 2].map(() => createToken('app', ['viewer'], undefined));
    const hold = (index: number) => writeFile(path, JSON.stringify({ tokens: [tokens[index]?.entry] }));
    await hold(0);
    await replace(async () => undefined, { tokensFile: path });
    let current = 0;
    const { events, errors } = follow(await start({ url: served.url, token: () => tokens[current]?.token ?? '' }));
    await until(() => events.length > 0);
    await deploy();
    await until(() => events.length > 1);
    const before = events.length;
    current = 1;
    await hold(1);
    expect(await settled(served.world.app.reload?.() ?? Promise.resolve(false))).toBe(true);
    served.world.sandbox.clock.advance(600_000);
    await until(() => events.slice(before).some(({ summary }) => /steady state/.test(summary)));
    expect(errors).toEqual([]);
    expect(events.slice(1).map(({ type }) => type)).not.toContain('SNAPSHOT');
    expect(events.filter(({ summary }) => /has started 6 tasks|deployment completed/.test(summary))).toHaveLength(2);
    await rm(folder, { recursive: true });
  });

  it('survives with the WebSocket of Node itself, which reports a lost connection as an error', async () => {
    Object.assign(globalThis, { WebSocket: NodeWebSocket });
    await survive(() => pass(5_000));
  });
});
