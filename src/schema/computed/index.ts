import type { EcsGraph } from '../graph/ecs-graph.ts';
import { addImageReference } from './image-reference.ts';
import { addResourceAmount } from './resource-amount.ts';
import { addRolloutState } from './service-fields.ts';
import { addContainerSizes } from './sizes.ts';
import type { ComputedTypes } from './types.ts';

/** Adds the types of computed fields, and such fields to mechanical types. */
export function addComputedTypes(graph: EcsGraph): ComputedTypes {
  addContainerSizes(graph);
  return {
    imageReference: addImageReference(graph),
    resourceAmount: addResourceAmount(graph),
    rolloutState: addRolloutState(graph),
  };
}
