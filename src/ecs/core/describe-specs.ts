import type * as sdk from '@aws-sdk/client-ecs';
import { clusterArnBeside, clusterNameOf, lastPart, parseArn } from './arn.ts';
import type { Input, OperationName, Output } from './operations.ts';

/** The kinds that ECS can describe by name or ARN, and the shape that is kept of each (the SDK's own, completed). */
export interface EntityShapes {
  Cluster: sdk.Cluster;
  Service: sdk.Service;
  Task: sdk.Task;
  ContainerInstance: sdk.ContainerInstance & { clusterArn?: string | undefined };
  TaskDefinition: sdk.TaskDefinition & { tags?: sdk.Tag[] | undefined };
  CapacityProvider: sdk.CapacityProvider;
  ServiceDeployment: sdk.ServiceDeployment;
  ServiceRevision: sdk.ServiceRevision;
  TaskSet: sdk.TaskSet;
  Daemon: sdk.DaemonDetail;
  DaemonDeployment: sdk.DaemonDeployment;
  DaemonRevision: sdk.DaemonRevision;
  DaemonTaskDefinition: sdk.DaemonTaskDefinition;
  ExpressGatewayService: sdk.ECSExpressGatewayService;
  Gateway: sdk.Gateway;
  GatewayRoute: sdk.GatewayRoute;
}

export type EntityKind = keyof EntityShapes;

/** How a kind is described: the operation, its batch size, and the places of the items in its input and output. */
export interface DescribeSpec<Kind extends EntityKind, Op extends OperationName> {
  readonly operation: Op;
  /** Most ids in one call. */
  readonly batch: number;
  /** `home`: the cluster in which ECS looks for the ids, as `homeOf` returns it; undefined for kinds that need none. */
  readonly input: (ids: string[], home: string | undefined, include: string[]) => Input<Op>;
  readonly items: (output: Output<Op>, home: string | undefined) => readonly EntityShapes[Kind][];
  readonly arnOf: (item: EntityShapes[Kind]) => string | undefined;
  /** Other texts that identify the item (a name, an id). Its ARN always does. */
  readonly namesOf?: (item: EntityShapes[Kind]) => readonly (string | undefined)[];
  /** Members that ECS sends only on request, with the include to request. */
  readonly includes: Readonly<Record<string, string>>;
  /** Members that are large and seldom read. They are dropped if no reader needs them. */
  readonly heavy?: readonly string[];
}

/**
 * The cluster in which ECS looks for a resource of this kind; for a task set, `cluster/service`.
 * @param cluster of a resource whose (old) ARN or id does not contain it
 */
export function homeOf(kind: EntityKind, arnOrId: string, cluster?: string): string | undefined {
  switch (kind) {
    case 'Service':
    case 'Task':
    case 'ContainerInstance':
      return cluster === undefined ? parseArn(arnOrId)?.cluster : clusterNameOf(cluster);
    case 'TaskSet': {
      const arn = parseArn(arnOrId);
      return arn?.cluster && `${arn.cluster}/${arn.name.split('/')[0]}`;
    }
    default:
      return undefined;
  }
}

/** A family alone, or an ARN without a revision, means the latest ACTIVE revision, which is the one returned. */
function revisionNames(family = '', revision: number | undefined, arn: string | undefined) {
  return [`${family}:${revision}`, family, arn?.replace(/:\d+$/, '')];
}

/** Whether a name of a task definition means the latest ACTIVE revision. */
export function meansLatest(name: string): boolean {
  return !/:\d+$/.test(name);
}

function spec<Kind extends EntityKind, Op extends OperationName>(
  _kind: Kind,
  describe: DescribeSpec<Kind, Op>,
): DescribeSpec<Kind, Op> {
  return describe;
}

