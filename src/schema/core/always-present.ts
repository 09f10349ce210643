import type { StructureName, Structures } from '../generated/types.ts';

type Shape = Readonly<Record<string, unknown>>;

/** The value of a field whose member is missing in the answer. EMPTY is the empty value of its type. */
export type Fill = typeof EMPTY | ((record: Shape) => unknown);

/** 0, false, an empty string or list, UNRECOGNIZED for an enum, an empty object, or the start of 1970 for a time. */
export const EMPTY: unique symbol = Symbol('empty');

type Present = {
  readonly [Name in StructureName]?: { readonly [Member in keyof Structures[Name]]?: Fill };
};

/**
 * Members that ECS always sends, although its model calls them optional: they are never missing in 182 answers recorded
 * from real accounts. Their fields are non-null. If another implementation of ECS omits one, the field has the value
 * given here.
 *
 * Not included, because a real answer may lack it: `Service.taskDefinition` (an EXTERNAL service before its first task
 * set), `Deployment.desiredCount`, and every member whose null has a meaning.
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

/** The name at the end of the ARN in another member. */
function nameIn(arnMember: string): Fill {
  return (record) => lastPart(record[arnMember]);
}

/** The ARN of the cluster in an ARN of the newer format: `arn:...:task/main/0123` is in `arn:...:cluster/main`. */
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
