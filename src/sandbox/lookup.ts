import { isArn, parseArn } from './arns.ts';
import { clusterNotFound, invalidParameter } from './errors.ts';
import type { ClusterRecord, World } from './state.ts';

export const DEFAULT_CLUSTER = 'default';

/** The name in a cluster's short name or ARN; a malformed ARN, or one of another Region, is refused. */
export function clusterNameOf(world: World, reference: string): string {
  if (!isArn(reference)) return reference;
  const arn = parseArn(reference);
  const [name] = arn?.path ?? [];
  if (arn === undefined || arn.type !== 'cluster' || name === undefined) {
    throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  }
  if (arn.region !== world.region) throw invalidParameter(`Invalid region. Expected ${world.region}.`);
  return name;
}

export function findCluster(world: World, reference: string | undefined): ClusterRecord | undefined {
  return world.clusters.get(clusterNameOf(world, reference ?? DEFAULT_CLUSTER));
}

/** The cluster that an operation names, or `default`; it must exist and must not have been deleted. */
export function requireCluster(world: World, reference: string | undefined): ClusterRecord {
  const cluster = findCluster(world, reference);
  if (cluster === undefined) throw clusterNotFound();
  if (cluster.status === 'INACTIVE') throw clusterNotFound('The referenced cluster was inactive.');
  return cluster;
}
