import type * as sdk from '@aws-sdk/client-ecs';
import { clusterArnBeside, parseArn } from '../core/arn.ts';
import { type EntityKind, type EntityShapes, KINDS } from '../core/describe-specs.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { Written } from './staleness.ts';

interface ResultRule<Op extends OperationName> {
  readonly kind: EntityKind;
  readonly how: Written<EntityKind>['how'];
  readonly items: (output: Output<Op>, input: Input<Op>) => readonly (object | undefined)[];
}

const rule = <Op extends OperationName>(
  kind: EntityKind,
  how: Written<EntityKind>['how'],
  items: ResultRule<Op>['items'],
): ResultRule<Op> => ({ kind, how, items });

const cluster = (output: { cluster?: object | undefined }) => [output.cluster];
const service = (output: { service?: object | undefined }) => [output.service];
const tasks = (output: { tasks?: object[] | undefined }) => output.tasks ?? [];
const taskSet = (output: { taskSet?: object | undefined }) => [output.taskSet];
const capacityProvider = (output: { capacityProvider?: object | undefined }) => [output.capacityProvider];
const instance = (output: { containerInstance?: object | undefined }, input: { cluster?: string | undefined }) =>
  inCluster([output.containerInstance], input);

/** Long-running results that a write starts, if the answer names them. Only ECS knows their progress. */
const begun = {
  serviceDeployment: rule<'CreateService' | 'UpdateService'>('ServiceDeployment', 'created', ({ service }) => {
    const { currentServiceDeployment: serviceDeploymentArn, serviceArn, clusterArn } = service ?? {};
    return [serviceDeploymentArn && { serviceDeploymentArn, serviceArn, clusterArn, status: 'PENDING' }].filter(
      isThing,
    );
  }),
  daemonDeployment: rule<'CreateDaemon' | 'UpdateDaemon' | 'DeleteDaemon'>(
    'DaemonDeployment',
    'created',
    ({ daemonArn, deploymentArn: daemonDeploymentArn }) => {
      const { clusterArn } = placed({ daemonArn });
      return [daemonDeploymentArn && { daemonDeploymentArn, clusterArn, status: 'PENDING' }].filter(isThing);
    },
  ),
};

/** An Express service is also an ordinary service, which the answer describes only in part. */
const expressAsService = (how: Written<EntityKind>['how'], status: string) =>
  rule<'CreateExpressGatewayService' | 'DeleteExpressGatewayService'>('Service', how, ({ service }) => {
    const { serviceArn = '', serviceName, tags } = service ?? {};
    const arn = parseArn(serviceArn);
    const clusterArn = arn?.cluster === undefined ? undefined : clusterArnBeside(arn, arn.cluster);
    if (service === undefined) return [];
    return [{ serviceArn, serviceName, clusterArn, status, resourceManagementType: 'ECS', tags } satisfies sdk.Service];
  });

/** The revision from its registration: the answer holds only its ARN, the input everything else. */
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

/** The gateway from the answer, with the members that the input set. */
function gateway(
  { gatewayArn, name, status }: Pick<sdk.Gateway, 'gatewayArn' | 'name' | 'status'>,
  input: Partial<Input<'UpdateGateway'>> = {},
): sdk.Gateway {
  const { infrastructureRoleArn, deletionProtection, propagateTags } = input;
  const set = Object.entries({ infrastructureRoleArn, deletionProtection, propagateTags });
  return { gatewayArn, name, status, ...Object.fromEntries(set.filter(([, value]) => value !== undefined)) };
}

