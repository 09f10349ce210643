import type * as sdk from '@aws-sdk/client-ecs';
import { clusterNameOf, lastPart, parseArn } from '../core/arn.ts';
import type { EntityKind, EntityShapes } from '../core/describe-specs.ts';
import type { ListInput, ListOperation } from '../core/list-operations.ts';

/** Undefined if only ECS knows the answer. */
type Maybe = boolean | undefined;

/** The resources of one kind that a list shows, so that written resources can be compared with it. */
interface Membership<Kind extends EntityKind, Op extends ListOperation> {
  readonly kind: Kind;
  /** The identifier that the list returns for an item. Absent means the ARN. */
  readonly keyOf?: (item: EntityShapes[Kind]) => string | undefined;
  readonly belongs: (item: EntityShapes[Kind], input: ListInput<Op>) => Maybe;
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
        is(input.launchType, service.launchType),
        is(input.schedulingStrategy, service.schedulingStrategy),
        is(input.resourceManagementType, service.resourceManagementType),
      ),
  }),
  // A service's own description does not show its namespaces.
  ListServicesByNamespace: member('ListServicesByNamespace', 'Service', {
    belongs: (service) => (service.status === 'ACTIVE' ? undefined : false),
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
    belongs: ({ status }, input) =>
      all(
        input.status === undefined ? status !== 'INACTIVE' : is(input.status, status),
        input.filter === undefined ? true : undefined,
      ),
    isEnteredLater: ({ status }) => status !== undefined,
  }),
  ListTaskDefinitions: member('ListTaskDefinitions', 'TaskDefinition', {
    belongs: ({ status, family }, input) => all(is(input.status ?? 'ACTIVE', status), is(input.familyPrefix, family)),
    isEnteredLater: ({ status }) => status !== undefined && status !== 'ACTIVE',
    order: ({ sort }) => (sort === 'DESC' ? (one, other) => byRevision(other, one) : byRevision),
  }),
  // A family stays, INACTIVE, after its last revision is deregistered. Only ECS knows whether another revision is
  // ACTIVE.
  ListTaskDefinitionFamilies: member('ListTaskDefinitionFamilies', 'TaskDefinition', {
    keyOf: ({ family }) => family,
    belongs: ({ status, family = '' }, input) =>
      all(family.startsWith(input.familyPrefix ?? ''), status === 'ACTIVE' ? input.status !== 'INACTIVE' : undefined),
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
    belongs: ({ clusterArn, status }, input) =>
      all(
        is(clusterNameOf(input.clusterArn ?? 'default'), clusterArn && clusterNameOf(clusterArn)),
        status === undefined ? undefined : true,
        input.capacityProviderArns === undefined ? true : undefined,
      ),
  }),
  ListDaemonTaskDefinitions: member('ListDaemonTaskDefinitions', 'DaemonTaskDefinition', {
    belongs: ({ family = '', status }, input) =>
      all(
        family.startsWith(input.familyPrefix ?? ''),
        is(input.family, family),
        input.status === 'ALL' ? true : is(input.status ?? 'ACTIVE', status),
        // The last registered revision; only ECS knows whether another one was registered since.
        input.revision === undefined ? true : undefined,
      ),
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
    belongs: ({ status, name = '', capacityProviderArn = '' }, { capacityProviders, cluster }) =>
      all(
        status === 'ACTIVE' ? true : undefined,
        capacityProviders === undefined || capacityProviders.some((id) => id === name || id === capacityProviderArn),
        cluster === undefined ? true : undefined,
      ),
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
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
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
