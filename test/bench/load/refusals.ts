import { once } from 'node:events';
import { forkBundled, quantile, round, table } from '../harness/measure.ts';
import type { Refusals } from './refusals-process.ts';
import { FAMILIES } from './refused-documents.ts';

const DOCUMENTS = 2_000;

/**
 * The cost of refusing documents, in a process with a heap of 256 MB: 2,000 that differ, of each family. The time is that of a whole request
 * without a socket. CPU beside it, because other work on the machine counts in the time and not in the CPU.
 */
export async function refusalsTable(): Promise<string> {
  const child = await forkBundled(new URL('./refusals-process.ts', import.meta.url), {}, [
    '--max-old-space-size=256',
    '--expose-gc',
  ]);
  const died = once(child, 'exit').then(() => undefined);
  child.send(DOCUMENTS);
  const rows: (string | number)[][] = [];
  for (const family of Object.keys(FAMILIES)) {
    const message = await Promise.race([once(child, 'message'), died]);
    if (message === undefined) throw new Error(`The process ended while it refused: ${family}`);
    rows.push(rowOf(message[0] as Refusals));
  }
  child.disconnect();
  const head = [
    `${DOCUMENTS} documents each`,
    'code',
    'p50 ms',
    'p99 ms',
    'p99 ms of CPU',
    'longest stall ms',
    'heap MB before',
    'after',
  ];
  return table(head, rows);
}

function rowOf({ family, codes, tookMs, cpuMs, stallMs, heapMb }: Refusals): (string | number)[] {
  const times = [quantile(tookMs, 0.5), quantile(tookMs, 0.99), quantile(cpuMs, 0.99), stallMs];
  return [family, codes, ...times.map((value) => round(value, 1)), round(heapMb.before, 1), round(heapMb.after, 1)];
}
