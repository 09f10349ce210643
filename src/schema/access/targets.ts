import { lastPart, looksLikeArn } from '../../ecs/core/arn.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import { OPERATION_ACTIONS, type ResourceType, type Target } from '../../policy/model/actions.ts';
import { type Place, type Resource, regionResource, toResource, typeOfArn } from '../../policy/model/resource.ts';

type Input = Readonly<Record<string, unknown>>;

/**
 * The targets of a write, from its input; undefined for a target that cannot be determined, which is denied.
 */
export function targetsOf(place: Place, operation: OperationName, input: Input): readonly (Resource | undefined)[] {
  const found = OPERATION_ACTIONS[operation].targets.flatMap((target) => resourcesOf(place, target, input));
  // An attribute without a target belongs to the cluster.
  return found.length > 0 ? found : [toResource(place, 'Cluster', clusterOf(input))];
}

/** The same, only for targets that the input names. */
export function namedTargetsOf(
  place: Place,
  operation: OperationName,
  input: Input,
): readonly (Resource | undefined)[] {
  return OPERATION_ACTIONS[operation].targets.flatMap(({ type, path }) =>
    path === undefined ? [] : resourcesOf(place, { type, path }, input),
  );
}

function resourcesOf(place: Place, { type, path, otherwise }: Target, input: Input): (Resource | undefined)[] {
  if (path === undefined) return type === 'Region' ? [regionResource(place)] : [];
  const values = valuesAt(input, path);
  const named = values.length === 0 && otherwise !== undefined ? [otherwise] : values;
  return named.map((value) => {
    const resourceType = type === 'Any' ? typeOfArn(value) : type;
    return (
      resourceType && toResource(place, resourceType, nameOf(resourceType, value, input), { cluster: clusterOf(input) })
    );
  });
}

/** The texts at a path of an input. */
export function valuesAt(value: unknown, [step, ...rest]: readonly string[]): string[] {
  if (Array.isArray(value))
    return value.flatMap((item: unknown) => valuesAt(item, step === undefined ? [] : [step, ...rest]));
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt((value as Input)[step], rest);
}

/** ECS identifies a task set by its id and its service. */
function nameOf(type: ResourceType, value: string, { service }: Input): string {
  if (type !== 'TaskSet' || looksLikeArn(value) || typeof service !== 'string') return value;
  return `${lastPart(service)}/${value}`;
}

function clusterOf({ cluster, clusterArn }: Input): string {
  const named = cluster ?? clusterArn;
  return typeof named === 'string' ? named : 'default';
}
