import { expect, it } from 'vitest';
import { RefusalPace } from '../../../src/pipeline/limits/refusal-pace.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

it('holds the refusals of a principal above a rate, and of no other', async () => {
  const timers = new FakeTimers();
  const pace = new RefusalPace(timers);
  const { signal } = new AbortController();
  expect(Array.from({ length: 50 }, () => pace.hold('greedy', signal))).toEqual(Array(50).fill(undefined));
  let answered = 0;
  // Clients that send the same again as soon as it is refused.
  const client = async () => {
    while (answered < 1_000) {
      await pace.hold('greedy', signal);
      answered += 1;
    }
  };
  for (let i = 0; i < 30; i += 1) void client();
  await timers.pass(10_000);
  expect(answered).toBeGreaterThanOrEqual(195);
  expect(answered).toBeLessThanOrEqual(235);
  expect(pace.hold('modest', signal)).toBeUndefined();
});

it('holds no refusal for longer than two seconds, or for a caller that has disconnected', async () => {
  const timers = new FakeTimers();
  const pace = new RefusalPace(timers);
  const gone = new AbortController();
  for (let i = 0; i < 1_000; i += 1) void pace.hold('greedy', gone.signal);
  let isOver = false;
  const last = pace.hold('greedy', new AbortController().signal)?.then(() => {
    isOver = true;
  });
  gone.abort();
  expect(timers.pending).toBe(1);
  await timers.pass(1_999);
  expect(isOver).toBe(false);
  await timers.pass(1);
  await last;
  expect(timers.pending).toBe(0);
});
