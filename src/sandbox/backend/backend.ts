import { Faults } from '../checks/fault-injection.ts';
import type { Contract } from '../checks/operation-contracts.ts';
import { resumePosting } from '../delivery/deliver.ts';
import { stopPosting } from '../delivery/post.ts';
import { setLaunchRates } from '../launch/launch-rates.ts';
import { clearSurroundings, createSurroundings, type Surroundings } from '../model/external-services.ts';
import { Polls } from '../model/messaging/polls.ts';
import type { World } from '../model/world.ts';
import { plantRoles, plantSeed } from '../seeds/plant-seed.ts';
import type { SeedName } from '../seeds/seed.ts';
import { Sessions } from '../sessions/sessions.ts';
import { iamArn } from '../store/arns.ts';
import type { Clock } from '../time/clock.ts';
import { Random } from '../util/random.ts';
import type { Caller } from '../util/wire-types.ts';
import type { WorldFile } from '../world-file/file-format.ts';
import { readWorldFile, writeWorldFile } from '../world-file/world-file.ts';
import { ACCOUNT, createWorld } from './create-world.ts';
import { dispatch } from './dispatch.ts';
import { readAgain, settleWorld } from './settle.ts';

export interface BackendOptions {
  /** Where time restarts after a reset; absent means that it continues. */
  readonly startAt: (() => number) | undefined;
  /** Each Region starts with a cluster named `default`. */
  readonly defaultCluster: boolean;
  /** Tasks for EC2 run in clusters without instances. */
  readonly anyCapacity: boolean;
  /** A write returns when everything has settled. */
  readonly instant: boolean;
  /** The origins beyond this machine to which API destinations may send events. */
  readonly endpoints: ReadonlySet<string>;
}

const NO_OPTIONS: BackendOptions = {
  startAt: undefined,
  defaultCluster: false,
  anyCapacity: false,
  instant: false,
  endpoints: new Set(),
};

/** Reads and agent reports: they do not advance time. */
const NO_WRITE = /^(Describe|List|Get|BatchGet|Discover|Submit|AssumeRole)/;

/** The parameters of a reset; absent ones stay unchanged. */
export interface Reset {
  readonly seed?: SeedName | undefined;
  readonly randomSeed?: number | undefined;
  readonly start?: number | undefined;
}

function scopeOf(account: string, region: string): string {
  return `${account}/${region}`;
}

const FAULTS_SEED = 0x3c6ef372;

/**
 * All Regions of all accounts of one sandbox, and their operations, without the network. A Region is created and seeded
 * with its first call.
 */
export class Backend {
  /** By account and Region. */
  readonly #worlds = new Map<string, World>();
  readonly #calls = new Map<string, number>();
  readonly #contract: Contract;
  #randomSeed: number;
  readonly #options: BackendOptions;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Alarms and functions, shared by all Regions. */
  readonly surroundings: Surroundings = createSurroundings();
  /** Sessions of ExecuteCommand, shared by all Regions. */
  readonly sessions = new Sessions();
  /** Calls that wait for messages. */
  readonly polls = new Polls();
  seed: SeedName;

  constructor(
    clock: Clock,
    contract: Contract,
    seed: SeedName,
    randomSeed: number,
    options: Partial<BackendOptions> = {},
  ) {
    this.clock = clock;
    this.#contract = contract;
    this.seed = seed;
    this.#randomSeed = randomSeed;
    this.#options = { ...NO_OPTIONS, ...options };
    plantRoles(seed, this.surroundings);
    this.faults = new Faults(clock, new Random(randomSeed ^ FAULTS_SEED), (changed) => {
      const { staleReadsMs, launchRates } = this.faults.settings;
      for (const world of this.#worlds.values()) {
        world.lagMs = staleReadsMs;
        if (changed.launchRates !== undefined) setLaunchRates(world, launchRates.enabled, launchRates.scale);
      }
    });
  }

