import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { copied, stages } from './dockerfile.ts';

const run = promisify(execFile);

/** A test that asks for the build waits until it is made. */
export const BUILD_TIMEOUT = 300_000;
const LOOK_MS = 20;

/**
 * The folder in which the image is built, with `dist` and `metafile.json`: it holds what the Dockerfile copies and nothing else. The
 * first test file of a run that asks for it builds it, and all others share it.
 */
export async function imageBuild(): Promise<string> {
  const folder = join(inject('runFolder'), 'image');
  const outcome = `${folder}.outcome`;
  if (await isFirst(folder)) {
    const problem = await build(folder).then(() => '', String);
    await writeFile(outcome, problem);
  }
  const problem = await readWhenThere(outcome);
  if (problem !== '') throw new Error(problem);
  return folder;
}

/** The program that the image runs. */
export async function builtProgram(): Promise<string> {
  return join(await imageBuild(), 'dist', 'main.js');
}

async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function build(folder: string): Promise<void> {
  for (const path of copied(stages.build)) await cp(path, join(folder, path), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['esbuild.config.mjs', '--metafile'], { cwd: folder });
}

/** The text of a file that another process writes. */
async function readWhenThere(file: string): Promise<string> {
  for (;;) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await delay(LOOK_MS);
  }
}
