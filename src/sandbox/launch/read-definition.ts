import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { type ContainerRecipe, readRecipe } from '../model/tasks/container-recipe.ts';
import { Containers } from '../model/tasks/containers.ts';
import type { ImageFates } from '../model/tasks/simulated-behavior.ts';
import type { World } from '../model/world.ts';
import type { Wire } from '../util/wire-types.ts';
import { demandOf } from './resource-demand.ts';

function isPlayed({ definition }: ContainerRecipe): boolean {
  return (definition.dependsOn ?? []).length > 0 || definition.restartPolicy?.enabled === true;
}

function readRecipes({ containerDefinitions = [] }: Wire<TaskDefinition>, fates: ImageFates) {
  const recipes = containerDefinitions.map((container) => readRecipe(container, fates));
  return { recipes, containers: Containers.from(recipes) };
}

/** The settings of images have changed: containers that have not started yet use the new ones. */
export function rereadFates(world: World): void {
  const ordinary = [...world.families.values()].flatMap(({ revisions }) => [...revisions.values()]);
  const ofDaemons = [...world.daemonFamilies.values()].flatMap(({ revisions }) => [...revisions.values()]);
  for (const record of [...ordinary, ...ofDaemons.map(({ template }) => template)]) {
    Object.assign(record, readRecipes(record.definition, world.surroundings.images));
  }
}

/** The record of a new task definition, with facts that are computed once for all its tasks. */
export function readDefinition(definition: Wire<TaskDefinition>, fates: ImageFates) {
  const { recipes, containers } = readRecipes(definition, fates);
  return {
    definition,
    recipes,
    isChecked: recipes.some((recipe) => recipe.isChecked),
    isPlayed: recipes.some(isPlayed),
    containers,
    demand: demandOf(definition),
    timings: undefined,
    status: 'ACTIVE',
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
    services: new Set<ServiceRecord>(),
    liveTasks: 0,
  };
}
