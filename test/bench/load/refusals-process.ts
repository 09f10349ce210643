import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ours } from '../queries/ours.ts';
import { FAMILIES, type Family } from './refused-documents.ts';

/** The effect of many documents of a family on a gateway. */
export interface Refusals {
  readonly family: string;
  readonly codes: string;
  readonly tookMs: readonly number[];
  readonly cpuMs: readonly number[];
  readonly stallMs: number;
  readonly heapMb: { readonly before: number; readonly after: number };
}

const ask = await ours({
  endpoint: 'http://127.0.0.1:9',
  peer: 'ours',
  settings: { MAX_COST: '1000', MAX_OBJECTS: '20000', QUERY_DEADLINE: '15s' },
});

async function heapMb(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed / 1e6;
}

async function run(name: string, family: Family, count: number): Promise<Refusals> {
  // The first of a kind find the code cold.
  for (let index = 0; index < 20; index += 1) await ask(family(count + index));
  const before = await heapMb();
  const loop = monitorEventLoopDelay({ resolution: 5 });
  const tookMs: number[] = [];
  const cpuMs: number[] = [];
  const codes = new Set<string>();
  loop.enable();
  for (let index = 0; index < count; index += 1) {
    const cpu = process.cpuUsage();
    const began = performance.now();
    const answer = await ask(family(index));
    tookMs.push(performance.now() - began);
    const { user, system } = process.cpuUsage(cpu);
    cpuMs.push((user + system) / 1_000);
    codes.add(/"code":"(\w+)"/.exec(answer)?.[1] ?? 'none');
    await nextTurn();
  }
  loop.disable();
  const after = await heapMb();
  return {
    family: name,
    codes: [...codes].join(', '),
    tookMs,
    cpuMs,
    stallMs: loop.max / 1e6,
    heapMb: { before, after },
  };
}

process.on('message', async (count: number) => {
  for (const [name, family] of Object.entries(FAMILIES)) process.send?.(await run(name, family, count));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
