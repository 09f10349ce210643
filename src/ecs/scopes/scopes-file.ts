import { isRecord, parseJson } from '../../util/json.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import { type Members, Problems } from './problems.ts';
import { CredentialReader, credentialsAt } from './read-credentials.ts';

/** One account of the file, in one region. */
export interface ConfiguredScope {
  readonly alias: string;
  readonly account: string;
  readonly region: string;
  readonly credentials: CredentialSource;
  /** Endpoint of ECS; undefined: that of the settings. */
  readonly endpoint: string | undefined;
}

export interface ScopesFile {
  /** In the order of the file. */
  readonly scopes: readonly ConfiguredScope[];
  /** The scope of requests that name no account and no region. */
  readonly standard: ConfiguredScope;
}

const MOST_SCOPES = 1_000;
const ALIAS = /^(?!\d{12}$)[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
export const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d$/;
const MEMBERS = ['default', 'sources', 'scopes'];
const SCOPE_MEMBERS = ['alias', 'account', 'regions', 'credentials', 'endpoint'];

/**
 * Reads a file of scopes: `{"scopes": [{"alias", "account", "regions", "credentials", "endpoint"}], "sources": {...}, "default": {...}}`.
 * @param options `mayHaveKeys`: fixed keys are allowed everywhere, because no scope without an endpoint of its own reaches AWS
 * @throws {Error} that lists what is wrong, one line each, without any key
 */
export function parseScopesFile(text: string, options: { readonly mayHaveKeys: boolean }): ScopesFile {
  const parsed = parseJson(text);
  const problems = new Problems();
  const { default: standard, sources = {}, scopes } = isRecord(parsed) ? parsed : {};
  if (!isRecord(parsed) || !Array.isArray(scopes)) throw new Error('must be {"scopes": [...]}');
  problems.unknownMembers('', parsed, MEMBERS);
  if (scopes.length === 0) problems.add('scopes', 'must hold at least one account');
  const reader = new CredentialReader(
    problems,
    isRecord(sources) ? sources : {},
    scopes.map((scope: unknown) => (isRecord(scope) ? scope : {})),
  );
  if (!isRecord(sources)) problems.add('sources', 'must be an object of credentials by name');
  reader.checkSources();
  const found = scopes.flatMap((scope: unknown, index) =>
    readScope(scope, index, problems, reader, options.mayHaveKeys),
  );
  checkUnique(found, problems);
  if (found.length > MOST_SCOPES)
    problems.add('scopes', `are ${found.length} accounts and regions; at most ${MOST_SCOPES} are served`);
  const first = standard === undefined ? found[0] : findStandard(standard, found, problems);
  problems.throwAny();
  return { scopes: found, standard: first as ConfiguredScope };
}

function readScope(
  scope: unknown,
  index: number,
  problems: Problems,
  reader: CredentialReader,
  mayHaveKeys: boolean,
): ConfiguredScope[] {
  const at = `scopes[${index}]`;
  if (!isRecord(scope)) {
    problems.add(at, 'must be an object');
    return [];
  }
  problems.unknownMembers(at, scope, SCOPE_MEMBERS);
  const { alias, account, regions, endpoint } = scope;
  if (typeof alias !== 'string' || !ALIAS.test(alias))
    problems.add(at, 'needs an "alias" of 1 to 63 letters, digits or any of _.- that is not an account id');
  if (typeof account !== 'string' || !ACCOUNT.test(account))
    problems.add(at, 'needs an "account" of 12 digits, as a string');
  if (!Array.isArray(regions) || regions.length === 0 || !regions.every(isRegion))
    problems.add(at, 'needs "regions", a list of regions such as eu-central-1');
  if (endpoint !== undefined && !isUrl(endpoint)) problems.add(at, '"endpoint" must be an http or https URL');
  const mayHold = mayHaveKeys || endpoint !== undefined;
  const credentials = reader.read(scope.credentials, credentialsAt(index), { account, mayHaveKeys: mayHold });
  if (!Array.isArray(regions) || credentials === undefined) return [];
  return regions.filter(isRegion).map((region) => ({
    alias: String(alias),
    account: String(account),
    region,
    credentials,
    endpoint: endpoint === undefined ? undefined : String(endpoint),
  }));
}

function checkUnique(scopes: readonly ConfiguredScope[], problems: Problems): void {
  const seen = new Set<string>();
  const accounts = new Map<string, string>();
  const aliases = new Map<string, string>();
  for (const { alias, account, region } of scopes) {
    const key = `${account} in ${region}`;
    if (seen.has(key)) problems.add('scopes', `hold account ${key} twice`);
    seen.add(key);
    const [otherAccount, otherAlias] = [aliases.get(alias), accounts.get(account)];
    if (otherAccount !== undefined && otherAccount !== account)
      problems.add('scopes', `give the alias "${alias}" to the accounts ${otherAccount} and ${account}`);
    if (otherAlias !== undefined && otherAlias !== alias)
      problems.add('scopes', `give account ${account} the aliases "${otherAlias}" and "${alias}"`);
    aliases.set(alias, account);
    accounts.set(account, alias);
  }
}

function findStandard(
  standard: unknown,
  scopes: readonly ConfiguredScope[],
  problems: Problems,
): ConfiguredScope | undefined {
  const { account, region, ...others } = (isRecord(standard) ? standard : {}) as Members;
  problems.unknownMembers('default', { account, region, ...others }, ['account', 'region']);
  if (!isRecord(standard) || typeof account !== 'string') {
    problems.add('default', 'must be {"account": "<alias or id>", "region": "<region>"}');
    return undefined;
  }
  const ofAccount = scopes.filter((scope) => scope.alias === account || scope.account === account);
  const found = region === undefined ? ofAccount[0] : ofAccount.find((scope) => scope.region === region);
  if (found === undefined) problems.add('default', 'names an account or region that "scopes" does not hold');
  return found;
}

function isRegion(region: unknown): region is string {
  return typeof region === 'string' && REGION.test(region);
}

function isUrl(text: unknown): boolean {
  return typeof text === 'string' && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
