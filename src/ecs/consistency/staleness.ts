import type * as sdk from '@aws-sdk/client-ecs';
import type { EntityKind, EntityShapes } from '../core/describe-specs.ts';

/** The result of a write for one resource. */
export interface Written<Kind extends EntityKind> {
  readonly kind: Kind;
  readonly how: 'created' | 'changed' | 'deleted';
  readonly item: EntityShapes[Kind];
  /** Members that the input set. Several recent writes add up. */
  readonly members: readonly string[];
  /** Whether the resource is new. */
  readonly isNew?: boolean;
}

/** Fields to overlay from the write, or undefined if the reading is at least as new as the write. */
export function isBehind<Kind extends EntityKind>(
  written: Written<Kind>,
  read: EntityShapes[Kind],
): Partial<EntityShapes[Kind]> | undefined {
  return (COMPARE[written.kind] as Compare<Kind> | undefined)?.(written, read);
}

type Compare<Kind extends EntityKind> = (
  written: Written<Kind>,
  read: EntityShapes[Kind],
) => Partial<EntityShapes[Kind]> | undefined;

const COMPARE: { readonly [Kind in EntityKind]?: Compare<Kind> } = {
  Task: ({ item }, read) => ((read.version ?? 0) < (item.version ?? 0) ? item : undefined),
  ContainerInstance: ({ how, item }, read) => {
    const [had, has] = [item.version ?? 0, read.version ?? 0];
    return has < had || (how === 'deleted' && has === had) ? item : undefined;
  },
  Service: (written, read) => (isOlderService(written, read) ? written.item : undefined),
  TaskDefinition: ({ item }, read) => {
    // A reading by family alone may show the previous revision.
    if ((read.revision ?? 0) < (item.revision ?? 0)) return item;
    return read.revision === item.revision && rank(read.status) < rank(item.status) ? item : undefined;
  },
  TaskSet: ({ item }, read) => (isOlder(read, item) ? item : undefined),
  Daemon: ({ item }, read) => (isOlder(read, item) ? item : undefined),
  DaemonTaskDefinition: ({ item }, read) => {
    if ((read.revision ?? 0) < (item.revision ?? 0)) return item;
    return read.revision === item.revision && rank(read.status) < rank(item.status) ? item : undefined;
  },
  ExpressGatewayService: ({ how, item }, read) => {
    if (isOlder(read, item)) return item;
    return how === 'deleted' && read.status?.statusCode === 'ACTIVE' ? item : undefined;
  },
  Gateway: (written, read) => {
    // The status of a resource changes on its own while a write takes effect.
    if (written.how === 'deleted') return read.status === 'DELETED' ? undefined : written.item;
    return members(written);
  },
  Cluster: (written, read) => olderStatus(written, read) ?? members(written),
  CapacityProvider: (written, read) => olderStatus(written, read) ?? members(written),
};

/** ECS dates services and their deployments. If the dates are equal, the written members decide. */
function isOlderService({ how, item, members }: Written<'Service'>, read: sdk.Service): boolean {
  const created = item.createdAt === undefined ? 0 : time(read.createdAt) - time(item.createdAt);
  if (created !== 0) return created < 0;
  if (how === 'deleted') return read.status === 'ACTIVE';
  if (time(primary(read)?.createdAt) > time(primary(item)?.createdAt)) return false;
  // An older primary deployment is a reading of before the write, or of a rollback, which changes that deployment.
  const changed = lastChange(read) - lastChange(item);
  if (changed !== 0) return changed < 0;
  return members.some((member) => differs(item, read, member));
}

interface Dated {
  readonly createdAt?: Date | undefined;
  readonly updatedAt?: Date | undefined;
}

/**
 * Another creation date means another resource. A resource that was not changed since its creation has no change date.
 */
function isOlder(one: Dated, other: Dated): boolean {
  const created = time(one.createdAt) - time(other.createdAt);
  return created === 0 ? time(one.updatedAt) < time(other.updatedAt) : created < 0;
}

function primary(service: sdk.Service): sdk.Deployment | undefined {
  return service.deployments?.find(({ status }) => status === 'PRIMARY');
}

/** When a deployment of the service last changed. */
function lastChange({ deployments = [] }: sdk.Service): number {
  return Math.max(0, ...deployments.map(({ createdAt, updatedAt }) => time(updatedAt ?? createdAt)));
}

function differs(written: object, read: object, member: string): boolean {
  const [one, other] = [written, read].map((item) => (item as Record<string, unknown>)[member]);
  return one !== undefined && JSON.stringify(one) !== JSON.stringify(other);
}

/** A reused name may show the previous resource's end; a deleted one may show its earlier life. */
function olderStatus<Item extends { readonly status?: string | undefined }>(
  { how, item, isNew }: Pick<Written<EntityKind>, 'how' | 'isNew'> & { readonly item: Item },
  read: Item,
): Item | undefined {
  if (how === 'deleted') return read.status === 'ACTIVE' ? item : undefined;
  return (how === 'created' || isNew === true) && read.status === 'INACTIVE' ? item : undefined;
}

/** If ECS returns no date, written members override the reading. */
function members<Kind extends EntityKind>({
  how,
  item,
  members,
}: Written<Kind>): Partial<EntityShapes[Kind]> | undefined {
  if (how !== 'changed') return undefined;
  const known = Object.entries(item).filter(([name]) => members.includes(name));
  return Object.fromEntries(known) as Partial<EntityShapes[Kind]>;
}

const STATUSES = ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS', 'DELETED'];

function rank(status: string | undefined): number {
  return STATUSES.indexOf(status ?? '');
}

function time(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
