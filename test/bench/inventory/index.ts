import { withBuilds } from '../harness/builds.ts';
import { applyRows } from './apply.ts';
import { delayRows } from './delay.ts';
import { hourRows } from './hour.ts';
import { memoryRows } from './memory.ts';
import { treeRows } from './tree.ts';

const PARTS = { tree: treeRows, hour: hourRows, delay: delayRows, memory: memoryRows, apply: applyRows };

/**
 * An inventory beside version 0.1.0 and beside polling, all as built. `BENCH_PARTS` takes some of its tables (tree, hour, delay,
 * memory, apply); sizes.ts names the other variables.
 */
export async function inventoryTable(): Promise<string> {
  const wanted = (process.env.BENCH_PARTS ?? Object.keys(PARTS).join()).split(',');
  const result = await withBuilds(async (builds) => {
    const tables: string[] = [];
    for (const [name, rowsOf] of Object.entries(PARTS)) if (wanted.includes(name)) tables.push(await rowsOf(builds));
    return tables.join('\n\n');
  });
  return result ?? 'No history of version 0.1.0.';
}
