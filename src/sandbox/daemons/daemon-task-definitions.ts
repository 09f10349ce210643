import type { ContainerDefinition, RegisterDaemonTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { clientError, invalidParameter } from '../checks/ecs-errors.ts';
import { completeTaskDefinition } from '../definitions/complete-task-definition.ts';
import { readDefinition } from '../launch/read-definition.ts';
import type { DaemonFamilyRecord, DaemonTaskDefinitionRecord } from '../model/daemon-records.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { World } from '../model/world.ts';
import { DAEMON_RULES } from '../rules/daemon-rules.ts';
import { enforce } from '../rules/rule.ts';
import { daemonTaskDefinitionArn, isArn, parseArn } from '../store/arns.ts';
import { newRecord } from '../store/new-record.ts';
import type { Input, Tags, Wire } from '../util/wire-types.ts';

type Registration = Omit<Input<RegisterDaemonTaskDefinitionRequest>, 'tags'>;

/** The ordinary task definition from which tasks of the daemon are created. It is internal to the sandbox. */
function templateOf(world: World, arn: string, revision: number, registration: Registration): TaskDefinitionRecord {
  enforce(DAEMON_RULES, registration);
  const { family, containerDefinitions, cpu, memory, executionRoleArn, taskRoleArn, volumes = [] } = registration;
  const definition = completeTaskDefinition({
    family,
    containerDefinitions: containerDefinitions as Input<ContainerDefinition>[],
    volumes: volumes.map(({ name }) => (name === undefined ? {} : { name })),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
    ...(taskRoleArn === undefined ? {} : { taskRoleArn }),
  });
  return {
    kind: 'taskDefinition',
    ...newRecord(world),
    arn,
    family,
    revision,
    ...readDefinition(definition, world.surroundings.images),
    tags: [],
  };
}

export function createDaemonTaskDefinition(
  world: World,
  registration: Registration,
  registeredBy: string,
  tags: Tags,
): DaemonTaskDefinitionRecord {
  const present = world.daemonFamilies.get(registration.family);
  const family: DaemonFamilyRecord = present ?? { name: registration.family, lastRevision: 0, revisions: new Map() };
  const revision = family.lastRevision + 1;
  const arn = daemonTaskDefinitionArn(world, family.name, revision);
  const template = templateOf(world, arn, revision, registration);
  const { containerDefinitions, ...rest } = registration;
  const record: DaemonTaskDefinitionRecord = {
    kind: 'daemonTaskDefinition',
    ...newRecord(world),
    arn,
    family: family.name,
    revision,
    definition: {
      ...rest,
      containerDefinitions: containerDefinitions.map((item) => ({
        ...item,
        essential: item.essential ?? true,
      })) as Wire<DaemonTaskDefinitionRecord['definition']>['containerDefinitions'],
      pidMode: rest.pidMode ?? 'none',
      ipcMode: rest.ipcMode ?? 'none',
      registeredBy,
    },
    template,
    status: 'ACTIVE',
    deleteRequestedAt: undefined,
    tags,
  };
  family.lastRevision = revision;
  family.revisions.set(revision, record);
  world.daemonFamilies.set(family.name, family);
  return record;
}

/** `family`, `family:revision` or an ARN. A family alone means its latest ACTIVE revision. */
export function findDaemonTaskDefinition(world: World, reference: string): DaemonTaskDefinitionRecord | undefined {
  let name = reference;
  if (isArn(reference)) {
    const arn = parseArn(reference);
    if (arn?.type !== 'daemon-task-definition' || arn.path[0] === undefined) {
      throw invalidParameter('Invalid identifier: Unexpected ARN format.');
    }
    name = arn.path[0];
  }
  const [, family = '', digits] = /^(.*?)(?::(\d+))?$/.exec(name) ?? [];
  const revisions = world.daemonFamilies.get(family)?.revisions;
  if (digits !== undefined) return revisions?.get(Number(digits));
  return [...(revisions?.values() ?? [])].reverse().find((record) => record.status === 'ACTIVE');
}

/** A daemon task definition to run: it must exist and be ACTIVE. */
export function requireDaemonTaskDefinition(world: World, reference: string): DaemonTaskDefinitionRecord {
  const record = findDaemonTaskDefinition(world, reference);
  if (record === undefined) throw clientError('The specified daemon task definition does not exist.');
  if (record.status !== 'ACTIVE') throw clientError('The specified daemon task definition is not active.');
  return record;
}
