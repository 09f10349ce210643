import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { WriteStream } from 'node:tty';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type WatchHost, watch } from '../../src/watch/index.ts';
import { terminalOf } from '../../src/watch/terminal.ts';
import { startLiveApp } from '../support/gateway/live-app.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { createFakeTerminal, type FakeTerminal } from '../support/programs/fake-terminal.ts';

/** `watch` on a terminal that a test reads. */
function startWatch(url: string, terminal: FakeTerminal, ...argv: string[]) {
  const err: string[] = [];
  let stop = () => {};
  let now = 0;
  const host: WatchHost = {
    env: { ECS_GRAPHQL_URL: url },
    out: terminal.write,
    err: (text) => err.push(text),
    onStop(listener) {
      stop = listener;
      return () => {};
    },
    monotonic: () => now,
    terminal,
  };
  return {
    code: watch(argv, host),
    err,
    stop: () => stop(),
    pass(ms: number) {
      now += ms;
      terminal.tick();
    },
  };
}

/** The percentage on the screen. */
async function percentOn(terminal: FakeTerminal): Promise<number> {
  const [, percent = '-1'] = /(\d+) %/.exec((await terminal.lines()).join('\n')) ?? [];
  return Number(percent);
}

async function seen(terminal: FakeTerminal, pattern: RegExp): Promise<void> {
  while (!pattern.test((await terminal.lines()).join('\n'))) await turn();
}

/** The gateway polls as often as it can. */
const OFTEN = { LIVE_MIN_INTERVAL: '100ms', LIVE_MAX_INTERVAL: '100ms' };

/** Resolves when the gateway has polled after this call. */
async function polled(world: World, operation: string, isOver = () => false): Promise<void> {
  const count = () => world.sandbox.calls()[operation] ?? 0;
  const before = count();
  // The first of two may have begun before.
  while (count() < before + 2 && !isOver()) {
    await turn();
  }
}

