import type { ArgBuilder } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import type { TaskListKey } from '../../loaders/task-lists.ts';
import { listBinding } from '../connections/cursor.ts';
import { pageArgs } from '../connections/page-args.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { resolveEntity } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { arnConnection } from './list-connection.ts';

const FILTERS = [
  'desiredStatus',
  'launchType',
  'family',
  'startedBy',
  'serviceName',
  'containerInstance',
  'daemonName',
] as const;

/** Filters and paging of a list of a cluster's tasks. */
export function taskListArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return {
    ...graph.inputs.args('ListTasks', arg, FILTERS, {
      desiredStatus:
        'RUNNING (default) or STOPPED. PENDING is accepted but matches nothing: ECS never sets it as a desired status.',
      launchType: 'Only tasks of this launch type.',
      family: 'Only tasks of this task definition family.',
      startedBy: 'Only tasks with this `startedBy`. ECS accepts no other filter with it.',
      serviceName:
        'Only tasks of this service: id, ARN or name. A name alone means the services of that name in all requested clusters.',
      containerInstance: 'Only tasks on this container instance: id of the graph or of ECS, or ARN.',
      daemonName: 'Only tasks of this daemon: id, ARN or name.',
    }),
    ...pageArgs(arg),
  };
}

/** Filters and paging of a list of the tasks of a service or container instance. */
export function taskOwnerArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return {
    ...graph.inputs.args('ListTasks', arg, ['desiredStatus'], {
      desiredStatus: 'RUNNING (default) or STOPPED. ECS keeps stopped tasks for about an hour.',
    }),
    ...pageArgs(arg),
  };
}

/** The tasks of a cluster, in ECS's order. */
export function tasksIn(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  clusterNameOrArn: string,
  args: PageArguments & object,
): Promise<ConnectionSource<Sources['Task']> | null> {
  return arnConnection(graph, context, info, 'tasks', args, { cluster: clusterNameOf(clusterNameOrArn) });
}

/** The tasks of a service or container instance, sorted by ARN. */
export async function tasksOf(
  _graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  clusterArn: string,
  owner: TaskListKey['owner'],
  { first, after, desiredStatus }: PageArguments & { readonly desiredStatus?: string | null | undefined },
): Promise<ConnectionSource<Sources['Task']>> {
  const members = selectedNodeMembers(info, 'Task');
  const status = desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING';
  const page = { first, after, binding: listBinding('tasksOf', context.ecs.scope, clusterArn, owner, status) };
  const arns =
    desiredStatus === 'PENDING'
      ? []
      : await context.loaders.taskLists.load({ clusterArn, desiredStatus: status, owner, members: [...members] });
  return keyedConnection(page, arns, (arn) => resolveEntity(context, 'Task', { arn, clusterArn }, members));
}
