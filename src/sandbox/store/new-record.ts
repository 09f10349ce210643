import type { World } from '../model/world.ts';

/** The fields that every new record starts with. */
export function newRecord(world: World): { sequence: number; bornAt: number } {
  world.sequence += 1;
  return { sequence: world.sequence, bornAt: world.clock.now() };
}
