import type { Task } from '@aws-sdk/client-ecs';
import { type Evidence, field, isRevision, type WriteCheck } from './check.ts';

type Named = { readonly cluster?: string | undefined; readonly task?: string | undefined };

const showTask = ({ cluster, task }: Named) =>
  field('task', { cluster, task }, 'lastStatus desiredStatus stoppedReason');

const showStarted = ({ cluster, startedBy, taskDefinition = '' }: Started) => {
  const [family] = taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1).split(':');
  // ECS allows no other filter together with startedBy.
  const filter = startedBy === undefined ? { family } : { startedBy };
  return field(
    'tasks',
    { clusters: cluster ?? 'default', ...filter },
    'nodes { taskArn lastStatus startedBy createdAt }',
  );
};

interface Started {
  readonly cluster?: string | undefined;
  readonly startedBy?: string | undefined;
  readonly taskDefinition?: string | undefined;
}

const arnsOf = ({ tasks }: { readonly tasks?: readonly Task[] | undefined }) =>
  (tasks ?? []).map(({ taskArn }) => taskArn);

export const runTask: WriteCheck<'RunTask'> = { resend: true, check: showStarted, makes: arnsOf };

export const startTask: WriteCheck<'StartTask'> = {
  check: showStarted,
  async find(evidence, input) {
    const started: Task[] = [];
    for (const containerInstance of input.containerInstances ?? []) {
      const task = (await tasksOn(evidence, input.cluster, containerInstance)).find(
        (candidate) =>
          evidence.isSince(candidate.createdAt) &&
          !evidence.isTaken(candidate.taskArn) &&
          !started.includes(candidate) &&
          candidate.startedBy === input.startedBy &&
          isRevision(candidate.taskDefinitionArn, input.taskDefinition ?? ''),
      );
      if (task === undefined) return undefined;
      started.push(task);
    }
    return { tasks: started, failures: [] };
  },
  makes: arnsOf,
};

async function tasksOn(
  evidence: Evidence,
  cluster: string | undefined,
  containerInstance: string,
): Promise<readonly Task[]> {
  const { taskArns = [] } = await evidence.read('ListTasks', { cluster, containerInstance });
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await evidence.read('DescribeTasks', { cluster, tasks: taskArns });
  return tasks;
}

export const stopTask: WriteCheck<'StopTask'> = {
  check: showTask,
  async find(evidence, { cluster, task: id = '' }) {
    const { tasks } = await evidence.read('DescribeTasks', { cluster, tasks: [id] });
    const [task] = tasks ?? [];
    return task?.desiredStatus === 'STOPPED' ? { task } : undefined;
  },
};

export const updateTaskProtection: WriteCheck<'UpdateTaskProtection'> = {
  check: ({ cluster, tasks = [] }) =>
    field('task', { cluster, task: tasks[0] ?? '' }, 'protection { protectionEnabled expirationDate }'),
  async find(evidence, { cluster, tasks = [], protectionEnabled, expiresInMinutes = 120 }) {
    const { protectedTasks = [] } = await evidence.read('GetTaskProtection', { cluster, tasks });
    const isSet = protectedTasks.every(
      (task) =>
        task.protectionEnabled === protectionEnabled &&
        (protectionEnabled !== true || evidence.isSince(minutesBefore(task.expirationDate, expiresInMinutes))),
    );
    return isSet && protectedTasks.length === tasks.length ? { protectedTasks, failures: [] } : undefined;
  },
};

function minutesBefore(date: Date | undefined, minutes: number): Date | undefined {
  return date && new Date(date.getTime() - minutes * 60_000);
}

/** ECS does not list sessions. */
export const executeCommand: WriteCheck<'ExecuteCommand'> = { check: () => undefined };

/** An agent's report changes the task but is not kept itself. */
export const submitTaskStateChange: WriteCheck<'SubmitTaskStateChange'> = { check: showTask };
export const submitContainerStateChange: WriteCheck<'SubmitContainerStateChange'> = { check: showTask };
export const submitAttachmentStateChanges: WriteCheck<'SubmitAttachmentStateChanges'> = { check: () => undefined };
