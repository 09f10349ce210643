import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OperationSlots } from '../../../src/pipeline/admission/operation-slots.ts';

const NEVER = new AbortController().signal;
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('operation slots', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Enters, and records in `order` when it may start. */
  function create(most: number, mostOfOneCaller: number) {
    const slots = new OperationSlots({ most, mostOfOneCaller, longestWait: 5_000 });
    const order: string[] = [];
    const ends = new Map<string, () => void>();
    const enter = (caller: string, name: string, signal = NEVER) =>
      slots.enter(caller, signal).then((end) => {
        order.push(end === undefined ? `${name} refused` : name);
        if (end !== undefined) ends.set(name, end);
      });
    return { slots, order, enter, end: (name: string) => ends.get(name)?.() };
  }

  it('limits running operations, of one caller and in all', async () => {
    const { order, enter, slots } = create(3, 2);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) void enter(name.slice(0, 1), name);
    await settle();
    expect(order).toEqual(['a1', 'a2', 'b1']);
    expect([slots.running, slots.waiting]).toEqual([3, 2]);
  });

  it('serves callers in turns, and one caller in order', async () => {
    const { order, enter, end } = create(1, 1);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1']) void enter(name.slice(0, 1), name);
    for (let count = 0; count < 5; count += 1) {
      await settle();
      end(order.at(-1) ?? '');
    }
    expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3']);
  });

  it('refuses who would wait behind too many', async () => {
    const { order, enter } = create(10, 1);
    for (let index = 0; index < 10; index += 1) void enter('a', `a${index}`);
    await settle();
    expect(order).toEqual(['a0', 'a9 refused']);
  });

  it('refuses who has waited too long, or has gone', async () => {
    const { order, enter, slots } = create(1, 1);
    const gone = new AbortController();
    void enter('a', 'a1');
    void enter('a', 'a2');
    void enter('b', 'b1', gone.signal);
    await settle();
    gone.abort();
    await settle();
    expect(order).toEqual(['a1', 'b1 refused']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(order).toEqual(['a1', 'b1 refused', 'a2 refused']);
    expect([slots.running, slots.waiting]).toEqual([1, 0]);
  });

  it('counts an end once', async () => {
    const { order, enter, end, slots } = create(1, 1);
    void enter('a', 'a1');
    await settle();
    end('a1');
    end('a1');
    expect(slots.running).toBe(0);
    void enter('a', 'a2');
    void enter('a', 'a3');
    await settle();
    expect(order).toEqual(['a1', 'a2']);
  });
});
