import { EcsError } from '../core/errors.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';

/** Operations that change something or report a change. */
export type WriteOperation = Exclude<OperationName, `${'Describe' | 'Discover' | 'Get' | 'List'}${string}`>;

export function isWriteOperation(operation: OperationName): operation is WriteOperation {
  return !/^(Describe|Discover|Get|List)/.test(operation);
}

/** The output of a write without the call's metadata. */
export type Found<Op extends OperationName> = Omit<Output<Op>, '$metadata'>;

/** The reads that show whether a write was done. */
export interface Evidence {
  /** Reads without the cache. */
  read<Op extends OperationName>(operation: Op, input: Input<Op>): Promise<Output<Op>>;
  /** Whether a date of ECS is later than the time at which the write was sent. */
  isSince(date: Date | undefined): boolean;
  /** Whether an earlier write of this process created it, so that it is not the result of the lost one. */
  isTaken(arn: string | undefined): boolean;
}

/** How to find out whether a write with a lost answer was done. */
export interface WriteCheck<Op extends WriteOperation> {
  /** Fields of a GraphQL query that let a person see the outcome; undefined if ECS shows no trace of it. */
  readonly check: (input: Input<Op>) => string | undefined;
  /** Repeat the call with its client token; ECS then returns the first result. */
  readonly resend?: true;
  /** Reads what the output would have been; undefined if nothing shows that the write was done. */
  readonly find?: (evidence: Evidence, input: Input<Op>) => Promise<Found<Op> | undefined>;
  /** ARNs of resources that the write created, so that no other write is credited with them. */
  readonly makes?: (output: Found<Op>) => readonly (string | undefined)[];
}

type Argument = string | boolean | readonly string[] | undefined;

/** A field of a GraphQL query with its arguments and selection. Undefined arguments are omitted. */
export function field(name: string, args: Readonly<Record<string, Argument>>, selection: string): string {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const list = given.map(([argument, value]) => `${argument}: ${JSON.stringify(value)}`).join(', ');
  return `${name}${list === '' ? '' : `(${list})`} { ${selection} }`;
}

/**
 * Whether a value that ECS shows is the one that a write's input set. ECS adds members and reorders lists. If it spells
 * a value differently (a role's name as an ARN), the result is false.
 */
export function matches(actual: unknown, wanted: unknown): boolean {
  if (wanted === undefined || wanted === null) return true;
  if (Array.isArray(wanted)) return matchesList(Array.isArray(actual) ? actual : [], wanted);
  if (wanted instanceof Date) return actual instanceof Date && actual.getTime() === wanted.getTime();
  if (typeof wanted !== 'object') return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return Object.values(wanted).every((value) => value === undefined);
  return Object.entries(wanted).every(([name, value]) => matches((actual as Record<string, unknown>)[name], value));
}

function matchesList(actual: readonly unknown[], wanted: readonly unknown[]): boolean {
  const left = [...actual];
  return (
    left.length === wanted.length &&
    wanted.every((item) => {
      const index = left.findIndex((candidate) => matches(candidate, item));
      if (index >= 0) left.splice(index, 1);
      return index >= 0;
    })
  );
}

/** Whether ECS shows every item of the input; it may show more. */
export function includesAll(actual: readonly unknown[] | undefined, wanted: readonly unknown[] | undefined): boolean {
  return (wanted ?? []).every((item) => (actual ?? []).some((candidate) => matches(candidate, item)));
}

/** Whether an ARN belongs to the task definition that an input names by family, by family and revision, or by ARN. */
export function isRevision(arn: string | undefined, named: string): boolean {
  const name = arn?.slice(arn.lastIndexOf('/') + 1) ?? '';
  const wanted = named.slice(named.lastIndexOf('/') + 1);
  return name === wanted || (!/:\d+$/.test(wanted) && name.replace(/:\d+$/, '') === wanted);
}

/** The result of a read; undefined if ECS says that the resource does not exist. */
export async function orAbsent<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof EcsError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
