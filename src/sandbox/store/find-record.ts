import { clientError, clusterNotFound, EcsError, invalidParameter, serviceNotFound } from '../checks/ecs-errors.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { arnOf, isArn, parseArn } from './arns.ts';

export const DEFAULT_CLUSTER = 'default';

/** The parts of an ARN after its type. A malformed ARN, or one of another Region or account, is refused. */
function pathOf(world: World, type: string, reference: string): readonly [first: string, second?: string] {
  const arn = parseArn(reference);
  const [first, second] = arn?.path ?? [];
  if (arn?.type !== type || first === undefined) throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  if (arn.region !== world.region) throw invalidParameter(`Invalid region. Expected ${world.region}.`);
  if (arn.account !== world.account) {
    throw new EcsError('AccessDeniedException', `The caller is not authorized to use the resource: ${reference}`);
  }
  return second === undefined ? [first] : [first, second];
}

const ARN_PARTS = 6;

/** The name in a cluster's name or ARN. */
export function clusterNameOf(world: World, reference: string): string {
  if (isArn(reference) && reference.split(':').length < ARN_PARTS) {
    throw clientError(`com.amazon.arn.ARNSyntaxException: Fifth colon (:) not found: ${reference}`);
  }
  return isArn(reference) ? pathOf(world, 'cluster', reference)[0] : reference;
}

export function findCluster(world: World, reference: string | undefined): ClusterRecord | undefined {
  return world.clusters.get(clusterNameOf(world, reference ?? DEFAULT_CLUSTER));
}

/** The cluster that an operation names, or `default`. It must exist and be neither deleted nor being deleted. */
export function requireCluster(world: World, reference: string | undefined): ClusterRecord {
  const cluster = findCluster(world, reference);
  if (cluster === undefined) throw clusterNotFound();
  if (cluster.status === 'INACTIVE' || cluster.status === 'DEPROVISIONING')
    throw clusterNotFound('The referenced cluster was inactive.');
  return cluster;
}

/** `family`, `family:revision` or an ARN. A family alone means its latest ACTIVE revision. */
export function findTaskDefinition(world: World, reference: string): TaskDefinitionRecord | undefined {
  const name = taskDefinitionNameOf(world, reference);
  const colon = name.lastIndexOf(':');
  if (colon < 0) {
    const revisions = [...(world.families.get(name)?.revisions.values() ?? [])];
    return revisions.reverse().find((record) => record.status === 'ACTIVE');
  }
  const revision = Number(name.slice(colon + 1));
  if (!Number.isInteger(revision)) throw invalidParameter(`Invalid revision number. Number: ${name.slice(colon + 1)}`);
  return world.families.get(name.slice(0, colon))?.revisions.get(revision);
}

function taskDefinitionNameOf(world: World, reference: string): string {
  return isArn(reference) ? pathOf(world, 'task-definition', reference)[0] : reference;
}

/** A task definition to run: it must exist and be ACTIVE. */
export function requireActiveTaskDefinition(world: World, reference: string): TaskDefinitionRecord {
  if (reference === '') throw invalidParameter('TaskDefinition can not be blank.');
  const record = findTaskDefinition(world, reference);
  if (record === undefined) throw clientError('TaskDefinition not found.');
  if (record.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive');
  return record;
}

/** A task definition named with its revision, as deregistering and deleting require. */
export function requireRevision(world: World, reference: string): TaskDefinitionRecord {
  if (!taskDefinitionNameOf(world, reference).includes(':')) throw clientError('Revision is missing.');
  const record = findTaskDefinition(world, reference);
  if (record === undefined) throw clientError('The specified task definition does not exist.');
  return record;
}

/** AWS's names for the ids that it makes itself; services have names. */
const ID_NAMES: Readonly<Record<string, string>> = { task: 'taskId', 'container-instance': 'instanceId' };
const ID_LENGTHS = [32, 36];

/** Refuses what cannot be an id, as `None` and the empty text of a script, in AWS's words. */
function checkId(type: string, id: string): string {
  const name = ID_NAMES[type];
  if (name === undefined) return id;
  if (id.includes('/')) throw invalidParameter('Invalid identifier: Unexpected number of separators');
  if (!ID_LENGTHS.includes(id.length)) throw invalidParameter(`${name} length should be one of [${ID_LENGTHS}]`);
  return id;
}

/**
 * The id of a task, container instance or the like, from the id alone or an ARN in either format. An ARN of another
 * cluster is refused, as by ECS.
 */
function idOf(world: World, cluster: ClusterRecord, type: string, reference: string): string {
  if (!isArn(reference)) return checkId(type, reference);
  const [first, second] = pathOf(world, type, reference);
  if (second === undefined) return checkId(type, first);
  if (first !== cluster.name) {
    throw invalidParameter(`Identifier is for cluster ${first}. Your cluster is ${cluster.name}`);
  }
  return checkId(type, second);
}

export function findService(world: World, cluster: ClusterRecord, reference: string): ServiceRecord | undefined {
  return cluster.services.get(idOf(world, cluster, 'service', reference));
}

/** A service to act on: neither unknown nor INACTIVE. */
export function requireService(world: World, cluster: ClusterRecord, reference: string): ServiceRecord {
  const service = findService(world, cluster, reference);
  if (service === undefined) throw serviceNotFound();
  return service;
}

export function findTask(world: World, cluster: ClusterRecord, reference: string): TaskRecord | undefined {
  return cluster.tasks.get(idOf(world, cluster, 'task', reference));
}

export function findInstance(world: World, cluster: ClusterRecord, reference: string): InstanceRecord | undefined {
  return cluster.instances.get(idOf(world, cluster, 'container-instance', reference));
}

/** A container instance to act on. */
export function requireInstance(world: World, cluster: ClusterRecord, reference: string): InstanceRecord {
  const instance = findInstance(world, cluster, reference);
  if (instance === undefined || instance.status === 'INACTIVE') {
    throw invalidParameter('Referenced container instance was not found.');
  }
  return instance;
}

/** The ARN in a failure: the given one, or the one that an id would have. */
export function failureArn(world: World, type: string, reference: string): string {
  return isArn(reference) ? reference : arnOf(world, 'ecs', `${type}/${reference}`);
}
