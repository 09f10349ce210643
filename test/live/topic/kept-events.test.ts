import { describe, expect, it } from 'vitest';
import { KeptEvents, Ring } from '../../../src/live/topic/replay-buffer.ts';

describe('the kept events of a topic', () => {
  const event = (sequence: number, by: string) => ({ sequence, by });
  const keep = () => new KeptEvents(new Ring<ReturnType<typeof event>>(100, 0, { used: 0, most: 1_000 }));

  it('are those of the epochs that have begun', () => {
    const kept = keep();
    kept.begin('own', 0);
    kept.push(event(1, 'own'), 1);
    kept.begin('shared', 1);
    kept.push(event(2, 'all'), 1);
    kept.begin('own', 2);
    expect([...kept.epochs]).toEqual(['own', 'shared']);
    expect([kept.has('own'), kept.has('other')]).toEqual([true, false]);
    expect(kept.after({ epoch: 'own', sequence: 0 })).toEqual([event(1, 'own'), event(2, 'all')]);
    expect(kept.after({ epoch: 'shared', sequence: 1 })).toEqual([event(2, 'all')]);
    expect(kept.after({ epoch: 'other', sequence: 2 })).toBeUndefined();
    // Another process has given this number to another event.
    expect(kept.after({ epoch: 'shared', sequence: 0 })).toBeUndefined();
    kept.clear();
    expect(kept.after({ epoch: 'own', sequence: 1 })).toBeUndefined();
  });

  it('are no longer those of an epoch whose numbers others have replaced', () => {
    const kept = keep();
    kept.begin('own', 0);
    kept.push(event(1, 'own'), 1);
    kept.begin('shared', 3);
    kept.push(event(4, 'all'), 1);
    kept.begin('later', 4);
    kept.replace(
      'shared',
      0,
      [1, 2, 3].map((sequence) => [event(sequence, 'others'), 1] as const),
    );
    const all = [event(1, 'others'), event(2, 'others'), event(3, 'others'), event(4, 'all')];
    expect(kept.after({ epoch: 'shared', sequence: 0 })).toEqual(all);
    expect(kept.after({ epoch: 'own', sequence: 1 })).toBeUndefined();
    expect(kept.after({ epoch: 'own', sequence: 3 })).toEqual([event(4, 'all')]);
    expect(kept.after({ epoch: 'later', sequence: 3 })).toBeUndefined();
    expect(kept.after({ epoch: 'later', sequence: 4 })).toEqual([]);
    // One more page of the past leaves them as they are.
    kept.replace(
      'shared',
      1,
      [2, 3].map((sequence) => [event(sequence, 'others'), 1] as const),
    );
    expect(kept.after({ epoch: 'shared', sequence: 1 })).toEqual(all.slice(1));
    kept.restart(4);
    expect(kept.after({ epoch: 'shared', sequence: 3 })).toBeUndefined();
  });
});
