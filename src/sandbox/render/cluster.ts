import type { Cluster } from '@aws-sdk/client-ecs';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import { isPending } from '../store/task-statuses.ts';
import type { Wire } from '../util/wire-types.ts';

function countInstances(cluster: ClusterRecord): number {
  const counts = (instance: InstanceRecord): boolean => instance.status === 'ACTIVE' || instance.status === 'DRAINING';
  return [...cluster.instances.values()].filter(counts).length;
}

/** The counts of DescribeClusters STATISTICS: values are strings; tasks and services are split by where they run. */
function statistics(cluster: ClusterRecord): Wire<Cluster['statistics']> {
  const counts = {
    runningEC2TasksCount: 0,
    runningFargateTasksCount: 0,
    pendingEC2TasksCount: 0,
    pendingFargateTasksCount: 0,
    runningExternalTasksCount: 0,
    pendingExternalTasksCount: 0,
    activeEC2ServiceCount: 0,
    activeFargateServiceCount: 0,
    drainingEC2ServiceCount: 0,
    drainingFargateServiceCount: 0,
    activeExternalServiceCount: 0,
    drainingExternalServiceCount: 0,
  };
  for (const task of cluster.tasks.values()) {
    const where = task.launchType === 'FARGATE' ? 'Fargate' : task.launchType === 'EXTERNAL' ? 'External' : 'EC2';
    if (task.lastStatus === 'RUNNING') counts[`running${where}TasksCount`] += 1;
    else if (isPending(task)) counts[`pending${where}TasksCount`] += 1;
  }
  for (const service of cluster.services.values()) {
    const launchType = service.spec.launchType;
    const onFargate = service.spec.capacityProviderStrategy?.some((item) =>
      item.capacityProvider?.startsWith('FARGATE'),
    );
    const where =
      launchType === 'EXTERNAL' ? 'External' : launchType === 'FARGATE' || onFargate === true ? 'Fargate' : 'EC2';
    if (service.status === 'ACTIVE') counts[`active${where}ServiceCount`] += 1;
    if (service.status === 'DRAINING') counts[`draining${where}ServiceCount`] += 1;
  }
  return Object.entries(counts).map(([name, value]) => ({ name, value: String(value) }));
}

/** A cluster in wire format. Expensive and private members only if `include` asks for them. */
export function renderCluster(cluster: ClusterRecord, include: readonly string[]): Wire<Cluster> {
  const attached = include.includes('ATTACHMENTS') && cluster.attachmentsStatus !== undefined;
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: countInstances(cluster),
    runningTasksCount: cluster.runningTasks,
    pendingTasksCount: cluster.pendingTasks,
    activeServicesCount: [...cluster.services.values()].filter((service) => service.status === 'ACTIVE').length,
    statistics: include.includes('STATISTICS') ? statistics(cluster) : [],
    tags: include.includes('TAGS') ? cluster.tags : [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
    ...(include.includes('CONFIGURATIONS') && cluster.configuration !== undefined
      ? { configuration: cluster.configuration }
      : {}),
    ...(cluster.serviceConnectDefaults === undefined ? {} : { serviceConnectDefaults: cluster.serviceConnectDefaults }),
    ...(attached ? { attachments: cluster.attachments, attachmentsStatus: cluster.attachmentsStatus } : {}),
  };
}
