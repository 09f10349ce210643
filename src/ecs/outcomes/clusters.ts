import type { Cluster, ClusterField } from '@aws-sdk/client-ecs';
import { type Evidence, field, includesAll, matches, type WriteCheck } from './check.ts';

const INCLUDE: ClusterField[] = ['CONFIGURATIONS', 'SETTINGS', 'TAGS'];

const showCluster = (cluster: string | undefined) =>
  field('cluster', { cluster }, 'status settings { name value } capacityProviders { name }');

async function readCluster(evidence: Evidence, cluster = 'default'): Promise<Cluster | undefined> {
  const { clusters } = await evidence.read('DescribeClusters', { clusters: [cluster], include: INCLUDE });
  return clusters?.[0];
}

/** A cluster that has the settings and tags of the input. It may have others too. */
function withSettings(
  cluster: Cluster | undefined,
  { settings, tags, ...wanted }: Pick<Cluster, 'settings' | 'tags'> & object,
) {
  const isSet =
    cluster?.status === 'ACTIVE' &&
    includesAll(cluster.settings, settings) &&
    includesAll(cluster.tags, tags) &&
    matches(cluster, wanted);
  return isSet ? { cluster } : undefined;
}

export const createCluster: WriteCheck<'CreateCluster'> = {
  check: ({ clusterName }) => showCluster(clusterName),
  find: async (evidence, input) => withSettings(await readCluster(evidence, input.clusterName), input),
};

export const updateCluster: WriteCheck<'UpdateCluster'> = {
  check: ({ cluster }) => showCluster(cluster),
  find: async (evidence, { cluster, ...wanted }) => withSettings(await readCluster(evidence, cluster), wanted),
};

export const updateClusterSettings: WriteCheck<'UpdateClusterSettings'> = {
  check: ({ cluster }) => showCluster(cluster),
  find: async (evidence, { cluster, ...wanted }) => withSettings(await readCluster(evidence, cluster), wanted),
};

export const putClusterCapacityProviders: WriteCheck<'PutClusterCapacityProviders'> = {
  check: ({ cluster }) => showCluster(cluster),
  find: async (evidence, { cluster, ...wanted }) => withSettings(await readCluster(evidence, cluster), wanted),
};

export const deleteCluster: WriteCheck<'DeleteCluster'> = {
  check: ({ cluster }) => showCluster(cluster),
  async find(evidence, input) {
    const cluster = await readCluster(evidence, input.cluster);
    return cluster?.status === 'INACTIVE' || cluster?.status === 'DEPROVISIONING' ? { cluster } : undefined;
  },
};
