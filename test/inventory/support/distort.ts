import type { EcsEvent } from '../../../src/inventory/core/ecs-event.ts';
import type { Random } from '../../fuzz/random.ts';
import type { Distortion } from './sandbox-source.ts';

/** Loses, doubles, delays and shuffles events, a fifth of them each way. */
export function createDistortion(random: Random): Distortion {
  let late: EcsEvent[] = [];
  return (events) => {
    const now: EcsEvent[] = [];
    const later: EcsEvent[] = [];
    for (const event of [...late, ...events]) {
      const fate = random.next();
      if (fate < 0.2) continue;
      if (fate < 0.4) later.push(event);
      else now.push(event);
      if (fate > 0.8) now.push(event);
    }
    late = later;
    return now
      .map((event) => ({ event, at: random.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ event }) => event);
  };
}
