import type { Clock } from './clock.ts';
import { EventLog } from './events/log.ts';
import { observeWorld } from './observers.ts';
import { Random } from './random.ts';
import { reconcile } from './scheduler.ts';
import type { World } from './state.ts';
import { createSurroundings, type Surroundings } from './surroundings.ts';
import { DEFAULT_TIMINGS, type Timings } from './timings.ts';

/** The account that every caller is taken to belong to. */
export const ACCOUNT = '123456789012';

export interface WorldOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly randomSeed: number;
  readonly timings?: Partial<Timings>;
  /** What share of the events is told twice. */
  readonly duplicateEvents?: (() => number) | undefined;
  /** Shared by all Regions; its own by default. */
  readonly surroundings?: Surroundings;
}

/** Two Regions of one sandbox have different ids, the same Region of two sandboxes the same. */
function seedOf(region: string, randomSeed: number): number {
  let hash = randomSeed >>> 0;
  for (const character of region) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash;
}

export function createWorld(options: WorldOptions): World {
  const world: World = {
    region: options.region,
    account: ACCOUNT,
    clock: options.clock,
    random: new Random(seedOf(options.region, options.randomSeed)),
    timings: { ...DEFAULT_TIMINGS, ...options.timings },
    surroundings: options.surroundings ?? createSurroundings(),
    clusters: new Map(),
    families: new Map(),
    capacityProviders: new Map(),
    daemons: new Map(),
    daemonFamilies: new Map(),
    gateways: new Map(),
    expressServices: new Map(),
    waiting: new Set(),
    fleets: new Map(),
    lostZones: new Set(),
    events: new EventLog(new Random(seedOf(options.region, options.randomSeed) ^ 0x27d4eb2f), options.duplicateEvents),
    accountSettings: new Map(),
    idempotency: new Map(),
    observers: new Set(),
    past: new WeakMap(),
    reconcile: (service) => reconcile(world, service),
    lagMs: 0,
    sequence: 0,
  };
  observeWorld(world);
  return world;
}
