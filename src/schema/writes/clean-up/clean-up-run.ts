import { EcsError, type Step } from '../../../ecs/core/errors.ts';
import { lastPart } from '../../../live/core/deployment-bounds.ts';
import type { GraphContext } from '../../core/context.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import { type Planned, writePart } from '../core/compound.ts';
import type { CleanUpArgs, CleanUpDecision, Kept } from './clean-up-plan.ts';

/** The result for one revision. */
export interface Removed {
  readonly taskDefinitionArn: string;
  readonly status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  readonly code: ErrorCode | null;
  readonly message: string | null;
}

export interface CleanUpPayload extends Planned {
  readonly results: readonly Removed[];
  readonly kept: readonly Kept[];
  readonly remaining: number;
}

/** Codes of refusals that are about one revision. The others go on. */
const REFUSALS = ['INVALID_PARAMETER', 'NOT_FOUND', 'FAILED_PRECONDITION', 'CONFLICT'] as const;

/**
 * Makes the calls of a plan one after another. A refusal of one revision is a part of the result; any other failure stops the plan.
 * @throws {EcsError} with `steps`
 */
export async function removeRevisions(
  context: GraphContext,
  args: CleanUpArgs,
  { removed, kept, remaining, plan }: CleanUpDecision,
): Promise<CleanUpPayload> {
  const results = new Map<string, Removed>();
  const done: Step[] = [];
  for (const [at, call] of plan.entries()) {
    // A revision that could not be deregistered cannot be deleted.
    const arns = namedIn(call).filter((arn) => results.get(arn)?.code == null);
    if (arns.length === 0) continue;
    try {
      for (const one of await removeSome(context, args, call, arns)) results.set(one.taskDefinitionArn, one);
      done.push(stepOf(call));
    } catch (error) {
      if (!(error instanceof EcsError)) throw error;
      if (isInactiveAlready(error, call)) {
        for (const taskDefinitionArn of arns)
          results.set(taskDefinitionArn, { taskDefinitionArn, status: 'INACTIVE', code: null, message: null });
        done.push(stepOf(call));
        continue;
      }
      const code = REFUSALS.find((one) => one === error.code);
      if (code === undefined) throw error.within({ done, pending: plan.slice(at).map(stepOf) });
      const status = call.operation === 'DeleteTaskDefinitions' ? 'INACTIVE' : 'ACTIVE';
      for (const taskDefinitionArn of arns)
        results.set(taskDefinitionArn, { taskDefinitionArn, status, code, message: error.message });
    }
  }
  return { results: removed.flatMap((arn) => results.get(arn) ?? []), kept, remaining, plan };
}

async function removeSome(
  context: GraphContext,
  args: CleanUpArgs,
  { operation }: PlannedCall,
  arns: readonly string[],
): Promise<readonly Removed[]> {
  const mutation = 'cleanUpTaskDefinitions';
  const [first = ''] = arns;
  if (operation !== 'DeleteTaskDefinitions') {
    await writePart(context, 'DeregisterTaskDefinition', {
      mutation,
      args,
      input: { taskDefinition: first },
      name: lastPart(first),
    });
    return [{ taskDefinitionArn: first, status: 'INACTIVE', code: null, message: null }];
  }
  const { output } = await writePart(context, operation, {
    mutation,
    args,
    input: { taskDefinitions: [...arns] },
    name: lastPart(first),
  });
  return arns.map((taskDefinitionArn) => {
    const failure = output.failures?.find(({ arn }) => arn === taskDefinitionArn);
    if (failure === undefined) return { taskDefinitionArn, status: 'DELETE_IN_PROGRESS', code: null, message: null };
    const message = failure.detail ?? failure.reason ?? 'ECS did not delete it.';
    return { taskDefinitionArn, status: 'INACTIVE', code: 'FAILED_PRECONDITION', message };
  });
}

/** Whether another client deregistered the revision after the plan was made. ECS has no code of its own for it. */
function isInactiveAlready({ code, message }: EcsError, { operation }: PlannedCall): boolean {
  return operation === 'DeregisterTaskDefinition' && code === 'INVALID_PARAMETER' && /\binactive\b/i.test(message);
}

function namedIn({ input = {} }: PlannedCall): readonly string[] {
  const { taskDefinition, taskDefinitions } = input as { taskDefinition?: string; taskDefinitions?: readonly string[] };
  return taskDefinitions ?? (taskDefinition === undefined ? [] : [taskDefinition]);
}

function stepOf(call: PlannedCall): Step {
  return { operation: call.operation, resource: namedIn(call).map(lastPart).join(', ') };
}
