import { once } from 'node:events';
import type { IsolationResult } from './isolation-process.ts';
import { forkBundled, forkStub, round, table } from './measure.ts';
import type { TreeRequest } from './tree-process.ts';

/** What a query costs in time while another bucket than its own is exhausted. */
export async function isolationTable(): Promise<string> {
  const stub = await forkStub({ clusters: 20, services: 50, tasks: 10 });
  const request: TreeRequest = { endpoint: stub.url, peer: 'ours', settings: { RATE_SHARE: '0.97', MEMORY_TTL: '0' } };
  const child = await forkBundled('isolation-process', request);
  await stub.begin({ latencyMs: 20 });
  child.send('run');
  const [{ alone, besideExhausted, waiting }] = (await once(child, 'message')) as [IsolationResult];
  child.disconnect();
  stub.close();
  const row = (name: string, times: readonly number[], waiting: string) => [
    name,
    waiting,
    ...[0.5, 0.99].flatMap((part) => [
      round(quantile(times, part), 1),
      `${round(quantile(times, part) / quantile(alone, part), 2)}x`,
    ]),
  ];
  return table(
    ['One service, 20 ms away', 'calls that wait for tasks', 'p50 ms', 'p50', 'p99 ms', 'p99'],
    [row('alone', alone, '0'), row('while the bucket for tasks is exhausted', besideExhausted, waiting.join(' to '))],
  );
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
