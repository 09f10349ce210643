import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { OPTIONS } from '../../../esbuild.config.mjs';
import { forkBundled, forkStub, median, round, table } from '../harness/measure.ts';
import { unpackRelease } from '../harness/release-0-1-0.ts';
import type { DecodeRequest, DecodeResult } from './decode-process.ts';

const FLOOR = 'signed undici + JSON.parse';
const ROUNDS = 15;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Bundles a client as the program is bundled. */
async function bundleClient(entry: string, outfile: string): Promise<string> {
  const { chunkNames: _, ...options } = OPTIONS;
  await build({ ...options, splitting: false, metafile: false, entryPoints: [entry], outfile });
  return pathToFileURL(outfile).href;
}

/** The clients of this version and of 0.1.0, if the history has it. */
async function bundleClients(folder: string): Promise<Record<string, string>> {
  const now = await bundleClient(join(ROOT, 'src/ecs/sdk/client.ts'), join(folder, 'now.mjs'));
  const clients: Record<string, string> = { 'ours: SDK with our decoder': now };
  const source = join(folder, 'source');
  if (!unpackRelease(ROOT, source, ['src', 'package.json'])) return clients;
  await symlink(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  clients['0.1.0'] = await bundleClient(join(source, 'src/ecs/client.ts'), join(folder, 'before.mjs'));
  return clients;
}

/** CPU of one DescribeTasks of 100, next to the floor: a signed request with undici, and JSON.parse. All in one process, in turns. */
export async function decodeTable(): Promise<string> {
  const folder = await mkdtemp(join(ROOT, 'node_modules', '.bench-'));
  const stub = await forkStub({ clusters: 1, services: 1, tasks: 100 });
  const rows: (string | number)[][] = [];
  try {
    const clients = await bundleClients(folder);
    for (const concurrency of [1, 20]) {
      const request: DecodeRequest = { url: stub.url, clients, concurrency, rounds: ROUNDS };
      const child = await forkBundled(new URL('./decode-process.ts', import.meta.url), request);
      child.send('measure');
      const [found] = (await once(child, 'message')) as [DecodeResult];
      child.disconnect();
      for (const [name, all] of Object.entries(found)) {
        const ratios = all.map((value, index) => value / (found[FLOOR]?.[index] ?? value));
        const spread = `${round(Math.min(...ratios), 2)}x to ${round(Math.max(...ratios), 2)}x`;
        rows.push([name, concurrency, round(median(all), 2), `${round(median(ratios), 2)}x`, spread]);
      }
    }
  } finally {
    stub.close();
    await rm(folder, { recursive: true });
  }
  return table(['DescribeTasks of 100 (300 KB)', 'at a time', 'CPU ms', 'to the floor', 'of the rounds'], rows);
}
