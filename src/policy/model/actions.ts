import type { OperationName } from '../../ecs/core/operations.ts';

/** Groups of actions, as policies name them. */
export const GROUPS = ['read', 'operate', 'deploy', 'admin', 'agent', 'exec', 'secrets'] as const;
export type Group = (typeof GROUPS)[number];

/** Types of resources, as policies name them. */
export const RESOURCE_TYPES = [
  'Account',
  'Region',
  'Cluster',
  'Service',
  'Task',
  'ContainerInstance',
  'TaskSet',
  'ServiceDeployment',
  'ServiceRevision',
  'Family',
  'TaskDefinition',
  'CapacityProvider',
  'Daemon',
  'DaemonDeployment',
  'DaemonRevision',
  'DaemonTaskDefinition',
  'Gateway',
  'GatewayRoute',
] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** A member of an operation's input that names a resource of the operation. With `Any`, the ARN determines the type. */
export interface Target {
  readonly type: ResourceType | 'Any';
  /** Its path in the input. Each item of a list is a target. Absent: the Region itself. */
  readonly path?: readonly string[];
  /** The value of a target that the caller may omit. */
  readonly otherwise?: string;
}

export interface ActionInfo {
  readonly group: Group;
  /** The resources of a decision; all of them must be allowed. For reads: the resources that the operation returns. */
  readonly targets: readonly Target[];
}

const region: Target = { type: 'Region' };
const cluster: Target = { type: 'Cluster', path: ['cluster'], otherwise: 'default' };
const clusterArn: Target = { type: 'Cluster', path: ['clusterArn'], otherwise: 'default' };
const service: Target = { type: 'Service', path: ['service'] };
const one = (type: Target['type'], ...path: string[]): Target => ({ type, path });

const read = (...targets: Target[]): ActionInfo => ({ group: 'read', targets });
const operate = (...targets: Target[]): ActionInfo => ({ group: 'operate', targets });
const deploy = (...targets: Target[]): ActionInfo => ({ group: 'deploy', targets });
const admin = (...targets: Target[]): ActionInfo => ({ group: 'admin', targets });
const agent = (...targets: Target[]): ActionInfo => ({ group: 'agent', targets });

const attributeTargets = one('ContainerInstance', 'attributes', 'targetId');

/**
 * Every operation of ECS with its group and the resources of its decision. A create is decided on its parent. The type turns an operation
 * that AWS adds into a compilation error until it has a row here.
 */