describe('ecs-graphql watch on a terminal', () => {
  it('shows a clock, counts, a line for each task and a percentage that moves, then how it ended', async () => {
    await using app = await startLiveApp(OFTEN);
    await app.register('web:1');
    await app.createService(2);
    app.world.sandbox.clock.advance(300_000);
    await app.register('web:2');
    await app.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', taskDefinition: 'web:2' }));
    const terminal = createFakeTerminal();
    const run = startWatch(app.url, terminal, 'deployment', 'web', '-c', 'prod');
    await seen(terminal, /0 of 2 healthy/);
    expect((await terminal.lines())[0]).toMatch(/^\| web in prod {2}web:2 {2}0:00$/);
    run.pass(83_000);
    expect((await terminal.lines())[0]).toMatch(/^\/ web in prod {2}web:2 {2}1:23$/);

    const percents = new Set<number>();
    let isOver = false;
    void run.code.then(() => {
      isOver = true;
    });
    const rows = new Set<string>();
    while (!isOver) {
      percents.add(await percentOn(terminal));
      for (const line of await terminal.lines()) {
        const [, state] = /^ {2}[+~x-] [0-9a-f]{8} {2}(\w+) +web:[12]/.exec(line) ?? [];
        if (state !== undefined) rows.add(state);
      }
      app.world.sandbox.clock.advance(8_000);
      await polled(app.world, 'DescribeServices', () => isOver);
    }
    expect(await run.code).toBe(0);
    // The gateway's own percentage has five values here: 0, 25, 50, 75 and 100.
    expect(percents.size).toBeGreaterThanOrEqual(6);
    expect([...percents]).toEqual([...percents].sort((a, b) => a - b));
    expect([...rows].sort()).toEqual(expect.arrayContaining(['healthy', 'old', 'running', 'starting']));
    const lines = await terminal.lines();
    expect(lines.at(-3)).toMatch(/^OK web in prod {2}web:2 {2}1:23 {2}succeeded$/);
    expect(lines.at(-2)).toMatch(/^#{24} 100 % {2}2 of 2 healthy/);
    expect(lines.at(-1)).toMatch(/^ {2}web in prod: deployment succeeded/);
    // Service events scroll away above the block, without the name that the title shows.
    expect(lines.join('\n')).toMatch(
      /^\d\d:\d\d:\d\d {2}has started 2 tasks: \(task [0-9a-f]{8}\) \(task [0-9a-f]{8}\)\.$/m,
    );
    expect(run.err).toEqual([]);
    expect(terminal.held()).toBe(0);
  });

  it('leaves the reason of a failure on stderr, and the failed task on the screen', async () => {
    await using app = await startLiveApp();
    await app.register('sandbox/exit-after:5-3');
    const task = await app.runTask();
    app.world.sandbox.clock.advance(200_000);
    const terminal = createFakeTerminal(100, 30, { hasColors: true, isUnicode: true });
    const run = startWatch(app.url, terminal, 'task', task, '-c', 'prod');
    expect(await run.code).toBe(1);
    const id = task.slice(task.lastIndexOf('/') + 1).slice(0, 8);
    const lines = await terminal.lines();
    expect(lines[0]).toBe(`✖ task ${id} in prod  0:00  failed`);
    expect(lines[2]).toMatch(new RegExp(`^ {2}✖ ${id} {2}ended {2}web:1 {2}.*exited with 3`));
    expect(terminal.written()).toContain('\u001b[31m✖');
    expect(run.err.join('')).toContain('app exited with 3');
  });

  it('follows a drain, with what takes the place of each task and what does not move', async () => {
    const world = await createWorld({ seed: 'demo' }, OFTEN);
    const { url } = await world.app.listen();
    const ask = async (query: string) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      return ((await response.json()) as { data: Record<string, never> }).data;
    };
    const { containerInstances } = (await ask(
      '{ containerInstances(clusters: ["platform"]) { nodes { containerInstanceArn runningTasksCount } } }',
    )) as unknown as { containerInstances: { nodes: { containerInstanceArn: string; runningTasksCount: number }[] } };
    const busiest = containerInstances.nodes.sort((a, b) => b.runningTasksCount - a.runningTasksCount)[0];
    const arn = busiest?.containerInstanceArn ?? '';
    await ask(
      `mutation { updateContainerInstancesState(input: { cluster: "platform", containerInstances: ["${arn}"], status: DRAINING }) { failures { reason } } }`,
    );
    const terminal = createFakeTerminal(120, 40);
    const run = startWatch(`${url}/graphql`, terminal, 'drain', arn, '-c', 'platform');
    await seen(terminal, new RegExp(`${busiest?.runningTasksCount} left`));
    expect((await terminal.lines())[0]).toMatch(/^\| drain in platform {2}1 instance {2}0:00$/);
    let shown = '';
    for (let step = 0; step < 40 && !/replaced by [0-9a-f]{8} \(\w+\)/.test(shown); step += 1) {
      world.sandbox.clock.advance(5_000);
      await polled(world, 'DescribeContainerInstances');
      shown = (await terminal.lines()).join('\n');
    }
    expect(shown).toMatch(/^ {2}[~x-] [0-9a-f]{8} {2}\w+ +[\w-]+, replaced by [0-9a-f]{8} \(\w+\)$/m);
    run.stop();
    expect(await run.code).toBe(130);
    await world.dispose();
  });

  it('fits into a terminal that is small or becomes so, and leaves no rest of what was there', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    await app.createService(12);
    const terminal = createFakeTerminal(120, 40);
    const run = startWatch(app.url, terminal, 'deployment', 'web', '-c', 'prod');
    await seen(terminal, /0 of 12 healthy/);
    app.world.sandbox.clock.advance(20_000);
    await seen(terminal, /starting/);
    for (const [columns, rows] of [
      [40, 40],
      [15, 40],
      [60, 40],
      [120, 8],
      [30, 4],
    ] as const) {
      terminal.resize(columns, rows);
      // A higher block than this has partly scrolled away, where nothing can erase it.
      const lines = (await terminal.lines()).slice(-rows);
      const blocks = lines.filter((line) => /^[|/\\-] web in prod/.test(line));
      expect(blocks, `${columns} columns`).toHaveLength(1);
    }
    // A terminal without room for anything breaks nothing.
    terminal.resize(1, 1);
    run.stop();
    expect(await run.code).toBe(130);
    expect(run.err.join('')).toBe('Stopped watching; nothing else was stopped.\n');
    // The next output of the shell begins on a new line.
    expect(terminal.written().endsWith('\n')).toBe(true);
    expect(terminal.held()).toBe(0);
  });

  it('says on the screen that the gateway is away, and goes on', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    const task = await app.runTask();
    const terminal = createFakeTerminal();
    const run = startWatch(app.url, terminal, 'task', task, '-c', 'prod');
    await seen(terminal, /0 of 1 ended/);
    await app.restart();
    await seen(terminal, /! (connection lost|cannot reach).*trying again/);
    await app.stop(task);
    app.world.sandbox.clock.advance(200_000);
    expect(await run.code).toBe(1);
    expect(run.err.join('')).not.toContain('trying again');
  });
});

describe('the terminal of a process', () => {
  const tty = Object.assign(new EventEmitter(), { isTTY: true, columns: 80, rows: 24 });
  const like = (more: object) => Object.assign(new EventEmitter(), tty, more) as never;

  it('is not used for a pipe, or for a terminal that cannot move its cursor', () => {
    expect(terminalOf(like({ isTTY: false }), {})).toBeUndefined();
    expect(terminalOf(like({}), { TERM: 'dumb' })).toBeUndefined();
    expect(terminalOf(like({}), { TERM: 'xterm' })).toMatchObject({ hasColors: false, isUnicode: false });
  });

  it('has colours where Node finds them: NO_COLOR, FORCE_COLOR and TERM decide', () => {
    const stream = Object.create(WriteStream.prototype) as WriteStream;
    const of = (env: Record<string, string>) => {
      return terminalOf(like({ hasColors: (given: never) => stream.hasColors(given) }), env)?.hasColors;
    };
    const terms = [
      { TERM: 'xterm-256color' },
      { TERM: 'xterm-256color', NO_COLOR: '1' },
      { TERM: 'xterm', FORCE_COLOR: '0' },
    ];
    expect(terms.map(of)).toEqual([true, false, false]);
    expect(of({ TERM: 'unknown', FORCE_COLOR: '1' })).toBe(true);
  });

  it('has the size of 80 by 24 where the pty has none', () => {
    expect(terminalOf(like({ columns: 0, rows: 0 }), {})?.size()).toEqual({ columns: 80, rows: 24 });
  });

  it('shows characters beyond ASCII where the locale has them', () => {
    expect(terminalOf(like({}), { LANG: 'de_DE.UTF-8' })?.isUnicode).toBe(true);
    expect(terminalOf(like({}), { LANG: 'de_DE.UTF-8', LC_ALL: 'C' })?.isUnicode).toBe(false);
  });
});
