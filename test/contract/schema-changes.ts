import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

/** What clients of an older schema would notice of a newer one. */
export interface SchemaChanges {
  /** A query that was valid is not any more, or a client's generated types are wrong. */
  readonly breaking: readonly string[];
  /** Every query stays valid, and yet a client may be surprised: a new enum value, a new member of an interface, another default. */
  readonly dangerous: readonly string[];
}

/** Compares two schemas in SDL. */
export function schemaChanges(base: string, current: string): SchemaChanges {
  const before = buildSchema(base);
  const after = buildSchema(current);
  const describe = ({ description }: { readonly description: string }) => description;
  return {
    breaking: findBreakingChanges(before, after).map(describe),
    dangerous: findDangerousChanges(before, after).map(describe),
  };
}

/** Whether a version may break what another promised: a new major one may, and below 1.0.0 a new minor one. */
export function mayBreak(base: string, current: string): boolean {
  const [major = 0, minor = 0] = base.replace(/^v/, '').split('.').map(Number);
  const [nextMajor = 0, nextMinor = 0] = current.split('.').map(Number);
  return nextMajor > major || (major === 0 && nextMajor === 0 && nextMinor > minor);
}