/** How ECS describes each kind. Batch sizes: ECS API reference, each Describe operation. */
export const KINDS = {
  Cluster: spec('Cluster', {
    operation: 'DescribeClusters',
    batch: 100,
    input: (clusters, _cluster, include) => ({ clusters, include: include as sdk.ClusterField[] }),
    items: (output) => output.clusters ?? [],
    arnOf: (item) => item.clusterArn,
    namesOf: (item) => [item.clusterName],
    includes: {
      tags: 'TAGS',
      statistics: 'STATISTICS',
      settings: 'SETTINGS',
      configuration: 'CONFIGURATIONS',
      attachments: 'ATTACHMENTS',
      attachmentsStatus: 'ATTACHMENTS',
    },
  }),
  Service: spec('Service', {
    operation: 'DescribeServices',
    batch: 10,
    input: (services, cluster, include) => ({ cluster, services, include: include as sdk.ServiceField[] }),
    items: (output) => output.services ?? [],
    arnOf: (item) => item.serviceArn,
    namesOf: (item) => [item.serviceName],
    includes: { tags: 'TAGS' },
    heavy: ['events'],
  }),
  Task: spec('Task', {
    operation: 'DescribeTasks',
    batch: 100,
    input: (tasks, cluster, include) => ({ cluster, tasks, include: include as sdk.TaskField[] }),
    items: (output) => output.tasks ?? [],
    arnOf: (item) => item.taskArn,
    namesOf: (item) => [lastPart(item.taskArn)],
    includes: { tags: 'TAGS' },
    heavy: ['attachments', 'attributes', 'containers', 'inferenceAccelerators', 'overrides'],
  }),
  ContainerInstance: spec('ContainerInstance', {
    operation: 'DescribeContainerInstances',
    batch: 100,
    input: (containerInstances, cluster, include) => ({
      cluster,
      containerInstances,
      include: include as sdk.ContainerInstanceField[],
    }),
    items: (output, cluster) => (output.containerInstances ?? []).map((item) => inCluster(item, cluster)),
    arnOf: (item) => item.containerInstanceArn,
    namesOf: (item) => [lastPart(item.containerInstanceArn)],
    includes: { tags: 'TAGS', healthStatus: 'CONTAINER_INSTANCE_HEALTH' },
    heavy: ['attachments', 'attributes', 'registeredResources', 'remainingResources'],
  }),
  TaskDefinition: spec('TaskDefinition', {
    operation: 'DescribeTaskDefinition',
    batch: 1,
    input: ([taskDefinition], _cluster, include) => ({
      taskDefinition,
      include: include as sdk.TaskDefinitionField[],
    }),
    items: (output) => (output.taskDefinition ? [{ ...output.taskDefinition, tags: output.tags }] : []),
    arnOf: (item) => item.taskDefinitionArn,
    namesOf: ({ family, revision, taskDefinitionArn }) => revisionNames(family, revision, taskDefinitionArn),
    includes: { tags: 'TAGS' },
  }),
  CapacityProvider: spec('CapacityProvider', {
    operation: 'DescribeCapacityProviders',
    batch: 10,
    input: (capacityProviders, cluster, include) => ({
      capacityProviders,
      include: include as sdk.CapacityProviderField[],
      ...(cluster === undefined ? {} : { cluster }),
    }),
    items: (output) => output.capacityProviders ?? [],
    arnOf: (item) => item.capacityProviderArn,
    namesOf: (item) => [item.name],
    includes: { tags: 'TAGS' },
  }),
  ServiceDeployment: spec('ServiceDeployment', {
    operation: 'DescribeServiceDeployments',
    batch: 20,
    input: (serviceDeploymentArns) => ({ serviceDeploymentArns }),
    items: (output) => output.serviceDeployments ?? [],
    arnOf: (item) => item.serviceDeploymentArn,
    includes: {},
  }),
  ServiceRevision: spec('ServiceRevision', {
    operation: 'DescribeServiceRevisions',
    batch: 20,
    input: (serviceRevisionArns) => ({ serviceRevisionArns }),
    items: (output) => output.serviceRevisions ?? [],
    arnOf: (item) => item.serviceRevisionArn,
    includes: {},
  }),
  TaskSet: spec('TaskSet', {
    operation: 'DescribeTaskSets',
    batch: 100,
    input: (taskSets, home = '', include) => {
      const [cluster, service] = home.split('/');
      return { cluster, service, taskSets, include: include as sdk.TaskSetField[] };
    },
    items: (output) => output.taskSets ?? [],
    arnOf: (item) => item.taskSetArn,
    namesOf: (item) => [item.id],
    includes: { tags: 'TAGS' },
  }),
  Daemon: spec('Daemon', {
    operation: 'DescribeDaemon',
    batch: 1,
    input: ([daemonArn]) => ({ daemonArn }),
    items: ({ daemon }) => (daemon ? [daemon] : []),
    arnOf: (item) => item.daemonArn,
    includes: {},
  }),
  DaemonDeployment: spec('DaemonDeployment', {
    operation: 'DescribeDaemonDeployments',
    batch: 20,
    input: (daemonDeploymentArns) => ({ daemonDeploymentArns }),
    items: (output) => output.daemonDeployments ?? [],
    arnOf: (item) => item.daemonDeploymentArn,
    includes: {},
  }),
  DaemonRevision: spec('DaemonRevision', {
    operation: 'DescribeDaemonRevisions',
    batch: 20,
    input: (daemonRevisionArns) => ({ daemonRevisionArns }),
    items: (output) => output.daemonRevisions ?? [],
    arnOf: (item) => item.daemonRevisionArn,
    includes: {},
  }),
  DaemonTaskDefinition: spec('DaemonTaskDefinition', {
    operation: 'DescribeDaemonTaskDefinition',
    batch: 1,
    input: ([daemonTaskDefinition]) => ({ daemonTaskDefinition }),
    items: ({ daemonTaskDefinition }) => (daemonTaskDefinition ? [daemonTaskDefinition] : []),
    arnOf: (item) => item.daemonTaskDefinitionArn,
    namesOf: ({ family, revision, daemonTaskDefinitionArn }) =>
      revisionNames(family, revision, daemonTaskDefinitionArn),
    includes: {},
  }),
  ExpressGatewayService: spec('ExpressGatewayService', {
    operation: 'DescribeExpressGatewayService',
    batch: 1,
    input: ([serviceArn], _home, include) => ({
      serviceArn,
      include: include as sdk.ExpressGatewayServiceInclude[],
    }),
    items: ({ service }) => (service ? [service] : []),
    arnOf: (item) => item.serviceArn,
    includes: { tags: 'TAGS' },
  }),
  Gateway: spec('Gateway', {
    operation: 'DescribeGateway',
    batch: 1,
    input: ([gateway]) => ({ gateway }),
    items: ({ gateway }) => (gateway ? [gateway] : []),
    arnOf: (item) => item.gatewayArn,
    namesOf: (item) => [item.name],
    includes: {},
  }),
  GatewayRoute: spec('GatewayRoute', {
    operation: 'DescribeGatewayRoute',
    batch: 1,
    input: ([gatewayRouteArn]) => ({ gatewayRouteArn }),
    items: ({ gatewayRoute }) => (gatewayRoute ? [gatewayRoute] : []),
    arnOf: (item) => item.gatewayRouteArn,
    includes: {},
  }),
} as const;

