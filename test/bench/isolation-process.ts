import { setTimeout as delay } from 'node:timers/promises';
import { ours } from './ours.ts';
import type { TreeRequest } from './tree-process.ts';

/** How long one service took to be answered, in milliseconds, each time. */
export interface IsolationResult {
  readonly alone: readonly number[];
  readonly besideExhausted: readonly number[];
  /** Calls that waited for the exhausted bucket, at the first and at the last of the latter. */
  readonly waiting: readonly number[];
}

const PROBES = 100;
/** 16 a second, of the 19 that our share of the bucket for services gains: none has to wait for it. */
const PROBE_EVERY_MS = 60;
/** Lists of tasks, each another: 100 calls of 10 kB on a bucket that gains 19 a second. */
const EXHAUSTING = 5;

const request = JSON.parse(process.argv[2] ?? '{}') as TreeRequest;
const ask = await ours(request);

async function waiting(): Promise<number> {
  const { data } = JSON.parse(await ask('{ rateBudget { buckets { name waiting } } }')) as {
    data: { rateBudget: { buckets: readonly { name: string; waiting: number }[] } };
  };
  return data.rateBudget.buckets.find(({ name }) => name === 'clusterResourceRead')?.waiting ?? 0;
}

async function probe(): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < PROBES; index += 1) {
    const began = performance.now();
    await ask(`{ service(cluster: "c0000", service: "s${String(index % 50).padStart(4, '0')}") { status } }`);
    took.push(performance.now() - began);
    await delay(Math.max(0, PROBE_EVERY_MS - (took.at(-1) ?? 0)));
  }
  return took;
}

process.on('message', async () => {
  await probe();
  const alone = await probe();
  for (let index = 0; index < EXHAUSTING; index += 1) {
    void ask(`{ clusters(first: 1000) { nodes { tasks(first: 1000, family: "f${index}") { nodes { taskArn } } } } }`);
  }
  while ((await waiting()) < 50) await delay(50);
  const first = await waiting();
  const besideExhausted = await probe();
  const result: IsolationResult = { alone, besideExhausted, waiting: [first, await waiting()] };
  process.send?.(result);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
