import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/sandbox/simulation/index.ts';
import { type Comparison, compareAt } from '../../preview/support/agreement.ts';

/** Worlds of each kind; `npm run bench previews` compares thousands. */
const WORLDS = 25;
const AT_LEAST = 0.95;

async function comparisons(kind: Change['kind'], from: number): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (let seed = from; found.length < WORLDS; seed += 1) {
    const compared = await compareAt(seed, [kind]);
    if (compared !== undefined) found.push(compared);
  }
  return found;
}

/** The share of comparisons that agree, and the changes of the others. */
function shareOf(all: readonly Comparison[], what: keyof Comparison['agrees']): number {
  return all.filter(({ agrees }) => agrees[what]).length / all.length;
}

describe('on random clusters, a preview equals what then happens', () => {
  it.each([
    ['drain', 1_000],
    ['scale', 2_000],
    ['deploy', 3_000],
    ['lose', 4_000],
  ] as const)('%s', async (kind, from) => {
    const all = await comparisons(kind, from);
    expect(shareOf(all, 'outcome')).toBeGreaterThanOrEqual(AT_LEAST);
    expect(shareOf(all, 'blockers')).toBeGreaterThanOrEqual(AT_LEAST);
    expect(shareOf(all, 'time')).toBeGreaterThanOrEqual(AT_LEAST);
    expect(shareOf(all, 'lowest')).toBeGreaterThanOrEqual(AT_LEAST);
    // The counts of what happened are those of the events, which know nothing of simulations.
    for (const { truth, eventLows } of all) {
      for (const { serviceName, lowestRunning, before } of truth.services) {
        const { atLeast, atMost } = eventLows.get(serviceName) ?? { atLeast: before.running, atMost: before.running };
        expect(lowestRunning).toBeGreaterThanOrEqual(atLeast);
        expect(lowestRunning).toBeLessThanOrEqual(atMost);
      }
    }
    // Neither all changes succeed, nor all fail.
    expect(new Set(all.map(({ truth }) => truth.outcome)).size).toBeGreaterThan(1);
  });
});
