import type { DaemonSummary } from '@aws-sdk/client-ecs';
import type { GraphQLResolveInfo } from 'graphql';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import type { EntityKind, EntityShapes } from '../../ecs/core/describe-specs.ts';
import type { ListInput, ListOperation } from '../../ecs/core/list-operations.ts';
import { listBinding } from '../connections/cursor.ts';
import {
  type ConnectionSource,
  type OnListed,
  type PageArguments,
  pagedConnection,
} from '../connections/pagination.ts';
import type { Naming } from '../connections/token-list.ts';
import { blaming } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import type { StructureName } from '../generated/types.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkedName, type Known, refIn, resolveEntity } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { type ClusterListArguments, clusterPages } from './cluster-pages.ts';

/** A list whose items have more members than an ARN. */
interface SummaryList<Kind extends EntityKind, Op extends ListOperation> {
  readonly kind: Kind;
  readonly operation: Op;
  /** The structure of an item, and its member with the ARN. */
  readonly structure: StructureName;
  readonly arnMember: string;
}

/** Lists of ARNs. */
const ARN_LISTS = {
  clusters: { kind: 'Cluster', operation: 'ListClusters' },
  containerInstances: { kind: 'ContainerInstance', operation: 'ListContainerInstances', inCluster: true },
  services: { kind: 'Service', operation: 'ListServices', inCluster: true },
  servicesByNamespace: { kind: 'Service', operation: 'ListServicesByNamespace' },
  taskDefinitions: { kind: 'TaskDefinition', operation: 'ListTaskDefinitions' },
  tasks: { kind: 'Task', operation: 'ListTasks', inCluster: true },
} as const satisfies Record<string, { kind: EntityKind; operation: ListOperation; inCluster?: true }>;

/**
 * A connection over such a list, in ECS's order.
 * @throws {EcsError} NOT_FOUND, naming the argument, if the parent resource does not exist
 * @param args the caller's filters and paging
 * @param fixed filters that the parent adds
 * @param onListed called with the length while the items are described
 */
export function arnConnection<Name extends keyof typeof ARN_LISTS>(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  list: Name,
  { first, after, ...filters }: PageArguments & object,
  fixed: object = {},
  onListed?: OnListed,
): Promise<ConnectionSource<EntityShapes[(typeof ARN_LISTS)[Name]['kind']]>> {
  const members = selectedNodeMembers(info, ARN_LISTS[list].kind);
  const read = () =>
    readArnConnection(graph, context, members, { list, page: { first, after, onListed }, filters, fixed });
  if (onListed !== undefined) return read();
  return context.loaders.connections.share(members, JSON.stringify([list, first, after, filters, fixed]), read);
}

interface ArnListRead<Name extends keyof typeof ARN_LISTS> {
  readonly list: Name;
  readonly page: PageArguments & { readonly onListed: OnListed | undefined };
  readonly filters: object;
  readonly fixed: object;
}

function readArnConnection<Name extends keyof typeof ARN_LISTS>(
  graph: EcsGraph,
  context: GraphContext,
  members: ReadonlySet<string>,
  { list, page, filters, fixed }: ArnListRead<Name>,
): Promise<ConnectionSource<EntityShapes[(typeof ARN_LISTS)[Name]['kind']]>> {
  const { kind, operation, inCluster }: (typeof ARN_LISTS)[Name] & { inCluster?: true } = ARN_LISTS[list];
  const input = { ...graph.toAwsInput(context, operation, filters), ...fixed } as ListInput<typeof operation>;
  const { cluster = 'default' } = input as { readonly cluster?: string };
  const connection = pagedConnection<typeof operation, EntityShapes[EntityKind]>(
    context.ecs,
    { ...page, binding: listBinding(list, context.ecs.scope, input) },
    operation,
    input,
    (arn) => resolveEntity(context, kind, inCluster ? refIn(cluster, arn) : { arn }, members),
  );
  return blaming(connection, filters) as never;
}

/**
 * The same over all clusters, or some. A filter by id or ARN determines the cluster.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function arnConnectionAcross<Name extends 'containerInstances' | 'services' | 'tasks'>(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  list: Name,
  { first, after, clusters, ...args }: ClusterListArguments & object,
): Promise<ConnectionSource<EntityShapes[(typeof ARN_LISTS)[Name]['kind']]>> {
  const { kind, operation } = ARN_LISTS[list];
  const members = selectedNodeMembers(info, kind);
  const { cluster, ...filters } = graph.toAwsInput(context, operation, args);
  const page = { first, after, clusters: cluster === undefined ? clusters : narrowed(context, clusters, cluster) };
  return clusterPages<typeof operation, EntityShapes[EntityKind]>(context, page, {
    name: list,
    operation,
    filters,
    inputOf: (name) => ({ ...filters, cluster: name }),
    toNode: (arn, name) => resolveEntity(context, kind, refIn(name, arn), members),
  }) as never;
}

/** The one cluster that a filter determines. It must be among the named ones. */
function narrowed(context: GraphContext, clusters: readonly string[] | null | undefined, cluster: string): string[] {
  const names = clusters?.map((text) => clusterNameOf(checkedName(context, 'clusters', 'cluster', text)));
  if (names?.includes(cluster) === false)
    throw badUserInput('clusters', `does not name cluster "${cluster}", which another argument is in`);
  return [cluster];
}

