import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { serviceNameOf } from '../live/core/task-owner.ts';
import type { PreviewChange } from './types.ts';

/**
 * The task definitions that decide what a change does: of the tasks that it moves, and of services that may start tasks
 * meanwhile. ECS describes few definitions a second, so those of others are not read.
 */
export function definitionsToRead(
  services: readonly Service[],
  tasks: readonly Task[],
  change: PreviewChange,
): Set<string> {
  const moved = tasks.filter((task) => isMoved(task, services, change));
  const names = new Set<string | undefined>('serviceName' in change ? [change.serviceName] : moved.map(serviceNameOf));
  const needed = services.filter(
    (service) => names.has(service.serviceName) || service.schedulingStrategy === 'DAEMON' || !isSteady(service),
  );
  return new Set([
    ...moved.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []),
    ...needed.flatMap(({ taskDefinition, deployments = [], taskSets = [] }) =>
      [taskDefinition, ...[...deployments, ...taskSets].map((one) => one.taskDefinition)].flatMap((arn) => arn ?? []),
    ),
  ]);
}

function isMoved(task: Task, services: readonly Service[], change: PreviewChange): boolean {
  if (change.kind === 'scale' || change.kind === 'deploy') return serviceNameOf(task) === change.serviceName;
  if (change.containerInstanceArns.includes(task.containerInstanceArn ?? '')) return true;
  if (change.kind === 'lose' && change.zone !== undefined) return task.availabilityZone === change.zone;
  // A task without a service that ECS lists waits for an instance of its own.
  return (
    task.containerInstanceArn === undefined && !services.some(({ serviceName }) => serviceName === serviceNameOf(task))
  );
}

/** Whether a service has what it wants, and no deployment under way. */
function isSteady({ desiredCount, runningCount, pendingCount, deployments = [], taskSets = [] }: Service): boolean {
  const [first] = deployments;
  const isSettled = deployments.length === 1 && (first?.rolloutState ?? 'COMPLETED') === 'COMPLETED';
  return taskSets.length === 0 && isSettled && pendingCount === 0 && runningCount === desiredCount;
}

/** Above these, ECS chooses host ports itself. */
const FIRST_EPHEMERAL_PORT = 32_768;

/** A task definition as far as one of its tasks shows it: enough for tasks that stay where they are. */
export function standIn(
  taskDefinitionArn: string,
  { cpu, memory, containers = [], attachments = [] }: Task,
): TaskDefinition {
  const [family = '', revision = '1'] = taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1).split(':');
  const hasEni = attachments.some(({ type }) => type === 'ElasticNetworkInterface' || type === 'eni');
  return {
    taskDefinitionArn,
    family,
    revision: Number(revision),
    status: 'ACTIVE',
    cpu,
    memory,
    networkMode: hasEni ? 'awsvpc' : 'bridge',
    containerDefinitions: containers.map(({ name, image, healthStatus, networkBindings = [] }) => ({
      name,
      image,
      ...(healthStatus === 'HEALTHY' || healthStatus === 'UNHEALTHY' ? { healthCheck: { command: [] } } : {}),
      portMappings: networkBindings
        .filter(({ hostPort = 0 }) => hostPort > 0 && hostPort < FIRST_EPHEMERAL_PORT)
        .map(({ hostPort, containerPort, protocol }) => ({ hostPort, containerPort, protocol })),
    })),
  };
}

/** The definitions of tasks that were not read. */
export function standInsFor(tasks: readonly Task[], read: ReadonlySet<string>): TaskDefinition[] {
  const found = new Map<string, TaskDefinition>();
  for (const task of tasks) {
    const arn = task.taskDefinitionArn;
    if (arn !== undefined && !read.has(arn) && !found.has(arn)) found.set(arn, standIn(arn, task));
  }
  return [...found.values()];
}
