import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Line, Ranking, type Unplaced } from '../../../src/sandbox/instances/placement-candidates.ts';
import type { InstanceRecord } from '../../../src/sandbox/model/instances/instance-record.ts';

interface Spot {
  readonly room: number;
  readonly tasks: number;
}

/** A judge over instances of which only the room and the number of tasks are known. */
function createBench(spots: readonly Spot[]) {
  const instances = spots.map((_, sequence) => ({ sequence }) as InstanceRecord);
  const left = new Map(instances.map((instance, at) => [instance, spots[at]?.room ?? 0]));
  const counts = new Map(instances.map((instance, at) => [instance, spots[at]?.tasks ?? 0]));
  const refused: (() => Unplaced[])[] = [];
  const judge = {
    count: (instance: InstanceRecord) => counts.get(instance) ?? 0,
    isCandidate: () => true,
    shortage: (instance: InstanceRecord) => ((left.get(instance) ?? 0) > 0 ? undefined : 'RESOURCE:CPU'),
    refuse: (who: () => Unplaced[]) => void refused.push(who),
  };
  /** Takes until nothing is left, and returns who was taken and who was refused, in order. */
  const drain = (candidates: Line | Ranking): { taken: number[]; refused: (number | undefined)[] } => {
    const taken: number[] = [];
    for (let instance = candidates.next(); instance !== undefined; instance = candidates.next()) {
      taken.push(instance.sequence);
      left.set(instance, (left.get(instance) ?? 0) - 1);
      counts.set(instance, judge.count(instance) + 1);
      candidates.putBack(instance);
    }
    return { taken, refused: refused.flatMap((who) => who()).map(({ instance }) => instance?.sequence) };
  };
  return { instances, judge, drain };
}

const spots = fc.array(fc.record({ room: fc.nat(3), tasks: fc.nat(2) }), { maxLength: 12 });

describe('a line of instances', () => {
  it('gives and refuses the same ones, in the same order, as a ranking of all of them by their tasks', () => {
    fc.assert(
      fc.property(spots, (given) => {
        const one = createBench(given);
        const other = createBench(given);
        const ranking = new Ranking(other.judge, other.instances, [(instance) => other.judge.count(instance)]);
        expect(one.drain(new Line(one.judge, one.instances, true))).toEqual(other.drain(ranking));
      }),
    );
  });

  it('and where nothing but their order decides', () => {
    fc.assert(
      fc.property(spots, (given) => {
        const one = createBench(given);
        const other = createBench(given);
        const ranking = new Ranking(other.judge, other.instances, []);
        expect(one.drain(new Line(one.judge, one.instances, false))).toEqual(other.drain(ranking));
      }),
    );
  });
});
