import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { SandboxFigures, Shape } from './sandbox-process.ts';

/** Version 0.1.0, against which speed and memory are held. */
const BEFORE = 'c7baaad';

/** Unpacks the sandbox of version 0.1.0 and its bench from the repository's history; undefined where that is not at hand. */
export function bundleBefore(root: string): string | undefined {
  const folder = `${root}/dist/bench/before`;
  const archive = `${folder}.tar`;
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('git', ['-C', root, 'archive', '-o', archive, BEFORE, 'src', 'test/bench'], { stdio: 'ignore' });
    execFileSync('tar', ['-xf', archive, '-C', folder]);
  } catch {
    return undefined;
  }
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
