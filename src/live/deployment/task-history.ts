import type { Task } from '@aws-sdk/client-ecs';
import { healthyFrom } from '../core/deployment-bounds.ts';

/** A part of a task's life, in epoch milliseconds by ECS's clock. `to` is Infinity while it lasts. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A number of tasks, and when it was first reached; undefined if it held from the beginning. */
export interface Reached {
  readonly count: number;
  readonly at: number | undefined;
}

/** When a task ran. Empty if ECS does not date it. */
export function runningSpan(task: Task): Span[] {
  const from = (task.startedAt ?? (task.lastStatus === 'RUNNING' ? task.createdAt : undefined))?.getTime();
  const to = endOf(task);
  return from === undefined || to === undefined || to <= from ? [] : [{ from, to }];
}

/** When the scheduler counted a task as healthy, up to now. */
export function healthySpan(task: Task, now: number): Span[] {
  const from = healthyFrom(task);
  const to = endOf(task);
  return from === undefined || to === undefined || Math.min(now, to) < from ? [] : [{ from, to }];
}

/** When a task stopped to count; Infinity while it counts, undefined if ECS does not date the end. */
function endOf({ lastStatus, desiredStatus, stoppingAt, executionStoppedAt, stoppedAt }: Task): number | undefined {
  if (lastStatus === 'RUNNING' && desiredStatus !== 'STOPPED') return Number.POSITIVE_INFINITY;
  return (stoppingAt ?? executionStoppedAt ?? stoppedAt)?.getTime();
}

/** The highest number of spans at one time. */
export function mostAtOnce(spans: readonly Span[], from: number): Reached {
  return extremeOf(spans, from, (count, most) => count > most);
}

/** The lowest number of spans at one time, up to now. */
export function leastAtOnce(spans: readonly Span[], from: number): Reached {
  return extremeOf(spans, from, (count, least) => count < least);
}

function extremeOf(
  spans: readonly Span[],
  from: number,
  isFurther: (count: number, known: number) => boolean,
): Reached {
  const edges = new Map<number, number>();
  let count = 0;
  for (const span of spans) {
    if (span.from <= from && span.to > from) count += 1;
    if (span.from > from) edges.set(span.from, (edges.get(span.from) ?? 0) + 1);
    if (span.to > from && Number.isFinite(span.to)) edges.set(span.to, (edges.get(span.to) ?? 0) - 1);
  }
  let reached: Reached = { count, at: undefined };
  for (const [at, change] of [...edges].sort(([a], [b]) => a - b)) {
    count += change;
    if (isFurther(count, reached.count)) reached = { count, at };
  }
  return reached;
}
