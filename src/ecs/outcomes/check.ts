import { EcsError } from '../core/errors.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';

/** Operations that change something, or report a change. */
export type WriteOperation = Exclude<OperationName, `${'Describe' | 'Discover' | 'Get' | 'List'}${string}`>;

/** What a write answers, without the metadata of the call. */
export type Found<Op extends OperationName> = Omit<Output<Op>, '$metadata'>;

/** What may be asked to find out whether a write was done. */
export interface Evidence {
  /** Reads anew. */
  read<Op extends OperationName>(operation: Op, input: Input<Op>): Promise<Output<Op>>;
  /** Whether ECS dates something later than the moment at which the write was sent. */
  isSince(date: Date | undefined): boolean;
  /** Whether an earlier write of this process made it: then it is not what the lost answer told of. */
  isTaken(arn: string | undefined): boolean;
}

/** How to find out whether a write was done whose answer was lost. */
export interface WriteCheck<Op extends WriteOperation> {
  /** Fields of the GraphQL query that show it to a person; undefined where ECS shows no trace of it. */
  readonly check: (input: Input<Op>) => string | undefined;
  /** Sent again with its client token, which makes ECS answer as it did the first time. */
  readonly resend?: true;
  /** Reads what the answer would have been; undefined where nothing shows that the write was done. */
  readonly find?: (evidence: Evidence, input: Input<Op>) => Promise<Found<Op> | undefined>;
  /** ARNs of what the write made anew, so that no other write is taken to have made it. */
  readonly makes?: (output: Found<Op>) => readonly (string | undefined)[];
}

type Argument = string | boolean | readonly string[] | undefined;

/** A field of the GraphQL query with its arguments and what to select of it. Arguments that are undefined are left out. */
export function field(name: string, args: Readonly<Record<string, Argument>>, selection: string): string {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const list = given.map(([argument, value]) => `${argument}: ${JSON.stringify(value)}`).join(', ');
  return `${name}${list === '' ? '' : `(${list})`} { ${selection} }`;
}

/**
 * Whether a value that ECS shows is what a write's input asked for. ECS adds members, and sorts lists as it likes; where it writes
 * a value in another way (a role's name as an ARN), the answer is false.
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

/** Whether every item that was asked for is among those that ECS shows, which may be more. */
export function includesAll(actual: readonly unknown[] | undefined, wanted: readonly unknown[] | undefined): boolean {
  return (wanted ?? []).every((item) => (actual ?? []).some((candidate) => matches(candidate, item)));
}

/** Whether an ARN is of the task definition that an input names by family, family and revision, or ARN. */
export function isRevision(arn: string | undefined, named: string): boolean {
  const name = arn?.slice(arn.lastIndexOf('/') + 1) ?? '';
  const wanted = named.slice(named.lastIndexOf('/') + 1);
  return name === wanted || (!/:\d+$/.test(wanted) && name.replace(/:\d+$/, '') === wanted);
}

/** What a read answers; undefined where ECS says that there is no such thing. */
export async function orAbsent<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof EcsError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
