import type { EnumRef } from '@pothos/core';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import { DEFAULT_TIMEOUTS } from '../../live/core/default-timeouts.ts';
import type { ContainerExit, TaskVerdict } from '../../live/core/task-verdict.ts';
import { type TaskState, type TasksProgress, taskState } from '../../live/task/task-progress.ts';
import { essentialOf, tasksTopic } from '../../live/task/tasks-topic.ts';
import { clusterArg } from '../connections/page-args.ts';
import { blameFor } from '../core/blame.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { lookUpTarget } from '../graph/entity.ts';
import { clusterArnOf, followedArns } from './followed-before.ts';
import { follow, type LiveArgs, liveArgs, type UpdateTypes } from './updates.ts';

const VERDICTS: Readonly<Record<TaskVerdict, string>> = {
  SUCCEEDED: 'Every essential container exited with 0.',
  FAILED: 'An essential container exited with another code, or was killed without an exit code.',
  FAILED_TO_START: 'The task stopped before it ran: no image, no room, an error on start.',
  UNHEALTHY: 'Its health checks failed.',
  STOPPED_BY_USER: 'A user or API call stopped it.',
  STOPPED_BY_SERVICE: 'Its service stopped it: a deployment, a scale-in or a drain.',
  INTERRUPTED: 'AWS took its capacity back (Spot, or an instance about to end).',
  INFRASTRUCTURE_FAILED: 'The underlying host failed.',
  GONE: 'ECS does not show it any more, and we did not see how it ended.',
};

const MOST_TASKS = 100;

/** Adds the subscription `taskProgress`, and `Task.ending` for a single poll. Returns the enum of verdicts. */
export function addTaskProgress(graph: EcsGraph, updates: UpdateTypes): EnumRef<Types, TaskVerdict> {
  const { builder } = graph;
  const verdict = ownEnum(builder, 'TaskVerdict', 'How a task ended.', VERDICTS);
  const exit = builder.objectRef<ContainerExit>('ContainerExit').implement({
    description: 'The state of a container of a task, or how it ended.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false, description: 'Its name in the task definition.' }),
      essential: t.exposeBoolean('essential', {
        description:
          'Whether the container is essential: its end stops the task, and its exit code counts. Null when the task definition cannot be read.',
      }),
      exitCode: t.exposeInt('exitCode', {
        description: 'Null while it runs, when it never ran, or when it was killed.',
      }),
      reason: t.exposeString('reason', { description: "ECS's words on why it ended, if any." }),
      lastStatus: t.field({
        type: graph.enumType('ContainerStatus'),
        description: 'Its lifecycle state.',
        resolve: graph.enumResolver('ContainerStatus', ({ lastStatus }: ContainerExit) => lastStatus),
      }),
    }),
  });
  const state = builder.objectRef<TaskState>('TaskProgress').implement({
    description: 'The state of one task, or how it ended.',
    fields: (t) => ({
      taskArn: t.exposeString('taskArn', { nullable: false, description: 'Which task.' }),
      task: t.expose('task', { type: graph.noun('Task').ref, description: 'The task as last read.' }),
      verdict: t.expose('verdict', { type: verdict, description: 'How it ended; null while it has not.' }),
      reason: t.exposeString('reason', { description: 'Why it stopped, in one line; null while it has not.' }),
      containers: t.expose('containers', {
        type: [exit],
        nullable: false,
        description: 'Its containers, with exit codes once they ended.',
      }),
    }),
  });
  const progress = builder.objectRef<TasksProgress>('TasksProgress').implement({
    description: 'Where some tasks stand on their way to STOPPED.',
    fields: (t) => ({
      tasks: t.expose('tasks', {
        type: [state],
        nullable: false,
        description: `Each of the tasks, at most ${MOST_TASKS}.`,
      }),
      stoppedTaskCount: t.exposeInt('stoppedTaskCount', { nullable: false, description: 'How many have stopped.' }),
    }),
  });
  const outcome = ownEnum(builder, 'TasksOutcome', 'How tasks ended: of several, the worst.', {
    ...VERDICTS,
    TIMED_OUT: 'The `timeout` of the subscription has passed; the tasks may go on.',
  });
  const update = updates.progressUpdate(
    'TaskProgressUpdate',
    'Progress of tasks, with the changes since the previous event.',
    outcome,
    progress,
  );

  builder.subscriptionField('taskProgress', (t) =>
    t.field({
      type: update,
      nullable: false,
      description:
        'Follows tasks until all of them have stopped, and judges them over all their essential containers. NOT_FOUND when one does not exist. A poll costs one DescribeTasks, shared with everyone who follows tasks in the cluster.',
      args: {
        cluster: clusterArg(t.arg),
        tasks: t.arg.idList({
          required: true,
          description: `1 to ${MOST_TASKS} tasks of one cluster, each by the id of the graph, ECS's id or ARN.`,
        }),
        ...liveArgs(t.arg, DEFAULTS),
      },
      extensions: { operations: ['DescribeTasks', 'DescribeTaskDefinition'], ecsCost: 3 },
      async subscribe(_root, args, context) {
        const target = await existingTasks(context, args);
        return follow(context, tasksTopic(scopeKey(context.ecs.scope), target), args, DEFAULTS);
      },
      resolve: (event) => event,
    }),
  );

  builder.objectField(graph.noun('Task').ref, 'ending', (t) =>
    t.field({
      type: state,
      description:
        'How it ended, judged over its essential containers. Null while it has not stopped. Costs a DescribeTaskDefinition.',
      extensions: { members: OUTCOME_MEMBERS, operations: ['DescribeTaskDefinition'], ecsCost: 1 },
      async resolve(task, _args, { loaders }) {
        if (task.lastStatus !== 'STOPPED' && task.lastStatus !== 'DELETED') return null;
        const essential = await essentialOf(loaders, [task]);
        return taskState(task.taskArn ?? '', task, essential.get(task.taskDefinitionArn ?? ''));
      },
    }),
  );
  return verdict;
}

