import type * as sdk from '@aws-sdk/client-ecs';
import type { WrittenEntity } from '../consistency/recent-writes.ts';
import { clusterNameOf, lastPart, looksLikeArn, parseArn } from '../core/arn.ts';
import type { EntityKind, EntityShapes } from '../core/describe-specs.ts';
import type { ListInput, ListOperation } from '../core/list-operations.ts';
import { instanceQuery } from './instance-query.ts';
import { allOf, type Maybe } from './maybe.ts';

/** Recent writes and reads of ECS by which a list is corrected. */
export interface ListSources {
  /** Results of recent writes for a kind, in a cluster if the kind lives in one. */
  readonly writtenIn: (kind: EntityKind, cluster: string | undefined) => Iterable<WrittenEntity>;
  readonly writtenAnywhere: (kind: EntityKind) => Iterable<WrittenEntity>;
  /** ARNs of the container instances of a cluster whose attributes recent writes set or removed. */
  readonly attributesWrittenOn: (cluster: string) => Iterable<string>;
  readonly describe: <Kind extends EntityKind>(
    kind: Kind,
    id: string,
    cluster: string | undefined,
  ) => Promise<EntityShapes[Kind] | null>;
  /** A whole list of ARNs, corrected by recent writes. */
  readonly list: (
    operation: 'ListTaskDefinitions',
    input: ListInput<'ListTaskDefinitions'>,
  ) => Promise<readonly string[]>;
}

/** Writes of other things that can change what a list shows. */
interface Touched {
  /** Keys that they may have added. */
  readonly expected: readonly string[];
  /** Whether they may have removed a key. */
  readonly isDoubted: (key: string) => boolean;
}

/** The resources of one kind that a list shows, so that written resources can be compared with it. */
interface Membership<Kind extends EntityKind, Op extends ListOperation> {
  readonly kind: Kind;
  /** The identifier that the list returns for an item. Absent means the ARN. */
  readonly keyOf?: (item: EntityShapes[Kind]) => string | undefined;
  /** @param wrote the input of the latest write of the item, for what its description does not show */
  readonly belongs: (item: EntityShapes[Kind], input: ListInput<Op>, wrote?: object) => Maybe;
  /** Decides about a key by reads of ECS, if `belongs` needs more than the resource's description. */
  readonly decide?: (key: string, input: ListInput<Op>, sources: ListSources) => Promise<Maybe>;
  readonly touched?: (input: ListInput<Op>, sources: ListSources) => Touched | undefined;
  /** Set if one list has the resources of all clusters. */
  readonly isOfAllClusters?: true;
  /** Whether the list has only the last revision of each family. */
  readonly isOfLastRevisions?: (input: ListInput<Op>) => boolean;
  /** Whether the filters allow a resource to enter the list long after its creation. */
  readonly isEnteredLater?: (input: ListInput<Op>) => boolean;
  /** The order that ECS documents, by the list's identifiers. Absent if ECS documents none. */
  readonly order?: (input: ListInput<Op>) => (one: string, other: string) => number;
}

const member = <Kind extends EntityKind, Op extends ListOperation>(
  _operation: Op,
  kind: Kind,
  membership: Omit<Membership<Kind, Op>, 'kind'>,
): Membership<Kind, Op> => ({ kind, ...membership });

