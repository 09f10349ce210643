import type { EventDelivery } from '../checks/fault-settings.ts';
import { reconcileDaemon } from '../daemons/reconcile-daemon.ts';
import { hasRules, publish } from '../delivery/deliver.ts';
import { addDefaultBus } from '../delivery/event-buses.ts';
import { createLaunchRates } from '../launch/launch-rates.ts';
import { EventLog, envelopeOf } from '../model/event-log.ts';
import { createSurroundings, type Surroundings } from '../model/external-services.ts';
import { createMessaging } from '../model/messaging/messaging.ts';
import { Polls } from '../model/messaging/polls.ts';
import { createNeighbours } from '../model/neighbour-records.ts';
import { Retention } from '../model/tasks/task-retention.ts';
import type { World } from '../model/world.ts';
import { reconcile } from '../scheduler/reconcile-service.ts';
import { Sessions } from '../sessions/sessions.ts';
import { partitionOf } from '../store/partitions.ts';
import type { Clock } from '../time/clock.ts';
import { DEFAULT_TIMINGS, type Timings } from '../time/timings.ts';
import { hashOf, Random } from '../util/random.ts';
import { observeWorld } from './observers.ts';

/** The account of callers whose access key is not an account id. */
export const ACCOUNT = '123456789012';

export interface WorldOptions {
  readonly region: string;
  readonly account?: string;
  readonly clock: Clock;
  readonly randomSeed: number;
  readonly timings?: Partial<Timings>;
  /** The share of events that are delivered twice. */
  readonly duplicateEvents?: (() => number) | undefined;
  /** Whether a client may make a call that has a limit of its own; true by default. */
  readonly admits?: ((limit: string) => boolean) | undefined;
  readonly sessions?: Sessions | undefined;
  /** Shared by all Regions. */
  readonly polls?: Polls | undefined;
  readonly eventDelivery?: (() => EventDelivery) | undefined;
  readonly endpoints?: ReadonlySet<string>;
  /** Finds the worlds of other Regions and accounts; by default there is only this one. */
  readonly elsewhere?: ((account: string, region: string) => World | undefined) | undefined;
  readonly anyCapacity?: boolean;
  /** Shared by all Regions; by default the world has its own. */
  readonly surroundings?: Surroundings;
}

export function createWorld(options: WorldOptions): World {
  const { region, account = ACCOUNT } = options;
  // Two Regions of one sandbox have different ids; the same Region of two sandboxes has the same.
  const seed = hashOf(account === ACCOUNT ? region : `${account}/${region}`, options.randomSeed);
  const world: World = {
    partition: partitionOf(region).partition,
    region,
    account,
    clock: options.clock,
    random: new Random(seed),
    timings: { ...DEFAULT_TIMINGS, ...options.timings },
    surroundings: options.surroundings ?? createSurroundings(),
    clusters: new Map(),
    families: new Map(),
    capacityProviders: new Map(),
    daemons: new Map(),
    daemonFamilies: new Map(),
    gateways: new Map(),
    expressServices: new Map(),
    launchRates: createLaunchRates(),
    sessions: options.sessions ?? new Sessions(),
    admits: options.admits ?? (() => true),
    waiting: new Set(),
    stopped: new Retention(),
    fleets: new Map(),
    retiring: new Set(),
    subnetZones: new Map(),
    lostZones: new Set(),
    anyCapacity: options.anyCapacity ?? false,
    isBlocked: false,
    neighbours: createNeighbours(new Random(seed ^ 0x85ebca6b)),
    messaging: createMessaging(new Random(seed ^ 0x165667b1)),
    polls: options.polls ?? new Polls(),
    eventDelivery: options.eventDelivery ?? (() => ({})),
    endpoints: options.endpoints ?? new Set(),
    elsewhere: (otherAccount, otherRegion) =>
      otherAccount === account && otherRegion === region ? world : options.elsewhere?.(otherAccount, otherRegion),
    events: new EventLog(new Random(seed ^ 0x27d4eb2f), options.duplicateEvents),
    accountSettings: new Map(),
    idempotency: new Map(),
    observers: [],
    past: new WeakMap(),
    reconcile: (service) => reconcile(world, service),
    reconcileDaemon: (daemon) => reconcileDaemon(world, daemon),
    lagMs: 0,
    sequence: 0,
  };
  observeWorld(world);
  addDefaultBus(world);
  world.events.listener = {
    isInterested: () => hasRules(world),
    take: (sequence, entry) => publish(world, envelopeOf(world, sequence, entry)),
  };
  return world;
}
