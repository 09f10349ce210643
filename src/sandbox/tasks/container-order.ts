import type { ContainerDependency } from '@aws-sdk/client-ecs';
import type { ContainerRecipe } from '../model/tasks/container-recipe.ts';
import type { ContainerState, Containers } from '../model/tasks/containers.ts';
import type { Wire } from '../util/wire-types.ts';

/** The end of a container that was not started, in the agent's words (aws/amazon-ecs-agent#3218). */
export const NEVER_STARTED = 'CannotStartContainerError';

type Readiness = 'ready' | 'waits' | { readonly failed: string };

function dependenciesOf({ definition }: ContainerRecipe): readonly Wire<ContainerDependency>[] {
  return definition.dependsOn ?? [];
}

/** A container as the agent's texts show it. */
function shown({ recipe, lastStatus, exitCode }: ContainerState, goal: string): string {
  const { name, definition } = recipe;
  const exit = exitCode === undefined ? '' : ` - Exit: ${exitCode}`;
  return `${name}(${definition.image}) (${lastStatus === 'PENDING' ? 'NONE' : lastStatus}->${goal})${exit}`;
}

function isNeverToStart({ lastStatus, reason }: ContainerState): boolean {
  return lastStatus === 'STOPPED' && (reason?.startsWith(NEVER_STARTED) ?? false);
}

function isMet(dependency: ContainerState, condition: string | undefined): boolean {
  const { lastStatus, exitCode, healthStatus } = dependency;
  switch (condition) {
    case 'COMPLETE':
      return lastStatus === 'STOPPED' && exitCode !== undefined;
    case 'SUCCESS':
      return lastStatus === 'STOPPED' && exitCode === 0;
    case 'HEALTHY':
      return healthStatus === 'HEALTHY';
    default:
      return lastStatus === 'RUNNING' || lastStatus === 'STOPPED';
  }
}

function unresolved(dependency: ContainerState, target: ContainerState, why: string): string {
  const [first, second] = [shown(dependency, 'RUNNING'), shown(target, 'RUNNING')];
  return `${NEVER_STARTED}: dependency graph: failed to resolve container ordering dependency [${first}] for target [${second}] ${why}`;
}

/** The text of a wait that exceeded the startTimeout of the awaited container. */
export function timedOut(dependency: ContainerState, target: ContainerState): string {
  const [first, second] = [shown(dependency, 'RUNNING'), shown(target, 'RUNNING')];
  return `${NEVER_STARTED}: dependency graph: container ordering dependency [${first}] for target [${second}] has timed out.`;
}

/** Whether a container may start, must wait, or never can, by the state of its dependencies. */
export function readinessOf(target: ContainerState, containers: Containers): Readiness {
  let readiness: Readiness = 'ready';
  for (const { containerName = '', condition } of dependenciesOf(target.recipe)) {
    const dependency = containers.find(containerName);
    if (dependency === undefined) continue;
    if (isNeverToStart(dependency)) {
      return { failed: unresolved(dependency, target, 'because dependency will never start') };
    }
    if (condition === 'SUCCESS' && dependency.lastStatus === 'STOPPED' && dependency.exitCode !== 0) {
      return { failed: unresolved(dependency, target, 'as dependency did not exit successfully.') };
    }
    if (!isMet(dependency, condition)) readiness = 'waits';
  }
  return readiness;
}

/** Containers that still wait for more than the start of a container. */
export function waitingFor(containers: Containers, name: string): readonly ContainerState[] {
  const waits = ({ containerName, condition }: Wire<ContainerDependency>): boolean =>
    containerName === name && condition !== 'START';
  return containers.all.filter(
    (state) => state.lastStatus === 'PENDING' && dependenciesOf(state.recipe).some((item) => waits(item)),
  );
}

/**
 * When each running container has ended after all were stopped, in ms: a container ends only after all that depend on
 * it. `timeToExit` is the time that each takes itself.
 */
export function stopTimes(
  containers: Containers,
  timeToExit: (recipe: ContainerRecipe) => number,
): ReadonlyMap<string, number> {
  const running = containers.all.filter(({ lastStatus }) => lastStatus === 'RUNNING').map(({ recipe }) => recipe);
  const ends = new Map<string, number>();
  const endOf = (recipe: ContainerRecipe): number => {
    const known = ends.get(recipe.name);
    if (known !== undefined) return known;
    const dependents = running.filter((other) =>
      dependenciesOf(other).some(({ containerName }) => containerName === recipe.name),
    );
    const begin = dependents.reduce((latest, other) => Math.max(latest, endOf(other)), 0);
    const end = begin + timeToExit(recipe);
    ends.set(recipe.name, end);
    return end;
  };
  for (const recipe of running) endOf(recipe);
  return ends;
}
