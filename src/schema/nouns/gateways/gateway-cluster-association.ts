import type { GatewayClusterAssociationSummary } from '@aws-sdk/client-ecs';
import type { ArgBuilder } from '@pothos/core';
import { recordKeyOf } from '../../../ecs/consistency/written-records.ts';
import type { ListInput } from '../../../ecs/core/list-operations.ts';
import { listBinding } from '../../connections/cursor.ts';
import { pageArgs } from '../../connections/page-args.ts';
import { type ConnectionSource, type PageArguments, pagedConnection } from '../../connections/pagination.ts';
import { blaming } from '../../core/blame.ts';
import type { Types } from '../../core/builder.ts';
import type { GraphContext } from '../../core/context.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';

const FILTERS = {
  gateway: 'Only items of this gateway: name or ARN.',
  cluster: 'Only items of this cluster: name or ARN.',
  status: 'Only items with one of these statuses. Null means all.',
} as const;

/** Associations of gateways and clusters: their list and writes. ECS identifies them only by their two ends. */
export function addGatewayClusterAssociation(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    gatewayClusterAssociations: t.field({
      type: graph.connection('GatewayClusterAssociation', graph.outputType('GatewayClusterAssociationSummary')),
      description:
        'Which gateways serve which clusters; NOT_FOUND where a gateway or cluster named does not exist. ' +
        'Costs one ListGatewayClusterAssociations for each 100.',
      args: associationListArgs(graph, t.arg, ['gateway', 'cluster', 'status']),
      extensions: { operations: ['ListGatewayClusterAssociations'], ecsCost: { list: 100 } },
      resolve: (_root, args, context) => associationsOf(graph, context, args),
    }),
  }));

  graph.mutation('AssociateGatewayWithCluster', {
    description: 'Lets a gateway serve the services of a cluster.',
  });
  graph.mutation('DisassociateGatewayFromCluster', {
    description:
      'Takes the services of a cluster away from a gateway. The association is DISASSOCIATING until the routes into the cluster are gone.',
  });
}

/** Some filters, and paging, of a list of associations. */
export function associationListArgs<const Names extends keyof typeof FILTERS>(
  graph: EcsGraph,
  arg: ArgBuilder<Types>,
  names: readonly Names[],
) {
  return { ...graph.inputs.args('ListGatewayClusterAssociations', arg, names, FILTERS), ...pageArgs(arg) };
}

/** The associations of a gateway or cluster, in ECS's order. */
export function associationsOf(
  graph: EcsGraph,
  context: GraphContext,
  { first, after, ...filters }: PageArguments & object,
  fixed: ListInput<'ListGatewayClusterAssociations'> = {},
): Promise<ConnectionSource<GatewayClusterAssociationSummary>> {
  const input = { ...graph.toAwsInput(context, 'ListGatewayClusterAssociations', filters), ...fixed };
  const page = { first, after, binding: listBinding('gatewayClusterAssociations', context.ecs.scope, input) };
  return blaming(
    pagedConnection(context.ecs, page, 'ListGatewayClusterAssociations', input, (association) => association, {
      keyOf: (item) => recordKeyOf('ListGatewayClusterAssociations', item),
      itemOf: (key) =>
        context.ecs.writtenRecord('ListGatewayClusterAssociations', key) as GatewayClusterAssociationSummary,
    }),
    filters,
  );
}
