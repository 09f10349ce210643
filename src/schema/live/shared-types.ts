import type { FieldMap, ObjectRef } from '@pothos/core';
import type { Blocker } from '../../live/core/blockers.ts';
import type { Latitude } from '../../live/core/deployment-bounds.ts';
import type { Estimate } from '../../live/deployment/deployment-estimate.ts';
import type { Types } from '../core/builder.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { BLOCK_REASONS, ESTIMATE_BASES } from './enums.ts';

/** Most rows of a kind in an event. A number shows how many there are. */
export const MOST_ROWS = 100;
/** Most tasks in a blocker. */
const MOST_TASKS = 50;

/** Types that several kinds of progress share. */
export interface ProgressTypes {
  readonly blocker: ObjectRef<Types, Blocker>;
  readonly estimate: ObjectRef<Types, Estimate>;
}

export function addProgressTypes({ builder }: EcsGraph): ProgressTypes {
  const reason = ownEnum(builder, 'BlockReason', 'Why a deployment or drain does not advance.', BLOCK_REASONS);
  const basis = ownEnum(builder, 'EstimateBasis', 'The basis of a time estimate.', ESTIMATE_BASES);
  const latitude = builder.objectRef<Latitude>('DeploymentLatitude').implement({
    description: 'How many tasks the percentages of a service leave to move.',
    fields: (t) => ({
      desiredTaskCount: t.exposeInt('desiredCount', { nullable: false, description: 'Tasks that the service wants.' }),
      minimumHealthyPercent: t.exposeInt('minimumHealthyPercent', {
        nullable: false,
        description: 'In percent of `desiredTaskCount`, as configured, or by the default of ECS for such a service.',
      }),
      maximumPercent: t.exposeInt('maximumPercent', {
        nullable: false,
        description: 'In percent of `desiredTaskCount`, as configured, or by the default of ECS for such a service.',
      }),
      healthyFloor: t.exposeInt('healthyFloor', {
        nullable: false,
        description: 'The fewest tasks that must stay healthy: the minimum percent of the desired count, rounded up.',
      }),
      taskCeiling: t.exposeInt('taskCeiling', {
        nullable: false,
        description: 'The most tasks that may run or start: the maximum percent of the desired count, rounded down.',
      }),
    }),
  });
  const blocker = builder.objectRef<Blocker>('Blocker').implement({
    description: 'One reason why a deployment or drain does not advance.',
    fields: (t) => ({
      reason: t.expose('reason', { type: reason, nullable: false, description: 'Which.' }),
      message: t.exposeString('message', {
        nullable: false,
        description: "The reason as text. ECS's own message comes first, if there is one.",
      }),
      inferred: t.exposeBoolean('inferred', {
        nullable: false,
        description: 'True if ECS does not report it and the gateway inferred it from the counts.',
      }),
      since: t.expose('since', { type: 'DateTime', description: 'The start of the blockage; null if unknown.' }),
      serviceArn: t.exposeString('serviceArn', {
        description: 'The affected service; null for standalone tasks.',
      }),
      taskArns: t.stringList({
        nullable: false,
        description: `The affected tasks, at most ${MOST_TASKS}; empty if it affects no single tasks.`,
        resolve: ({ taskArns }) => taskArns.slice(0, MOST_TASKS),
      }),
      latitude: t.expose('latitude', { type: latitude, description: 'The arithmetic, for PERCENTAGES_ALLOW_NOTHING.' }),
    }),
  });
  const estimate = builder.objectRef<Estimate>('TimeEstimate').implement({
    description: 'How much longer something may take. A guess: a task that fails or a hook that waits makes it wrong.',
    fields: (t) => ({
      remaining: t.expose('remainingMs', { type: 'Duration', nullable: false, description: 'How much longer.' }),
      basis: t.expose('basis', { type: basis, nullable: false, description: 'The basis of the estimate.' }),
    }),
  });
  return { blocker, estimate };
}

/** Options of a counting field, which is never null. */
export function count(description: string) {
  return { nullable: false as const, description };
}

/** Whether something in progress will reach its goal. */
interface Outlook {
  readonly estimate: Estimate | null;
  readonly blockedBy: readonly Blocker[];
}

/** The outlook, as fields of a progress. */
export function outlookFields(t: ObjectFields<Outlook>, { blocker, estimate }: ProgressTypes): FieldMap {
  return {
    estimate: t.expose('estimate', {
      type: estimate,
      description: 'Estimate of the remaining time. Null while blocked, just after the start, and after the end.',
    }),
    blockedBy: t.field({
      type: [blocker],
      nullable: false,
      description: `Reasons why it does not advance, one for each kind and service: at most ${MOST_ROWS}. Empty while it advances.`,
      resolve: ({ blockedBy }) => blockedBy.slice(0, MOST_ROWS),
    }),
  };
}
