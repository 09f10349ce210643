import type { GraphQLArgument } from 'graphql';
import type { EcsArn } from '../../ecs/core/arn.ts';
import { badUserInput } from '../core/errors.ts';
import type { ScopeEntry, Scopes } from '../core/scopes.ts';
import { arnOfText, arnsIn, idLists } from './references.ts';
import { SCOPE_ARGUMENTS } from './scope-arguments.ts';

export type Args = Readonly<Record<string, unknown>>;

/** A field in one scope: with the arguments that it has there. */
export interface Part {
  readonly entry: ScopeEntry;
  readonly args: Args;
}

/** The scope of a field that is served in one. */
export interface Chosen extends Part {
  /** Whether nothing named it, so that it is the default one. */
  readonly isDefault: boolean;
}

/**
 * The scope of a field that is served in one: that of the ARNs and ids in its arguments, or that of `account` and `region`, or the default.
 * @throws {GraphQLError} BAD_USER_INPUT if no scope covers it, or if the arguments name several
 */
export function chooseOne(scopes: Scopes, definitions: readonly GraphQLArgument[], args: Args): Chosen {
  const { account, region } = args as { readonly account?: string | null; readonly region?: string | null };
  const given = withoutScopeArguments(args);
  const named = account == null && region == null ? undefined : namedOne(scopes, account, region);
  let found = named;
  let by = account == null ? 'region' : 'account';
  for (const { argument, arn } of arnsIn(definitions, given)) {
    const entry = entryOf(scopes, argument, arn);
    if (found !== undefined && found !== entry)
      throw badUserInput(argument, `is in ${nameOf(entry)}, but argument "${by}" is in ${nameOf(found)}`);
    found = entry;
    by = argument;
  }
  return { entry: found ?? scopes.standard, args: given, isDefault: found === undefined };
}

/**
 * The scopes of a field that is served in several. ARNs and ids restrict it to their scopes; in lists of them, each scope gets its own.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function chooseSeveral(scopes: Scopes, definitions: readonly GraphQLArgument[], args: Args): Part[] {
  const { accounts, regions } = args as { readonly accounts?: string[] | null; readonly regions?: string[] | null };
  const given = withoutScopeArguments(args);
  const wanted = namedSeveral(scopes, accounts, regions);
  const lists = idLists(definitions).filter((name) => Array.isArray(given[name]));
  const single = arnsIn(
    definitions.filter(({ name }) => !lists.includes(name)),
    given,
  ).map(({ argument, arn }) => ({ argument, entry: entryOf(scopes, argument, arn) }));
  for (const { argument, entry } of single) {
    if (!wanted.includes(entry))
      throw badUserInput(argument, `is in ${nameOf(entry)}, which the other arguments leave out`);
  }
  const [first] = single;
  const other = single.find(({ entry }) => entry !== first?.entry);
  if (first !== undefined && other !== undefined)
    throw badUserInput(
      other.argument,
      `is in ${nameOf(other.entry)}, but argument "${first.argument}" is in ${nameOf(first.entry)}`,
    );
  const reached = first === undefined ? wanted : [first.entry];
  return splitLists(scopes, reached, given, lists);
}

/** Gives each scope the items of lists that are its own, and those that are names. A scope without any is left out. */
function splitLists(scopes: Scopes, reached: readonly ScopeEntry[], args: Args, lists: readonly string[]): Part[] {
  if (lists.length === 0) return reached.map((entry) => ({ entry, args }));
  const owners = new Map<string, ScopeEntry>();
  for (const name of lists) {
    for (const text of args[name] as readonly unknown[]) {
      const arn = arnOfText(String(text));
      if (arn === undefined) continue;
      const entry = entryOf(scopes, name, arn);
      if (!reached.includes(entry))
        throw badUserInput(name, `holds something in ${nameOf(entry)}, which the other arguments leave out`);
      owners.set(String(text), entry);
    }
  }
  return reached.flatMap((entry) => {
    const own: Record<string, unknown> = { ...args };
    for (const name of lists) {
      const all = args[name] as readonly unknown[];
      const kept = all.filter((text) => (owners.get(String(text)) ?? entry) === entry);
      if (all.length > 0 && kept.length === 0) return [];
      own[name] = kept;
    }
    return [{ entry, args: own }];
  });
}

/** The scope of an ARN. */
export function entryOf({ entries }: Scopes, argument: string, { account, region }: EcsArn): ScopeEntry {
  const found = entries.find(({ scope }) => scope.account === account && scope.region === region);
  if (found !== undefined) return found;
  const isAccount = entries.some(({ scope }) => scope.account === account);
  throw badUserInput(
    argument,
    isAccount
      ? `is in region ${region}, which this gateway does not serve for account ${account}`
      : `is in account ${account}, which this gateway does not serve`,
  );
}

function namedOne(scopes: Scopes, account: string | null | undefined, region: string | null | undefined): ScopeEntry {
  const { entries, standard } = scopes;
  const ofAccount =
    account == null
      ? entries.filter(({ scope }) => scope.account === standard.scope.account)
      : entries.filter((entry) => isOf(entry, account));
  if (account != null && ofAccount.length === 0) throw unknownAccount('account', account);
  const found =
    region == null
      ? (ofAccount.find(({ scope }) => scope.region === standard.scope.region) ?? ofAccount[0])
      : ofAccount.find(({ scope }) => scope.region === region);
  if (found === undefined) throw unknownRegion('region', region ?? '');
  return found;
}

function namedSeveral(
  { entries }: Scopes,
  accounts: readonly string[] | null | undefined,
  regions: readonly string[] | null | undefined,
): readonly ScopeEntry[] {
  if (accounts?.length === 0) throw badUserInput('accounts', 'is empty: name one, or leave it out for all accounts');
  if (regions?.length === 0) throw badUserInput('regions', 'is empty: name one, or leave it out for all regions');
  for (const account of accounts ?? []) {
    if (!entries.some((entry) => isOf(entry, account))) throw unknownAccount('accounts', account);
  }
  const ofAccounts = accounts == null ? entries : entries.filter((entry) => accounts.some((one) => isOf(entry, one)));
  for (const region of regions ?? []) {
    if (!ofAccounts.some(({ scope }) => scope.region === region)) throw unknownRegion('regions', region);
  }
  return regions == null ? ofAccounts : ofAccounts.filter(({ scope }) => regions.includes(scope.region));
}

function isOf({ alias, scope }: ScopeEntry, account: string): boolean {
  return alias === account || scope.account === account;
}

function unknownAccount(argument: string, account: string) {
  return badUserInput(
    argument,
    `names "${account.slice(0, 100)}", which is not an account of this gateway; \`scopes\` lists those that it serves`,
  );
}

function unknownRegion(argument: string, region: string) {
  return badUserInput(
    argument,
    `names "${region.slice(0, 100)}", which this gateway does not serve there; \`scopes\` lists the regions that it serves`,
  );
}

/** A scope as messages name it. */
export function nameOf({ alias, scope }: ScopeEntry): string {
  return `account "${alias}" in ${scope.region}`;
}

/** A scope as extensions of errors name it. */
export function scopeExtension({ alias, scope }: ScopeEntry) {
  return { alias, account: scope.account, region: scope.region };
}

export function withoutScopeArguments(args: Args): Args {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !SCOPE_ARGUMENTS.has(name)));
}

/** Whether arguments choose scopes. */
export function choosesScopes(args: Args): boolean {
  for (const name of SCOPE_ARGUMENTS) if ((args[name] ?? null) !== null) return true;
  return false;
}