/** The lists whose items writes describe. */
const LISTS = {
  ListClusters: member('ListClusters', 'Cluster', {
    belongs: ({ status }) => (status === undefined ? undefined : status !== 'INACTIVE'),
  }),
  ListServices: member('ListServices', 'Service', {
    belongs: (service, input) =>
      all(
        is('ACTIVE', service.status),
        isLaunchedBy(input.launchType, service),
        is(input.schedulingStrategy, service.schedulingStrategy),
        is(input.resourceManagementType, service.resourceManagementType ?? 'CUSTOMER'),
      ),
    isEnteredLater: ({ launchType }) => launchType !== undefined,
  }),
  ListServicesByNamespace: member('ListServicesByNamespace', 'Service', {
    belongs: (service, { namespace }) => all(is('ACTIVE', service.status), isConnectedIn(namespace ?? '', service)),
    isEnteredLater: () => true,
    isOfAllClusters: true,
  }),
  ListTasks: member('ListTasks', 'Task', {
    belongs: (task, input) =>
      all(
        is(input.desiredStatus ?? 'RUNNING', task.desiredStatus),
        is(input.launchType, task.launchType),
        is(input.family, parseArn(task.taskDefinitionArn ?? '')?.name.split(':')[0]),
        is(input.startedBy, task.startedBy),
        is(input.serviceName && `service:${lastPart(input.serviceName)}`, task.group),
        is(input.containerInstance && lastPart(input.containerInstance), lastPart(task.containerInstanceArn)),
        input.daemonName === undefined ? true : undefined,
      ),
    isEnteredLater: ({ desiredStatus }) => desiredStatus === 'STOPPED',
  }),
  ListContainerInstances: member('ListContainerInstances', 'ContainerInstance', {
    belongs: (instance, input) =>
      all(
        input.status === undefined ? instance.status !== 'INACTIVE' : is(input.status, instance.status),
        input.filter === undefined ? true : instanceQuery(input.filter)(instance),
      ),
    isEnteredLater: ({ status, filter }) => status !== undefined || filter !== undefined,
    touched({ cluster = 'default', filter = '' }, { attributesWrittenOn }) {
      if (!filter.includes('attribute:')) return undefined;
      const arns = new Set(attributesWrittenOn(cluster));
      return { expected: [...arns], isDoubted: (arn) => arns.has(arn) };
    },
  }),
  ListTaskDefinitions: member('ListTaskDefinitions', 'TaskDefinition', {
    belongs: ({ status, family }, input) => all(is(input.status ?? 'ACTIVE', status), is(input.familyPrefix, family)),
    isEnteredLater: ({ status }) => status !== undefined && status !== 'ACTIVE',
    order: ({ sort }) => (sort === 'DESC' ? (one, other) => byRevision(other, one) : byRevision),
  }),
  // A family stays, INACTIVE, after its last revision is deregistered. Its revisions decide.
  ListTaskDefinitionFamilies: member('ListTaskDefinitionFamilies', 'TaskDefinition', {
    keyOf: ({ family }) => family,
    belongs: ({ status, family = '' }, input) =>
      all(family.startsWith(input.familyPrefix ?? ''), status === 'ACTIVE' ? input.status !== 'INACTIVE' : undefined),
    async decide(family, { familyPrefix = '', status }, { list }) {
      if (!family.startsWith(familyPrefix)) return false;
      const active = await list('ListTaskDefinitions', { familyPrefix: family, status: 'ACTIVE' });
      if (active.length > 0) return status !== 'INACTIVE';
      if (status === 'ACTIVE') return false;
      const inactive = await list('ListTaskDefinitions', { familyPrefix: family, status: 'INACTIVE' });
      return inactive.length > 0 || undefined;
    },
    order: () => byName,
  }),
  ListServiceDeployments: member('ListServiceDeployments', 'ServiceDeployment', {
    belongs: ({ serviceArn, clusterArn, status, createdAt }, input) =>
      all(
        is(lastPart(input.service), lastPart(serviceArn)),
        is(clusterNameOf(input.cluster ?? 'default'), clusterArn && clusterNameOf(clusterArn)),
        isAmong(input.status, status),
        isBetween(input.createdAt, createdAt),
      ),
  }),
  ListDaemons: member('ListDaemons', 'Daemon', {
    belongs: ({ clusterArn, status }, input, wrote) =>
      all(
        is(clusterNameOf(input.clusterArn ?? 'default'), clusterArn && clusterNameOf(clusterArn)),
        status === undefined ? undefined : true,
        areAmong(input.capacityProviderArns, (wrote as Partial<sdk.CreateDaemonRequest>)?.capacityProviderArns),
      ),
    isEnteredLater: ({ capacityProviderArns }) => capacityProviderArns !== undefined,
  }),
  ListDaemonTaskDefinitions: member('ListDaemonTaskDefinitions', 'DaemonTaskDefinition', {
    belongs: ({ family = '', status }, input) =>
      all(
        family.startsWith(input.familyPrefix ?? ''),
        is(input.family, family),
        input.status === 'ALL' ? true : is(input.status ?? 'ACTIVE', status),
      ),
    isOfLastRevisions: ({ revision }) => revision === 'LAST_REGISTERED',
    isEnteredLater: ({ status }) => status !== undefined && status !== 'ACTIVE' && status !== 'ALL',
  }),
  ListGateways: member('ListGateways', 'Gateway', {
    belongs: ({ name = '', status }, { names, status: wanted }) =>
      all(names === undefined || names.length === 0 || names.includes(name), isAmong(wanted, status)),
  }),
  ListDaemonDeployments: member('ListDaemonDeployments', 'DaemonDeployment', {
    belongs: ({ daemonDeploymentArn = '', status, createdAt }, input) =>
      all(
        daemonDeploymentArn.startsWith(`${input.daemonArn?.replace(':daemon/', ':daemon-deployment/')}/`),
        isAmong(input.status, status),
        isBetween(input.createdAt, createdAt),
      ),
  }),
  DescribeCapacityProviders: member('DescribeCapacityProviders', 'CapacityProvider', {
    belongs: (provider, input) => all(isUsable(provider, input), input.cluster === undefined ? true : undefined),
    async decide(arn, { cluster, ...input }, { describe }) {
      const provider = await describe('CapacityProvider', arn, undefined);
      if (provider === null) return false;
      const isIn = isUsable(provider, input);
      if (cluster === undefined) return isIn;
      if (provider.cluster !== undefined) return all(isIn, clusterNameOf(provider.cluster) === clusterNameOf(cluster));
      const usable = (await describe('Cluster', clusterNameOf(cluster), undefined))?.capacityProviders;
      return all(isIn, usable?.includes(provider.name ?? ''));
    },
    touched({ cluster }, { writtenIn }) {
      if (cluster === undefined) return undefined;
      for (const { arn, written } of writtenIn('Cluster', undefined)) {
        const { capacityProviders } = written.item as sdk.Cluster;
        if (clusterNameOf(arn) !== clusterNameOf(cluster)) continue;
        const expected = capacityProviders?.map((name) => arn.replace(/:cluster\/.*/, `:capacity-provider/${name}`));
        return { expected: expected ?? [], isDoubted: () => true };
      }
      return undefined;
    },
  }),
} as const;

