import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import { clientError } from '../../checks/ecs-errors.ts';
import { checkBatch } from '../../checks/input-limits.ts';
import { PAGE_OF_100, paginate } from '../../checks/paging.ts';
import { completeTaskDefinition } from '../../definitions/complete-task-definition.ts';
import { readDefinition } from '../../launch/read-definition.ts';
import type { FamilyRecord } from '../../model/task-definition-family.ts';
import type { TaskDefinitionRecord } from '../../model/task-definition-record.ts';
import type { World } from '../../model/world.ts';
import { renderTaskDefinition } from '../../render/task-definition.ts';
import { taskDefinitionArn } from '../../store/arns.ts';
import { allSeen, change, seen } from '../../store/eventual-consistency.ts';
import { findTaskDefinition, requireRevision } from '../../store/find-record.ts';
import { newRecord } from '../../store/new-record.ts';
import { checkTags } from '../../store/tags.ts';
import { dueAction } from '../../time/due-action.ts';
import type { Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

function familyOf(world: World, name: string): FamilyRecord {
  const present = world.families.get(name);
  if (present !== undefined) return present;
  const family: FamilyRecord = { name, lastRevision: 0, revisions: new Map() };
  world.families.set(name, family);
  return family;
}

export const registerTaskDefinition: Action<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse> = (
  world,
  input,
  caller,
) => {
  const body = completeTaskDefinition(input);
  const checked = checkTags(input.tags);
  const family = familyOf(world, input.family);
  family.lastRevision += 1;
  const revision = family.lastRevision;
  const record: TaskDefinitionRecord = {
    kind: 'taskDefinition',
    ...newRecord(world),
    arn: taskDefinitionArn(world, family.name, revision),
    family: family.name,
    revision,
    ...readDefinition({ ...body, registeredBy: caller.principalArn }, world.surroundings.images),
    tags: checked,
  };
  family.revisions.set(revision, record);
  return { taskDefinition: renderTaskDefinition(record), ...(checked.length > 0 ? { tags: checked } : {}) };
};

export const describeTaskDefinition: Action<DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse> = (
  world,
  input,
) => {
  const record = findTaskDefinition(world, input.taskDefinition);
  const visible = record === undefined ? undefined : seen(world, record);
  if (visible === undefined) throw clientError('Unable to describe task definition.');
  return {
    taskDefinition: renderTaskDefinition(visible),
    tags: input.include?.includes('TAGS') ? visible.tags : [],
  };
};

export const deregisterTaskDefinition: Action<DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse> = (
  world,
  input,
) => {
  const record = requireRevision(world, input.taskDefinition);
  if (record.status !== 'ACTIVE') throw clientError('The specified task definition is inactive.');
  change(world, record, { status: 'INACTIVE', deregisteredAt: world.clock.now() });
  return { taskDefinition: renderTaskDefinition(record) };
};

/** A revision is deleted once nothing uses it. Its use is checked at this interval (our choice). */
const DELETION_CHECK_MS = 60_000;

function deleteWhenUnused(world: World, record: TaskDefinitionRecord): void {
  world.clock.after(DELETION_CHECK_MS, checkDeletion, world, record);
}

const checkDeletion = dueAction('taskDefinition.checkDeletion', (world: World, record: TaskDefinitionRecord) => {
  if (record.services.size > 0 || record.liveTasks > 0) deleteWhenUnused(world, record);
  else world.families.get(record.family)?.revisions.delete(record.revision);
});

const NO_IDENTIFIER = 'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.';
const NO_REVISION =
  'The specified task definition does not exist. Specify a valid account, family, revision and try again.';

export const deleteTaskDefinitions: Action<DeleteTaskDefinitionsRequest, DeleteTaskDefinitionsResponse> = (
  world,
  input,
) => {
  checkBatch(input.taskDefinitions, 10, 'taskDefinitions');
  const taskDefinitions: Wire<DeleteTaskDefinitionsResponse>['taskDefinitions'] = [];
  const failures: Wire<DeleteTaskDefinitionsResponse>['failures'] = [];
  for (const reference of input.taskDefinitions) {
    const record = /:\d+$/.test(reference) ? findTaskDefinition(world, reference) : undefined;
    if (record === undefined) {
      failures.push({ arn: reference, reason: /:\d+$/.test(reference) ? NO_REVISION : NO_IDENTIFIER });
      continue;
    }
    if (record.status === 'ACTIVE') {
      failures.push({
        arn: record.arn,
        reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      });
      continue;
    }
    if (record.status === 'INACTIVE') {
      change(world, record, { status: 'DELETE_IN_PROGRESS', deleteRequestedAt: world.clock.now() });
      deleteWhenUnused(world, record);
    }
    taskDefinitions.push(renderTaskDefinition(record));
  }
  return { taskDefinitions, failures };
};

/** Family first, then revision: the order of ListTaskDefinitions. A space sorts before every character of a name. */
function sortKey(record: TaskDefinitionRecord): string {
  return `${record.family} ${String(record.revision).padStart(9, '0')}`;
}

export const listTaskDefinitions: Action<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse> = (world, input) => {
  const status = input.status ?? 'ACTIVE';
  const families =
    input.familyPrefix === undefined
      ? [...world.families.values()]
      : [world.families.get(input.familyPrefix)].filter((family) => family !== undefined);
  const revisions = families.flatMap((family) => [...family.revisions.values()]);
  const listed = [...allSeen(world, revisions)].filter((record) => record.status === status);
  const direction = input.sort === 'DESC' ? -1 : 1;
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0) * direction;
  listed.sort((a, b) => order(sortKey(a), sortKey(b)));
  const { items, ...next } = paginate(
    'ListTaskDefinitions',
    input,
    PAGE_OF_100,
    listed,
    sortKey,
    (record, key) => order(sortKey(record), key) > 0,
  );
  return { taskDefinitionArns: items.map((record) => record.arn), ...next };
};

export const listTaskDefinitionFamilies: Action<
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse
> = (world, input) => {
  const wanted = input.status ?? 'ALL';
  const isListed = (family: FamilyRecord): boolean => {
    if (!family.name.startsWith(input.familyPrefix ?? '')) return false;
    const revisions = [...allSeen(world, family.revisions.values())];
    const isActive = revisions.some((record) => record.status === 'ACTIVE');
    if (wanted === 'ACTIVE') return isActive;
    return wanted === 'INACTIVE' ? !isActive && revisions.length > 0 : revisions.length > 0;
  };
  const names = [...world.families.values()].filter(isListed).map((family) => family.name);
  const { items, ...next } = paginate(
    'ListTaskDefinitionFamilies',
    input,
    PAGE_OF_100,
    names.sort(),
    String,
    (n, key) => n > key,
  );
  return { families: items, ...next };
};
