import { retireInstance } from '../instances/instance-lifecycle.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { World } from '../model/world.ts';
import { killTask } from '../tasks/stop-task.ts';

/** The machine is gone with its agent and all tasks; ECS deregisters the instance. */
export function terminateInstance(world: World, instance: InstanceRecord): void {
  if (instance.status === 'INACTIVE') return;
  const tasks = [...instance.tasks];
  retireInstance(world, instance);
  const reason = `Host EC2 (instance ${instance.ec2InstanceId}) terminated.`;
  for (const task of tasks) killTask(world, task, 'TerminationNotice', reason);
}
