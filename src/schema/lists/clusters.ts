import { clusterNameOf, looksLikeArn } from '../../ecs/core/arn.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import { forbidden } from '../access/forbidden.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, tooManyClusters } from '../core/errors.ts';
import { checkedName } from '../graph/entity.ts';

/** The clusters that a list, a usage look-up or a feed covers. */
export interface WantedClusters {
  /** Sorted names without duplicates. */
  readonly names: readonly string[];
  /** False if the caller named none: then it covers all clusters, and one that is deleted meanwhile is omitted. */
  readonly isNamed: boolean;
  /** By name, for the ARNs that are known without a call. */
  readonly arns: ReadonlyMap<string, string>;
  /** When the list of all clusters was read, if it may be older than the request. */
  readonly asOf?: Date;
}

/**
 * The clusters that `clusters` names, or all that the caller may see. Without names it costs one ListClusters for each
 * 100 clusters.
 * @param options `isKept`: the list of all clusters may be up to half a minute old; for answers that say how old
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export async function wantedClusters(
  context: GraphContext,
  clusters: readonly string[] | null | undefined,
  { isKept = false }: { readonly isKept?: boolean } = {},
): Promise<WantedClusters> {
  if (clusters != null) {
    if (clusters.length === 0) throw badUserInput('clusters', 'is empty: name one, or leave it out for all clusters');
    return covering(
      clusters.map((text) => checkedName(context, 'clusters', 'cluster', text)),
      true,
    );
  }
  const { lists } = context.loaders;
  if (!isKept) return covering(await lists.read('ListClusters', {}), false);
  const { keys, at } = await lists.readKept('ListClusters', {});
  return { ...covering(keys, false), asOf: at };
}

/**
 * Like `wantedClusters`, for fields that read each cluster completely.
 * @throws {GraphQLError} BAD_USER_INPUT, or QUERY_TOO_EXPENSIVE if there are too many
 */
export async function fewClusters(
  context: GraphContext,
  clusters: readonly string[] | null | undefined,
  options?: { readonly isKept?: boolean },
): Promise<WantedClusters> {
  const wanted = await wantedClusters(context, clusters, options);
  checkFew(context, wanted);
  return wanted;
}

/** @throws {GraphQLError} QUERY_TOO_EXPENSIVE if there are too many clusters to be read completely */
export function checkFew({ services: { maxClusters } }: GraphContext, { names }: WantedClusters): void {
  if (maxClusters === 0 || names.length <= maxClusters) return;
  throw tooManyClusters(names.length, maxClusters, 'clusters');
}

/**
 * The clusters that the caller may read.
 * @throws {GraphQLError} FORBIDDEN if the caller named one that it may not read
 */
export async function readableClusters({ access }: GraphContext, wanted: WantedClusters): Promise<WantedClusters> {
  if (access === undefined || access.readsAll('Cluster')) return wanted;
  const decided = await Promise.all(
    wanted.names.map(async (name) => ({ name, decision: await access.byName('DescribeClusters', 'Cluster', name) })),
  );
  const denied = decided.find(({ decision }) => !decision.isAllowed);
  if (denied !== undefined && wanted.isNamed) throw forbidden('DescribeClusters', undefined, denied.decision);
  return { ...wanted, names: decided.flatMap(({ name, decision }) => (decision.isAllowed ? [name] : [])) };
}

/**
 * The result for each cluster, in the order of their names. A missing cluster is an error if the caller named it;
 * otherwise it is omitted.
 * @throws {EcsError} NOT_FOUND, naming the argument
 */
export async function fromClusters<T>(
  { names, isNamed }: WantedClusters,
  read: (cluster: string) => Promise<T>,
): Promise<readonly T[]> {
  const found = await Promise.all(names.map((name) => read(name).catch((error) => absent(error, name, isNamed))));
  return found.filter((one) => one !== undefined);
}

/** Undefined if a cluster that the caller did not name is gone; throws otherwise. */
function absent(error: unknown, cluster: string, isNamed: boolean): undefined {
  if (!(error instanceof EcsError) || error.code !== 'NOT_FOUND') throw error;
  if (isNamed) throw error.at('clusters', `cluster "${cluster}"`);
}

function covering(clusters: readonly string[], isNamed: boolean): WantedClusters {
  const names = [...new Set(clusters.map(clusterNameOf))].sort();
  return { names, isNamed, arns: new Map(clusters.filter(looksLikeArn).map((arn) => [clusterNameOf(arn), arn])) };
}
