import type * as sdk from '@aws-sdk/client-ecs';
import { clusterArnBeside, parseArn } from '../core/arn.ts';
import { type EntityKind, type EntityShapes, KINDS } from '../core/describe-specs.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { Written } from './staleness.ts';

interface Tell<Op extends OperationName> {
  readonly kind: EntityKind;
  readonly how: Written<EntityKind>['how'];
  readonly items: (output: Output<Op>, input: Input<Op>) => readonly (object | undefined)[];
}

const tell = <Op extends OperationName>(
  kind: EntityKind,
  how: Written<EntityKind>['how'],
  items: Tell<Op>['items'],
): Tell<Op> => ({ kind, how, items });

const cluster = (output: { cluster?: object | undefined }) => [output.cluster];
const service = (output: { service?: object | undefined }) => [output.service];
const tasks = (output: { tasks?: object[] | undefined }) => output.tasks ?? [];
const taskSet = (output: { taskSet?: object | undefined }) => [output.taskSet];
const capacityProvider = (output: { capacityProvider?: object | undefined }) => [output.capacityProvider];
const instance = (output: { containerInstance?: object | undefined }, input: { cluster?: string | undefined }) =>
  inCluster([output.containerInstance], input);

/** What a write began that takes its time, if the answer names it. How far it is by now, only ECS can tell. */
const begun = {
  serviceDeployment: tell<'CreateService' | 'UpdateService'>('ServiceDeployment', 'created', ({ service }) => {
    const { currentServiceDeployment: serviceDeploymentArn, serviceArn, clusterArn } = service ?? {};
    return [serviceDeploymentArn && { serviceDeploymentArn, serviceArn, clusterArn, status: 'PENDING' }].filter(
      isThing,
    );
  }),
  daemonDeployment: tell<'CreateDaemon' | 'UpdateDaemon' | 'DeleteDaemon'>(
    'DaemonDeployment',
    'created',
    ({ daemonArn, deploymentArn: daemonDeploymentArn }) => {
      const { clusterArn } = placed({ daemonArn });
      return [daemonDeploymentArn && { daemonDeploymentArn, clusterArn, status: 'PENDING' }].filter(isThing);
    },
  ),
};

/** An Express service is an ordinary service too, of which the answer tells little. */
const expressAsService = (how: Written<EntityKind>['how'], status: string) =>
  tell<'CreateExpressGatewayService' | 'DeleteExpressGatewayService'>('Service', how, ({ service }) => {
    const { serviceArn = '', serviceName, tags } = service ?? {};
    const arn = parseArn(serviceArn);
    const clusterArn = arn?.cluster === undefined ? undefined : clusterArnBeside(arn, arn.cluster);
    if (service === undefined) return [];
    return [{ serviceArn, serviceName, clusterArn, status, resourceManagementType: 'ECS', tags } satisfies sdk.Service];
  });

/** A revision as its registration names it: the answer holds its ARN alone, the input everything else. */
function daemonTaskDefinition(
  { daemonTaskDefinitionArn }: { readonly daemonTaskDefinitionArn?: string | undefined },
  status: sdk.DaemonTaskDefinition['status'],
  { family: _family, ...rest }: Partial<Input<'RegisterDaemonTaskDefinition'>> = {},
): sdk.DaemonTaskDefinition {
  const [family, revision] = parseArn(daemonTaskDefinitionArn ?? '')?.name.split(':') ?? [];
  const { containerDefinitions, cpu, memory, volumes, taskRoleArn, executionRoleArn } = rest;
  const content = { containerDefinitions, cpu, memory, volumes, taskRoleArn, executionRoleArn };
  return {
    daemonTaskDefinitionArn,
    family,
    revision: Number(revision),
    status,
    ...(Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)) as typeof content),
  };
}

/** What the answer tells of a gateway, with what the input set as Describe will show it. */
function gateway(
  { gatewayArn, name, status }: Pick<sdk.Gateway, 'gatewayArn' | 'name' | 'status'>,
  input: Partial<Input<'UpdateGateway'>> = {},
): sdk.Gateway {
  const { infrastructureRoleArn, deletionProtection, propagateTags } = input;
  const set = Object.entries({ infrastructureRoleArn, deletionProtection, propagateTags });
  return { gatewayArn, name, status, ...Object.fromEntries(set.filter(([, value]) => value !== undefined)) };
}

