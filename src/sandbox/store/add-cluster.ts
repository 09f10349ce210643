import type { ClusterRecord } from '../model/cluster-record.ts';
import { TaskIndex } from '../model/tasks/task-index.ts';
import type { World } from '../model/world.ts';
import { newRecord } from './new-record.ts';

/** The members that a creator chooses; all others are empty. */
type GivenCluster = Pick<ClusterRecord, 'arn' | 'name'> &
  Partial<
    Pick<
      ClusterRecord,
      | 'settings'
      | 'configuration'
      | 'serviceConnectDefaults'
      | 'capacityProviders'
      | 'defaultCapacityProviderStrategy'
      | 'tags'
    >
  >;

/** Adds an active cluster without services, instances and tasks. */
export function addCluster(world: World, given: GivenCluster): ClusterRecord {
  const cluster: ClusterRecord = {
    kind: 'cluster',
    ...newRecord(world),
    status: 'ACTIVE',
    settings: [],
    configuration: undefined,
    serviceConnectDefaults: undefined,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    attachments: [],
    attachmentsStatus: undefined,
    tags: [],
    ...given,
    services: new Map(),
    daemonServices: new Set(),
    tasks: new TaskIndex(),
    instances: new Map(),
    zones: new Map(),
    starved: new Set(),
    runningTasks: 0,
    pendingTasks: 0,
  };
  // A Map keeps the position of an existing key: a new cluster with an old name moves to the end.
  world.clusters.delete(cluster.name);
  world.clusters.set(cluster.name, cluster);
  return cluster;
}
