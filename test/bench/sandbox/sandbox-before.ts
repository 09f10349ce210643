import { execFileSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import { unpackRelease } from '../harness/release-0-1-0.ts';
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

/** Rounds of each bundle. */
const ROUNDS = 3;

/**
 * Two bundles in turns on the same core. Not at the same time: the one that ends first would leave the core to the other
 * for the rest.
 */
export function runInTurns(
  command: readonly string[],
  bundles: readonly [now: string, before: string],
  shape: Shape,
): readonly [now: readonly SandboxFigures[], before: readonly SandboxFigures[]] {
  const [program = '', ...rest] = command;
  const run = (bundle: string): SandboxFigures =>
    JSON.parse(execFileSync(program, [...rest, bundle, JSON.stringify(shape)], { encoding: 'utf8' })) as SandboxFigures;
  const now: SandboxFigures[] = [];
  const before: SandboxFigures[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    before.push(run(bundles[1]));
    now.push(run(bundles[0]));
  }
  return [now, before];
}
