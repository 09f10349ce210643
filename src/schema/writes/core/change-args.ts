import type { ArgBuilder, FieldMap } from '@pothos/core';
import { inRange } from '../../connections/argument-range.ts';
import type { Types } from '../../core/builder.ts';
import { KEY_DESCRIPTION } from '../../core/keyed-write.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { DRY_RUN_DESCRIPTION } from '../../sdk-types/planned-call.ts';
import type { ObjectFields } from '../../sdk-types/sdk-graph.ts';
import type { Planned } from './compound.ts';

/** The precondition of mutations that replace tasks. */
export function revisionArg(arg: ArgBuilder<Types>) {
  return arg.int({
    description: 'The number of the revision that the service must use now, from 1. Null means any.',
    ...inRange(1),
  });
}

/** The arguments of every mutation that changes a service, the service first. */
export function changeArgs(arg: ArgBuilder<Types>) {
  return {
    service: arg.id({ required: true, description: 'Id, ARN or name of the service.' }),
    cluster: arg.id({
      description: 'Id, ARN or name of the cluster. Null means the one in `service`, or else `default`.',
    }),
    dryRun: arg.boolean({ defaultValue: false, description: DRY_RUN_DESCRIPTION }),
    idempotencyKey: arg.id({ description: KEY_DESCRIPTION }),
  };
}

/** `plan` of a payload. */
export function planField<Source extends Planned>(
  graph: EcsGraph,
  t: ObjectFields<Source>,
  description = 'The writes, in their order. Empty if there is nothing to do.',
): FieldMap {
  const type = [graph.mutations.plannedCall];
  return { plan: t.expose('plan' as never, { type, nullable: false, description } as never) };
}
