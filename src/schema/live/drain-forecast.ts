import {
  type DrainForecast,
  forecastDrain,
  type TaskFate,
  type TaskForecast,
} from '../../live/drain/drain-forecast.ts';
import { readForecast } from '../../live/drain/read-forecast.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { DRAIN_OPERATIONS, drainTarget, instancesArgs } from './drain.ts';
import type { DrainTypes } from './drain-types.ts';
import { ownEnum } from './enums.ts';
import { count, type ProgressTypes } from './shared-types.ts';

const FATES: Readonly<Record<TaskFate, string>> = {
  WOULD_MOVE: 'Its service would replace it on another instance, and stop it.',
  WOULD_STOP: 'It would stop; a daemon task is not replaced elsewhere.',
  WOULD_STAY: 'A drain never touches it: it belongs to no service.',
  BLOCKED: "Its service's percentages allow neither a stop nor a start.",
  NO_ROOM: 'No other instance has room for its replacement.',
};

/** Adds the query `drainForecast`. */
export function addDrainForecast(graph: EcsGraph, { kind }: DrainTypes, { blocker }: ProgressTypes): void {
  const { builder } = graph;
  const fate = ownEnum(builder, 'TaskFate', 'What a drain would do with a task.', FATES);
  const task = builder.objectRef<TaskForecast>('TaskForecast').implement({
    description: 'What a drain would do with one task.',
    fields: (t) => ({
      task: t.expose('task', { type: graph.noun('Task').ref, nullable: false, description: 'The task.' }),
      kind: t.expose('kind', {
        type: kind,
        nullable: false,
        description: 'Whether it belongs to a service, a daemon or nothing.',
      }),
      fate: t.expose('fate', { type: fate, nullable: false, description: 'What would happen to it.' }),
      isProtected: t.exposeBoolean('isProtected', {
        nullable: false,
        description: 'Whether it has scale-in protection.',
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
    description: 'What a drain would do, by what ECS shows now. Nothing is touched.',
    fields: (t) => ({
      tasks: t.expose('tasks', { type: [task], nullable: false, description: 'Each task on the instances.' }),
      moveCount: t.exposeInt('moveCount', count('Tasks that would be replaced on other instances.')),
      stayCount: t.exposeInt('stayCount', count('Standalone tasks: a drain leaves them where they are.')),
      blockedCount: t.exposeInt('blockedCount', count('Tasks that would have to move and could not.')),
      hasRoom: t.exposeBoolean('hasRoom', {
        nullable: false,
        description: 'Whether every task that must move finds room.',
      }),
      blockedBy: t.expose('blockedBy', {
        type: [blocker],
        nullable: false,
        description: 'What would keep the drain from its end; empty where nothing would.',
      }),
      notEvaluated: t.expose('notEvaluated', {
        type: ['String'],
        nullable: false,
        description:
          'Placement rules that the forecast leaves out (`memberOf` expressions): there may be less room than it says.',
      }),
      summary: t.exposeString('summary', { nullable: false, description: 'One line that a bot can post as it is.' }),
    }),
  });
  builder.queryField('drainForecast', (t) =>
    t.field({
      type: forecast,
      description:
        'Says before anything is touched what a drain of these container instances would move, what would block it, and whether there is room. ' +
        'Costs the lists of all instances of the cluster, of the tasks on these, and of their services.',
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
