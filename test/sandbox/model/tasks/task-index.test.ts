import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskIndex } from '../../../../src/sandbox/model/tasks/task-index.ts';
import { TaskList } from '../../../../src/sandbox/model/tasks/task-list.ts';
import type { TaskRecord } from '../../../../src/sandbox/model/tasks/task-record.ts';
import { hexFrom, Random } from '../../../../src/sandbox/util/random.ts';

/** As much of a task as an index reads. */
function taskOf(sequence: number, seed: number): TaskRecord {
  return { sequence, seed, id: hexFrom(seed, 32) } as TaskRecord;
}

describe('the tasks of a cluster', () => {
  it('are found by id and listed in order as in a map, whatever was added, looked up and deleted', () => {
    const action = fc.oneof(
      fc.constant(['add'] as const),
      fc.tuple(fc.constant('look' as const), fc.nat(60)),
      fc.tuple(fc.constant('delete' as const), fc.nat(60)),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), fc.constantFrom(3, 1 << 30), (actions, seeds) => {
        const index = new TaskIndex();
        const map = new Map<number, TaskRecord>();
        let sequence = 0;
        for (const [what, at = 0] of actions) {
          if (what === 'add') {
            sequence += 1;
            // Few seeds: several tasks have the same first digits, and here even the same id.
            const task = taskOf(sequence, sequence % seeds);
            index.add(task);
            map.set(sequence, task);
          } else if (what === 'delete') {
            const task = map.get(at);
            if (task === undefined) continue;
            index.delete(task);
            map.delete(at);
            index.delete(task);
          } else {
            const id = hexFrom(at % seeds, 32);
            const found = index.get(id);
            expect(found?.id).toBe([...map.values()].find((task) => task.id === id)?.id);
          }
          expect([...index.values()]).toEqual([...map.values()]);
          expect(index.size).toBe(map.size);
        }
      }),
    );
  });

  it('are not found by another text that begins alike', () => {
    const task = taskOf(1, 5);
    const index = TaskIndex.of([task]);
    expect(index.get(task.id)).toBe(task);
    for (const text of [task.id.slice(0, 8), `${task.id}0`, task.id.toUpperCase(), '', 'nope']) {
      expect(index.get(text)).toBeUndefined();
    }
  });
});

describe('the tasks of a service', () => {
  it('stay in order when one leaves', () => {
    const tasks = [1, 2, 3].map((sequence) => taskOf(sequence, sequence));
    const list = TaskList.of(tasks);
    list.delete(tasks[1] as TaskRecord);
    list.delete(tasks[1] as TaskRecord);
    expect([...list].map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(list.size).toBe(2);
  });
});

describe('the digits of an id', () => {
  it('follow from the state of the generator, which goes on as if it had returned them', () => {
    for (const length of [1, 8, 10, 17, 32, 40]) {
      const [one, other] = [new Random(99), new Random(99)];
      expect(hexFrom(one.hexSeed(length), length)).toBe(other.hex(length));
      expect(one.next()).toBe(other.next());
    }
  });
});
