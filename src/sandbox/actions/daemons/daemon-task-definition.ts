import type {
  DeleteDaemonTaskDefinitionRequest,
  DeleteDaemonTaskDefinitionResponse,
  DescribeDaemonTaskDefinitionRequest,
  DescribeDaemonTaskDefinitionResponse,
  ListDaemonTaskDefinitionsRequest,
  ListDaemonTaskDefinitionsResponse,
  RegisterDaemonTaskDefinitionRequest,
  RegisterDaemonTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import { clientError, invalidParameter } from '../../checks/ecs-errors.ts';
import { PAGE_OF_100, paginate } from '../../checks/paging.ts';
import { createDaemonTaskDefinition, findDaemonTaskDefinition } from '../../daemons/daemon-task-definitions.ts';
import type { DaemonTaskDefinitionRecord } from '../../model/daemon-records.ts';
import type { World } from '../../model/world.ts';
import { renderDaemonTaskDefinition } from '../../render/daemon.ts';
import { allSeen, change, seen } from '../../store/eventual-consistency.ts';
import { checkTags } from '../../store/tags.ts';
import { dueAction } from '../../time/due-action.ts';
import { toOptionalSeconds, toSeconds } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

export const registerDaemonTaskDefinition: Action<
  RegisterDaemonTaskDefinitionRequest,
  RegisterDaemonTaskDefinitionResponse
> = (world, input, caller) => {
  const { tags, ...registration } = input;
  const record = createDaemonTaskDefinition(world, registration, caller.principalArn, checkTags(tags));
  return { daemonTaskDefinitionArn: record.arn };
};

export const describeDaemonTaskDefinition: Action<
  DescribeDaemonTaskDefinitionRequest,
  DescribeDaemonTaskDefinitionResponse
> = (world, input) => {
  const record = findDaemonTaskDefinition(world, input.daemonTaskDefinition);
  const visible = record === undefined ? undefined : seen(world, record);
  if (visible === undefined) throw clientError('Unable to describe daemon task definition.');
  return { daemonTaskDefinition: renderDaemonTaskDefinition(visible) };
};

/** How often the use of a revision is checked, and how long a DELETED revision can be described. */
const CHECK_MS = 60_000;
const KEEP_MS = 3600_000;

function deleteWhenUnused(world: World, record: DaemonTaskDefinitionRecord): void {
  world.clock.after(CHECK_MS, checkDeletion, world, record);
}

const checkDeletion = dueAction(
  'daemonTaskDefinition.checkDeletion',
  (world: World, record: DaemonTaskDefinitionRecord) => {
    const isUsed = [...world.daemons.values()].some(
      (daemon) =>
        daemon.status !== 'DELETED' &&
        [daemon.wanted, daemon.lastGood, ...daemon.tasks.values()].some((item) => item?.taskDefinition === record),
    );
    if (isUsed) {
      deleteWhenUnused(world, record);
      return;
    }
    change(world, record, { status: 'DELETED' });
    world.clock.after(KEEP_MS, forgetRevision, world, record);
  },
);

const forgetRevision = dueAction('daemonTaskDefinition.forget', (world: World, record: DaemonTaskDefinitionRecord) => {
  world.daemonFamilies.get(record.family)?.revisions.delete(record.revision);
});

export const deleteDaemonTaskDefinition: Action<
  DeleteDaemonTaskDefinitionRequest,
  DeleteDaemonTaskDefinitionResponse
> = (world, input) => {
  if (!/:\d+$/.test(input.daemonTaskDefinition)) {
    throw invalidParameter(`Invalid revision number. Number: ${input.daemonTaskDefinition}`);
  }
  const record = findDaemonTaskDefinition(world, input.daemonTaskDefinition);
  if (record === undefined) throw clientError('The specified daemon task definition does not exist.');
  if (record.status === 'ACTIVE') {
    change(world, record, { status: 'DELETE_IN_PROGRESS', deleteRequestedAt: world.clock.now() });
    deleteWhenUnused(world, record);
  }
  return { daemonTaskDefinitionArn: record.arn };
};

/** Family first, then revision. A space sorts before every character of a name. */
function sortKey(record: DaemonTaskDefinitionRecord): string {
  return `${record.family} ${String(record.revision).padStart(9, '0')}`;
}

export const listDaemonTaskDefinitions: Action<ListDaemonTaskDefinitionsRequest, ListDaemonTaskDefinitionsResponse> = (
  world,
  input,
) => {
  const { family, familyPrefix = '', status = 'ACTIVE', revision } = input;
  const records = [...world.daemonFamilies.values()]
    .filter(({ name }) => (family === undefined || name === family) && name.startsWith(familyPrefix))
    .flatMap((item) => [...item.revisions.values()].filter((r) => !revision || r.revision === item.lastRevision));
  const listed = [...allSeen(world, records)].filter((record) => status === 'ALL' || record.status === status);
  const direction = input.sort === 'DESC' ? -1 : 1;
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0) * direction;
  listed.sort((a, b) => order(sortKey(a), sortKey(b)));
  const { items, ...next } = paginate(
    'ListDaemonTaskDefinitions',
    input,
    PAGE_OF_100,
    listed,
    sortKey,
    (record, key) => order(sortKey(record), key) > 0,
  );
  return {
    daemonTaskDefinitions: items.map((record) => ({
      arn: record.arn,
      registeredAt: toSeconds(record.bornAt),
      registeredBy: record.definition.registeredBy,
      deleteRequestedAt: toOptionalSeconds(record.deleteRequestedAt),
      status: record.status,
    })),
    ...next,
  };
};