/** Lists of summaries. */
export const SUMMARY_LISTS = {
  daemons: { kind: 'Daemon', operation: 'ListDaemons', structure: 'DaemonSummary', arnMember: 'daemonArn' },
  daemonDeployments: {
    kind: 'DaemonDeployment',
    operation: 'ListDaemonDeployments',
    structure: 'DaemonDeploymentSummary',
    arnMember: 'daemonDeploymentArn',
  },
  daemonTaskDefinitions: {
    kind: 'DaemonTaskDefinition',
    operation: 'ListDaemonTaskDefinitions',
    structure: 'DaemonTaskDefinitionSummary',
    arnMember: 'arn',
  },
  gateways: { kind: 'Gateway', operation: 'ListGateways', structure: 'GatewaySummary', arnMember: 'gatewayArn' },
  gatewayRoutes: {
    kind: 'GatewayRoute',
    operation: 'ListGatewayRoutes',
    structure: 'GatewayRouteSummary',
    arnMember: 'gatewayRouteArn',
  },
  serviceDeployments: {
    kind: 'ServiceDeployment',
    operation: 'ListServiceDeployments',
    structure: 'ServiceDeploymentBrief',
    arnMember: 'serviceDeploymentArn',
  },
} as const satisfies Record<string, SummaryList<EntityKind, ListOperation>>;

/**
 * A connection over such a list. An item is described only if a selected field is not in its summary.
 * @throws {EcsError} NOT_FOUND, naming the argument, if the parent resource does not exist
 * @param args the caller's filters and paging
 * @param fixed filters that the parent adds
 */
export function summaryConnection<Name extends keyof typeof SUMMARY_LISTS>(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  list: Name,
  { first, after, ...filters }: PageArguments & object,
  fixed: object = {},
): Promise<ConnectionSource<EntityShapes[(typeof SUMMARY_LISTS)[Name]['kind']]>> {
  const { operation } = SUMMARY_LISTS[list];
  const input = { ...graph.toAwsInput(context, operation, filters), ...fixed } as ListInput<ListOperation>;
  const page = { first, after, binding: listBinding(list, context.ecs.scope, input) };
  const connection = pagedConnection<ListOperation, EntityShapes[EntityKind]>(
    context.ecs,
    page,
    operation,
    input,
    summaryToNode(graph, context, info, list),
    summaryNaming(list),
  );
  return blaming(connection, filters) as never;
}

/** Daemons of all clusters, or of some. */
export function daemonsAcross(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  { first, after, clusters, ...args }: ClusterListArguments & object,
): Promise<ConnectionSource<EntityShapes['Daemon']>> {
  const filters = graph.toAwsInput(context, 'ListDaemons', args);
  const toNode = summaryToNode(graph, context, info, 'daemons');
  return clusterPages(
    context,
    { first, after, clusters },
    {
      name: 'daemons',
      operation: 'ListDaemons',
      filters,
      inputOf: async (id, arn): Promise<ListInput<'ListDaemons'>> => {
        const cluster = arn === undefined ? await context.loaders.of('Cluster').load({ id, members: [] }) : undefined;
        return { ...filters, clusterArn: arn ?? cluster?.clusterArn ?? id };
      },
      toNode,
      naming: summaryNaming<DaemonSummary>('daemons'),
    },
  ) as never;
}

function summaryNaming<Item>(list: keyof typeof SUMMARY_LISTS): Naming<Item> {
  const { arnMember } = SUMMARY_LISTS[list];
  return {
    keyOf: (item) => (item as Known)[arnMember] as string | undefined,
    itemOf: (arn) => new Unlisted(arnMember, arn) as Item,
  };
}

function summaryToNode(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  list: keyof typeof SUMMARY_LISTS,
): (item: object | string) => MaybePromise<object | null> {
  const { kind, structure, arnMember } = SUMMARY_LISTS[list];
  const members = selectedNodeMembers(info, kind);
  return (item) => {
    const arn = String((item as unknown as Known)[arnMember]);
    if (item instanceof Unlisted) return context.loaders.of(kind).load({ id: arn, members });
    return resolveEntity(
      context,
      kind,
      { arn },
      members,
      knownFromSummary(graph, structure, context.ecs.corrected(kind, item as object, []) ?? (item as object)),
    );
  };
}

/** The summary of an item that ECS does not list yet. */
class Unlisted {
  constructor(arnMember: string, arn: string) {
    Object.assign(this, { [arnMember]: arn });
  }
}

/** The members that a summary shows: a member that ECS omitted from it is known to be absent. */
export function knownFromSummary(graph: EcsGraph, structure: StructureName, summary: object): Known {
  const members = summary as Known;
  return Object.fromEntries(graph.model.structure(structure).map(({ name }) => [name, members[name]]));
}
