import { clusterNameOf } from '../../ecs/core/arn.ts';
import { clusterKey, instanceKey, serviceKey, taskKey } from '../../ecs/held/change-keys.ts';
import type { Wakes } from '../topic/topic-spec.ts';

interface InCluster {
  readonly clusterArn: string;
}

/** Changes of a service, its deployments and its tasks. */
export function wokenByService({ clusterArn, serviceName }: InCluster & { readonly serviceName: string }): Wakes {
  const cluster = clusterNameOf(clusterArn);
  return { keys: [serviceKey(cluster, serviceName)], sources: [cluster] };
}

export function wokenByTasks({ clusterArn, taskArns }: InCluster & { readonly taskArns: readonly string[] }): Wakes {
  return { keys: taskArns.map(taskKey), sources: [clusterNameOf(clusterArn)] };
}

/** Changes of container instances and of the tasks on them. */
export function wokenByInstances({
  clusterArn,
  containerInstanceArns,
}: InCluster & { readonly containerInstanceArns: readonly string[] }): Wakes {
  return { keys: containerInstanceArns.map(instanceKey), sources: [clusterNameOf(clusterArn)] };
}

/** A poll of a cluster describes all of its services. */
const CLUSTER_EVERY_MS = 2_000;

/** Any change in a cluster. */
export function wokenByCluster(clusterArn: string): Wakes {
  const cluster = clusterNameOf(clusterArn);
  return { keys: [clusterKey(cluster)], everyMs: CLUSTER_EVERY_MS, sources: [cluster] };
}
