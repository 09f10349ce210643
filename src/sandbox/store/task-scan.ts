import type { TaskRecord } from '../model/tasks/task-record.ts';

/** The scheduler looks at all tasks of a service very often, so no array is created each time. */
type Tasks = Iterable<TaskRecord>;
type Test = (task: TaskRecord) => boolean;

export function count(tasks: Tasks, isCounted: Test): number {
  let sum = 0;
  for (const task of tasks) if (isCounted(task)) sum += 1;
  return sum;
}

export function some(tasks: Tasks, isMeant: Test): boolean {
  for (const task of tasks) if (isMeant(task)) return true;
  return false;
}

export function filterTasks(tasks: Tasks, areMeant: Test): TaskRecord[] {
  const found: TaskRecord[] = [];
  for (const task of tasks) if (areMeant(task)) found.push(task);
  return found;
}
