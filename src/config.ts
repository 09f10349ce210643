import { parseArgs } from 'node:util';
import { type Command, flagOf, SETTING_NAMES, SETTINGS, type Setting, type SettingName } from './config/settings.ts';
import type { ValueType } from './config/types.ts';
import { isLoopback } from './config/urls.ts';

type ValueOf<S> = S extends { type: ValueType<infer T> } ? T : never;

/** The settings of one command, read once at the start. */
export type Config = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> } & {
  readonly command: Command;
  /** Credentials given by configuration; undefined leaves it to the default chain of the AWS SDK. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** Everything that is wrong with the settings, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The process's environment; the one place that reads it. */
export function environment(): NodeJS.ProcessEnv {
  return process.env;
}

/** Reads the settings of a command: flags come before the environment, the environment before the defaults. */
export function loadConfig(command: Command, argv: readonly string[], env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const names = SETTING_NAMES.filter((name) => SETTINGS[name].commands.includes(command));
  const flags = readFlags(command, names, argv, problems);
  const values: Record<string, unknown> = { command };

  for (const name of SETTING_NAMES) {
    const setting: Setting<unknown> = SETTINGS[name] as Setting<unknown>;
    const text = names.includes(name) ? (flags.get(name) ?? (env[setting.env] || undefined)) : undefined;
    if (text === undefined) {
      values[name] = setting.initial({ command, host: String(values.host ?? '') });
      continue;
    }
    try {
      values[name] = setting.type.parse(text);
    } catch (error) {
      problems.push(
        `${label(name)} ${(error as Error).message}${name === 'token' ? '' : `, not "${text.slice(0, 100)}"`}`,
      );
    }
  }

  const config = values as Config;
  problems.push(...crossChecks(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function label(name: SettingName): string {
  return `--${flagOf(name)} (${SETTINGS[name].env})`;
}

function readFlags(
  command: Command,
  names: readonly SettingName[],
  argv: readonly string[],
  problems: string[],
): Map<SettingName, string> {
  const byFlag = new Map(names.map((name) => [flagOf(name), name]));
  const isToggle = (name: SettingName) => SETTINGS[name].type.placeholder === '';
  const options = Object.fromEntries(
    names.map((name) => [flagOf(name), { type: isToggle(name) ? ('boolean' as const) : ('string' as const) }]),
  );
  // Not strict: strict parsing stops at the first mistake, and all of them are to be told.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const flags = new Map<SettingName, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`"${token.value}" is not expected here`);
    if (token.kind !== 'option') continue;
    const negative = token.name.startsWith('no-') && !byFlag.has(token.name);
    const name = byFlag.get(negative ? token.name.slice(3) : token.name);
    if (name === undefined || (negative && !isToggle(name))) {
      problems.push(`${token.rawName} is not a setting of ${command}; see ecs-graphql ${command} --help`);
    } else if (isToggle(name)) {
      flags.set(name, token.value ?? (negative ? 'off' : 'on'));
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
      problems.push(`${label(name)} needs a value`);
    } else {
      flags.set(name, token.value);
    }
  }
  return flags;
}

function* crossChecks(config: Config): Iterable<string> {
  if (config.command !== 'ecs' && config.host !== undefined && !isLoopback(config.host) && config.token === undefined) {
    yield `${label('host')} ${config.host} can be reached by others, so a token is required: ECS_GRAPHQL_TOKEN=$(openssl rand -hex 32)`;
  }
}

/** The endpoint of ECS; undefined means AWS's own. */
export function ecsEndpoint(config: Config): string | undefined {
  return config.awsEndpointUrlEcs ?? config.awsEndpointUrl;
}
