import type { World } from '../model/world.ts';
import { Clock } from '../time/clock.ts';
import { seedDemo } from './demo.ts';
import { seedFleet } from './fleet.ts';

export type SeedName = 'empty' | 'demo' | 'fleet';

export const SEED_NAMES: readonly SeedName[] = ['empty', 'demo', 'fleet'];

/** What a seed has to build a world with: the API itself, and time. */
export interface Gardener {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  call(operation: string, input: object): object;
  advance(ms: number): void;
  /** Virtual time left until the seed must be done. */
  remaining(): number;
}

export interface Seed {
  /** How much virtual time the world's past takes. */
  readonly span: number;
  plant(gardener: Gardener): void;
}

const SEEDS: Readonly<Record<SeedName, Seed | undefined>> = { empty: undefined, demo: seedDemo, fleet: seedFleet };

/**
 * Builds a Region's past with the sandbox's own API, on a clock of its own which starts early enough to end now. What
 * is then still due moves to the clock that everyone shares.
 */
export function plantSeed(
  name: SeedName,
  world: World,
  clock: Clock,
  call: (operation: string, input: object) => object,
): void {
  const seed = SEEDS[name];
  if (seed === undefined) return;
  const end = clock.now();
  const past = new Clock(end - seed.span, 0);
  world.clock = past;
  const { partition, region, account } = world;
  seed.plant({
    partition,
    region,
    account,
    call,
    advance: (ms) => past.advance(ms),
    remaining: () => end - past.now(),
  });
  past.advance(Math.max(0, end - past.now()));
  world.clock = clock;
  clock.adopt(past);
}
