import { type EntityKind, type EntityShapes, KINDS } from './kinds.ts';
import type { Input, OperationName, Output } from './operations.ts';
import type { Written } from './versions.ts';

type Tell<Op extends OperationName> = {
  readonly kind: EntityKind;
  readonly how: Written<EntityKind>['how'];
  readonly items: (output: Output<Op>, input: Input<Op>) => readonly (object | undefined)[];
};

const tell = <Op extends OperationName>(
  kind: EntityKind,
  how: Written<EntityKind>['how'],
  items: Tell<Op>['items'],
): Tell<Op> => ({ kind, how, items });

const cluster = (output: { cluster?: object | undefined }) => [output.cluster];
const service = (output: { service?: object | undefined }) => [output.service];
const tasks = (output: { tasks?: object[] | undefined }) => output.tasks ?? [];
const capacityProvider = (output: { capacityProvider?: object | undefined }) => [output.capacityProvider];
const instance = (output: { containerInstance?: object | undefined }, input: { cluster?: string | undefined }) =>
  inCluster([output.containerInstance], input);

/** Writes whose answer tells how the thing stands after them. */
const TOLD: { readonly [Op in OperationName]?: Tell<Op> } = {
  CreateCluster: tell('Cluster', 'created', cluster),
  UpdateCluster: tell('Cluster', 'changed', cluster),
  UpdateClusterSettings: tell('Cluster', 'changed', cluster),
  PutClusterCapacityProviders: tell('Cluster', 'changed', cluster),
  DeleteCluster: tell('Cluster', 'deleted', cluster),
  CreateService: tell('Service', 'created', service),
  UpdateService: tell('Service', 'changed', service),
  DeleteService: tell('Service', 'deleted', service),
  RunTask: tell('Task', 'created', tasks),
  StartTask: tell('Task', 'created', tasks),
  StopTask: tell('Task', 'changed', ({ task }) => [task]),
  RegisterContainerInstance: tell('ContainerInstance', 'created', instance),
  UpdateContainerAgent: tell('ContainerInstance', 'changed', instance),
  UpdateContainerInstancesState: tell('ContainerInstance', 'changed', ({ containerInstances }, input) =>
    inCluster(containerInstances ?? [], input),
  ),
  DeregisterContainerInstance: tell('ContainerInstance', 'deleted', instance),
  RegisterTaskDefinition: tell('TaskDefinition', 'created', ({ taskDefinition, tags }) => [
    taskDefinition && { ...taskDefinition, tags },
  ]),
  DeregisterTaskDefinition: tell('TaskDefinition', 'changed', ({ taskDefinition }) => [taskDefinition]),
  DeleteTaskDefinitions: tell('TaskDefinition', 'changed', ({ taskDefinitions = [] }) => taskDefinitions),
  CreateCapacityProvider: tell('CapacityProvider', 'created', capacityProvider),
  UpdateCapacityProvider: tell('CapacityProvider', 'changed', capacityProvider),
  DeleteCapacityProvider: tell('CapacityProvider', 'deleted', capacityProvider),
};

/** The things that a write's answer tells of. */
export function entitiesWritten<Op extends OperationName>(
  operation: Op,
  input: Input<Op>,
  output: Output<Op>,
): Written<EntityKind>[] {
  const told = TOLD[operation] as Tell<Op> | undefined;
  if (told === undefined) return [];
  const { kind, how } = told;
  const members = Object.keys(input as object);
  return told.items(output, input).flatMap((item) => {
    return item === undefined ? [] : [{ kind, how, members, item: item as EntityShapes[EntityKind] }];
  });
}

/** As Describe's answers: with the cluster, which ECS does not send. */
function inCluster(items: readonly (object | undefined)[], input: { cluster?: string | undefined }): readonly object[] {
  const containerInstances = items.filter((item) => item !== undefined);
  return KINDS.ContainerInstance.items({ containerInstances, $metadata: {} }, input.cluster);
}
