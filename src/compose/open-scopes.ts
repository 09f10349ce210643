import { readFile } from 'node:fs/promises';
import { type Config, ecsEndpoint } from '../config/index.ts';
import { isAwsEndpoint, isInsecureEndpoint } from '../config/urls.ts';
import type { CredentialSource, RoleSource } from '../ecs/credentials/credential-source.ts';
import { CredentialStore } from '../ecs/credentials/credential-store.ts';
import { type ConfiguredScope, parseScopesFile } from '../ecs/scopes/scopes-file.ts';
import type { ServerClock } from '../ecs/sdk/aws-clock.ts';
import { type ScopeEntry, type ScopeServices, type Scopes, singleScope } from '../schema/core/scopes.ts';
import { createConfiguredScope, createScope, type ScopeParts } from './create-scope.ts';
import { problems } from './open-access.ts';

/**
 * The accounts and regions of a gateway: those of the scopes file, or the one that the settings and the SDK's default chain name.
 * @param clock ECS's clock, as the default scope learns it
 * @throws {ConfigError} if the file cannot be read, or is wrong
 */
export async function openScopes(config: Config, parts: ScopeParts & { readonly clock: ServerClock }): Promise<Scopes> {
  const endpoint = ecsEndpoint(config);
  warnOfInsecure(endpoint, parts);
  if (config.scopes === undefined) {
    const settings = { region: config.awsRegion, endpoint, credentials: config.credentials };
    return singleScope(await createScope(config, settings, parts));
  }
  const { scopes, standard } = await readFileOfScopes(config.scopes, endpoint !== undefined);
  for (const scope of scopes) if (scope.endpoint !== endpoint) warnOfInsecure(scope.endpoint, parts);
  const store = new CredentialStore({ sts: { region: standard.region, endpoint: stsEndpoint(config) } });
  const entries = scopes.map((scope) =>
    toEntry(config, scope, store, scope === standard ? parts : { ...parts, clock: undefined }),
  );
  return { entries, standard: entries[scopes.indexOf(standard)] as ScopeEntry, isConfigured: true };
}

async function readFileOfScopes(path: string, mayHaveKeys: boolean) {
  try {
    return parseScopesFile(await readFile(path, 'utf8'), { mayHaveKeys });
  } catch (error) {
    throw problems(error, `--scopes (SCOPES) ${path}:`);
  }
}

/** The services of a scope are created when they are first needed: 40 accounts in 4 regions would make the start slow. */
function toEntry(config: Config, scope: ConfiguredScope, store: CredentialStore, parts: ScopeParts): ScopeEntry {
  const { alias, account, region, credentials, endpoint = ecsEndpoint(config) } = scope;
  const keys = store.checked(credentials, account, { region, endpoint: stsEndpoint(config, endpoint) });
  let opened: ScopeServices | undefined;
  return {
    alias,
    scope: { account, region },
    keys,
    get services() {
      opened ??= createConfiguredScope(config, { account, region }, { endpoint, keys }, parts);
      return opened;
    },
    get opened() {
      return opened;
    },
  };
}

/**
 * Where STS is asked; undefined for AWS's own. An emulator, which knows keys that AWS does not, has STS beside ECS.
 * @param ecs the endpoint of ECS in the scope whose keys are meant
 */
function stsEndpoint(config: Config, ecs?: string): string | undefined {
  const { awsEndpointUrlSts, awsEndpointUrl, command } = config;
  if (awsEndpointUrlSts !== undefined) return awsEndpointUrlSts;
  if (ecs !== undefined && !isAwsEndpoint(ecs)) return ecs;
  return awsEndpointUrl ?? (command === 'sandbox' ? ecsEndpoint(config) : undefined);
}

function warnOfInsecure(endpoint: string | undefined, { log }: ScopeParts): void {
  if (endpoint === undefined || !isInsecureEndpoint(endpoint)) return;
  log.warn({ endpoint }, 'calls to ECS and its answers go unencrypted over the network');
}

/**
 * The roles that the gateway's own credentials assume: those of a chain, not the ones behind them.
 * @throws {ConfigError} if the file cannot be read, or is wrong
 */
export async function assumedRoles(path: string): Promise<{ readonly roles: string[]; readonly actions: string[] }> {
  const { scopes } = await readFileOfScopes(path, true);
  const firstOf = (source: CredentialSource): RoleSource[] =>
    source.kind !== 'role' ? [] : source.from.kind === 'role' ? firstOf(source.from) : [source];
  const first = scopes.flatMap(({ credentials }) => firstOf(credentials));
  const hasTags = first.some(({ tags }) => Object.keys(tags).length > 0);
  return {
    roles: [...new Set(first.map(({ roleArn }) => roleArn))].sort(),
    actions: ['sts:AssumeRole', ...(hasTags ? ['sts:TagSession'] : [])],
  };
}
