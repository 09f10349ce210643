import type { ArgBuilder, ObjectRef } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import { KEY_DESCRIPTION } from '../core/keyed-write.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** A value that a write changes. */
export interface PlannedChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A write that a mutation makes, or would make. */
export interface PlannedCall {
  readonly operation: string;
  readonly changes: readonly PlannedChange[];
}

/** Adds the type of a planned call. */
export function addPlannedCall({ builder }: EcsGraph): ObjectRef<Types, PlannedCall> {
  const change = builder.objectRef<PlannedChange>('PlannedChange').implement({
    description: 'A value that a write changes. For people: its form may change in any release.',
    fields: (t) => ({
      field: t.exposeString('field', { nullable: false, description: 'What changes, such as `containers.web.image`.' }),
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
      changes: t.expose('changes', {
        type: [change],
        nullable: false,
        description: 'What it changes. Empty in the answer to a repeated `idempotencyKey`, which reads nothing anew.',
      } as never),
    }),
  });
}

/** The arguments of every mutation that changes a service, the service first. */
export function changeArgs(arg: ArgBuilder<Types>) {
  return {
    service: arg.id({ required: true, description: 'Id, ARN or name of the service.' }),
    cluster: arg.id({
      description: 'Id, ARN or name of the cluster. Null means the one in `service`, or else `default`.',
    }),
    dryRun: arg.boolean({
      defaultValue: false,
      description: 'True writes nothing: the answer has the plan, and the service as it is.',
    }),
    idempotencyKey: arg.id({ description: KEY_DESCRIPTION }),
  };
}
