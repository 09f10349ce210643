import type { ArgBuilder } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** Filters of a list of task definitions. */
export function taskDefinitionListArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return {
    family: arg.string({ description: 'Only revisions of this family. The full name: ECS calls it `familyPrefix`.' }),
    ...graph.inputs.args('ListTaskDefinitions', arg, ['status', 'sort'], {
      status: 'ACTIVE, as by default, INACTIVE or DELETE_IN_PROGRESS.',
      sort: 'ASC, as by default, or DESC for the newest first.',
    }),
  };
}

/** The filters as ECS accepts them. */
export function taskDefinitionFilters<Filters extends object>({
  family,
  ...filters
}: { readonly family?: string | null | undefined } & Filters) {
  return { ...filters, familyPrefix: family };
}
