import type { ArgBuilder } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { serviceFields } from '../computed/service-fields.ts';
import type { ComputedTypes } from '../computed/types.ts';
import { inRange } from '../connections/argument-range.ts';
import { clusterArg, clustersArg, pageArgs } from '../connections/page-args.ts';
import type { ConnectionSource } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { SERVICE_WORDS } from '../descriptions/service.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { lookUp, lookUpTarget, resolveLink } from '../graph/entity.ts';
import { ofService, SERVICE_OF_DEPLOYMENT } from '../links/deployment-source.ts';
import { deploymentFields } from '../links/follow-deployment.ts';
import { startedTasks } from '../links/started-tasks.ts';
import { heldList } from '../lists/held-list.ts';
import { arnConnection, arnConnectionAcross, summaryConnection } from '../lists/list-connection.ts';
import { taskOwnerArgs, tasksOf } from '../lists/task-list.ts';
import { tasksBeside } from '../lists/task-prefetch.ts';
import {
  FILTER_COST,
  type FilteredServicesArgs,
  filterable,
  filteredServices,
  isFiltered,
  type ServiceFilterTypes,
  serviceFilterArgs,
  withoutFilter,
} from '../search/service-filter.ts';
import { matchesText } from '../search/string-filter.ts';
import { serviceDeploymentListArgs } from './deployments/service-deployment.ts';
import { gatewayRouteListArgs } from './gateways/gateway-route.ts';

