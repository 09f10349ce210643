import {
  type DrainForecast,
  forecastDrain,
  type TaskFate,
  type TaskForecast,
} from '../../live/drain/drain-forecast.ts';
import { readForecast } from '../../live/drain/read-forecast.ts';
import { listBinding } from '../connections/cursor.ts';
import { pageArgs } from '../connections/page-args.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { DRAIN_OPERATIONS, drainTarget, instancesArgs } from './drain.ts';
import { type DrainTypes, listedTasks, UNREAD_PROTECTION } from './drain-types.ts';
import { count, MOST_ROWS, type ProgressTypes } from './shared-types.ts';

const FATES: Readonly<Record<TaskFate, string>> = {
  WOULD_MOVE: 'Its service would replace it on another instance, and stop it.',
  WOULD_STOP: 'The task would stop; a daemon task is not replaced elsewhere.',
  WOULD_STAY: 'A drain never touches it: it belongs to no service.',
  BLOCKED: 'The percentages of its service allow neither a stop nor a start.',
  NO_ROOM: 'No other instance has room for its replacement.',
};

/** Adds the query `drainForecast`. */
export function addDrainForecast(graph: EcsGraph, { kind }: DrainTypes, { blocker }: ProgressTypes): void {
  const { builder } = graph;
  const fate = ownEnum(builder, 'TaskFate', 'The effect of a drain on a task.', FATES);
  const task = builder.objectRef<TaskForecast>('TaskForecast').implement({
    description: 'The predicted effect of a drain on one task.',
    fields: (t) => ({
      task: t.expose('task', { type: graph.noun('Task').ref, nullable: false, description: 'The task.' }),
      kind: t.expose('kind', {
        type: kind,
        nullable: false,
        description: 'Whether it belongs to a service, to a daemon or to neither.',
      }),
      fate: t.expose('fate', { type: fate, nullable: false, description: 'The predicted effect.' }),
      isProtected: t.exposeBoolean('isProtected', {
        description: `Whether it has scale-in protection. ${UNREAD_PROTECTION}`,
      }),
      roomOn: t.field({
        type: graph.noun('ContainerInstance').ref,
        description: 'One instance that has room for its replacement; ECS may choose another.',
        resolve: ({ roomOnArn, task: { clusterArn } }, _args, context, info) =>
          roomOnArn === null ? null : resolveLink(context, info, 'ContainerInstance', { arn: roomOnArn, clusterArn }),
      }),
    }),
  });
  const forecast = builder.objectRef<DrainForecast>('DrainForecast').implement({
    description: 'The predicted effect of a drain, from the current state of ECS. Nothing is changed.',
    fields: (t) => ({
      tasks: t.field({
        type: graph.connection('TaskForecast', task),
        description: 'Tasks on the instances, sorted by ARN.',
        args: {
          fates: t.arg({ type: [fate], description: 'Only tasks of one of these fates. Null means all.' }),
          ...pageArgs(t.arg),
        },
        resolve: ({ tasks }, { fates, ...page }, { ecs }) =>
          listedTasks(
            { ...page, binding: listBinding('forecastTasks', ecs.scope, fates) },
            tasks.filter((one) => fates == null || fates.includes(one.fate)),
            ({ task: { taskArn } }) => taskArn,
          ),
      }),
      movingTaskCount: t.exposeInt('movingTaskCount', count('Tasks that would be replaced on other instances.')),
      stayingTaskCount: t.exposeInt('stayingTaskCount', count('Standalone tasks: a drain leaves them where they are.')),
      blockedTaskCount: t.exposeInt('blockedTaskCount', count('Tasks that would have to move and could not.')),
      hasRoom: t.exposeBoolean('hasRoom', {
        nullable: false,
        description: 'Whether every task that must move finds room.',
      }),
      blockedBy: t.field({
        type: [blocker],
        nullable: false,
        description: `Reasons why the drain would not finish, by room, percentages and protection, one for each kind and service: at most ${MOST_ROWS}. Whether replacements start and become healthy is not predicted: \`drainProgress\` shows it.`,
        resolve: ({ blockedBy }) => blockedBy.slice(0, MOST_ROWS),
      }),
      notEvaluated: t.field({
        type: ['String'],
        nullable: false,
        resolve: ({ notEvaluated }) => notEvaluated.slice(0, MOST_ROWS),
        description:
          'Rules that the forecast leaves out, at most 100. `memberOf` expressions: there may be less room than it says. `scale-in protection`, if ECS does not let the gateway read it: `blockedBy` does not contain PROTECTED_TASKS then.',
      }),
      summary: t.exposeString('summary', {
        nullable: false,
        description: 'One line of text that a bot can post unchanged.',
      }),
    }),
  });
  builder.queryField('drainForecast', (t) =>
    t.field({
      type: forecast,
      description:
        'Predicts a drain of these container instances without changing anything: which tasks would move, what would block it, and whether there is capacity. Costs the lists of all instances of the cluster, of the tasks on these instances, and of their services.',
      args: instancesArgs(t.arg, true),
      extensions: {
        operations: ['ListContainerInstances', ...DRAIN_OPERATIONS, 'DescribeTaskDefinition'],
        ecsCost: 12,
      },
      async resolve(_root, args, context) {
        const target = await drainTarget(context, args);
        return forecastDrain(await readForecast(context, target), context.services.upstream.clock.now());
      },
    }),
  );
}
