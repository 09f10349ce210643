import type { Task } from '@aws-sdk/client-ecs';
import type { GraphQLResolveInfo } from 'graphql';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { listBinding } from '../connections/cursor.ts';
import { keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import type { Sources } from '../graph/ecs-graph.ts';
import { resolveEntity } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';

interface StartedTasks {
  /** Names the list in cursors. */
  readonly binding: readonly [string, string];
  readonly desiredStatus?: string | null | undefined;
  /** Whether a task with this `startedBy` is in the list. */
  readonly includes: (startedBy: string | undefined) => boolean;
}

/** The tasks of a service by the deployments or task sets that started them: all of its tasks are described once. */
export async function startedTasks(
  context: GraphContext,
  info: GraphQLResolveInfo,
  { clusterArn = '', serviceName = '' }: Sources['Service'],
  args: PageArguments,
  { binding: [name, id], desiredStatus, includes }: StartedTasks,
) {
  const members = new Set([...selectedNodeMembers(info, 'Task'), 'startedBy']);
  const status = desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING';
  const page = { ...args, binding: listBinding(name, context.ecs.scope, clusterArn, id, status) };
  const arns =
    desiredStatus === 'PENDING'
      ? []
      : await context.loaders.taskLists.load({
          clusterArn,
          desiredStatus: status,
          owner: { serviceName },
          members: [...members],
        });
  const load = (arn: string) =>
    context.loaders.of('Task').load({ id: arn, cluster: clusterNameOf(clusterArn), members });
  const tasks = await Promise.all(arns.map(load));
  const started = arns.filter((_arn, index) => {
    const task = tasks[index];
    return task != null && includes(task.startedBy);
  });
  return keyedConnection<Task>(page, started, (arn) => resolveEntity(context, 'Task', { arn, clusterArn }, members));
}