/** Services: the type, its links, look-ups, lists and writes. */
export function addService(graph: EcsGraph, types: ComputedTypes, filters: ServiceFilterTypes): void {
  const ref = graph.addEntity('Service', {
    description: 'Keeps a number of copies of a task running, and replaces them by deployments.',
    words: SERVICE_WORDS,
    inCluster: true,
    fields: (t) => ({
      ...serviceFields(graph, t, types),
      deployments: t.field({
        type: [graph.outputType('Deployment')],
        nullable: false,
        description: SERVICE_WORDS.deployments,
        extensions: { members: ['deployments', ...SERVICE_OF_DEPLOYMENT] },
        resolve: (service) => (service.deployments ?? []).map((deployment) => ofService(service, deployment)),
      }),
      events: t.field({
        type: [graph.outputType('ServiceEvent')],
        nullable: false,
        description: SERVICE_WORDS.events,
        args: {
          first: t.arg.int({
            description: 'How many of the latest messages to return, from 0. Null means all that ECS shows.',
            ...inRange(0),
          }),
          contains: t.arg.string({ description: 'Only messages that hold this text, in upper or lower case.' }),
        },
        extensions: { members: ['events'] },
        resolve: ({ events = [] }, { first, contains }) => {
          const found = events.filter(({ message = '' }) => matchesText({ contains }, message));
          return first == null ? found : found.slice(0, first);
        },
      }),
      tasks: t.field({
        ...heldList(graph.listed('Task', 'ListTasks', ['clusterArn', 'serviceName'])),
        description:
          "Its tasks, sorted by ARN. Costs one ListTasks for one service; for several services of a cluster the gateway lists the cluster's tasks once, if that takes fewer calls. If ListTasks returns no STOPPED tasks for the service, the gateway lists all stopped tasks of the cluster and filters them, one ListTasks and one DescribeTasks for each 100.",
        args: taskOwnerArgs(graph, t.arg),
        resolve: ({ clusterArn = '', serviceName = '' }, args, context, info) =>
          tasksOf(graph, context, info, clusterArn, { serviceName }, args),
      }),
      tasksOnOldRevision: t.field({
        ...graph.listed('Task', 'ListTasks', ['clusterArn', 'serviceName', 'deployments', 'taskSets']),
        description:
          'Its tasks that do not run what its newest deployment (or its primary task set) deploys, sorted by ARN. Empty when a rollout is ' +
          'complete. Costs as `Service.tasks`, with all of them described.',
        args: pageArgs(t.arg),
        resolve: (service, args, context, info) => {
          const { deployments = [], taskSets = [] } = service;
          const current = [...deployments, ...taskSets].flatMap(({ id, status }) => (status === 'PRIMARY' ? [id] : []));
          return startedTasks(context, info, service, args, {
            binding: ['tasksOnOldRevision', current.join(' ')],
            includes: (startedBy) => !current.includes(startedBy),
          });
        },
      }),
      serviceDeployments: t.field({
        ...graph.listed('ServiceDeployment', 'ListServiceDeployments', ['clusterArn', 'serviceArn']),
        description:
          'Its service deployments of the last 90 days. Costs one ListServiceDeployments for each 100, and one DescribeServiceDeployments ' +
          'for each 20 where more is read than status, times and target revision.',
        args: serviceDeploymentListArgs(graph, t.arg),
        resolve: ({ clusterArn = '', serviceArn }, args, context, info) =>
          summaryConnection(graph, context, info, 'serviceDeployments', args, {
            service: serviceArn,
            cluster: clusterNameOf(clusterArn),
          }),
      }),
      gatewayRoutes: t.field({
        ...graph.listed('GatewayRoute', 'ListGatewayRoutes', ['serviceArn']),
        description: 'The routes that lead to it from gateways. Costs as `Gateway.gatewayRoutes`.',
        args: gatewayRouteListArgs(graph, t.arg, ['gateway', 'serviceContainerPortName', 'status']),
        resolve: ({ serviceArn }, args, context, info) =>
          summaryConnection(graph, context, info, 'gatewayRoutes', args, { service: serviceArn }),
      }),
      expressGatewayService: t.field({
        type: graph.noun('ExpressGatewayService').ref,
        description:
          'This service as an Express service. Null if it is not an Express service. Costs one DescribeExpressGatewayService for each.',
        extensions: {
          members: ['serviceArn', 'resourceManagementType'],
          operations: ['DescribeExpressGatewayService'],
          ecsCost: 1,
        },
        resolve: ({ serviceArn: arn = '', resourceManagementType }, _args, context, info) =>
          resourceManagementType === 'ECS' ? resolveLink(context, info, 'ExpressGatewayService', { arn }) : null,
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    service: t.field({
      type: ref,
      description:
        'One service by id, ARN or name. Null if it or its cluster does not exist. Costs one DescribeServices.',
      args: {
        cluster: clusterArg(t.arg),
        service: t.arg.id({ required: true, description: 'Id, ARN or name.' }),
      },
      extensions: { operations: ['DescribeServices'], ecsCost: 1 },
      resolve: (_root, { cluster, service }, context, info) =>
        lookUp(context, info, 'Service', lookUpTarget(context, 'service', 'service', service, cluster)),
    }),
    services: t.field({
      ...heldList(filterable(graph.listedAcross('Service', 'ListServices'))),
      description:
        'The ACTIVE services of all clusters, or of some. Costs one ListServices for each cluster read and each 100, one DescribeServices ' +
        `for each 10, and one ListClusters for each 100 where no cluster is named. ${FILTER_COST}`,
      args: { clusters: clustersArg(t.arg), ...serviceListArgs(graph, t.arg, filters) },
      resolve: (_root, args, context, info) =>
        isFiltered(args)
          ? filteredServices(graph, context, info, args)
          : arnConnectionAcross(graph, context, info, 'services', withoutFilter(args)),
    }),
    servicesByNamespace: t.field({
      ...graph.listed('Service', 'ListServicesByNamespace'),
      description:
        'Services of all clusters that are in a Cloud Map namespace through Service Connect. NOT_FOUND if the namespace does not exist. ' +
        'Costs one ListServicesByNamespace for each 100, of which ECS allows one a second, and one DescribeServices for each 10.',
      args: {
        namespace: t.arg.string({ required: true, description: 'Name or ARN of the namespace.' }),
        ...pageArgs(t.arg),
      },
      resolve: (_root, args, context, info) => arnConnection(graph, context, info, 'servicesByNamespace', args),
    }),
  }));

  graph.mutation('CreateService', {
    description: 'Creates a service and starts its first deployment.',
    fields: (t) => deploymentFields(graph, t),
  });
  graph.mutation('UpdateService', {
    description:
      'Changes a service. A new task definition, network configuration, platform version or load balancer, or `forceNewDeployment`, ' +
      'starts a deployment; other changes apply at once.',
    fields: (t) => deploymentFields(graph, t),
  });
  graph.mutation('DeleteService', {
    description:
      'Deletes a service. It is DRAINING until its tasks have stopped. Above a desired count of 0 ECS refuses unless `force` is set.',
  });
}

const FILTERS = ['launchType', 'schedulingStrategy', 'resourceManagementType'] as const;

/** Filters and paging of a list of services. */
export function serviceListArgs(graph: EcsGraph, arg: ArgBuilder<Types>, filters: ServiceFilterTypes) {
  return {
    ...serviceFilterArgs(graph, arg, filters),
    ...graph.inputs.args('ListServices', arg, FILTERS, {
      launchType: 'Only services of this launch type.',
      schedulingStrategy: 'Only REPLICA or only DAEMON services.',
      resourceManagementType: 'Only services whose resources are managed by this party: CUSTOMER or ECS.',
    }),
    ...pageArgs(arg),
  };
}

/** The services of a cluster, in ECS's order. */
export async function servicesIn(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  clusterNameOrArn: string,
  given: FilteredServicesArgs,
): Promise<ConnectionSource<Sources['Service']> | null> {
  const cluster = clusterNameOf(clusterNameOrArn);
  if (isFiltered(given)) return filteredServices(graph, context, info, { ...given, clusters: [cluster] });
  const args = withoutFilter(given);
  // The cluster's counts are not used here: they lag, and an emulator's may be wrong.
  const known = context.loaders.of('Cluster').peek({ id: clusterNameOrArn });
  if (known === undefined) return arnConnection(graph, context, info, 'services', args, { cluster });
  const early = tasksBeside(context, info, clusterNameOrArn);
  const services = arnConnection(graph, context, info, 'services', args, { cluster }, early.onListed);
  services.catch(early.onFailed);
  return services;
}