  world(region: string, account = ACCOUNT): World {
    const scope = scopeOf(account, region);
    const present = this.#worlds.get(scope);
    if (present !== undefined) return present;
    const world = this.#create(account, region);
    this.#worlds.set(scope, world);
    // A seed builds its past without launch rates: its services exist from the start.
    setLaunchRates(world, false, 1);
    const call = (operation: string, input: object): object =>
      this.#run(world, { principalArn: iamArn(world, 'role/platform') }, operation, input);
    plantSeed(this.seed, world, this.clock, call);
    if (this.#options.defaultCluster) call('CreateCluster', {});
    const { staleReadsMs, launchRates } = this.faults.settings;
    world.lagMs = staleReadsMs;
    setLaunchRates(world, launchRates.enabled, launchRates.scale);
    return world;
  }

  /** Creates an empty world. */
  #create(account: string, region: string): World {
    const scope = scopeOf(account, region);
    return createWorld({
      region,
      account,
      clock: this.clock,
      randomSeed: this.#randomSeed,
      surroundings: this.surroundings,
      duplicateEvents: () => this.faults.settings.duplicateEvents,
      eventDelivery: () => this.faults.settings.eventDelivery,
      elsewhere: (otherAccount, otherRegion) => this.#worlds.get(scopeOf(otherAccount, otherRegion)),
      sessions: this.sessions,
      polls: this.polls,
      anyCapacity: this.#options.anyCapacity,
      endpoints: this.#options.endpoints,
      admits: (limit) => this.faults.admits(scope, limit),
    });
  }

  /** All worlds, their pending events and their settings, as JSON. */
  exportWorlds(): WorldFile {
    this.clock.settle();
    return writeWorldFile(this, this.#worlds.values(), { seed: this.seed, randomSeed: this.#randomSeed });
  }

  /** Replaces every world by those of a file and continues as the exporting sandbox would have. */
  importWorlds(given: unknown): void {
    const { file, worlds } = readWorldFile(given, this, (account, region) => this.#create(account, region));
    this.seed = file.seed as SeedName;
    this.#randomSeed = file.randomSeed;
    this.#leave();
    for (const world of worlds) this.#worlds.set(scopeOf(world.account, world.region), world);
    for (const world of worlds) resumePosting(world);
    this.resetCalls();
  }

  /** Ends the open polls and requests, and forgets every world. */
  #leave(): void {
    this.polls.clear();
    for (const world of this.#worlds.values()) stopPosting(world);
    this.#worlds.clear();
  }

  /** Ends all connections that the sandbox has opened or holds. */
  close(): void {
    this.#leave();
  }

  /** Requests to API destinations that are not answered yet. */
  get deliveriesUnderWay(): number {
    return Array.from(this.#worlds.values(), ({ messaging }) => messaging.posting.size).reduce((a, b) => a + b, 0);
  }

  worlds(): Iterable<World> {
    return this.#worlds.values();
  }

  knows(operation: string): boolean {
    return this.#contract.inputs.has(operation);
  }

  /** Counts a call by operation, whether it succeeds or fails. */
  count(operation: string): void {
    this.#calls.set(operation, (this.#calls.get(operation) ?? 0) + 1);
  }

  call(region: string, caller: Caller, operation: string, input: unknown): object {
    const world = this.world(region, caller.account);
    this.clock.settle();
    const answer = this.#run(world, caller, operation, input);
    if (!this.#settlesAfter(operation)) return answer;
    settleWorld(world);
    return readAgain(answer, (read, of) => this.#run(world, caller, read, of));
  }

  #settlesAfter(operation: string): boolean {
    return this.#options.instant && !NO_WRITE.test(operation);
  }

  /**
   * The same for another service, which `calls` counts as `codedeploy:GetDeployment`, for example.
   *
   * @param changesEcs whether its writes change something in ECS
   */
  callNeighbour<T>(region: string, caller: Caller, name: string, run: (world: World) => T, changesEcs: boolean): T {
    this.count(name);
    const world = this.world(region, caller.account);
    this.clock.settle();
    const answer = run(world);
    if (changesEcs && this.#settlesAfter(name.split(':')[1] ?? '')) settleWorld(world);
    return answer;
  }

  calls(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#calls].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  resetCalls(): void {
    this.#calls.clear();
  }

  get isInstant(): boolean {
    return this.#options.instant;
  }

  get randomSeed(): number {
    return this.#randomSeed;
  }

  /**
   * Removes every Region and every fault; each Region is seeded again with its next call. Time restarts, or it would
   * run further ahead of real time with every reset.
   */
  reset({ seed = this.seed, randomSeed = this.#randomSeed, start }: Reset = {}): void {
    this.seed = seed;
    this.#randomSeed = randomSeed;
    this.#leave();
    this.clock.clear(start ?? this.#options.startAt?.());
    this.faults.reset(new Random(randomSeed ^ FAULTS_SEED));
    clearSurroundings(this.surroundings);
    plantRoles(seed, this.surroundings);
    this.sessions.clear();
    this.resetCalls();
  }

  #run(world: World, caller: Caller, operation: string, input: unknown): object {
    return dispatch(this.#contract, world, caller, operation, input);
  }
}
