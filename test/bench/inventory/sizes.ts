import type { FleetShape } from '../stub/stub-ecs.ts';

/** A fleet of the benchmark: 10 tasks a service, 20 clusters. */
export interface Size {
  readonly tasks: number;
  readonly shape: FleetShape;
}

const CLUSTERS = 20;
const TASKS_A_SERVICE = 10;

function numbers(name: string, initial: string): number[] {
  return (process.env[name] ?? initial).split(',').map(Number);
}

/** Sizes, which the environment may set. */
export const SIZES: readonly Size[] = numbers('BENCH_TASKS', '10000,100000').map((tasks) => ({
  tasks,
  shape: { clusters: CLUSTERS, services: Math.max(1, tasks / CLUSTERS / TASKS_A_SERVICE), tasks: TASKS_A_SERVICE },
}));
const [subscribers = 0] = numbers('BENCH_SUBSCRIBERS', '1000');
const [minutes = 0] = numbers('BENCH_MINUTES', '20');
const [speed = 1] = numbers('BENCH_SPEED', '10');
const [events = 0] = numbers('BENCH_EVENTS', '20000');
const [rounds = 1] = numbers('BENCH_ROUNDS', '5');
const [seconds = 0] = numbers('BENCH_SECONDS', '60');
export const SUBSCRIBERS = subscribers;
/** Length of the steady fleet in its own time; its calls are computed for an hour. */
export const MINUTES = minutes;
/** How many times as fast as real time the steady fleet goes. */
export const SPEED = speed;
/** Events of which the CPU is measured. */
export const EVENTS = events;
export const ROUNDS = rounds;
/** Length of the measurement of delays. */
export const SECONDS = seconds;
