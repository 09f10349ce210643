import { spawn } from 'node:child_process';

const words = (text = '') => text.split(' ').filter((word) => word !== '');

/** The program that builds and runs containers, and what it needs on this machine. */
export const { ENGINE = 'docker', BASE } = process.env;
export const BUILD_OPTIONS = words(process.env.BUILD_OPTIONS);
/** Options of the engine itself, before its command. */
export const ENGINE_OPTIONS = words(process.env.ENGINE_OPTIONS);
export const RUN_OPTIONS = words(process.env.RUN_OPTIONS);

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the engine, and shows what it writes if `shown`. */
export async function engine(args: readonly string[], shown = false): Promise<Outcome> {
  const child = spawn(ENGINE, [...ENGINE_OPTIONS, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
    if (shown) process.stdout.write(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
    if (shown) process.stderr.write(chunk);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, out: out.trim(), err: err.trim() };
}

/** As `engine`, of a command that must succeed. */
export async function must(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await engine(args);
  if (code !== 0) throw new Error(`${ENGINE} ${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}
