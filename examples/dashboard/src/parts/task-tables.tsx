import { useMutation } from 'urql';
import { clock, day, humanSeconds, revisionName, secondsBetween, shortTask, words } from '../format';
import { newKey } from '../gateway';
import { StopTaskDocument, type TaskRowFragment } from '../generated/graphql';
import { Badge, Empty } from './basics';
import { ConfirmButton } from './confirm';

type RunningTask = TaskRowFragment & { readonly containerInstance?: { readonly ec2InstanceId?: string | null } | null };

export function TaskTable({
  tasks,
  current,
}: {
  readonly tasks: readonly RunningTask[];
  readonly current: string | undefined;
}) {
  const [, stop] = useMutation(StopTaskDocument);
  if (tasks.length === 0) return <Empty>No task runs or starts.</Empty>;
  return (
    <table className="tasks">
      <thead>
        <tr>
          <th>Task</th>
          <th>State</th>
          <th>Revision</th>
          <th className="wide">Where</th>
          <th className="wide">Started</th>
          <th>
            <span className="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => {
          const isStopping = task.desiredStatus === 'STOPPED';
          return (
            <tr key={task.id} className={isStopping ? 'leaving' : ''}>
              <td className="code">{shortTask(task)}</td>
              <td>
                <Badge tone={taskTone(task)}>{taskText(task)}</Badge>
              </td>
              <td className="code">
                {revisionName(task.taskDefinition)}
                {current !== undefined && task.taskDefinition?.id !== current && <span className="old-mark"> old</span>}
              </td>
              <td className={task.containerInstance ? 'wide quiet code' : 'wide quiet'}>
                {task.containerInstance?.ec2InstanceId ?? task.availabilityZone ?? '–'}
              </td>
              <td className="wide quiet">{task.startedAt ? clock(task.startedAt) : '–'}</td>
              <td>
                <ConfirmButton
                  label="Stop"
                  title={`Stop task ${shortTask(task)}?`}
                  text="ECS sends it SIGTERM now. Its service starts another task in its place."
                  action="Stop the task"
                  isDisabled={isStopping}
                  run={() =>
                    stop({ input: { task: task.id, reason: 'Stopped from the dashboard' }, idempotencyKey: newKey() })
                  }
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function taskText({ lastStatus, desiredStatus, healthStatus }: TaskRowFragment): string {
  if (desiredStatus === 'STOPPED' && lastStatus !== 'STOPPED') return 'stopping';
  if (lastStatus === 'RUNNING' && healthStatus !== 'UNKNOWN' && healthStatus) return words(healthStatus);
  return words(lastStatus);
}

function taskTone({ lastStatus, desiredStatus, healthStatus }: TaskRowFragment): string {
  if (desiredStatus === 'STOPPED') return 'draining';
  if (healthStatus === 'UNHEALTHY') return 'failed';
  return lastStatus === 'RUNNING' ? 'steady' : 'deploying';
}

type StoppedTask = TaskRowFragment & { readonly cluster?: { readonly clusterName?: string | null } | null };

export function StoppedTable({
  tasks,
  showGroup = false,
}: {
  readonly tasks: readonly StoppedTask[];
  readonly showGroup?: boolean;
}) {
  if (tasks.length === 0) return <Empty>No task has stopped in the last hour.</Empty>;
  return (
    <ul className="stopped">
      {tasks.map((task) => {
        const seconds = secondsBetween(task.startedAt, task.stoppedAt);
        const exits = task.containers.filter(({ exitCode }) => exitCode !== null && exitCode !== undefined) ?? [];
        return (
          <li key={task.id}>
            <div>
              <Badge tone={FAULTS.has(task.ending?.verdict ?? '') ? 'failed' : 'inactive'}>
                {words(task.ending?.verdict ?? task.stopCode)}
              </Badge>
              <span className="code">{shortTask(task)}</span>
              {showGroup && (
                <span>
                  {task.group?.replace(/^(service|family):/, '')}{' '}
                  <span className="quiet">{task.cluster?.clusterName}</span>
                </span>
              )}
              <span className="code quiet">{revisionName(task.taskDefinition)}</span>
              <span className="quiet">
                {task.stoppedAt ? day(task.stoppedAt) : ''}
                {seconds === undefined ? ' · never ran' : ` · ran ${humanSeconds(seconds)}`}
              </span>
            </div>
            <p>
              {task.stoppedReason ?? task.ending?.reason}
              {exits.map(({ name, exitCode, reason }) => ` · ${name} exited ${exitCode}${reason ? `: ${reason}` : ''}`)}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** Verdicts of tasks that went wrong by themselves. */
export const FAULTS: ReadonlySet<string> = new Set(['FAILED', 'FAILED_TO_START', 'INFRASTRUCTURE_FAILED', 'UNHEALTHY']);
