import type { ArgBuilder, FieldMap } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { serviceArnOf } from '../../live/core/task-owner.ts';
import { instanceFields } from '../computed/instance-fields.ts';
import type { ComputedTypes } from '../computed/types.ts';
import { listBinding } from '../connections/cursor.ts';
import { clusterArg, clustersArg, pageArgs } from '../connections/page-args.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { CONTAINER_INSTANCE_WORDS } from '../descriptions/container-instance.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { lookUp, lookUpTarget, resolveEntity, resolveLink } from '../graph/entity.ts';
import { drainCursor } from '../graph/follow-cursor.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { heldList } from '../lists/held-list.ts';
import { arnConnection, arnConnectionAcross } from '../lists/list-connection.ts';
import { taskOwnerArgs, tasksOf } from '../lists/task-list.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';

/** Container instances: the type, its links, look-ups, lists and writes. */
export function addContainerInstance(graph: EcsGraph, types: ComputedTypes): void {
  const ref = graph.addEntity('ContainerInstance', {
    description: 'An EC2, external or managed instance whose agent has registered it with a cluster.',
    words: CONTAINER_INSTANCE_WORDS,
    inCluster: true,
    fields: (t) => ({
      ...instanceFields(types, t),
      clusterArn: t.string({
        nullable: false,
        description: 'The ARN of its cluster.',
        resolve: ({ clusterArn = '' }) => clusterArn,
      }),
      cluster: t.field({
        type: graph.noun('Cluster').ref,
        description: 'Its cluster. Costs no call where only its name or ARN is read.',
        extensions: { members: ['clusterArn'], operations: ['DescribeClusters'], ecsCost: { describe: 100 } },
        resolve: ({ clusterArn }, _args, context, info) =>
          clusterArn === undefined ? null : resolveLink(context, info, 'Cluster', { arn: clusterArn }),
      }),
      tasks: t.field({
        ...heldList(graph.listed('Task', 'ListTasks', ['clusterArn', 'containerInstanceArn'])),
        description:
          'The tasks on it, sorted by ARN. For one instance costs a ListTasks; for several in one cluster the tasks of the cluster are ' +
          'listed once for all of them, where that is fewer calls.',
        args: taskOwnerArgs(graph, t.arg),
        resolve: ({ clusterArn = '', containerInstanceArn = '' }, args, context, info) =>
          tasksOf(graph, context, info, clusterArn, { containerInstanceArn }, args),
      }),
      usedPorts: usedPorts(t, 'PORTS', 'TCP ports'),
      usedUdpPorts: usedPorts(t, 'PORTS_UDP', 'UDP ports'),
      services: t.field({
        type: graph.connection('Service', graph.noun('Service').ref),
        description:
          'The services that have tasks on it, sorted by ARN. ECS reports services only for tasks: costs as `tasks`, with all of them described, ' +
          'and one DescribeServices for each 10 services where more than name or ARN is read.',
        args: pageArgs(t.arg),
        extensions: {
          members: ['clusterArn', 'containerInstanceArn'],
          operations: ['ListTasks', 'DescribeTasks', 'DescribeServices'],
          ecsCost: { list: 50, describe: 10 },
        },
        resolve: ({ clusterArn = '', containerInstanceArn = '' }, args, context, info) =>
          servicesOn(context, info, clusterArn, containerInstanceArn, args),
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    containerInstance: t.field({
      type: ref,
      description:
        'One container instance by the id of the graph or of ECS, or by ARN. Null if it or its cluster does not exist. Costs one DescribeContainerInstances.',
      args: {
        cluster: clusterArg(t.arg),
        containerInstance: t.arg.id({ required: true, description: 'Id, ARN or name.' }),
      },
      extensions: { operations: ['DescribeContainerInstances'], ecsCost: 1 },
      resolve: (_root, { cluster, containerInstance }, context, info) =>
        lookUp(
          context,
          info,
          'ContainerInstance',
          lookUpTarget(context, 'containerInstance', 'container-instance', containerInstance, cluster),
        ),
    }),
    containerInstances: t.field({
      ...heldList(graph.listedAcross('ContainerInstance', 'ListContainerInstances')),
      description:
        'The container instances of all clusters, or of some. Costs one ListContainerInstances for each cluster read and each 100, one ' +
        'DescribeContainerInstances for each 100, and one ListClusters for each 100 where no cluster is named.',
      args: { clusters: clustersArg(t.arg), ...containerInstanceListArgs(graph, t.arg) },
      resolve: (_root, args, context, info) => arnConnectionAcross(graph, context, info, 'containerInstances', args),
    }),
  }));

  graph.mutation('UpdateContainerInstancesState', {
    description:
      'Sets up to 10 container instances to DRAINING, so that they take no new tasks and give their service tasks away, or back to ACTIVE.',
    fields: (t) => drainCursor(t, ({ output }) => output.containerInstances ?? []),
  });
  graph.mutation('UpdateContainerAgent', {
    description:
      'Updates the agent of a container instance on Amazon Linux with ecs-init. `agentUpdateStatus` reports the progress.',
  });
  graph.mutation('DeregisterContainerInstance', {
    description:
      'Takes a container instance out of its cluster. ECS refuses while tasks run on it, unless `force` is set: then they are orphaned, ' +
      'and services start others elsewhere.',
  });
}

/** Filters and paging of a list of container instances. */
export function containerInstanceListArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return {
    ...graph.inputs.args('ListContainerInstances', arg, ['status', 'filter'], {
      status: 'Only instances of this status. By default all but INACTIVE.',
      filter: 'An expression of the cluster query language, such as `attribute:ecs.instance-type == m5.large`.',
    }),
    ...pageArgs(arg),
  };
}

/** ECS lists the ports in use among the *remaining* resources. */
function usedPorts(t: ObjectFields<Sources['ContainerInstance']>, name: string, words: string): FieldMap[string] {
  return t.intList({
    nullable: { list: true, items: false },
    description: `The ${words} in use on it, in ascending order; those of the agent and of SSH are among them. Null if ECS does not report them.`,
    extensions: { members: ['remainingResources'] },
    resolve: ({ remainingResources }) => {
      const ports = remainingResources?.find((resource) => resource.name === name)?.stringSetValue;
      return ports?.map(Number).sort((a, b) => a - b) ?? null;
    },
  });
}

/** The container instances of a cluster, in ECS's order. */
export function containerInstancesIn(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  clusterNameOrArn: string,
  args: PageArguments & object,
): Promise<ConnectionSource<Sources['ContainerInstance']> | null> {
  return arnConnection(graph, context, info, 'containerInstances', args, { cluster: clusterNameOf(clusterNameOrArn) });
}

/** The services whose tasks are on a container instance, by the groups of the tasks. */
async function servicesOn(
  context: GraphContext,
  info: GraphQLResolveInfo,
  clusterArn: string,
  containerInstanceArn: string,
  args: PageArguments,
): Promise<ConnectionSource<Sources['Service']>> {
  const members = selectedNodeMembers(info, 'Service');
  const page = { ...args, binding: listBinding('servicesOn', context.ecs.scope, clusterArn, containerInstanceArn) };
  const owner = { containerInstanceArn };
  const arns = await context.loaders.taskLists.load({ clusterArn, desiredStatus: 'RUNNING', owner, members: [] });
  const cluster = clusterNameOf(clusterArn);
  const tasks = await Promise.all(arns.map((id) => context.loaders.of('Task').load({ id, cluster })));
  const services = new Set(tasks.flatMap((task) => (task && serviceArnOf(task)) ?? []));
  return keyedConnection(page, [...services].sort(), (arn) =>
    resolveEntity(context, 'Service', { arn, clusterArn }, members),
  );
}
