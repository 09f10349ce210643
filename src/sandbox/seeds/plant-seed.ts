import type { Surroundings } from '../model/external-services.ts';
import type { World } from '../model/world.ts';
import { Clock } from '../time/clock.ts';
import { seedDemo } from './demo.ts';
import { seedFleet } from './fleet.ts';
import { seedOrganization } from './organization.ts';
import type { Seed, SeedName } from './seed.ts';

export const SEED_NAMES: readonly SeedName[] = ['empty', 'demo', 'fleet', 'organization'];

const SEEDS: Readonly<Record<SeedName, Seed | undefined>> = {
  empty: undefined,
  demo: seedDemo,
  fleet: seedFleet,
  organization: seedOrganization,
};

/** Sets up the parts of a seed outside its worlds, before any of them exists. */
export function plantRoles(name: SeedName, surroundings: Surroundings): void {
  for (const [arn, role] of SEEDS[name]?.roles ?? []) surroundings.roles.set(arn, role);
}

/**
 * Builds a Region's past with the sandbox's own API, on a separate clock that starts early enough to end now. What is
 * still pending then moves to the shared clock.
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
