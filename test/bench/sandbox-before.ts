import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { unpackRelease } from './release-0-1-0.ts';
import type { SandboxFigures, Shape } from './sandbox-process.ts';

/** Bundles the sandbox benchmark of version 0.1.0; undefined without the repository's history. */
export function bundleBefore(root: string): string | undefined {
  const folder = `${root}/dist/bench/before`;
  if (!unpackRelease(root, folder, ['src', 'test/bench'])) return undefined;
  const outfile = `${root}/dist/bench/sandbox-process-before.mjs`;
  const entryPoints = [`${folder}/test/bench/sandbox-process.ts`];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return outfile;
}

/** Two bundles at the same time on the same core, so that whatever else the machine does hits both. */
export async function runBoth(
  command: readonly string[],
  bundles: readonly [now: string, before: string],
  shape: Shape,
): Promise<readonly [now: SandboxFigures, before: SandboxFigures]> {
  const [program = '', ...rest] = command;
  const run = async (bundle: string): Promise<SandboxFigures> => {
    const { stdout } = await promisify(execFile)(program, [...rest, bundle, JSON.stringify(shape)]);
    return JSON.parse(stdout) as SandboxFigures;
  };
  return Promise.all([run(bundles[0]), run(bundles[1])]);
}