/** Writes whose answers describe a resource after the write. */
const RESULT_RULES: { readonly [Op in OperationName]?: readonly ResultRule<Op>[] } = {
  CreateCluster: [rule('Cluster', 'created', cluster)],
  UpdateCluster: [rule('Cluster', 'changed', cluster)],
  UpdateClusterSettings: [rule('Cluster', 'changed', cluster)],
  PutClusterCapacityProviders: [rule('Cluster', 'changed', cluster)],
  DeleteCluster: [rule('Cluster', 'deleted', cluster)],
  CreateService: [rule('Service', 'created', service), begun.serviceDeployment],
  UpdateService: [rule('Service', 'changed', service), begun.serviceDeployment],
  DeleteService: [rule('Service', 'deleted', service)],
  CreateTaskSet: [rule('TaskSet', 'created', taskSet)],
  UpdateTaskSet: [rule('TaskSet', 'changed', taskSet)],
  UpdateServicePrimaryTaskSet: [rule('TaskSet', 'changed', taskSet)],
  DeleteTaskSet: [rule('TaskSet', 'deleted', taskSet)],
  RunTask: [rule('Task', 'created', tasks)],
  StartTask: [rule('Task', 'created', tasks)],
  StopTask: [rule('Task', 'changed', ({ task }) => [task])],
  RegisterContainerInstance: [rule('ContainerInstance', 'created', instance)],
  UpdateContainerAgent: [rule('ContainerInstance', 'changed', instance)],
  UpdateContainerInstancesState: [
    rule('ContainerInstance', 'changed', ({ containerInstances }, input) => inCluster(containerInstances ?? [], input)),
  ],
  DeregisterContainerInstance: [rule('ContainerInstance', 'deleted', instance)],
  RegisterTaskDefinition: [
    rule('TaskDefinition', 'created', ({ taskDefinition, tags }) => [taskDefinition && { ...taskDefinition, tags }]),
  ],
  DeregisterTaskDefinition: [rule('TaskDefinition', 'changed', ({ taskDefinition }) => [taskDefinition])],
  DeleteTaskDefinitions: [rule('TaskDefinition', 'changed', ({ taskDefinitions = [] }) => taskDefinitions)],
  CreateCapacityProvider: [rule('CapacityProvider', 'created', capacityProvider)],
  UpdateCapacityProvider: [rule('CapacityProvider', 'changed', capacityProvider)],
  DeleteCapacityProvider: [rule('CapacityProvider', 'deleted', capacityProvider)],
  CreateExpressGatewayService: [
    rule('ExpressGatewayService', 'created', service),
    expressAsService('created', 'ACTIVE'),
  ],
  UpdateExpressGatewayService: [
    rule('ExpressGatewayService', 'changed', ({ service }) => {
      // The answer holds the target of the change beside the service. Only a later Describe shows the service itself.
      const { targetConfiguration: _target, ...shown } = service ?? {};
      return [service && shown];
    }),
  ],
  DeleteExpressGatewayService: [
    rule('ExpressGatewayService', 'deleted', service),
    expressAsService('deleted', 'DRAINING'),
  ],
  RegisterDaemonTaskDefinition: [
    rule('DaemonTaskDefinition', 'created', (output, input) => [daemonTaskDefinition(output, 'ACTIVE', input)]),
  ],
  DeleteDaemonTaskDefinition: [
    rule('DaemonTaskDefinition', 'changed', (output) => [daemonTaskDefinition(output, 'DELETE_IN_PROGRESS')]),
  ],
  CreateGateway: [
    rule('Gateway', 'created', (output, input) => [
      { ...gateway(output, input), ...(input.tags && { tags: input.tags }) },
    ]),
  ],
  UpdateGateway: [rule('Gateway', 'changed', (output, input) => [gateway(output, input)])],
  DeleteGateway: [rule('Gateway', 'deleted', (output) => [gateway(output)])],
  CreateDaemon: [rule('Daemon', 'created', (output) => [placed(output)]), begun.daemonDeployment],
  UpdateDaemon: [rule('Daemon', 'changed', (output) => [placed(output)]), begun.daemonDeployment],
  DeleteDaemon: [rule('Daemon', 'deleted', (output) => [placed(output)]), begun.daemonDeployment],
};

/** The resources that a write's answer describes. */
export function entitiesWritten<Op extends OperationName>(
  operation: Op,
  input: Input<Op>,
  output: Output<Op>,
): Written<EntityKind>[] {
  const rules = (RESULT_RULES[operation] ?? []) as readonly ResultRule<Op>[];
  const members = Object.keys(input as object);
  return rules.flatMap(({ kind, how, items }) =>
    items(output, input)
      .filter(isThing)
      .map((item) => ({ kind, how, members, item: item as EntityShapes[EntityKind] })),
  );
}

function isThing<Thing>(thing: Thing | undefined | ''): thing is Thing {
  return thing !== undefined && thing !== '';
}

/** Adds the cluster, which ECS does not send. */
function inCluster(items: readonly (object | undefined)[], input: { cluster?: string | undefined }): readonly object[] {
  const containerInstances = items.filter(isThing);
  return KINDS.ContainerInstance.items({ containerInstances, $metadata: {} }, input.cluster);
}

/** A daemon from the answer of a write, with its cluster from the ARN. */
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
