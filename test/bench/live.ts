import { realTimers } from '../../src/ecs/timers.ts';
import { Hub } from '../../src/live/hub.ts';
import type { TopicSpec } from '../../src/live/news.ts';
import { table } from './measure.ts';

const TOPICS = 100;
const SECONDS = 20;
/** Each thing that is followed changes about so often. */
const CHANGE_EVERY_MS = 6_000;

/** A thing whose state is the moment of its last change. */
class Thing {
  changedAt = performance.now();
  reads = 0;

  topic(key: string): TopicSpec<unknown, number, number, number> {
    const tell = (changedAt: number) => ({ body: changedAt, changes: [], summary: '', outcome: null });
    return {
      key,
      read: async () => {
        this.reads += 1;
        return this.changedAt;
      },
      step: (state, look) => ({ state: look, news: look === state ? [] : [tell(look)] }),
      whole: tell,
      pulse: () => 'active',
      timedOut: tell,
    };
  }
}

async function run(followers: number): Promise<(string | number)[]> {
  const hub = new Hub<object>({
    timers: realTimers(),
    now: Date.now,
    openSession: () => ({}),
    describeError: () => ({ code: '', message: '', retryable: true }),
  });
  const things = Array.from({ length: TOPICS }, () => new Thing());
  const delays: number[] = [];
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const streams = Array.from({ length: followers }, (_, i) => {
    const index = i % TOPICS;
    const stream = hub.follow((things[index] as Thing).topic(`thing ${index}`));
    void (async () => {
      for await (const event of stream) if (event.type === 'CHANGED') delays.push(performance.now() - event.body);
    })();
    return stream;
  });
  const changing = setInterval(() => {
    for (const thing of things) if (Math.random() < 50 / CHANGE_EVERY_MS) thing.changedAt = performance.now();
  }, 50);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  globalThis.gc?.();
  const perFollower = (process.memoryUsage().heapUsed - heap) / followers;
  for (const thing of things) thing.reads = 0;
  const cpu = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(changing);
  const reads = things.reduce((sum, thing) => sum + thing.reads, 0);
  for (const stream of streams) await stream.return();
  delays.sort((a, b) => a - b);
  const at = (part: number) => Math.round(delays[Math.floor(delays.length * part)] ?? Number.NaN);
  return [
    followers.toLocaleString('en'),
    (reads / SECONDS / TOPICS).toFixed(2),
    at(0.5),
    at(0.99),
    `${((user + system) / 1e4 / SECONDS).toFixed(1)} %`,
    `${(perFollower / 1_000).toFixed(1)} kB`,
  ];
}

/**
 * What an audience costs the hub: 100 things that change every six seconds, and those who follow them. The looks themselves,
 * GraphQL execution and sockets are not in it. How many ECS calls a look costs is held by test/live/economy.test.ts.
 */
export async function liveTable(): Promise<string> {
  const rows = [await run(1_000), await run(10_000)];
  return table(
    ['followers', 'looks a topic a second', 'delay p50 (ms)', 'delay p99 (ms)', 'CPU of a core', 'heap a follower'],
    rows,
  );
}
