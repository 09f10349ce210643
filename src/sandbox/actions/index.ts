import type { AnyAction } from '../dispatch.ts';
import * as cluster from './cluster.ts';

/** Every operation that the sandbox answers, by the name that AWS gives it. */
export const ACTIONS: Readonly<Record<string, AnyAction | undefined>> = {
  CreateCluster: cluster.createCluster,
  DeleteCluster: cluster.deleteCluster,
  DescribeClusters: cluster.describeClusters,
  ListClusters: cluster.listClusters,
  UpdateCluster: cluster.updateCluster,
  UpdateClusterSettings: cluster.updateClusterSettings,
};