/** Undefined for a list whose items no write describes. */
export function membershipOf<Op extends ListOperation>(operation: Op): Membership<EntityKind, Op> | undefined {
  const lists: { readonly [Name in ListOperation]?: unknown } = LISTS;
  return lists[operation] as Membership<EntityKind, Op> | undefined;
}

/** The order of a list as ECS documents it, by the names of its items; undefined if ECS documents no order. */
export function orderOf<Op extends ListOperation>(
  operation: Op,
  input: ListInput<Op>,
): ((one: string, other: string) => number) | undefined {
  return membershipOf(operation)?.order?.(input);
}

/** An unset filter matches everything. A missing value cannot be compared. */
function is(wanted: string | undefined, has: string | undefined): Maybe {
  if (wanted === undefined) return true;
  return has === undefined ? undefined : has === wanted;
}

function isAmong(wanted: readonly string[] | undefined, has: string | undefined): Maybe {
  if (wanted === undefined || wanted.length === 0) return true;
  return has === undefined ? undefined : wanted.includes(has);
}

function isBetween(wanted: sdk.CreatedAt | undefined, at: Date | undefined): Maybe {
  if (wanted === undefined) return true;
  const { after, before } = wanted;
  return at === undefined ? undefined : (after === undefined || at > after) && (before === undefined || at < before);
}

function all(...parts: readonly Maybe[]): Maybe {
  return allOf(parts);
}

function isUsable(
  { status, name = '', capacityProviderArn = '' }: sdk.CapacityProvider,
  { capacityProviders: wanted }: Pick<sdk.DescribeCapacityProvidersRequest, 'capacityProviders'>,
): Maybe {
  const isWanted = wanted === undefined || wanted.some((id) => id === name || id === capacityProviderArn);
  return all(status === 'ACTIVE' ? true : undefined, isWanted);
}

/** A service with a capacity provider strategy has no launch type. */
function isLaunchedBy(
  wanted: string | undefined,
  { launchType, capacityProviderStrategy = [] }: Pick<sdk.Service, 'launchType' | 'capacityProviderStrategy'>,
): Maybe {
  return wanted !== undefined && launchType === undefined && capacityProviderStrategy.length > 0
    ? false
    : is(wanted, launchType);
}

/** Whether Service Connect registers a service in a namespace, which both may name by its name or its ARN. */
function isConnectedIn(namespace: string, { deployments }: Pick<sdk.Service, 'deployments'>): Maybe {
  const primary = deployments?.find(({ status }) => status === 'PRIMARY');
  if (primary === undefined) return undefined;
  const { enabled, namespace: own } = primary.serviceConnectConfiguration ?? { enabled: false };
  if (enabled !== true) return false;
  // Without one of its own, it is in the default namespace of its cluster.
  if (own === undefined) return undefined;
  if (lastPart(own) === lastPart(namespace)) return true;
  return looksLikeArn(own) === looksLikeArn(namespace) ? false : undefined;
}

/** Whether one of the wanted things is among some, both by name or ARN. */
function areAmong(wanted: readonly string[] | undefined, some: readonly string[] | undefined): Maybe {
  if (wanted === undefined) return true;
  const names = some?.map((each) => lastPart(each));
  return names && wanted.some((each) => names.includes(lastPart(each)));
}

function byName(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function byRevision(one: string, other: string): number {
  const [a, b] = [one, other].map((arn) => (lastPart(arn) ?? '').split(':'));
  const [family = '', revision] = a ?? [];
  const [otherFamily = '', otherRevision] = b ?? [];
  if (family !== otherFamily) return family < otherFamily ? -1 : 1;
  return Number(revision) - Number(otherRevision);
}
