import type { ObjectRef } from '@pothos/core';
import type { DrainTaskKind } from '../../live/core/task-owner.ts';
import type { DrainProgress, InstanceDrain } from '../../live/drain/drain-progress.ts';
import type { DrainOutcome } from '../../live/drain/drain-snapshot.ts';
import type { DrainTask, DrainTaskState } from '../../live/drain/drain-task.ts';
import { listBinding } from '../connections/cursor.ts';
import { pageArgs } from '../connections/page-args.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { count, MOST_ROWS, outlookFields, type ProgressTypes } from './shared-types.ts';

/** Most container instances in an argument and in an event. */
export const MOST_INSTANCES = 500;

export const DRAIN_OUTCOMES: Readonly<Record<DrainOutcome, string>> = {
  DRAINED:
    'No task is left on the instance, stopping tasks included. The instance stays DRAINING until it is reactivated or deregistered.',
  REACTIVATED: 'The instance was set ACTIVE again before it was empty.',
  DEREGISTERED: 'The instance left the cluster before it was empty.',
  TIMED_OUT: 'The `timeout` of the subscription has passed; the drain itself goes on.',
};

const STATES: Readonly<Record<DrainTaskState, string>> = {
  WAITING: 'Still meant to run.',
  STOPPING: 'Stopping; it still counts as remaining.',
  STOPPED: 'Off the instance.',
};

/** The limits of what is known of the tasks that have left. */
const JOINED =
  'The value counts the tasks that were on the instances while the gateway followed the drain. Null while none of these has left and others may have left before: ' +
  'ECS does not date a drain, and forgets stopped tasks after an hour. The beginning is known if the gateway saw it, or if ECS shows no stopped task and a task on the instance is less than an hour old.';

/** The meaning of null where protection is shown. */
export const UNREAD_PROTECTION = 'Null if ECS does not let the gateway read the protection.';

const KINDS: Readonly<Record<DrainTaskKind, string>> = {
  SERVICE: 'Of a service, which replaces it elsewhere.',
  DAEMON: 'Of a daemon, which runs once an instance and is not replaced elsewhere.',
  STANDALONE: 'Of no service: a drain never touches it.',
};

/** Drain types that the graph uses in several places. */
export interface DrainTypes {
  readonly progress: ObjectRef<Types, DrainProgress>;
  readonly outcome: ReturnType<typeof ownEnum<DrainOutcome>>;
  readonly kind: ReturnType<typeof ownEnum<DrainTaskKind>>;
}

/** A connection over tasks that are already known. */
export function listedTasks<Item>(
  page: PageArguments & { readonly binding: string },
  items: readonly Item[],
  arnOf: (item: Item) => string | undefined,
): Promise<ConnectionSource<Item>> {
  const byArn = new Map(items.map((item) => [arnOf(item) ?? '', item]));
  return keyedConnection(page, [...byArn.keys()].sort(), (arn) => byArn.get(arn) ?? null);
}

