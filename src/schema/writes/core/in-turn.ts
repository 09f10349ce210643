import { GraphQLError } from 'graphql';
import { TurnTakenError } from '../../../ecs/consistency/change-turns.ts';
import { scopeKey } from '../../../ecs/core/scope.ts';
import type { GraphContext } from '../../core/context.ts';

const RETRY_MS = 1_000;

/**
 * Makes the changes of one thing one after another, in all replicas of the gateway, so that what a mutation has checked
 * still holds when it writes.
 * @throws {GraphQLError} CHANGE_IN_PROGRESS if the changes before it do not end in time
 */
export async function inTurn<T>(context: GraphContext, thing: string, change: () => Promise<T>): Promise<T> {
  try {
    return await context.services.changeTurns.run(`${scopeKey(context.ecs.scope)} ${thing}`, change);
  } catch (error) {
    if (!(error instanceof TurnTakenError)) throw error;
    throw new GraphQLError(
      'Other mutations are changing the same thing, and have not ended in time. Nothing was done.',
      {
        extensions: { code: 'CHANGE_IN_PROGRESS', retryAfterMs: RETRY_MS },
      },
    );
  }
}
