import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { readRecipe } from '../model/tasks/container-recipe.ts';
import { Containers } from '../model/tasks/containers.ts';
import type { Wire } from '../util/wire-types.ts';
import { demandOf } from './resource-demand.ts';

/** What the record of a new task definition keeps of it, and works out of it once for all its tasks. */
export function readDefinition(definition: Wire<TaskDefinition>) {
  const recipes = (definition.containerDefinitions ?? []).map(readRecipe);
  return {
    definition,
    recipes,
    isChecked: recipes.some((recipe) => recipe.isChecked),
    containers: Containers.from(recipes),
    demand: demandOf(definition),
    status: 'ACTIVE',
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
    services: new Set<ServiceRecord>(),
    liveTasks: 0,
  };
}