const DEFAULTS = { timeout: DEFAULT_TIMEOUTS.tasks };
const OUTCOME_MEMBERS = [
  'taskArn',
  'lastStatus',
  'stopCode',
  'stoppedReason',
  'containers',
  'startedAt',
  'taskDefinitionArn',
];

interface TasksArgs {
  readonly cluster?: string | null | undefined;
  readonly tasks: readonly string[];
}

/** @throws NOT_FOUND, BAD_USER_INPUT */
async function existingTasks(
  context: GraphContext,
  { cluster, tasks, ...args }: TasksArgs & LiveArgs,
): Promise<{ clusterArn: string; taskArns: string[] }> {
  if (tasks.length === 0 || tasks.length > MOST_TASKS)
    throw badUserInput('tasks', `must name 1 to ${MOST_TASKS} tasks`);
  const targets = tasks.map((task) => lookUpTarget(context, 'tasks', 'task', task, cluster));
  const clusters = new Set(targets.map((target) => clusterNameOf(target.cluster)));
  if (clusters.size > 1) throw badUserInput('tasks', 'must be of one cluster');
  const found = await Promise.all(
    targets.map((target, index) =>
      context.loaders
        .of('Task')
        .load({ ...target, members: [] })
        .catch(blameFor('tasks', tasks[index])),
    ),
  );
  const [name = 'default'] = clusters;
  const what = { noun: 'task', argument: 'tasks', type: 'task' };
  const shown = found.map((task) => task?.taskArn);
  const taskArns = await followedArns(context, args, what, name, tasks, shown);
  const clusterArn = found.find((task) => task !== null)?.clusterArn;
  return { clusterArn: clusterArn ?? clusterArnOf(taskArns[0] ?? ''), taskArns };
}
