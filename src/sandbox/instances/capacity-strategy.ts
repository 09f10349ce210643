import type { CapacityProviderStrategyItem, LaunchType } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import type { World } from '../model/world.ts';
import { MANY_BASES, NO_WEIGHT } from '../rules/launch-rules.ts';
import { isArn, parseArn } from '../store/arns.ts';
import type { Wire } from '../util/wire-types.ts';

/** AWS's own two: every account has them; a cluster has them only if it asks for them. */
export const FARGATE_PROVIDERS: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];

/** The launch type of a capacity provider's tasks. */
export function launchTypeOf(world: World, provider: string | undefined): LaunchType {
  if (FARGATE_PROVIDERS.includes(provider ?? '')) return 'FARGATE';
  return world.capacityProviders.get(provider ?? '')?.type === 'MANAGED_INSTANCES' ? 'MANAGED_INSTANCES' : 'EC2';
}

type Strategy = Wire<CapacityProviderStrategyItem>[];

export function capacityProviderName(reference: string): string {
  if (!isArn(reference)) return reference;
  const arn = parseArn(reference);
  const [name] = arn?.path ?? [];
  if (arn?.type !== 'capacity-provider' || name === undefined) {
    throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  }
  return name;
}

/**
 * The short names of capacity providers that a cluster may use. Unknown ones are refused, and so are Managed Instances
 * of another cluster.
 */
export function checkCapacityProviders(world: World, cluster: string, references: readonly string[]): string[] {
  const names = references.map(capacityProviderName);
  for (const name of names) {
    const provider = world.capacityProviders.get(name);
    if (!FARGATE_PROVIDERS.includes(name) && provider?.status !== 'ACTIVE') {
      throw invalidParameter(
        'The specified capacity provider was not found. Specify a valid name or ARN and try again.',
      );
    }
    if ((provider?.cluster ?? cluster) !== cluster) {
      throw invalidParameter(`The capacity provider ${name} is available only in the cluster ${provider?.cluster}.`);
    }
  }
  return [...new Set(names)];
}

/** RunTask and CreateService also require that one of several providers has a weight. */
export function checkUsable(strategy: Strategy): Strategy {
  if (strategy.length < 2 || strategy.some(({ weight = 0 }) => weight > 0)) return strategy;
  throw invalidParameter(NO_WEIGHT);
}

/** A strategy may name only the cluster's providers, each once, never mixes Fargate with others, and has at most one base. */
export function checkStrategy(strategy: Strategy, available: readonly string[]): Strategy {
  const items = strategy.map((item) => ({
    capacityProvider: capacityProviderName(item.capacityProvider ?? ''),
    weight: item.weight ?? 0,
    base: item.base ?? 0,
  }));
  if (items.length > 20) throw invalidParameter('A capacity provider strategy can contain at most 20 items.');
  for (const { capacityProvider } of items) {
    if (!available.includes(capacityProvider)) {
      throw invalidParameter(
        `The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.`,
      );
    }
  }
  const onFargate = items.filter((item) => FARGATE_PROVIDERS.includes(item.capacityProvider)).length;
  if (onFargate > 0 && onFargate < items.length) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot mix Fargate capacity providers with Auto Scaling group capacity providers.',
    );
  }
  if (new Set(items.map((item) => item.capacityProvider)).size < items.length) {
    throw invalidParameter('The specified capacity provider strategy contains a capacity provider more than once.');
  }
  if (items.filter((item) => item.base > 0).length > 1) {
    throw invalidParameter(MANY_BASES);
  }
  return items;
}

/**
 * The provider of the next task, given the counts: first the base, then the provider furthest behind its share of the
 * weights.
 */
export function nextProvider(strategy: Readonly<Strategy>, counts: ReadonlyMap<string, number>): string | undefined {
  const [first, ...others] = strategy;
  // A single provider takes all tasks, whatever its weight.
  if (others.length === 0) return first?.capacityProvider;
  const count = (item: Strategy[number]): number => counts.get(item.capacityProvider ?? '') ?? 0;
  const short = strategy.find((item) => count(item) < (item.base ?? 0));
  if (short !== undefined) return short.capacityProvider;
  let best: { provider: string | undefined; load: number } | undefined;
  for (const item of strategy) {
    const weight = item.weight ?? 0;
    if (weight === 0) continue;
    const load = (count(item) - (item.base ?? 0) + 1) / weight;
    if (best === undefined || load < best.load) best = { provider: item.capacityProvider, load };
  }
  return best?.provider;
}
