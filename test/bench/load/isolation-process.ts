import { setTimeout as delay } from 'node:timers/promises';
import { ours } from '../queries/ours.ts';
import type { TreeRequest } from '../queries/tree-process.ts';

/** How long each of many small queries took, in milliseconds: in one round alone, then beside an exhausted bucket. */
export interface IsolationRound {
  readonly alone: readonly number[];
  readonly besideExhausted: readonly number[];
  /** The fewest calls that waited for the exhausted bucket meanwhile. */
  readonly waiting: number;
}

/** Both take turns, so that what else the machine does falls on both. */
const ROUNDS = 5;
const PROBES = 200;
/** By turns of two buckets, each of which gains 19 a second by our share: none has to wait for its own. */
const PROBE_EVERY_MS = 30;
const PROBED: readonly ((index: number) => string)[] = [
  (index) => `{ service(cluster: "c0000", service: "s${String(index % 50).padStart(4, '0')}") { status } }`,
  (index) => `{ cluster(cluster: "c${String(index % 20).padStart(4, '0')}") { status } }`,
];
/** Calls that are to wait all the time for a bucket that gains 19 a second. */
const EXHAUSTED = 50;

const request = JSON.parse(process.argv[2] ?? '{}') as TreeRequest;
const ask = await ours(request);
let families = 0;

async function waiting(): Promise<number> {
  const { data } = JSON.parse(await ask('{ rateBudget { buckets { name waiting } } }')) as {
    data: { rateBudget: { buckets: readonly { name: string; waiting: number }[] } };
  };
  return data.rateBudget.buckets.find(({ name }) => name === 'clusterResourceRead')?.waiting ?? 0;
}

/** Asks for lists of tasks, each another, of 20 clusters with 5 pages each. */
function exhaust(signal: AbortSignal): void {
  families += 1;
  const query = `{ clusters(first: 1000) { nodes { tasks(first: 1000, family: "f${families}") { nodes { taskArn } } } } }`;
  ask(query, signal).catch(() => undefined);
}

async function probe(): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < PROBES; index += 1) {
    const began = performance.now();
    await ask(PROBED[index % PROBED.length]?.(index >> 1) ?? '');
    took.push(performance.now() - began);
    await delay(Math.max(0, PROBE_EVERY_MS - (took.at(-1) ?? 0)));
  }
  return took;
}

async function probeBesideExhausted(): Promise<Pick<IsolationRound, 'besideExhausted' | 'waiting'>> {
  const gone = new AbortController();
  for (let index = 0; index < 5; index += 1) exhaust(gone.signal);
  while ((await waiting()) < EXHAUSTED) await delay(50);
  let least = Number.POSITIVE_INFINITY;
  // The list requests its own rest, so that calls are always waiting.
  const looks = setInterval(() => {
    void waiting().then((count) => {
      least = Math.min(least, count);
      if (count < 2 * EXHAUSTED) exhaust(gone.signal);
    });
  }, 1_000);
  const besideExhausted = await probe();
  clearInterval(looks);
  gone.abort();
  while ((await waiting()) > 0) await delay(50);
  return { besideExhausted, waiting: least };
}

process.on('message', async () => {
  await probe();
  const rounds: IsolationRound[] = [];
  while (rounds.length < ROUNDS) rounds.push({ alone: await probe(), ...(await probeBesideExhausted()) });
  process.send?.(rounds);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