export function addDrainTypes(graph: EcsGraph, shared: ProgressTypes): DrainTypes {
  const { builder } = graph;
  const outcome = ownEnum(
    builder,
    'DrainOutcome',
    'How a drain ended. With several instances, the worst outcome of them.',
    DRAIN_OUTCOMES,
  );
  const state = ownEnum(builder, 'DrainTaskState', 'The state of a task on a draining instance.', STATES);
  const kind = ownEnum(builder, 'DrainTaskKind', 'The owner of a task, which decides whether a drain stops it.', KINDS);

  const task = builder.objectRef<DrainTask>('DrainTask').implement({
    description: 'A task that is, or was, on a draining instance.',
    fields: (t) => ({
      task: t.expose('task', {
        type: graph.noun('Task').ref,
        nullable: false,
        description: 'The task as last read.',
      }),
      kind: t.expose('kind', {
        type: kind,
        nullable: false,
        description: 'Whether it belongs to a service, to a daemon or to neither.',
      }),
      state: t.expose('state', {
        type: state,
        nullable: false,
        description: 'The state of its move off the instance.',
      }),
      isProtected: t.exposeBoolean('isProtected', {
        description: `Whether it has scale-in protection. ${UNREAD_PROTECTION}`,
      }),
      probableReplacement: t.expose('probableReplacement', {
        type: graph.noun('Task').ref,
        description:
          'The task that probably takes its place: ECS does not link the two. This task is of the same service and started on another instance after the drain began.',
      }),
      isReplacementHealthy: t.exposeBoolean('isReplacementHealthy', {
        nullable: false,
        description: 'Whether that task counts as healthy. False if there is no such task.',
      }),
    }),
  });
  const instance = builder.objectRef<InstanceDrain>('InstanceDrain').implement({
    description: 'Progress of the drain of one container instance.',
    fields: (t) => ({
      containerInstanceArn: t.exposeString('containerInstanceArn', { nullable: false, description: 'Which instance.' }),
      containerInstance: t.expose('instance', {
        type: graph.noun('ContainerInstance').ref,
        description: 'The instance as last read.',
      }),
      tasks: t.field({
        type: graph.connection('DrainTask', task),
        description:
          'Its tasks, sorted by ARN: tasks on the instance, and tasks that left it since the subscription started.',
        args: {
          states: t.arg({ type: [state], description: 'Only tasks in one of these states. Null means all.' }),
          ...pageArgs(t.arg),
        },
        resolve: ({ containerInstanceArn, tasks }, { states, ...page }, { ecs }) =>
          listedTasks(
            { ...page, binding: listBinding('drainTasks', ecs.scope, containerInstanceArn, states) },
            tasks.filter((one) => states == null || states.includes(one.state)),
            ({ task: { taskArn } }) => taskArn,
          ),
      }),
      remainingTaskCount: t.exposeInt(
        'remainingTaskCount',
        count('Tasks still on the instance, stopping tasks included.'),
      ),
      percent: t.exposeInt('percent', {
        description: `The share of its tasks that have left it, 0 to 100. ${JOINED}`,
      }),
      outcome: t.expose('outcome', { type: outcome, description: 'How its drain ended; null while it has not.' }),
    }),
  });
  const progress = builder.objectRef<DrainProgress>('DrainProgress').implement({
    description: 'Progress of the drain of one or more container instances.',
    fields: (t) => ({
      instances: t.field({
        type: [instance],
        nullable: false,
        description: `Each instance, at most ${MOST_INSTANCES}; \`instanceCount\` is their total.`,
        resolve: ({ instances }) => instances.slice(0, MOST_INSTANCES),
      }),
      instanceCount: t.int({
        ...count('Instances whose drain is followed.'),
        resolve: ({ instances }) => instances.length,
      }),
      changedTasks: t.field({
        type: [task],
        nullable: false,
        description: `Tasks that have changed since the previous event, at most ${MOST_ROWS}; \`changedTaskCount\` is their total. Empty in a first event and in the feed \`drains\`.`,
        resolve: ({ changedTasks }) => changedTasks.slice(0, MOST_ROWS),
      }),
      changedTaskCount: t.int({
        ...count('Tasks that have changed since the previous event.'),
        resolve: ({ changedTasks }) => changedTasks.length,
      }),
      remainingTaskCount: t.exposeInt(
        'remainingTaskCount',
        count('Tasks still on the instances, stopping tasks included.'),
      ),
      stoppingTaskCount: t.exposeInt('stoppingTaskCount', count('Remaining tasks that are stopping.')),
      standaloneTaskCount: t.exposeInt(
        'standaloneTaskCount',
        count('Remaining tasks that belong to no service. A drain never stops them.'),
      ),
      protectedTaskCount: t.exposeInt('protectedTaskCount', {
        description: `Remaining tasks with scale-in protection. ${UNREAD_PROTECTION}`,
      }),
      movedTaskCount: t.exposeInt('movedTaskCount', {
        description: `Tasks that have left. ${JOINED}`,
      }),
      goneInstanceCount: t.exposeInt(
        'goneInstanceCount',
        count(
          'Instances of the cursor that left the cluster before this poll; only for a cursor of more than 300 instances.',
        ),
      ),
      percent: t.exposeInt('percent', {
        description: `The share of the tasks that have left, 0 to 100. ${JOINED}`,
      }),
      ...outlookFields(t, shared),
    }),
  });
  return { progress, outcome, kind };
}