/**
 * ECS does not return the cluster of a container instance, and old ARNs do not contain it. It is the cluster of the
 * call.
 */
export function inCluster(item: sdk.ContainerInstance, cluster = 'default'): EntityShapes['ContainerInstance'] {
  const arn = parseArn(item.containerInstanceArn ?? '');
  if (parseArn(cluster) !== undefined) return { ...item, clusterArn: cluster };
  return arn === undefined ? item : { ...item, clusterArn: clusterArnBeside(arn, arn.cluster ?? cluster) };
}

/** The ARN of an item; undefined if ECS omitted it. */
export function arnOf<Kind extends EntityKind>(kind: Kind, item: EntityShapes[Kind]): string | undefined {
  return (KINDS[kind].arnOf as (item: EntityShapes[Kind]) => string | undefined)(item);
}

/** The includes to request for these members of the kind. */
export function includesFor(kind: EntityKind, members: Iterable<string>): string[] {
  const includes: Readonly<Record<string, string>> = KINDS[kind].includes;
  const wanted = new Set<string>();
  for (const member of members) if (includes[member] !== undefined) wanted.add(includes[member]);
  return [...wanted].sort();
}

/** The heavy members of a kind that are not among these, sorted. */
export function heavyBeside(kind: EntityKind, read: ReadonlySet<string>): string[] {
  const { heavy = [] }: { readonly heavy?: readonly string[] } = KINDS[kind];
  return heavy.filter((member) => !read.has(member));
}
