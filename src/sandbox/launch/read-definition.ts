import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { type ContainerRecipe, readRecipe } from '../model/tasks/container-recipe.ts';
import { Containers } from '../model/tasks/containers.ts';
import type { Wire } from '../util/wire-types.ts';
import { demandOf } from './resource-demand.ts';

function isPlayed({ definition }: ContainerRecipe): boolean {
  return (definition.dependsOn ?? []).length > 0 || definition.restartPolicy?.enabled === true;
}

/** What the record of a new task definition keeps of it, and works out of it once for all its tasks. */
export function readDefinition(definition: Wire<TaskDefinition>) {
  const recipes = (definition.containerDefinitions ?? []).map(readRecipe);
  return {
    definition,
    recipes,
    isChecked: recipes.some((recipe) => recipe.isChecked),
    isPlayed: recipes.some(isPlayed),
    containers: Containers.from(recipes),
    demand: demandOf(definition),
    status: 'ACTIVE',
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
    services: new Set<ServiceRecord>(),
    liveTasks: 0,
  };
}
