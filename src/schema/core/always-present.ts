import type { StructureName, Structures } from '../generated/types.ts';

type Shape = Readonly<Record<string, unknown>>;

/** The value of a field for which the answer has no member. EMPTY: the empty value of its type. */
export type Fill = typeof EMPTY | ((record: Shape) => unknown);

/** 0, false, an empty text or list, UNRECOGNIZED for an enum, an empty object, the beginning of 1970 for a moment. */
export const EMPTY: unique symbol = Symbol('empty');

type Present = {
  readonly [Name in StructureName]?: { readonly [Member in keyof Structures[Name]]?: Fill };
};

/**
 * Members that ECS always sends, although its model calls them optional: in 182 answers recorded from real accounts they are never
 * missing. Their fields are non-null. Where another implementation of ECS leaves one out, the field has the value given here.
 *
 * Not here, because a real answer may lack it: `Service.taskDefinition` (an EXTERNAL service before its first task set),
 * `Deployment.desiredCount`, and all that is null for a reason of its own.
 */
export const ALWAYS_PRESENT: Present = {
  Attribute: { name: EMPTY },
  Cluster: {
    activeServicesCount: EMPTY,
    attachments: EMPTY,
    clusterName: nameIn('clusterArn'),
    pendingTasksCount: EMPTY,
    registeredContainerInstancesCount: EMPTY,
    runningTasksCount: EMPTY,
    settings: EMPTY,
    statistics: EMPTY,
    status: EMPTY,
  },
  ClusterServiceConnectDefaults: { namespace: EMPTY },
  Container: { containerArn: EMPTY, lastStatus: EMPTY, name: EMPTY },
  ContainerDefinition: {
    environment: EMPTY,
    image: EMPTY,
    mountPoints: EMPTY,
    name: EMPTY,
    portMappings: EMPTY,
    volumesFrom: EMPTY,
  },
  ContainerInstance: {
    agentConnected: EMPTY,
    attachments: EMPTY,
    attributes: EMPTY,
    pendingTasksCount: EMPTY,
    registeredResources: EMPTY,
    remainingResources: EMPTY,
    runningTasksCount: EMPTY,
    status: EMPTY,
  },
  DaemonDeployment: { clusterArn: clusterIn('daemonDeploymentArn'), createdAt: EMPTY },
  DaemonDetail: { clusterArn: clusterIn('daemonArn'), createdAt: EMPTY },
  DaemonRevision: { clusterArn: clusterIn('daemonRevisionArn'), createdAt: EMPTY },
  DaemonTaskDefinition: {
    family: familyIn('daemonTaskDefinitionArn'),
    revision: revisionIn('daemonTaskDefinitionArn'),
  },
  Deployment: {
    createdAt: EMPTY,
    id: EMPTY,
    pendingCount: EMPTY,
    runningCount: EMPTY,
    status: EMPTY,
    taskDefinition: EMPTY,
    updatedAt: ({ createdAt }) => createdAt ?? new Date(0),
  },
  ECSExpressGatewayService: { createdAt: EMPTY, serviceName: nameIn('serviceArn') },
  Gateway: { createdAt: EMPTY },
  KeyValuePair: { name: EMPTY },
  Resource: { name: EMPTY },
  Service: {
    clusterArn: clusterIn('serviceArn'),
    createdAt: EMPTY,
    deployments: EMPTY,
    desiredCount: EMPTY,
    events: EMPTY,
    loadBalancers: EMPTY,
    pendingCount: EMPTY,
    runningCount: EMPTY,
    serviceName: nameIn('serviceArn'),
    status: EMPTY,
    taskSets: EMPTY,
  },
  ServiceDeployment: { clusterArn: clusterIn('serviceDeploymentArn'), createdAt: EMPTY, status: EMPTY },
  ServiceEvent: { createdAt: EMPTY, id: EMPTY, message: EMPTY },
  ServiceRevision: { clusterArn: clusterIn('serviceRevisionArn'), createdAt: EMPTY, loadBalancers: EMPTY },
  Tag: { key: EMPTY, value: EMPTY },
  Task: {
    attachments: EMPTY,
    attributes: EMPTY,
    clusterArn: clusterIn('taskArn'),
    containers: EMPTY,
    createdAt: EMPTY,
    desiredStatus: EMPTY,
    group: ({ taskDefinitionArn }) => `family:${familyOf(taskDefinitionArn)}`,
    lastStatus: EMPTY,
    taskDefinitionArn: EMPTY,
  },
  TaskDefinition: {
    containerDefinitions: EMPTY,
    family: familyIn('taskDefinitionArn'),
    revision: revisionIn('taskDefinitionArn'),
    status: EMPTY,
    volumes: EMPTY,
  },
  TaskSet: {
    clusterArn: clusterIn('taskSetArn'),
    createdAt: EMPTY,
    loadBalancers: EMPTY,
    pendingCount: EMPTY,
    runningCount: EMPTY,
  },
};

/** The name at the end of an ARN that another member holds. */
function nameIn(arnMember: string): Fill {
  return (record) => lastPart(record[arnMember]);
}

/** The ARN of the cluster that an ARN of the newer format names: `arn:...:task/main/0123` is in `arn:...:cluster/main`. */
function clusterIn(arnMember: string): Fill {
  return (record) => {
    const [, prefix, cluster] = /^(arn:[^/]*:)[a-z-]+\/([^/]+)\/./.exec(String(record[arnMember] ?? '')) ?? [];
    return cluster === undefined ? '' : `${prefix}cluster/${cluster}`;
  };
}

function familyIn(arnMember: string): Fill {
  return (record) => familyOf(record[arnMember]);
}

function revisionIn(arnMember: string): Fill {
  return (record) => Number(/:(\d+)$/.exec(lastPart(record[arnMember]))?.[1] ?? 0);
}

function familyOf(arn: unknown): string {
  return lastPart(arn).replace(/:\d+$/, '');
}

function lastPart(arn: unknown): string {
  return typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : '';
}
