/** The configured account (by alias) and region of a call. Every upstream call, loader key and id has one. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** The alias of the only account that can be configured so far. */
export const DEFAULT_ACCOUNT = 'default';

/** A string for keys. Equal scopes have equal strings. */
export function scopeKey(scope: Scope): string {
  return `${scope.account}/${scope.region}`;
}
