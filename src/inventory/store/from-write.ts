import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { clusterArnBeside, parseArn } from '../../ecs/core/arn.ts';
import type { Input, OperationName, Output } from '../../ecs/core/operations.ts';

export type HeldKind = 'Task' | 'ContainerInstance';
export type HeldItem = Task | ContainerInstance;

export interface WrittenItem {
  readonly kind: HeldKind;
  readonly clusterArn: string;
  readonly item: HeldItem;
}

/** The ARN of a task or instance; empty if ECS left it out. */
export function arnIn(kind: HeldKind, item: HeldItem): string {
  return (kind === 'Task' ? (item as Task).taskArn : item.containerInstanceArn) ?? '';
}

type Answer = Partial<
  Output<'RunTask'> &
    Output<'StopTask'> &
    Output<'DeregisterContainerInstance'> &
    Output<'UpdateContainerInstancesState'>
>;

const OPERATIONS: ReadonlySet<OperationName> = new Set([
  'DeregisterContainerInstance',
  'RunTask',
  'StartTask',
  'StopTask',
  'UpdateContainerAgent',
  'UpdateContainerInstancesState',
]);

/** The tasks and container instances that the answer of a write describes. */
export function writtenBy<Op extends OperationName>(
  operation: Op,
  input: Input<Op>,
  output: Output<Op> | undefined,
): WrittenItem[] {
  if (output === undefined || !OPERATIONS.has(operation)) return [];
  const { tasks = [], task, containerInstances = [], containerInstance } = output as Answer;
  const { cluster = 'default' } = input as { readonly cluster?: string };
  const written: WrittenItem[] = [];
  for (const item of task === undefined ? tasks : [task]) {
    if (item.clusterArn !== undefined) written.push({ kind: 'Task', clusterArn: item.clusterArn, item });
  }
  for (const item of containerInstance === undefined ? containerInstances : [containerInstance]) {
    const arn = parseArn(item.containerInstanceArn ?? '');
    if (arn === undefined) continue;
    const clusterArn = parseArn(cluster) === undefined ? clusterArnBeside(arn, arn.cluster ?? cluster) : cluster;
    written.push({ kind: 'ContainerInstance', clusterArn, item });
  }
  return written;
}
