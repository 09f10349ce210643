import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { Job } from '../../../src/turns/job.ts';
import { createTurns } from '../../../src/turns/turns.ts';

export const TURN_MS = 5;

/** Turns on a clock that moves as far as pieces of work say. The first turn is over. */
export function start() {
  let at = 0;
  const turns = createTurns({ sharedMs: TURN_MS, loneMs: TURN_MS, now: () => at });
  expect(turns.isOver()).toBe(false);
  at += TURN_MS;
  const served: string[] = [];
  const busy = new Map<string, number>();
  const work = (name: string, ms: number) => {
    served.push(name);
    at += ms;
    busy.set(name, (busy.get(name) ?? 0) + ms);
  };
  /** One piece of work of a job, in a later turn. */
  const once = async (job: Job, name: string, ms: number) => {
    await turns.next(job);
    work(name, ms);
  };
  /** A job that always has another piece of work. */
  const forever = async (job: Job, name: string, ms: number) => {
    for (;;) await once(job, name, ms);
  };
  const pass = async (count: number) => {
    for (let turn = 0; turn < count; turn += 1) await nextTurn();
  };
  return { turns, served, busy, work, once, forever, pass, wait: (ms: number) => (at += ms), now: () => at };
}

/** A job that has used much. */
export function longJob(principal: string): Job {
  const job = new Job(principal);
  job.charge(1_000);
  return job;
}