export const OPERATION_ACTIONS: Readonly<Record<OperationName, ActionInfo>> = {
  AssociateGatewayWithCluster: admin(one('Gateway', 'gateway'), cluster),
  ContinueServiceDeployment: operate(one('ServiceDeployment', 'serviceDeploymentArn')),
  CreateCapacityProvider: admin(region),
  CreateCluster: admin(region),
  CreateDaemon: deploy(clusterArn),
  CreateExpressGatewayService: deploy(cluster),
  CreateGateway: admin(region),
  CreateService: deploy(cluster),
  CreateTaskSet: deploy(service),
  DeleteAccountSetting: admin(region),
  DeleteAttributes: admin(attributeTargets),
  DeleteCapacityProvider: admin(one('CapacityProvider', 'capacityProvider')),
  DeleteCluster: admin(cluster),
  DeleteDaemon: deploy(one('Daemon', 'daemonArn')),
  DeleteDaemonTaskDefinition: deploy(one('DaemonTaskDefinition', 'daemonTaskDefinition')),
  DeleteExpressGatewayService: deploy(one('Service', 'serviceArn')),
  DeleteGateway: admin(one('Gateway', 'gateway')),
  DeleteService: deploy(service),
  DeleteTaskDefinitions: deploy(one('TaskDefinition', 'taskDefinitions')),
  DeleteTaskSet: deploy(one('TaskSet', 'taskSet')),
  DeregisterContainerInstance: admin(one('ContainerInstance', 'containerInstance')),
  DeregisterTaskDefinition: deploy(one('TaskDefinition', 'taskDefinition')),
  DescribeCapacityProviders: read(one('CapacityProvider')),
  DescribeClusters: read(one('Cluster')),
  DescribeContainerInstances: read(one('ContainerInstance')),
  DescribeDaemon: read(one('Daemon')),
  DescribeDaemonDeployments: read(one('DaemonDeployment')),
  DescribeDaemonRevisions: read(one('DaemonRevision')),
  DescribeDaemonTaskDefinition: read(one('DaemonTaskDefinition')),
  DescribeExpressGatewayService: read(one('Service')),
  DescribeGateway: read(one('Gateway')),
  DescribeGatewayResources: read(one('Gateway')),
  DescribeGatewayRoute: read(one('GatewayRoute')),
  DescribeServiceDeployments: read(one('ServiceDeployment')),
  DescribeServiceRevisions: read(one('ServiceRevision')),
  DescribeServices: read(one('Service')),
  DescribeTaskDefinition: read(one('TaskDefinition')),
  DescribeTaskSets: read(one('TaskSet')),
  DescribeTasks: read(one('Task')),
  DisassociateGatewayFromCluster: admin(one('Gateway', 'gateway'), cluster),
  DiscoverPollEndpoint: agent(cluster),
  ExecuteCommand: { group: 'exec', targets: [one('Task', 'task')] },
  GetTaskProtection: read(one('Task')),
  ListAccountSettings: read(region),
  ListAttributes: read(one('Cluster')),
  ListClusters: read(region),
  ListContainerInstances: read(one('Cluster')),
  ListDaemonDeployments: read(one('Daemon')),
  ListDaemonTaskDefinitions: read(region),
  ListDaemons: read(one('Cluster')),
  ListGatewayClusterAssociations: read(one('Gateway'), one('Cluster'), region),
  ListGatewayRoutes: read(one('Gateway'), one('Cluster'), one('Service'), region),
  ListGateways: read(region),
  ListServiceDeployments: read(one('Service')),
  ListServices: read(one('Cluster')),
  ListServicesByNamespace: read(region),
  ListTagsForResource: read(...RESOURCE_TYPES.map((type) => one(type))),
  ListTaskDefinitionFamilies: read(region),
  ListTaskDefinitions: read(region, one('Family')),
  ListTasks: read(one('Cluster')),
  PutAccountSetting: admin(region),
  PutAccountSettingDefault: admin(region),
  PutAttributes: admin(attributeTargets),
  PutClusterCapacityProviders: admin(cluster),
  RegisterContainerInstance: agent(cluster),
  RegisterDaemonTaskDefinition: deploy(region),
  RegisterTaskDefinition: deploy(one('Family', 'family')),
  RunTask: deploy(cluster),
  StartTask: deploy(cluster),
  StopServiceDeployment: operate(one('ServiceDeployment', 'serviceDeploymentArn')),
  StopTask: operate(one('Task', 'task')),
  SubmitAttachmentStateChanges: agent(cluster),
  SubmitContainerStateChange: agent(cluster),
  SubmitTaskStateChange: agent(cluster),
  TagResource: admin(one('Any', 'resourceArn')),
  UntagResource: admin(one('Any', 'resourceArn')),
  UpdateCapacityProvider: admin(one('CapacityProvider', 'name')),
  UpdateCluster: admin(cluster),
  UpdateClusterSettings: admin(cluster),
  UpdateContainerAgent: admin(one('ContainerInstance', 'containerInstance')),
  UpdateContainerInstancesState: operate(one('ContainerInstance', 'containerInstances')),
  UpdateDaemon: deploy(one('Daemon', 'daemonArn')),
  UpdateExpressGatewayService: deploy(one('Service', 'serviceArn')),
  UpdateGateway: admin(one('Gateway', 'gateway')),
  UpdateService: deploy(service),
  UpdateServicePrimaryTaskSet: deploy(service),
  UpdateTaskProtection: operate(one('Task', 'tasks')),
  UpdateTaskSet: deploy(one('TaskSet', 'taskSet')),
};

/** Actions of the gateway itself. */
export const OWN_ACTIONS = {
  /** Reading secret values of a resource, such as environment variables. */
  ReadSecrets: { group: 'secrets', targets: RESOURCE_TYPES.map((type) => one(type)) },
  /** More than `MAX_DESTRUCTIVE_FIELDS` destructive writes in one request. */
  DestroySeveral: { group: 'admin', targets: [region] },
  /** `/metrics` and `Query.rateBudget`. */
  ReadMetrics: { group: 'read', targets: [region] },
} as const satisfies Record<string, ActionInfo>;

export type ActionName = OperationName | keyof typeof OWN_ACTIONS;

export const ACTIONS: Readonly<Record<ActionName, ActionInfo>> = { ...OPERATION_ACTIONS, ...OWN_ACTIONS };
export const ACTION_NAMES = Object.keys(ACTIONS).sort() as ActionName[];

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}

/** Whether a write ends something that exists or runs. */
export function isDestructive(operation: OperationName): boolean {
  return /^(Delete|Deregister|Disassociate|Stop)/.test(operation);
}

/** Whether an action changes anything. */
export function isWrite(action: ActionName): boolean {
  return !['read', 'secrets'].includes(ACTIONS[action].group) && action !== 'DiscoverPollEndpoint';
}

/** The writes that are decided on a resource of one type, including those that create something in it. */
export function writesOn(type: ResourceType): readonly ActionName[] {
  return ACTION_NAMES.filter(
    (name) => isWrite(name) && ACTIONS[name].targets.some((target) => target.type === type || target.type === 'Any'),
  );
}
