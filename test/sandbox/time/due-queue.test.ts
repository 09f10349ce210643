import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Due } from '../../../src/sandbox/time/due.ts';
import { dueAction } from '../../../src/sandbox/time/due-action.ts';
import { DueQueue } from '../../../src/sandbox/time/due-queue.ts';

const START = Date.UTC(2026, 2, 1);
const noop = dueAction('test.noop', () => {});

/** From the next millisecond to far beyond what the ring holds, and often several at the same moment. */
const delay = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 40_000 }),
  fc.constantFrom(16_383, 16_384, 16_385, 3_600_000),
);
const step = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), delay }),
  fc.record({ kind: fc.constant('pop' as const) }),
  fc.record({ kind: fc.constant('cancel' as const), at: fc.nat(20) }),
  fc.record({ kind: fc.constant('wait' as const), delay }),
);

describe('a queue of what is due', () => {
  it('gives back what a sorted list would, whatever is added, taken and cancelled', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new DueQueue();
        const list: Due[] = [];
        let now = START;
        let order = 0;
        for (const item of steps) {
          if (item.kind === 'push') {
            order += 1;
            const due: Due = {
              time: now + item.delay,
              order,
              run: noop,
              first: 0,
              second: 0,
              next: undefined,
              isQueued: false,
            };
            queue.push(due);
            list.push(due);
            list.sort((a, b) => a.time - b.time || a.order - b.order);
          } else if (item.kind === 'cancel') {
            const [due] = list.splice(item.at, 1);
            if (due !== undefined) due.run = undefined;
          } else if (item.kind === 'pop') {
            const expected = list.shift();
            expect(queue.peek()).toBe(expected);
            expect(queue.pop()).toBe(expected);
            now = Math.max(now, expected?.time ?? now);
          } else if (list[0] === undefined || list[0].time > now + item.delay) now += item.delay;
        }
        for (const due of list) expect(queue.pop()).toBe(due);
        expect(queue.pop()).toBeUndefined();
        expect(queue.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
