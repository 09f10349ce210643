/** The account (by its id, where a scopes file names it) and region of a call. Every upstream call and loader key has one. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** The account of a gateway without a scopes file. */
export const DEFAULT_ACCOUNT = 'default';

/** A string for keys. Equal scopes have equal strings. */
export function scopeKey(scope: Scope): string {
  return `${scope.account}/${scope.region}`;
}
