import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { basename } from 'node:path';
import { type Config, ConfigError, loadConfig } from '../config/index.ts';
import type { Command } from '../config/setting.ts';
import type { CliHost } from './host.ts';

export const HEALTHCHECK_HELP = `Usage: ecs-graphql healthcheck [<command> [settings]]

Asks a server on this machine whether it is ready: exit code 0 if it is, 1 if not. Which one: that of the command and settings
given here, else of the container's main process (/proc/1/cmdline), each with the environment of this process.
`;

/** Long enough for a busy server, and shorter than the usual timeout of a container's health check. */
const TIMEOUT_MS = 2_000;
const COMMANDS: readonly string[] = ['serve', 'sandbox', 'ecs'] satisfies Command[];
const PROGRAMS: readonly string[] = ['main.js', 'ecs-graphql'];

/** `ecs-graphql healthcheck` */
export async function healthcheck(argv: readonly string[], host: CliHost): Promise<number> {
  const [command = 'serve', ...settings] = argv.length > 0 ? argv : argumentsIn(await mainProcess());
  if (!isCommand(command)) throw new ConfigError([`"${command}" is no server; name one of ${COMMANDS.join(', ')}`]);
  const url = readyUrl(loadConfig(command, settings, host.env));
  const problem = await ask(url);
  if (problem === undefined) return 0;
  host.err(`${url}: ${problem}\n`);
  return 1;
}

/**
 * The arguments of this program in a command line whose words are separated by NUL; empty if the command line runs
 * another program.
 */
export function argumentsIn(commandLine: string): readonly string[] {
  const words = commandLine.split('\0').slice(0, -1);
  // An init process may stand before node, and node's own options before the program.
  const program = words.findIndex((word) => PROGRAMS.includes(basename(word)));
  const rest = program === -1 ? [] : words.slice(program + 1);
  return rest[0] !== undefined && isCommand(rest[0]) ? rest : [];
}

/** URL of the readiness probe of a server with these settings. */
export function readyUrl({ command, host, port, ecsPort }: Config): string {
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  const authority = address.includes(':') ? `[${address}]` : address;
  return command === 'ecs' ? `http://${authority}:${ecsPort}/_sandbox/clock` : `http://${authority}:${port}/readyz`;
}

function isCommand(word: string): word is Command {
  return COMMANDS.includes(word);
}

async function mainProcess(): Promise<string> {
  return readFile('/proc/1/cmdline', 'utf8').catch(() => '');
}

/** Why the server is not ready; undefined if it is. */
function ask(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: TIMEOUT_MS, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? undefined : `answered ${response.statusCode}`);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on('error', (error) => resolve(error.message));
  });
}
