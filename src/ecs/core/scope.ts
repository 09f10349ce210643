/** Where a call goes: which configured account (by alias) and which region. Every upstream call, loader key and id carries one. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** The alias of the only account that the configuration knows so far. */
export const DEFAULT_ACCOUNT = 'default';

/** A string that is equal for equal scopes, for use in keys. */
export function scopeKey(scope: Scope): string {
  return `${scope.account}/${scope.region}`;
}
