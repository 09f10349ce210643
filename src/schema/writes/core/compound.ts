import { EcsError, type Step } from '../../../ecs/core/errors.ts';
import type { WriteOperation } from '../../../ecs/outcomes/check.ts';
import type { GraphContext } from '../../core/context.ts';
import { badUserInput } from '../../core/errors.ts';
import { writeOnceForKey } from '../../core/keyed-write.ts';
import type { Operations } from '../../generated/types.ts';
import { type PayloadSource, writeKeyed, writeOnce } from '../../sdk-types/mutations.ts';
import { type PlannedCall, planWrite } from '../../sdk-types/planned-call.ts';

/** Arguments of every mutation that reads, decides and writes. */
export interface CompoundArgs {
  readonly dryRun?: boolean | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** Something with the writes that were made, or would be made, in their order. */
export interface Planned {
  readonly plan: readonly PlannedCall[];
}

interface Compound<Decision extends Planned, Result extends Planned> {
  readonly mutation: string;
  readonly args: CompoundArgs;
  /** Reads and checks, and decides what to write. Writes nothing. */
  readonly decide: () => Promise<Decision>;
  /** Writes what was decided, each write by `writePart`. */
  readonly run: (decision: Decision) => Promise<Result>;
  /** The result of a dry run. */
  readonly planned: (decision: Decision) => Result;
}

/**
 * Does a mutation that decides by what it reads, and then writes. Under a key the decision is made once: sent again
 * after a failure, the mutation goes on with the same plan behind the last completed write. If surely nothing was done, it
 * is decided anew.
 * @throws {GraphQLError} BAD_USER_INPUT for a key that was sent with other arguments
 * @throws {EcsError} with `steps` if it stopped between two writes
 */
export async function decideAndWrite<Decision extends Planned, Result extends Planned>(
  context: GraphContext,
  { mutation, args, decide, run, planned }: Compound<Decision, Result>,
): Promise<Result> {
  const { dryRun, idempotencyKey: key } = args;
  if (key === '') throw badUserInput('idempotencyKey', 'must not be empty');
  if (dryRun === true) {
    const decision = await decide();
    for (const { operation, input = {}, changes } of decision.plan) await planWrite(context, operation, input, changes);
    return planned(decision);
  }
  if (key == null) return run(await decide());
  const { replayed } = context.writes;
  let isDoneBefore = true;
  const write = (decision: Decision) => {
    isDoneBefore = false;
    return run(decision);
  };
  const { output } = await writeOnceForKey(context, mutation, key, {
    input: askedIn(args),
    prepare: decide,
    send: write,
    findOut: write,
  });
  // Only a mutation that was complete before counts as replayed.
  context.writes.replayed = replayed || isDoneBefore;
  if (isDoneBefore) {
    for (const { operation, input } of output.plan) {
      if (input === undefined) continue;
      await context.access?.authorizeWrite(operation, input);
      context.auditReplay?.({ operation, input, asked: input });
    }
  }
  return output;
}

/** The caller's input: an argument that is null equals one that is absent. */
function askedIn({ idempotencyKey: _key, ...given }: CompoundArgs): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

interface Part<Op extends WriteOperation> {
  readonly mutation: string;
  readonly args: CompoundArgs;
  readonly input: Operations[Op]['input'];
  /** Distinguishes writes of one operation in one mutation. */
  readonly name?: string;
  /** The steps before it and from it on, for the error if it fails. Absent for the only write of a mutation. */
  readonly steps?: { readonly done: readonly Step[]; readonly pending: readonly Step[] };
}

/**
 * One write of a mutation. With a key it is done once, so that sending the mutation again goes on behind it.
 * @throws {EcsError}
 */
export async function writePart<Op extends WriteOperation>(
  context: GraphContext,
  operation: Op,
  { mutation, args, input, name, steps }: Part<Op>,
): Promise<PayloadSource<Op>> {
  try {
    const { idempotencyKey: key } = args;
    if (key == null) return { input, output: await writeOnce(context, operation, input) };
    const prepare = async () => {
      // A refusal here leaves no doubt that nothing was sent.
      await context.access?.authorizeWrite(operation, input);
      return input;
    };
    const partOf = name === undefined ? mutation : `${mutation} ${name}`;
    return await writeKeyed(context, operation, { asked: askedIn(args), prepare, key, partOf });
  } catch (error) {
    throw steps !== undefined && error instanceof EcsError ? error.within(steps) : error;
  }
}
