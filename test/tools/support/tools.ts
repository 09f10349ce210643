import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a program is on this machine and runs. */
export function isThere(program: string, ...args: string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** All that a program of this machine prints; nothing where it is not there. */
export function outputOf(program: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return `${stdout ?? ''}${stderr ?? ''}`;
}

/** A skipped test is easily overlooked: its title says why, where the results are read. */
export function titleOf(tool: string, isPresent: boolean, lack: string): string {
  return isPresent ? tool : `${tool}: SKIPPED, ${lack}`;
}

/** The environment in which AWS tools talk only to a sandbox. */
export function awsEnvironment(url: string): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, which may be a failure. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: { readonly env: Record<string, string | undefined>; readonly cwd?: string },
): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(program, [...args], { ...options, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}
