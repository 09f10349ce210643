import type { WriteOperation } from '../../../ecs/outcomes/check.ts';
import { lastPart } from '../../../live/core/deployment-bounds.ts';
import { forbidden } from '../../access/forbidden.ts';
import type { GraphContext } from '../../core/context.ts';
import { badUserInput, notFound } from '../../core/errors.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import type { CompoundArgs, Planned } from '../core/compound.ts';
import { type RevisionUse, readUses } from './task-definition-uses.ts';

/** ECS takes a token for each deregistration from a bucket of 20, and refills one a second. */
export const MOST_REMOVED = 20;
export const MOST_FAMILIES = 20;
/** ECS deletes up to this many revisions in one call. */
const DELETE_BATCH = 10;

export interface CleanUpArgs extends CompoundArgs {
  readonly families: readonly string[];
  readonly keep: number;
  readonly delete: boolean;
  readonly limit: number;
}

/** A revision that stays. */
export interface Kept {
  readonly taskDefinitionArn: string;
  /** Whether it is one of the newest of its family. */
  readonly isNewest: boolean;
  readonly uses: readonly RevisionUse[];
}

export interface CleanUpDecision extends Planned {
  /** The revisions to remove, the oldest of each family first. */
  readonly removed: readonly string[];
  readonly kept: readonly Kept[];
  /** How many more could be removed. */
  readonly remaining: number;
}

/** @throws {GraphQLError} BAD_USER_INPUT */
export function checkCleanUp({ families }: CleanUpArgs): void {
  if (families.length === 0 || families.length > MOST_FAMILIES)
    throw badUserInput('families', `must name 1 to ${MOST_FAMILIES} families`);
  for (const [index, family] of families.entries()) {
    if (!/^[\w-]{1,255}$/.test(family)) throw badUserInput(`families.${index}`, 'is not the name of a family');
    if (families.indexOf(family) !== index) throw badUserInput(`families.${index}`, 'is named twice');
  }
}

/**
 * Decides which revisions to remove: those that nothing in ECS uses, but for the newest.
 * @throws {GraphQLError} NOT_FOUND, FORBIDDEN, QUERY_TOO_EXPENSIVE
 */
export async function decideCleanUp(context: GraphContext, args: CleanUpArgs): Promise<CleanUpDecision> {
  context.ecs.readAnew();
  const families = await Promise.all(args.families.map((family, at) => readFamily(context, family, at, args)));
  const uses = await readUses(context, {
    families: args.families,
    active: new Set(families.flatMap(({ active }) => active)),
  });
  const kept: Kept[] = [];
  const unused: { readonly arn: string; readonly isActive: boolean }[] = [];
  for (const { active, inactive } of families) {
    for (const [index, arn] of active.entries()) {
      const isNewest = index < args.keep;
      const of = uses.get(arn) ?? [];
      if (isNewest || of.length > 0) kept.push({ taskDefinitionArn: arn, isNewest, uses: of });
    }
    const isUnused = (arn: string) => !uses.has(arn);
    unused.push(
      ...inactive
        .filter(isUnused)
        .map((arn) => ({ arn, isActive: false }))
        .reverse(),
    );
    unused.push(
      ...active
        .slice(args.keep)
        .filter(isUnused)
        .map((arn) => ({ arn, isActive: true }))
        .reverse(),
    );
  }
  const removed = unused.slice(0, args.limit);
  const plan = planOf(removed, args.delete);
  for (const { operation, input = {} } of plan) await context.access?.authorizeWrite(operation, input);
  return { removed: removed.map(({ arn }) => arn), kept, remaining: unused.length - removed.length, plan };
}

interface Family {
  /** The newest first. */
  readonly active: readonly string[];
  readonly inactive: readonly string[];
}

async function readFamily(context: GraphContext, family: string, at: number, args: CleanUpArgs): Promise<Family> {
  const decision = context.access?.mayReadFamily(family);
  if (decision?.isAllowed === false) throw forbidden('ListTaskDefinitions', family, decision);
  const list = (status: 'ACTIVE' | 'INACTIVE') =>
    context.loaders.lists.read('ListTaskDefinitions', { familyPrefix: family, status });
  const [active, inactive] = await Promise.all([list('ACTIVE'), list('INACTIVE')]);
  if (active.length + inactive.length === 0)
    throw notFound(`families.${at}`, `There is no task definition family "${family}".`);
  return { active: newestFirst(active), inactive: args.delete ? newestFirst(inactive) : [] };
}

function newestFirst(arns: readonly string[]): string[] {
  const revisionOf = (arn: string) => Number(/:(\d+)$/.exec(arn)?.[1] ?? 0);
  return [...arns].sort((one, other) => revisionOf(other) - revisionOf(one));
}

function planOf(
  removed: readonly { readonly arn: string; readonly isActive: boolean }[],
  isDelete: boolean,
): PlannedCall[] {
  const status = (before: string, after: string, arn: string) => ({ field: `${lastPart(arn)}.status`, before, after });
  const call = (operation: WriteOperation, input: object, changes: PlannedCall['changes']) => ({
    operation,
    input,
    changes,
  });
  const deregistered = removed
    .filter(({ isActive }) => isActive)
    .map(({ arn }) => call('DeregisterTaskDefinition', { taskDefinition: arn }, [status('ACTIVE', 'INACTIVE', arn)]));
  if (!isDelete) return deregistered;
  const batches = Array.from({ length: Math.ceil(removed.length / DELETE_BATCH) }, (_, batch) =>
    removed.slice(batch * DELETE_BATCH, (batch + 1) * DELETE_BATCH).map(({ arn }) => arn),
  );
  return [
    ...deregistered,
    ...batches.map((arns) =>
      call(
        'DeleteTaskDefinitions',
        { taskDefinitions: arns },
        arns.map((arn) => status('INACTIVE', 'DELETE_IN_PROGRESS', arn)),
      ),
    ),
  ];
}
