import type { TaskRecord } from '../state.ts';

export const PENDING: ReadonlySet<string> = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** On its way up. All three states count into the `pendingCount` of services and clusters (AWS says only PENDING). */
export function isPending(task: { readonly lastStatus: string }): boolean {
  return PENDING.has(task.lastStatus);
}

/** RUNNING or on its way there, whether or not it was told to stop: what maximumPercent limits. */
export function isUp(task: { readonly lastStatus: string }): boolean {
  return task.lastStatus === 'RUNNING' || PENDING.has(task.lastStatus);
}

/** Meant to stay. */
export function isWanted(task: TaskRecord): boolean {
  return task.desiredStatus === 'RUNNING';
}
