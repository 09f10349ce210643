import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { readDefinition } from '../launch/read-definition.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import { Containers } from '../model/tasks/containers.ts';
import type { Fate } from '../model/tasks/simulated-behavior.ts';
import type { World } from '../model/world.ts';
import { newRecord } from '../store/new-record.ts';
import type { Wire } from '../util/wire-types.ts';
import type { ClusterState } from './cluster-state.ts';

/** A container that starts, passes its checks and keeps running, whatever its labels and its image say. */
const SOUND: Fate = {
  exitCode: undefined,
  exitAfter: undefined,
  unhealthyAfter: undefined,
  targetUnhealthyAfter: undefined,
  pullError: undefined,
  oomAfter: undefined,
  ignoresSigterm: false,
  startDelay: 0,
  healthyAfter: undefined,
  startError: undefined,
};

/** Adds a task definition with what is known about its tasks. */
export function importDefinition(world: World, shown: TaskDefinition, state: ClusterState): TaskDefinitionRecord {
  const { taskDefinitionArn: arn = '', family: name = '', revision = 1, status = 'ACTIVE', ...rest } = shown;
  const { registeredAt: _registered, deregisteredAt: _deregistered, deleteRequestedAt: _deleted, ...definition } = rest;
  const outlook = state.outlooks?.get(arn);
  const read = readDefinition(
    { ...definition, taskDefinitionArn: arn, family: name } as Wire<TaskDefinition>,
    new Map(),
  );
  const recipes = read.recipes.map((recipe) => ({
    ...recipe,
    fate: recipe.isEssential ? { ...SOUND, ...outlook?.fate } : SOUND,
  }));
  const record: TaskDefinitionRecord = {
    kind: 'taskDefinition',
    ...newRecord(world),
    arn,
    family: name,
    revision,
    ...read,
    recipes,
    containers: Containers.from(recipes),
    timings: outlook?.timings === undefined ? undefined : { ...world.timings, ...outlook.timings },
    status,
    tags: [],
  };
  const family = world.families.get(name) ?? { name, lastRevision: 0, revisions: new Map() };
  family.lastRevision = Math.max(family.lastRevision, revision);
  family.revisions.set(revision, record);
  world.families.set(name, family);
  return record;
}
