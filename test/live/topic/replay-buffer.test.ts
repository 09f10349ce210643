import { describe, expect, it } from 'vitest';
import { type ReplayBudget, Ring } from '../../../src/live/topic/replay-buffer.ts';
import { Counter, collect, hubUnderTest, short } from '../support/live-support.ts';

const numbered = (sequence: number) => ({ sequence });
const sequences = (ring: Ring<{ sequence: number }>, after: number) =>
  ring.after(after)?.map(({ sequence }) => sequence);

describe('the events that a topic holds for replay', () => {
  it('are limited to the latest', () => {
    const ring = new Ring(8, 0, { used: 0, most: 1_000 });
    for (let sequence = 1; sequence <= 20; sequence += 1) ring.push(numbered(sequence), 1);
    expect(ring.size).toBeLessThanOrEqual(8);
    expect(sequences(ring, 18)).toEqual([19, 20]);
    expect(ring.after(3)).toBeUndefined();
  });

  it('have a total weight limit over all topics, however few they are', () => {
    const budget: ReplayBudget = { used: 0, most: 100 };
    const rings = [1, 2, 3].map(() => new Ring<{ sequence: number }>(1_000, 0, budget));
    for (let sequence = 1; sequence <= 200; sequence += 1) {
      for (const ring of rings) {
        ring.push(numbered(sequence), 7);
        expect(budget.used).toBeLessThanOrEqual(100);
      }
    }
    expect(rings.reduce((sum, ring) => sum + 7 * ring.size, 0)).toBe(budget.used);
    for (const ring of rings) ring.clear();
    expect(budget.used).toBe(0);
    expect(rings.map((ring) => [ring.size, ring.after(199), ring.after(200)])).toEqual([
      [0, undefined, []],
      [0, undefined, []],
      [0, undefined, []],
    ]);
  });

  it('are dropped by topics without followers if others need the room', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const heavy = (key: string) => {
      const counter = new Counter(key);
      return { counter, topic: { ...counter.topic(), weigh: () => 3_000 } };
    };
    const [idle, busy] = [heavy('idle'), heavy('busy')];
    const follower = hub.follow(idle.topic);
    const first = collect(follower);
    await advance(20);
    idle.counter.value = 1;
    await advance(5_000);
    await follower.return();
    collect(hub.follow(busy.topic));
    for (let value = 1; value < 12; value += 1) {
      busy.counter.value = value;
      await advance(2_000);
    }
    // A new follower makes the hub look for what it can forget.
    collect(hub.follow(heavy('other').topic));
    const back = collect(hub.follow(idle.topic, { after: first.events[0]?.cursor }));
    await advance(20);
    expect(short(back.events)).toEqual(['RESYNC 1']);
  });
});