/** Writes whose answer tells how things stand after them. */
const TOLD: { readonly [Op in OperationName]?: readonly Tell<Op>[] } = {
  CreateCluster: [tell('Cluster', 'created', cluster)],
  UpdateCluster: [tell('Cluster', 'changed', cluster)],
  UpdateClusterSettings: [tell('Cluster', 'changed', cluster)],
  PutClusterCapacityProviders: [tell('Cluster', 'changed', cluster)],
  DeleteCluster: [tell('Cluster', 'deleted', cluster)],
  CreateService: [tell('Service', 'created', service), begun.serviceDeployment],
  UpdateService: [tell('Service', 'changed', service), begun.serviceDeployment],
  DeleteService: [tell('Service', 'deleted', service)],
  CreateTaskSet: [tell('TaskSet', 'created', taskSet)],
  UpdateTaskSet: [tell('TaskSet', 'changed', taskSet)],
  UpdateServicePrimaryTaskSet: [tell('TaskSet', 'changed', taskSet)],
  DeleteTaskSet: [tell('TaskSet', 'deleted', taskSet)],
  RunTask: [tell('Task', 'created', tasks)],
  StartTask: [tell('Task', 'created', tasks)],
  StopTask: [tell('Task', 'changed', ({ task }) => [task])],
  RegisterContainerInstance: [tell('ContainerInstance', 'created', instance)],
  UpdateContainerAgent: [tell('ContainerInstance', 'changed', instance)],
  UpdateContainerInstancesState: [
    tell('ContainerInstance', 'changed', ({ containerInstances }, input) => inCluster(containerInstances ?? [], input)),
  ],
  DeregisterContainerInstance: [tell('ContainerInstance', 'deleted', instance)],
  RegisterTaskDefinition: [
    tell('TaskDefinition', 'created', ({ taskDefinition, tags }) => [taskDefinition && { ...taskDefinition, tags }]),
  ],
  DeregisterTaskDefinition: [tell('TaskDefinition', 'changed', ({ taskDefinition }) => [taskDefinition])],
  DeleteTaskDefinitions: [tell('TaskDefinition', 'changed', ({ taskDefinitions = [] }) => taskDefinitions)],
  CreateCapacityProvider: [tell('CapacityProvider', 'created', capacityProvider)],
  UpdateCapacityProvider: [tell('CapacityProvider', 'changed', capacityProvider)],
  DeleteCapacityProvider: [tell('CapacityProvider', 'deleted', capacityProvider)],
  CreateExpressGatewayService: [
    tell('ExpressGatewayService', 'created', service),
    expressAsService('created', 'ACTIVE'),
  ],
  UpdateExpressGatewayService: [
    tell('ExpressGatewayService', 'changed', ({ service }) => {
      // The answer holds the target of the change beside the service. Only a later description shows the service itself.
      const { targetConfiguration: _target, ...told } = service ?? {};
      return [service && told];
    }),
  ],
  DeleteExpressGatewayService: [
    tell('ExpressGatewayService', 'deleted', service),
    expressAsService('deleted', 'DRAINING'),
  ],
  RegisterDaemonTaskDefinition: [
    tell('DaemonTaskDefinition', 'created', (output, input) => [daemonTaskDefinition(output, 'ACTIVE', input)]),
  ],
  DeleteDaemonTaskDefinition: [
    tell('DaemonTaskDefinition', 'changed', (output) => [daemonTaskDefinition(output, 'DELETE_IN_PROGRESS')]),
  ],
  CreateGateway: [
    tell('Gateway', 'created', (output, input) => [
      { ...gateway(output, input), ...(input.tags && { tags: input.tags }) },
    ]),
  ],
  UpdateGateway: [tell('Gateway', 'changed', (output, input) => [gateway(output, input)])],
  DeleteGateway: [tell('Gateway', 'deleted', (output) => [gateway(output)])],
  CreateDaemon: [tell('Daemon', 'created', (output) => [placed(output)]), begun.daemonDeployment],
  UpdateDaemon: [tell('Daemon', 'changed', (output) => [placed(output)]), begun.daemonDeployment],
  DeleteDaemon: [tell('Daemon', 'deleted', (output) => [placed(output)]), begun.daemonDeployment],
};

/** The things that a write's answer tells of. */
export function entitiesWritten<Op extends OperationName>(
  operation: Op,
  input: Input<Op>,
  output: Output<Op>,
): Written<EntityKind>[] {
  const told = (TOLD[operation] ?? []) as readonly Tell<Op>[];
  const members = Object.keys(input as object);
  return told.flatMap(({ kind, how, items }) =>
    items(output, input)
      .filter(isThing)
      .map((item) => ({ kind, how, members, item: item as EntityShapes[EntityKind] })),
  );
}

function isThing<Thing>(thing: Thing | undefined | ''): thing is Thing {
  return thing !== undefined && thing !== '';
}

/** As Describe's answers: with the cluster, which ECS does not send. */
function inCluster(items: readonly (object | undefined)[], input: { cluster?: string | undefined }): readonly object[] {
  const containerInstances = items.filter(isThing);
  return KINDS.ContainerInstance.items({ containerInstances, $metadata: {} }, input.cluster);
}

/** A daemon as its writes tell of it, with the cluster, which stands in the ARN only. */
function placed({
  daemonArn,
  status,
  createdAt,
  updatedAt,
  deploymentArn,
}: Pick<sdk.DaemonDetail, 'daemonArn' | 'status' | 'createdAt' | 'updatedAt' | 'deploymentArn'>): sdk.DaemonDetail {
  const arn = parseArn(daemonArn ?? '');
  const clusterArn = arn?.cluster === undefined ? undefined : clusterArnBeside(arn, arn.cluster);
  return { daemonArn, clusterArn, status, createdAt, updatedAt, deploymentArn };
}
