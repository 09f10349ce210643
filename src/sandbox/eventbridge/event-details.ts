import type { InstanceRecord, TaskRecord } from '../model/world.ts';
import { renderContainerInstance } from '../render/container-instance.ts';
import { renderTask } from '../render/task.ts';

const TIMES = [
  'connectivityAt',
  'createdAt',
  'executionStoppedAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppedAt',
  'stoppingAt',
  'registeredAt',
];

/** Events carry times as ISO strings where answers carry epoch seconds. */
function withIsoTimes(value: object): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    out[key] = TIMES.includes(key) && typeof item === 'number' ? new Date(item * 1000).toISOString() : item;
  }
  return out;
}

/** A task as its events show it: like DescribeTasks, without health and tags. */
export function taskDetail(task: TaskRecord, at: number): object {
  const { healthStatus: _health, tags: _tags, containers, ...rest } = renderTask(task);
  const plain = containers?.map(({ healthStatus: _own, ...container }) => container);
  return { ...withIsoTimes(rest), containers: plain, updatedAt: new Date(at).toISOString() };
}

export function instanceDetail(instance: InstanceRecord, at: number): object {
  const rendered = renderContainerInstance(instance);
  const { tags: _tags, runningTasksCount: _running, pendingTasksCount: _pending, ...rest } = rendered;
  return {
    ...withIsoTimes(rest),
    clusterArn: instance.cluster.arn,
    updatedAt: new Date(at).toISOString(),
  };
}
