import type { ObjectRef } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** How much of a resource an instance has. */
export interface ResourceAmount {
  readonly total: number;
  readonly free: number;
}

/** Adds the type of an amount. */
export function addResourceAmount(graph: EcsGraph): ObjectRef<Types, ResourceAmount> {
  return graph.builder.objectRef<ResourceAmount>('ResourceAmount').implement({
    description: 'How much of a resource a container instance has.',
    fields: (t) => ({
      total: t.exposeInt('total', { nullable: false, description: 'The resources that the agent registered.' }),
      used: t.int({
        nullable: false,
        description: 'The resources that tasks have reserved.',
        resolve: ({ total, free }) => total - free,
      }),
      free: t.exposeInt('free', { nullable: false, description: 'The resources that are left for more tasks.' }),
    }),
  });
}
