import { type EcsArn, lastPart, looksLikeArn, parseArn } from '../../ecs/core/arn.ts';
import type { ResourceType } from './actions.ts';

/** The account and Region that the gateway serves. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** An entity of Cedar, without its namespace. */
export interface Uid {
  readonly type: ResourceType;
  readonly id: string;
}

/** The resource of a decision. Ids are ARNs of the new format, even if the caller or ECS wrote the old one. */
export interface Resource extends Uid {
  /** Everything above it, nearest first. */
  readonly parents: readonly Uid[];
  /** Tags, where they were read. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** True if the id stands for any resource of the type below the parents. */
  readonly isAny?: true;
}

/** Types whose resources are in a cluster. */
const CLUSTERED: ReadonlySet<ResourceType> = new Set<ResourceType>([
  'Service',
  'Task',
  'ContainerInstance',
  'TaskSet',
  'ServiceDeployment',
  'ServiceRevision',
  'Daemon',
  'DaemonDeployment',
  'DaemonRevision',
]);

/** The type in ARNs. */
const ARN_TYPES: Readonly<Record<string, ResourceType>> = {
  'capacity-provider': 'CapacityProvider',
  cluster: 'Cluster',
  'container-instance': 'ContainerInstance',
  daemon: 'Daemon',
  'daemon-deployment': 'DaemonDeployment',
  'daemon-revision': 'DaemonRevision',
  'daemon-task-definition': 'DaemonTaskDefinition',
  gateway: 'Gateway',
  'gateway-route': 'GatewayRoute',
  service: 'Service',
  'service-deployment': 'ServiceDeployment',
  'service-revision': 'ServiceRevision',
  task: 'Task',
  'task-definition': 'TaskDefinition',
  'task-set': 'TaskSet',
};

/** The resource type in an ARN; undefined if it is not an ARN of ECS. */
export function typeOfArn(arn: string): ResourceType | undefined {
  return ARN_TYPES[parseArn(arn)?.type ?? ''];
}

export function regionOf({ account, region }: Place): Uid[] {
  return [
    { type: 'Region', id: `${account}/${region}` },
    { type: 'Account', id: account },
  ];
}

export function regionResource(place: Place): Resource {
  const [self, ...parents] = regionOf(place) as [Uid, Uid];
  return { ...self, parents };
}

/** Facts that are known in addition to a name or ARN. */
export interface Known {
  /** The cluster's name or ARN, if the name or the ARN (of the old format) does not contain it. */
  readonly cluster?: string | undefined;
  /** The ARN or name of the service that a task, deployment, revision or task set belongs to. */
  readonly service?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * The resource of a name, id or ARN.
 * @returns undefined if its cluster is not known
 */
export function toResource(
  place: Place,
  type: ResourceType,
  nameOrArn: string,
  known: Known = {},
): Resource | undefined {
  const arn = looksLikeArn(nameOrArn) ? parseArn(nameOrArn) : undefined;
  // A foreign Region or account is kept: no policy on ours may allow it.
  const where = arn === undefined ? place : { partition: arn.partition, account: arn.account, region: arn.region };
  const name = arn?.name ?? nameOrArn;
  const around = regionOf(where);
  const make = (id: string, parents: readonly Uid[]): Resource => ({
    type,
    id,
    parents,
    ...(known.tags !== undefined && { tags: known.tags }),
  });
  if (type === 'Account' || type === 'Region') return undefined;
  if (type === 'TaskDefinition' || type === 'Family') {
    const family: Uid = { type: 'Family', id: arnIn(where, 'task-definition', name.replace(/:\d+$/, '')) };
    return type === 'Family'
      ? { ...make(family.id, around) }
      : make(arnIn(where, 'task-definition', name), [family, ...around]);
  }
  if (!CLUSTERED.has(type))
    return make(arnIn(where, arnTypeOf(type), name), [...gatewayOf(type, where, name), ...around]);
  const cluster = arn?.cluster ?? (known.cluster === undefined ? undefined : lastPart(known.cluster));
  if (cluster === undefined) return undefined;
  const clusterUid = clusterOf(where, cluster);
  const owners = ownersOf(type, where, cluster, name, known.service);
  return make(arnIn(where, arnTypeOf(type), `${cluster}/${name}`), [...owners, clusterUid, ...around]);
}

/** Stands for any resource of a type in a cluster or, without one, in the Region. */
export function anyOf(place: Place, type: ResourceType, cluster: string | undefined): Resource {
  const around = regionOf(place);
  const parents = cluster === undefined ? around : [clusterOf(place, lastPart(cluster)), ...around];
  return { type, id: '', parents, isAny: true };
}

export function arnIn({ partition, region, account }: Place, type: string, name: string): string {
  return `arn:${partition}:ecs:${region}:${account}:${type}/${name}`;
}

function clusterOf(place: Place, name: string): Uid {
  return { type: 'Cluster', id: arnIn(place, 'cluster', name) };
}

function arnTypeOf(type: ResourceType): string {
  return type.replace(/\B[A-Z]/g, '-$&').toLowerCase();
}

function gatewayOf(type: ResourceType, place: Place, name: string): Uid[] {
  const [gateway] = name.split('/');
  return type === 'GatewayRoute' && gateway !== undefined && gateway !== name
    ? [{ type: 'Gateway', id: arnIn(place, 'gateway', gateway) }]
    : [];
}

/** The service or daemon that a resource belongs to. ARNs of deployments, revisions and task sets contain its name. */
function ownersOf(type: ResourceType, place: Place, cluster: string, name: string, service: string | undefined): Uid[] {
  if (type === 'Task') return service === undefined ? [] : [serviceUid(place, cluster, lastPart(service))];
  const [owner, ...rest] = name.split('/');
  if (owner === undefined || rest.length === 0) return [];
  if (type === 'DaemonDeployment' || type === 'DaemonRevision')
    return [{ type: 'Daemon', id: arnIn(place, 'daemon', `${cluster}/${owner}`) }];
  return ['TaskSet', 'ServiceDeployment', 'ServiceRevision'].includes(type) ? [serviceUid(place, cluster, owner)] : [];
}

function serviceUid(place: Place, cluster: string, name: string): Uid {
  return { type: 'Service', id: arnIn(place, 'service', `${cluster}/${name}`) };
}

/** The cluster in the canonical ARN of a resource that belongs to a cluster. */
export function clusterIn(id: string): string | undefined {
  const arn: EcsArn | undefined = parseArn(id);
  if (arn === undefined) return undefined;
  if (arn.type === 'cluster') return arn.arn;
  return arn.cluster === undefined ? undefined : arnIn(arn, 'cluster', arn.cluster);
}
