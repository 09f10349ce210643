import type { ArgBuilder } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** Filters of a list of task definitions. */
export function taskDefinitionListArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return graph.inputs.args('ListTaskDefinitions', arg, ['familyPrefix', 'status', 'sort'], {
    familyPrefix: 'Only revisions of this family (its full name).',
    status: 'ACTIVE, as by default, INACTIVE or DELETE_IN_PROGRESS.',
    sort: 'ASC, as by default, or DESC for the newest first.',
  });
}
