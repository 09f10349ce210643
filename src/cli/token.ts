import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createToken, parseTokenFile, ROLE } from '../auth/token-file.ts';
import { ConfigError } from '../config/index.ts';
import { optionProblem } from '../config/unknown-option.ts';
import type { CliHost } from './host.ts';

export const TOKEN_HELP = `Usage: ecs-graphql token --name <name> [--roles <role,...>] [--expires <n>h|<n>d] [--file <path>]

Makes a random token and prints it; it is shown this once. The token file (TOKENS_FILE) holds its SHA-256 only.
  --name     who the bearer is, in logs and policies; several tokens may have the same name, for rotation
  --roles    roles of the bearer
  --expires  when the token ends, such as 12h or 90d from now; without it, it does not end
  --file     adds the token to this file and creates the file if necessary. Without --file the entry is printed as well
`;

const OPTIONS = {
  name: { type: 'string' },
  roles: { type: 'string' },
  expires: { type: 'string' },
  file: { type: 'string' },
} as const;
const HOUR_MS = 3_600_000;
const LONGEST_HOURS = 24 * 3_660;

/** `ecs-graphql token` */
export async function token(argv: readonly string[], host: CliHost): Promise<number> {
  const { name, roles, expiresAt, file } = readOptions(argv);
  const made = createToken(name, roles, expiresAt);
  try {
    parseTokenFile(JSON.stringify({ tokens: [made.entry] }));
  } catch (error) {
    throw new ConfigError([`--name ${(error as Error).message.replace(/^tokens\[0\] /, '')}`]);
  }
  if (file === undefined) {
    host.out(`${made.token}\n${JSON.stringify(made.entry)}\n`);
    return 0;
  }
  await addTo(file, made.entry);
  host.out(`${made.token}\n`);
  host.err(`The token of ${name} is in ${file}. A gateway that reads this file lets it in within seconds.\n`);
  return 0;
}

function readOptions(argv: readonly string[]) {
  let values: { name?: string; roles?: string; expires?: string; file?: string };
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS }));
  } catch (error) {
    throw new ConfigError([optionProblem(error, Object.keys(OPTIONS))]);
  }
  const problems: string[] = [];
  const { name = '', roles: rolesText = '', expires, file } = values;
  if (name === '') problems.push('--name is needed');
  const roles = rolesText.split(',').flatMap((role) => role.trim() || []);
  if (!roles.every((role) => ROLE.test(role)))
    problems.push('--roles must be names of letters, digits or any of _.@:/+-');
  const match = /^(\d{1,6})([hd])$/.exec(expires ?? '');
  const hours = match ? Number(match[1]) * (match[2] === 'd' ? 24 : 1) : 0;
  if (expires !== undefined && !(hours > 0 && hours <= LONGEST_HOURS))
    problems.push('--expires must be a time such as 12h or 90d');
  if (problems.length > 0) throw new ConfigError(problems);
  return { name, roles, file, expiresAt: expires === undefined ? undefined : new Date(Date.now() + hours * HOUR_MS) };
}

/** Writes a temporary file and renames it, so that a reader never sees half of it. */
async function addTo(file: string, entry: object): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new ConfigError([`--file ${file} cannot be read: ${error.message}`]);
  });
  let tokens: object[] = [];
  try {
    if (text !== undefined) {
      parseTokenFile(text);
      ({ tokens } = JSON.parse(text) as { tokens: object[] });
    }
  } catch (error) {
    throw new ConfigError((error as Error).message.split('\n').map((line) => `--file ${file}: ${line}`));
  }
  const mode = text === undefined ? 0o600 : (await stat(file)).mode;
  const next = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(next, `${JSON.stringify({ tokens: [...tokens, entry] }, null, 2)}\n`, { mode });
    await chmod(next, mode);
    await rename(next, file);
  } catch (error) {
    throw new ConfigError([`--file ${file} cannot be written: ${(error as Error).message}`]);
  }
}
