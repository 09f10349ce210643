import { describe, expect, it } from 'vitest';
import { CursorError } from '../../../src/live/topic/cursor.ts';
import { Counter, collect, hubUnderTest, short } from '../support/live-support.ts';

describe('a cursor', () => {
  it('replays what was missed, at every place, and ends what had ended', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const whole = collect(hub.follow(counter.topic()));
    for (const value of [0, 1, 2, 3, -4]) {
      counter.value = value;
      await advance(5_000);
    }
    expect(short(whole.events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'CHANGED 2', 'CHANGED 3', 'ENDED -4']);
    for (const [i, event] of whole.events.entries()) {
      const again = collect(hub.follow(counter.topic(), { after: event.cursor }));
      await advance(5_000);
      expect(again.events).toEqual(whole.events.slice(i + 1));
      expect(again.isDone).toBe(true);
    }
    const late = collect(hub.follow(counter.topic()));
    await advance(10);
    expect(short(late.events)).toEqual(['ENDED -4']);
  });

  it('is valid without followers, and gives RESYNC if it is too old or from another run', async () => {
    const first = hubUnderTest(() => ({}), { ringSize: 4 });
    const counter = new Counter();
    const follower = first.hub.follow(counter.topic());
    const received = collect(follower);
    await first.advance(20);
    await follower.return();
    counter.value = 5;
    const [snapshot] = received.events;
    const back = collect(first.hub.follow(counter.topic(), { after: snapshot?.cursor }));
    await first.advance(3_000);
    expect(short(back.events)).toEqual(['CHANGED 5']);

    for (let value = 6; value < 20; value += 1) {
      counter.value = value;
      await first.advance(1_000);
    }
    const old = collect(first.hub.follow(counter.topic(), { after: snapshot?.cursor }));
    const second = hubUnderTest(() => ({}));
    const foreign = collect(second.hub.follow(counter.topic(), { after: snapshot?.cursor }));
    await first.advance(20);
    await second.advance(20);
    expect([short(old.events), short(foreign.events)]).toEqual([['RESYNC 19'], ['RESYNC 19']]);
  });

  it('of something else is refused', () => {
    const { hub } = hubUnderTest(() => ({}));
    expect(() => hub.follow(new Counter().topic(), { after: 'nonsense' })).toThrow(CursorError);
    const other = Buffer.from(JSON.stringify(['l1', 'abc', 'epoch', 1])).toString('base64url');
    expect(() => hub.follow(new Counter().topic(), { after: other })).toThrow('another subscription');
  });
});
