import type { ExecuteCommandRequest, ExecuteCommandResponse } from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter } from '../../checks/ecs-errors.ts';
import type { TaskRecord } from '../../model/tasks/task-record.ts';
import type { World } from '../../model/world.ts';
import { renderContainer } from '../../render/container.ts';
import { findTask, requireCluster } from '../../store/find-record.ts';
import { partitionOf } from '../../store/partitions.ts';
import type { Caller } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

/** How long the agent in a container takes to connect after its task runs (our choice). */
const AGENT_READY_MS = 5_000;

function isConnected(world: World, task: TaskRecord): boolean {
  const isHostThere = task.instance === undefined || task.instance.agentConnected;
  return isHostThere && world.clock.now() - (task.startedAt ?? 0) >= AGENT_READY_MS;
}

function containerNameOf(task: TaskRecord, given: string | undefined): string {
  if (given !== undefined) return given;
  const [only, ...others] = task.containers.all;
  if (others.length > 0) {
    throw invalidParameter('A container name must be specified for tasks that contain multiple containers.');
  }
  return only?.recipe.name ?? '';
}

/** At AWS, Systems Manager serves the channel; here it is the sandbox, at the address that the caller used. */
function streamUrl({ region }: World, { host }: Caller, sessionId: string): string {
  const origin = host === undefined ? `wss://ssmmessages.${region}.${partitionOf(region).domain}` : `ws://${host}`;
  return `${origin}/v1/data-channel/${sessionId}?role=publish_subscribe`;
}

/** Opens a session that reports that no container runs. */
export const executeCommand: Action<ExecuteCommandRequest, ExecuteCommandResponse> = (world, input, caller) => {
  const cluster = requireCluster(world, input.cluster);
  if (!input.interactive) throw invalidParameter('Interactive is the only mode supported currently.');
  if (input.command.trim() === '') throw invalidParameter('Command must not be empty.');
  const task = findTask(world, cluster, input.task);
  if (task === undefined) throw invalidParameter('The referenced task was not found.');
  const containerName = containerNameOf(task, input.container);
  const container = task.containers.find(containerName);
  if (container === undefined) throw invalidParameter(`The container ${containerName} was not found in the task.`);
  if (!task.enableExecuteCommand || task.lastStatus !== 'RUNNING' || container.lastStatus !== 'RUNNING') {
    throw invalidParameter(
      'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
    );
  }
  if (!isConnected(world, task)) {
    const text = 'The execute command failed due to an internal error. Try again later.';
    throw new EcsError('TargetNotConnectedException', text);
  }
  const sessionId = `ecs-execute-command-${world.random.hex(26)}`;
  const token = Buffer.from(world.random.hex(128), 'hex').toString('base64');
  world.sessions.add({ sessionId, token, command: input.command, container: containerName });
  return {
    clusterArn: cluster.arn,
    containerArn: renderContainer(task, container).containerArn,
    containerName,
    interactive: true,
    session: { sessionId, streamUrl: streamUrl(world, caller, sessionId), tokenValue: token },
    taskArn: task.arn,
  };
};
