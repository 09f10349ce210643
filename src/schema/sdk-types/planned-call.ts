import type { ObjectRef } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { WriteOperation } from '../../ecs/outcomes/check.ts';
import type { Builder, Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { maskedInput } from '../core/secrets.ts';

/** A value that a write changes. */
export interface PlannedChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A write that a mutation makes, or would make. */
export interface PlannedCall {
  readonly operation: WriteOperation;
  /** Undefined if the call is not known any more: its mutation was done before, under the same key. */
  readonly input: object | undefined;
  readonly changes: readonly PlannedChange[];
}

/** The description of the argument `dryRun`. */
export const DRY_RUN_DESCRIPTION =
  'True writes nothing: the mutation is authorised and its input checked, and `plan` shows the calls that it would make. ECS itself is ' +
  'not asked, so it may still refuse them. An `idempotencyKey` is not used up.';

/** Creates the type of a planned call. */
export function createPlannedCall(builder: Builder): ObjectRef<Types, PlannedCall> {
  const change = builder.objectRef<PlannedChange>('PlannedChange').implement({
    description: 'A value that a write changes, for people to read: its form may change in any release.',
    fields: (t) => ({
      field: t.exposeString('field', {
        nullable: false,
        description: 'The place of the change, such as `containers.web.image`.',
      }),
      before: t.exposeString('before', { description: 'The value before the call. Null if there was no value.' }),
      after: t.exposeString('after', {
        description: 'The value after the call. Null if the call removes it, or if only ECS decides it.',
      }),
    }),
  });
  return builder.objectRef<PlannedCall>('PlannedCall').implement({
    description: 'A write of ECS that a mutation makes, or would make.',
    fields: (t) => ({
      operation: t.exposeString('operation', { nullable: false, description: 'The operation of ECS.' }),
      input: t.field({
        type: 'JSON',
        description:
          "The request as ECS receives it, with AWS's names. A value that the caller may not see is `***`; a value that only ECS decides is null. " +
          'The field is null in the answer to a repeated `idempotencyKey` of `scaleService` and `deployImages`, because that answer reads nothing from ECS.',
        resolve: ({ operation, input }, _args, { secrets }) =>
          input === undefined ? null : maskedInput(operation, input, (kind) => secrets.showsOrHides(kind)),
      }),
      changes: t.expose('changes', {
        type: [change],
        nullable: false,
        description: 'The differences that it makes, if the mutation read the state before. Empty otherwise.',
      } as never),
    }),
  });
}

/**
 * A write of a dry run: it is authorised and logged, and not sent.
 * @throws {GraphQLError} FORBIDDEN
 */
export async function planWrite(
  { ecs }: GraphContext,
  operation: WriteOperation,
  input: object,
  changes: readonly PlannedChange[] = [],
): Promise<PlannedCall> {
  try {
    await ecs.rehearse(operation, input as never);
  } catch (error) {
    if (error instanceof GraphQLError) error.extensions.dryRun = true;
    throw error;
  }
  return { operation, input, changes };
}
