import { GraphQLError } from 'graphql';
import { clusterNameOf, looksLikeArn } from '../../ecs/core/arn.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { checkedName } from '../graph/entity.ts';

/** The clusters that a list, a look-up of users or a feed covers. */
export interface WantedClusters {
  /** Names, sorted, each once. */
  readonly names: readonly string[];
  /** False where the caller named none: then they are all, and one that vanishes meanwhile is left out. */
  readonly isNamed: boolean;
  /** By name, as far as they are known without a call. */
  readonly arns: ReadonlyMap<string, string>;
}

/**
 * The clusters that `clusters` names, or all that the caller may see. Costs one ListClusters for each 100 where it names none.
 * @param options `isKept`: the list of all may have been read up to half a minute ago
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
  return covering(await (isKept ? lists.readKept('ListClusters', {}) : lists.read('ListClusters', {})), false);
}

/**
 * As `wantedClusters`, for what reads each of them whole.
 * @throws {GraphQLError} BAD_USER_INPUT, or QUERY_TOO_EXPENSIVE where they are too many
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

/** @throws {GraphQLError} QUERY_TOO_EXPENSIVE where the clusters are too many to be read whole */
export function checkFew({ services: { maxClusters } }: GraphContext, { names }: WantedClusters): void {
  if (maxClusters === 0 || names.length <= maxClusters) return;
  const problem = `This reads ${names.length} clusters; \`MAX_CLUSTERS\` allows ${maxClusters}. Name fewer by argument "clusters".`;
  throw new GraphQLError(problem, { extensions: { code: 'QUERY_TOO_EXPENSIVE', argument: 'clusters' } });
}

/**
 * What each cluster tells, in the order of their names. One that does not exist is an error where the caller named it, else it tells nothing.
 * @throws {EcsError} NOT_FOUND, naming the argument
 */
export async function fromClusters<T>(
  { names, isNamed }: WantedClusters,
  read: (cluster: string) => Promise<T>,
): Promise<readonly T[]> {
  const told = await Promise.all(names.map((name) => read(name).catch((error) => absent(error, name, isNamed))));
  return told.filter((one) => one !== undefined);
}

/** Undefined where a cluster that nobody named is gone; else throws. */
function absent(error: unknown, cluster: string, isNamed: boolean): undefined {
  if (!(error instanceof EcsError) || error.code !== 'NOT_FOUND') throw error;
  if (isNamed) throw error.at('clusters', `cluster "${cluster}"`);
}

function covering(clusters: readonly string[], isNamed: boolean): WantedClusters {
  const names = [...new Set(clusters.map(clusterNameOf))].sort();
  return { names, isNamed, arns: new Map(clusters.filter(looksLikeArn).map((arn) => [clusterNameOf(arn), arn])) };
}
