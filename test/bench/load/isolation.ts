import { once } from 'node:events';
import { forkBundled, forkStub, median, quantile, round, table } from '../harness/measure.ts';
import type { TreeRequest } from '../queries/tree-process.ts';
import type { IsolationRound } from './isolation-process.ts';

const PARTS = [0.5, 0.95, 0.99] as const;

/**
 * Latency of small queries while another bucket is exhausted. A p99 depends on few samples, so the ratio is given over
 * all rounds, with its best and worst.
 */
export async function isolationTable(): Promise<string> {
  const stub = await forkStub({ clusters: 20, services: 50, tasks: 10 });
  const request: TreeRequest = { endpoint: stub.url, peer: 'ours', settings: { RATE_SHARE: '0.97', MEMORY_TTL: '0' } };
  const child = await forkBundled(new URL('./isolation-process.ts', import.meta.url), request);
  await stub.begin({ latencyMs: 20 });
  child.send('run');
  const [rounds] = (await once(child, 'message')) as [readonly IsolationRound[]];
  child.disconnect();
  stub.close();
  const [alone, beside] = [rounds.flatMap((one) => one.alone), rounds.flatMap((one) => one.besideExhausted)];
  const rows = PARTS.map((part) => {
    const ratios = rounds.map((one) => quantile(one.besideExhausted, part) / quantile(one.alone, part));
    const [least, middle, most] = [Math.min(...ratios), median(ratios), Math.max(...ratios)].map((ratio) =>
      round(ratio, 2),
    );
    return [
      `p${part * 100}`,
      round(quantile(alone, part), 1),
      round(quantile(beside, part), 1),
      `${round(quantile(beside, part) / quantile(alone, part), 2)}x`,
      `${least}x, ${middle}x, ${most}x`,
    ];
  });
  const waiting = Math.min(...rounds.map((one) => one.waiting));
  const what = `${alone.length} queries each, 20 ms away; ${waiting} calls or more wait for tasks`;
  return table(
    [what, 'alone ms', 'beside an exhausted bucket ms', 'all', `least, median, most of ${rounds.length} rounds`],
    rows,
  );
}
