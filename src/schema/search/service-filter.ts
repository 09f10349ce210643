import type { ArgBuilder, EnumRef, InputObjectRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { parseArn } from '../../ecs/core/arn.ts';
import { ROLLOUT_MEMBERS, type RolloutState, rolloutOf } from '../../live/core/rollout-state.ts';
import { addRolloutStateInput } from '../computed/service-fields.ts';
import { listBinding } from '../connections/cursor.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { type EntityRef, refIn, resolveEntity } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { taskDefinitionsOf } from '../links/task-definition-use.ts';
import { imageMatches } from '../links/usage-match.ts';
import { fewClusters, fromClusters } from '../lists/clusters.ts';
import { addFilterTypes, matchesTags, matchesText, type StringFilter, type TagFilter } from './string-filter.ts';

type Service = Sources['Service'];

export interface ServiceFilter {
  readonly name?: StringFilter | null | undefined;
  readonly tags?: readonly TagFilter[] | null | undefined;
  readonly status?: readonly string[] | null | undefined;
  readonly rollout?: readonly RolloutState[] | null | undefined;
  readonly launchType?: readonly string[] | null | undefined;
  readonly schedulingStrategy?: readonly string[] | null | undefined;
  readonly image?: string | null | undefined;
}

export type ServiceOrder = 'NAME' | 'CREATED_AT' | 'RUNNING_TASK_COUNT' | 'ROLLOUT';

export interface FilteredServicesArgs extends PageArguments {
  readonly clusters?: readonly string[] | null | undefined;
  readonly filter?: ServiceFilter | null | undefined;
  readonly orderBy?: ServiceOrder | null | undefined;
  readonly direction?: string | null | undefined;
}

/** Most urgent first. */
const BY_URGENCY: readonly RolloutState[] = [
  'FAILED',
  'ROLLING_BACK',
  'UNDER_DESIRED',
  'DEPLOYING',
  'UNRECOGNIZED',
  'DRAINING',
  'INACTIVE',
  'STEADY',
];

/** A service with its sort key: a text, then its ARN. */
interface Order {
  readonly members: readonly string[];
  readonly keyOf: (service: Service) => string;
}

const ORDERS: Readonly<Record<ServiceOrder, Order>> = {
  NAME: { members: ['serviceName'], keyOf: ({ serviceName = '' }) => serviceName },
  CREATED_AT: { members: ['createdAt'], keyOf: ({ createdAt }) => createdAt?.toISOString() ?? '' },
  RUNNING_TASK_COUNT: {
    members: ['runningCount'],
    keyOf: ({ runningCount = 0 }) => String(runningCount).padStart(9, '0'),
  },
  ROLLOUT: { members: ROLLOUT_MEMBERS, keyOf: (service) => String(BY_URGENCY.indexOf(rolloutOf(service).state)) },
};

/** The members that a filter reads of a service beside its name. */
function membersOf({ tags, status, rollout, launchType, schedulingStrategy, image }: ServiceFilter): string[] {
  return [
    ...(tags == null ? [] : ['tags']),
    ...(status == null ? [] : ['status']),
    ...(rollout == null ? [] : ROLLOUT_MEMBERS),
    ...(launchType == null ? [] : ['launchType']),
    ...(schedulingStrategy == null ? [] : ['schedulingStrategy']),
    ...(image == null ? [] : ['taskDefinition', 'deployments', 'taskSets']),
  ];
}

async function matches(context: GraphContext, service: Service, filter: ServiceFilter): Promise<boolean> {
  const { tags, status, rollout, launchType, schedulingStrategy, image } = filter;
  if (!matchesTags(tags, service.tags ?? [])) return false;
  if (status != null && !status.includes(service.status ?? '')) return false;
  if (rollout != null && !rollout.includes(rolloutOf(service).state)) return false;
  if (launchType != null && !launchType.includes(service.launchType ?? '')) return false;
  if (schedulingStrategy != null && !schedulingStrategy.includes(service.schedulingStrategy ?? '')) return false;
  return image == null || usesImage(context, service, image);
}

async function usesImage(context: GraphContext, service: Service, image: string): Promise<boolean> {
  const definitions = await Promise.all(
    taskDefinitionsOf(service).map((arn) => resolveEntity(context, 'TaskDefinition', { arn }, CONTAINERS)),
  );
  return definitions.some((definition) =>
    (definition?.containerDefinitions ?? []).some((container) => imageMatches(image, container.image)),
  );
}

const CONTAINERS: ReadonlySet<string> = new Set(['containerDefinitions']);

/**
 * The ACTIVE services of clusters that match a filter, in an order. Names are filtered before anything is described.
 * @throws {EcsError} NOT_FOUND for a cluster that was named
 * @throws {GraphQLError} QUERY_TOO_EXPENSIVE for too many clusters
 */
export async function filteredServices(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  { clusters, filter, orderBy, direction, first, after, ...more }: FilteredServicesArgs,
): Promise<ConnectionSource<Service>> {
  const { cluster: _cluster, ...listed } = graph.toAwsInput(context, 'ListServices', more);
  const covered = await fewClusters(context, clusters);
  if (filter?.image?.trim() === '') throw badUserInput('filter.image', 'must not be empty');
  const [wanted, by, isDescending] = [filter ?? {}, orderBy ?? 'NAME', direction === 'DESC'];
  const { members: sortedBy, keyOf } = ORDERS[by];
  const scope = covered.isNamed ? covered.names : null;
  const binding = listBinding('filteredServices', context.ecs.scope, scope, listed, wanted, by, isDescending);
  const refs = await fromClusters(covered, async (cluster) => {
    const arns = await context.loaders.lists.read('ListServices', { ...listed, cluster });
    return arns.filter((arn) => matchesText(wanted.name, nameOf(arn))).map((arn) => refIn(cluster, arn));
  });
  const selected = selectedNodeMembers(info, 'Service');
  const read = new Set([...membersOf(wanted), ...sortedBy]);
  const all = new Set([...selected, ...read]);
  const isRead = read.size > 1 || by !== 'NAME';
  const found = await Promise.all(
    refs.flat().map(async (ref): Promise<readonly [string, EntityRef] | undefined> => {
      const suffix = `\u0000${ref.arn} ${ref.clusterArn ?? ''}`;
      if (!isRead) return [nameOf(ref.arn) + suffix, ref];
      const service = await resolveEntity(context, 'Service', ref, all);
      if (service === null || !(await matches(context, service, wanted))) return undefined;
      return [keyOf(service) + suffix, ref];
    }),
  );
  const byKey = new Map(found.filter((item) => item !== undefined));
  const keys = [...byKey.keys()].sort();
  return keyedConnection(
    { first, after, binding },
    isDescending ? keys.reverse() : keys,
    (key) => resolveEntity(context, 'Service', byKey.get(key) ?? { arn: key }, isRead ? all : selected),
    { isDescending },
  );
}

function nameOf(arn: string): string {
  return parseArn(arn)?.name ?? arn;
}

export interface ServiceFilterTypes {
  readonly filter: InputObjectRef<Types, ServiceFilter>;
  readonly order: EnumRef<Types, ServiceOrder>;
}

/** The cost of a filter, for descriptions. */
export const FILTER_COST =
  'With `filter` or an order all ARNs are listed for each page; a filter or order by more than the name describes all ' +
  'services that its name lets through, and for `image` each revision that they run.';

/** A cluster of 100 services that is listed and described. */
const WHOLE_CLUSTER = { list: 1, describe: 10 };

/** A list of services with its cost if it is filtered or sorted: then it is read completely. */
export function filterable<Listed extends { readonly extensions: { readonly ecsCost: object } }>(listed: Listed) {
  const { extensions } = listed;
  const filtered = 'clusters' in extensions.ecsCost ? { perCluster: WHOLE_CLUSTER } : { perParent: WHOLE_CLUSTER };
  return {
    ...listed,
    extensions: { ...extensions, ecsCost: { ...extensions.ecsCost, filtered }, membersOfArguments },
  };
}

/** The members that a filter and an order read, from arguments that were not checked yet. */
function membersOfArguments({ filter, orderBy }: Readonly<Record<string, unknown>>): readonly string[] {
  const ofFilter = typeof filter === 'object' && filter !== null ? membersOf(filter) : [];
  const ofOrder = Object.hasOwn(ORDERS, String(orderBy)) ? ORDERS[orderBy as ServiceOrder].members : [];
  return [...ofFilter, ...ofOrder];
}

/** The arguments of a list that is not filtered. */
export function withoutFilter<Args extends FilteredServicesArgs>({ filter, orderBy, direction, ...args }: Args) {
  return args;
}

/** Whether a list of services is to be filtered or sorted by the gateway. */
export function isFiltered({ filter, orderBy, direction }: FilteredServicesArgs): boolean {
  return filter != null || orderBy != null || direction != null;
}

/** The arguments of a list of services that the gateway filters and sorts. */
export function serviceFilterArgs(graph: EcsGraph, arg: ArgBuilder<Types>, { filter, order }: ServiceFilterTypes) {
  return {
    filter: arg({ type: filter, description: 'Which services to list. Null means all.' }),
    orderBy: arg({
      type: order,
      description:
        'By what to sort. Null means NAME beside `filter` or `direction`, and else the order in which ECS lists.',
    }),
    direction: arg({ type: graph.enumInput('SortOrder'), description: 'ASC, as by default, or DESC.' }),
  };
}

/** Adds the inputs of filtered lists of services. */
export function addServiceFilter(graph: EcsGraph): ServiceFilterTypes {
  const { builder } = graph;
  const rolloutState = addRolloutStateInput(graph);
  const { text, tag } = addFilterTypes(graph);
  const filter = builder.inputType('ServiceFilter', {
    description: 'A filter of services. A service must match every member that is given.',
    fields: (t) => ({
      name: t.field({ type: text, description: 'Their name. Costs no call beyond the lists.' }),
      tags: t.field({ type: [tag], description: 'Tags that they have, each of them. Describes the services.' }),
      status: t.field({
        type: [graph.enumInput('ServiceStatus')],
        description:
          'Their status. ECS lists only ACTIVE services, so another status matches only a service that was deleted since the list was read, or services of an emulator. Describes the services.',
      }),
      rollout: t.field({ type: [rolloutState], description: 'The state of their rollout. Describes the services.' }),
      launchType: t.field({
        type: [graph.enumInput('LaunchType')],
        description: 'Their launch type; a service with a capacity provider strategy has none. Describes the services.',
      }),
      schedulingStrategy: t.field({
        type: [graph.enumInput('SchedulingStrategy')],
        description: 'REPLICA or DAEMON. Describes the services.',
      }),
      image: t.string({
        description:
          'An image that a deployment or task set of theirs runs, as in `imageUsage`. Describes the services and each revision that they run.',
      }),
    }),
  });
  const order = ownEnum<ServiceOrder>(builder, 'ServiceOrder', 'By what services are sorted.', {
    NAME: 'By name. Costs no call beyond the lists.',
    CREATED_AT: 'By the time of creation.',
    RUNNING_TASK_COUNT:
      'By `runningCount`. A service whose count changes between two pages may be shown twice or not at all.',
    ROLLOUT:
      'By `rollout`, the most urgent first: FAILED, ROLLING_BACK, UNDER_DESIRED, DEPLOYING, ..., STEADY. What changes between two pages may be shown twice or not at all.',
  });
  return { filter: filter as never, order };
}
