import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';
import type { Command, Setting } from './setting.ts';
import { flagOf, flagsOf, SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';
import type { ValueType } from './types.ts';
import { isInsecureEndpoint, isLocalRedis, isLoopback } from './urls.ts';

type ValueOf<S> = S extends { type: ValueType<infer T> } ? T : never;

/** The settings of one command, read once at the start. */
export type Config = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> } & {
  readonly command: Command;
  /** Configured credentials. Undefined means the default chain of the AWS SDK. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** Lists every wrong setting, one on each line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * The process's environment, read only here. Variables that are set but empty (Compose and .env files leave such) are
 * removed: the AWS SDK reads the environment too, and would use an empty region or profile.
 */
export function environment(): NodeJS.ProcessEnv {
  for (const [name, value] of Object.entries(process.env)) if (value === '') delete process.env[name];
  return process.env;
}

/** Reads the settings of a command. Flags override the environment, and the environment overrides the defaults. */
export function loadConfig(command: Command, argv: readonly string[], env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const names = SETTING_NAMES.filter((name) => SETTINGS[name].commands.includes(command));
  const flags = readFlags(command, names, argv, problems);
  const values: Record<string, unknown> = { command };
  const wrong: SettingName[] = [];

  for (const name of SETTING_NAMES) {
    const setting: Setting<unknown> = SETTINGS[name] as Setting<unknown>;
    const fromEnv = env[setting.env] || (setting.otherEnv && env[setting.otherEnv]) || undefined;
    const text = names.includes(name) ? (flags.get(name) ?? fromEnv) : undefined;
    values[name] = setting.initial({ command, host: String(values.host ?? '') });
    if (text === undefined) continue;
    try {
      values[name] = setting.type.parse(text);
    } catch (error) {
      wrong.push(name);
      problems.push(
        `${label(name)} ${(error as Error).message}${SECRETS.has(name) || holdsUser(text) ? '' : `, not "${text.slice(0, 100)}"`}`,
      );
    }
  }

  const config = values as Config;
  // A wrong setting has an error of its own, and its initial value says nothing about the others.
  for (const problem of crossChecks(config, wrong.includes('token'))) {
    if (!wrong.some((name) => problem.includes(label(name)))) problems.push(problem);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function label(name: SettingName): string {
  return `--${flagOf(name)} (${SETTINGS[name].env})`;
}

/** How flags are written: settings of every command, so that a value is not read as a word of the command line. */
function flagOptions(): Record<string, { type: 'boolean' | 'string' }> {
  const isToggle = (name: SettingName) => SETTINGS[name].type.placeholder === '';
  return Object.fromEntries(
    SETTING_NAMES.map((name) => [flagOf(name), { type: isToggle(name) ? ('boolean' as const) : ('string' as const) }]),
  );
}

/** Separates words, such as paths, from the flags of settings. */
export function separateWords(argv: readonly string[]): { words: readonly string[]; flags: readonly string[] } {
  const { tokens } = parseArgs({ args: [...argv], options: flagOptions(), strict: false, tokens: true });
  const words = new Set(tokens.flatMap((token) => (token.kind === 'positional' ? token.index : [])));
  return { words: argv.filter((_, at) => words.has(at)), flags: argv.filter((_, at) => !words.has(at)) };
}

function readFlags(
  command: Command,
  names: readonly SettingName[],
  argv: readonly string[],
  problems: string[],
): Map<SettingName, string> {
  const byFlag = new Map(names.flatMap((name) => flagsOf(name, command).map((flag) => [flag, name])));
  const isToggle = (name: SettingName) => SETTINGS[name].type.placeholder === '';
  const options = flagOptions();
  // Not strict: strict parsing stops at the first mistake, and the error lists all of them.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const flags = new Map<SettingName, string>();
  const givenAs = new Map<SettingName, string>();
  let unknown: number | undefined;
  for (const token of tokens) {
    // A word after an unknown flag may be its value, so only the flag is reported.
    if (token.kind === 'positional' && (unknown === undefined || token.index !== unknown + 1)) {
      problems.push(`"${token.value}" is not expected here; settings are given as --name value`);
    }
    if (token.kind !== 'option') continue;
    const negative = token.name.startsWith('no-') && !byFlag.has(token.name);
    const name = byFlag.get(negative ? token.name.slice(3) : token.name);
    if (name !== undefined && !negative) {
      const other = givenAs.get(name) ?? token.rawName;
      if (other !== token.rawName) {
        problems.push(`${other} and ${token.rawName} are the same setting of ${command}; give one of them`);
      }
      givenAs.set(name, token.rawName);
    }
    if (name === undefined || (negative && !isToggle(name))) {
      unknown = token.index;
      problems.push(
        `${token.rawName} is not a setting of ${command}${hintFor(token.name, command, [...byFlag.keys()])}`,
      );
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

function hintFor(flag: string, command: Command, flags: readonly string[]): string {
  const elsewhere = SETTING_NAMES.find((name) => flagOf(name) === flag);
  if (elsewhere !== undefined && !flags.includes(flag)) return `, but of ${SETTINGS[elsewhere].commands.join(' and ')}`;
  const meant = nearest(flag, flags);
  return meant === undefined ? `; see ecs-graphql ${command} --help` : `; did you mean --${meant}?`;
}

/** @param asked whether a token was given, valid or not: an invalid one has an error of its own */
function* crossChecks(config: Config, asked: boolean): Iterable<string> {
  for (const name of ['awsEndpointUrl', 'awsEndpointUrlEcs', 'awsEndpointUrlSts'] as const) {
    const url = config[name];
    if (url === undefined || config.allowInsecureEndpoint || !isInsecureEndpoint(url)) continue;
    yield `${label(name)} ${url.slice(0, 100)} is http to another host, where calls and secrets can be read on the way: use https, or ${label('allowInsecureEndpoint')}`;
  }
  for (const url of config.eventsQueue) {
    if (config.allowInsecureEndpoint || config.command !== 'serve' || !isInsecureEndpoint(url)) continue;
    yield `${label('eventsQueue')} ${url.slice(0, 100)} is http to another host, where events can be read and forged on the way: use https, or ${label('allowInsecureEndpoint')}`;
  }
  if (new Set(config.eventsQueue).size < config.eventsQueue.length) yield `${label('eventsQueue')} names a queue twice`;
  for (const name of ['sharedCa', 'sharedCert', 'sharedKey'] as const) {
    if (config[name] !== undefined && config.shared?.startsWith('rediss:') !== true)
      yield `${label(name)} means nothing without a rediss:// URL in ${label('shared')}`;
  }
  if ((config.sharedCert === undefined) !== (config.sharedKey === undefined)) {
    yield `${label('sharedCert')} and ${label('sharedKey')} need each other`;
  }
  if (config.sharedEncryptionKeys.length > 0 && config.shared === undefined) {
    yield `${label('sharedEncryptionKeys')} means nothing without ${label('shared')}`;
  }
  if (config.shared !== undefined && config.sharedEncryptionKeys.length === 0 && !isLocalRedis(config.shared)) {
    yield `${label('shared')} is on another machine, which would hold what ECS returns, environment variables included, so ${label('sharedEncryptionKeys')} is required: a key from "openssl rand -base64 32", the same for all replicas, or off`;
  }
  if (config.oidcIssuer !== undefined && config.oidcAudience.length === 0) {
    yield `${label('oidcAudience')} is needed beside ${label('oidcIssuer')}: without it, tokens for other services would be let in`;
  }
  for (const name of ['oidcAudience', 'oidcJwksUrl', 'oidcTokenType'] as const) {
    const isSet = typeof config[name] === 'string' || (config[name]?.length ?? 0) > 0;
    if (isSet && config.oidcIssuer === undefined) yield `${label(name)} means nothing without ${label('oidcIssuer')}`;
  }
  if (config.trustedOnlyRoles.length > 0 && config.trustedDocuments.length === 0) {
    yield `${label('trustedOnlyRoles')} needs ${label('trustedDocuments')}: without a manifest, these roles could run nothing`;
  }
  if (asked || config.command === 'ecs' || config.allowAnonymous) return;
  if (!isLoopback(config.host) && !asksForToken(config)) {
    yield `${label('host')} ${config.host} can be reached by others, so a token is required: ECS_GRAPHQL_TOKEN=$(openssl rand -hex 32), ${label('tokensFile')} or ${label('oidcIssuer')}${config.command === 'sandbox' ? `, or ${label('allowAnonymous')}` : ''}`;
  }
}

/** Whether callers must authenticate. */
export function asksForToken({ token, tokensFile, oidcIssuer }: Pick<Config, 'token' | 'tokensFile' | 'oidcIssuer'>) {
  return token !== undefined || tokensFile !== undefined || oidcIssuer !== undefined;
}

/** Whether traces are sent anywhere. */
export function tracesTo(
  config: Pick<Config, 'otelEndpoint' | 'otelTracesEndpoint' | 'otelTracesExporter' | 'otelSdkDisabled'>,
): boolean {
  if (config.otelSdkDisabled || config.otelTracesExporter === 'none') return false;
  return config.otelEndpoint !== undefined || config.otelTracesEndpoint !== undefined;
}

/** Whether a source of events is configured. The gateway then keeps an inventory. */
export function receivesEvents({ eventsQueue, eventsSecretsFile }: Config): boolean {
  return eventsQueue.length > 0 || eventsSecretsFile !== undefined;
}

/** The endpoint of ECS. Undefined means AWS's own endpoint. */
export function ecsEndpoint(config: Config): string | undefined {
  return config.awsEndpointUrlEcs ?? config.awsEndpointUrl;
}

/** Settings whose values no error repeats. */
const SECRETS: ReadonlySet<SettingName> = new Set(['token', 'sharedEncryptionKeys']);

/** Whether a URL has a user or password before its host. */
function holdsUser(text: string): boolean {
  return /^\w+:\/\/[^/?#]*@/.test(text);
}
