import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../../src/sandbox/time/clock.ts';
import { dueAction } from '../../../src/sandbox/time/due-action.ts';

const note = dueAction('test.note', (ran: number[], clock: Clock) => void ran.push(clock.now()));
const noteText = dueAction('test.noteText', (ran: string[], text: string) => void ran.push(text));

const START = Date.parse('2026-03-01T12:00:00Z');

describe('a clock that runs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function clockWith(events: number): { readonly clock: Clock; readonly ran: number[] } {
    const clock = new Clock(START, 100);
    const ran: number[] = [];
    for (let at = 1; at <= events; at += 1) clock.at(START + at, note, ran, clock);
    return { clock, ran };
  }

  it("is so many times as fast as the machine's, and runs all that is due, each at its own moment", () => {
    const { clock, ran } = clockWith(300);
    vi.advanceTimersByTime(2);
    clock.settle();
    expect(clock.now()).toBe(START + 200);
    expect(ran).toEqual(Array.from({ length: 200 }, (_, index) => START + 1 + index));
    clock.close();
  });

  it('that cannot keep up stops at the last event that ran, loses no event, and catches up', () => {
    const { clock, ran } = clockWith(5000);
    vi.setSystemTime(START + 1000);
    clock.settle();
    expect([ran.length, clock.now()]).toEqual([2000, START + 2000]);
    vi.setSystemTime(START + 1010);
    expect(clock.now()).toBe(START + 2000);
    clock.settle();
    expect([ran.length, clock.now()]).toEqual([4000, START + 4000]);
    clock.settle();
    expect(ran).toEqual(Array.from({ length: 5000 }, (_, index) => START + 1 + index));
    expect(clock.now()).toBe(START + 101_000);
    clock.close();
  });

  it('catches up with no more than a second of what it has missed', () => {
    const { clock, ran } = clockWith(5000);
    vi.setSystemTime(START + 60_000);
    clock.settle();
    expect([ran.length, clock.now()]).toEqual([2000, START + 2000]);
    clock.settle();
    clock.settle();
    expect([ran.length, clock.now()]).toEqual([5000, START + 102_000]);
    clock.close();
  });

  it('stops at what it has reached when it is paused behind its time, and goes on from there', () => {
    const { clock, ran } = clockWith(5000);
    vi.setSystemTime(START + 1000);
    clock.pause();
    expect([ran.length, clock.now()]).toEqual([2000, START + 2000]);
    clock.advance(500);
    expect([ran.length, clock.now()]).toEqual([2500, START + 2500]);
    clock.close();
  });
});

describe('what is due', () => {
  it('comes in the order of its time, and of its arrival where that is the same, without what was cancelled', () => {
    const clock = new Clock(START, 0);
    const ran: string[] = [];
    const moments = Array.from({ length: 500 }, (_, index) => (index * 7919) % 97);
    const dues = moments.map((ms, index) => clock.after(ms, noteText, ran, `${ms}:${index}`));
    for (const [index, due] of dues.entries()) if (index % 5 === 0) clock.cancel(due);
    const expected = moments
      .map((ms, index) => ({ ms, index }))
      .filter(({ index }) => index % 5 !== 0)
      .sort((a, b) => a.ms - b.ms || a.index - b.index)
      .map(({ ms, index }) => `${ms}:${index}`);
    while (clock.advanceToNext());
    expect(ran).toEqual(expected);
    expect(clock.describe().pending).toBe(0);
  });
});
