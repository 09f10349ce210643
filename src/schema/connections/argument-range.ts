import { badUserInput } from '../core/errors.ts';

/** The numbers that an argument may be. */
export interface ArgumentRange {
  readonly least: number;
  /** Undefined means any number from `least`. */
  readonly most?: number | undefined;
}

/** The extensions of an argument that is a number of a range. `checkArguments` holds callers to it. */
export function inRange(least: number, most?: number): { readonly extensions: { readonly range: ArgumentRange } } {
  return { extensions: { range: { least, most } } };
}

/** @throws {GraphQLError} BAD_USER_INPUT naming the argument */
export function checkRange(
  argument: string,
  value: number,
  { least, most = Number.POSITIVE_INFINITY }: ArgumentRange,
): void {
  if (value >= least && value <= most) return;
  const wanted = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`;
  throw badUserInput(argument, `must be ${wanted}, not ${value}`);
}
