import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Backend } from './backend/backend.ts';
import type { FaultKind, FaultRule, FaultSettings } from './checks/fault-settings.ts';
import { readContract } from './checks/operation-contracts.ts';
import type { Accident, AccidentReport } from './control/accident.ts';
import { causeAccident } from './control/accident-control.ts';
import { setAlarm, setFunction } from './control/deployment-control.ts';
import { readFaultSettings } from './control/fault-settings.ts';
import { expireSessions, setRole } from './control/role-control.ts';
import type { EventPage } from './model/event-page.ts';
import type { HookResult } from './model/hook-result.ts';
import { boundPatterns } from './query/pattern.ts';
import type { SeedName } from './seeds/seed.ts';
import { Clock } from './time/clock.ts';
import { parseStart } from './time/start-time.ts';
import { Random } from './util/random.ts';
import { createWire } from './wire/json-protocol.ts';
import { serveSessions } from './wire/session-server.ts';
import type { WorldFile } from './world-file/file-format.ts';

export type { Accident, AccidentReport, EventPage, FaultKind, FaultRule, FaultSettings, SeedName, WorldFile };

export interface SandboxOptions {
  readonly host?: string;
  /** 0, the default, uses a free port. */
  readonly port?: number;
  /** Virtual milliseconds for each real one; 0 is paused. */
  readonly speed?: number;
  readonly seed?: SeedName;
  /** The same number gives the same ids and durations. */
  readonly randomSeed?: number;
  /**
   * Where virtual time starts; a seed's past lies before it. `now`, or a time; `past`, the default, is early enough to
   * stay behind real time for 10 hours at this speed.
   */
  readonly start?: Date | string;
  /**
   * A world from `exportWorld` to continue instead of a seed; `start`, `seed` and `randomSeed` then apply to resets
   * only.
   */
  readonly world?: unknown;
  /** Each Region starts with a cluster named `default`. AWS has none until it is created. */
  readonly defaultCluster?: boolean;
  /** Tasks for EC2 run in clusters without instances, on no instance. */
  readonly anyCapacity?: boolean;
  /**
   * Origins beyond this machine to which API destinations of EventBridge may send events, such as
   * `https://gateway.example.com`.
   */
  readonly eventEndpoints?: readonly string[];
  /** Faults from the start, as `faults.set` takes them. */
  readonly faults?: Partial<FaultSettings>;
  /** A write advances time until everything has settled, and returns the final state. */
  readonly instant?: boolean;
}

/** Parameters of a reset; absent ones stay as at the start. */
export interface ResetOptions {
  readonly seed?: SeedName;
  readonly randomSeed?: number;
  readonly start?: Date | string;
}

export interface SandboxClock {
  /** Virtual epoch milliseconds. */
  now(): number;
  /** Advances virtual time and runs everything that becomes due before it returns. */
  advance(ms: number): void;
  /** Jumps to the next pending event. False if no event is pending. */
  advanceToNext(): boolean;
  pause(): void;
  resume(speed?: number): void;
}

export interface SandboxFaults {
  readonly settings: FaultSettings;
  /** Replaces the given settings and keeps the others. */
  set(settings: Partial<FaultSettings>): void;
  clear(): void;
}

export interface Sandbox {
  readonly url: string;
  readonly clock: SandboxClock;
  /** Injected faults. */
  readonly faults: SandboxFaults;
  readonly accidents: {
    /** Causes an accident and returns what it hit. */
    cause(accident: Accident): AccidentReport;
  };
  /** Events that EventBridge would have received in a Region of an account: at most 1,000, after the number `after`. */
  events(region: string, after?: number, account?: string): EventPage;
  /** Requests to API destinations that are not answered yet; they take real time. */
  deliveriesUnderWay(): number;
  /** Calls by operation since the start or the last `resetCalls`. */
  calls(): Readonly<Record<string, number>>;
  resetCalls(): void;
  /** Sets a CloudWatch alarm to ALARM or OK. */
  setAlarm(name: string, state: 'ALARM' | 'OK'): void;
  /** Sets the result of a Lambda function for lifecycle hooks. */
  setFunction(name: string, result: Partial<HookResult>): void;
  /**
   * Defines who may assume an IAM role, by its trust policy, or forgets it if `trust` is null. An account with a defined
   * role has no other roles.
   */
  setRole(role: string, trust: object | null, maxSessionDuration?: number): void;
  /** Ends the sessions of a role (an ARN), or all, as if their time had passed. Returns how many there were. */
  expireSessions(role?: string): number;
  /** Removes the world and plants a seed again. Time restarts at the start time, unless another one is given. */
  reset(options?: SeedName | ResetOptions): void;
  /** All Regions, their pending events and their settings, as JSON. */
  exportWorld(): WorldFile;
  /** Replaces everything by an exported world and continues as the exporting sandbox would have. */
  importWorld(world: unknown): void;
  close(): Promise<void>;
}

function toTime(start: Date | string, speed: number, instant: boolean): number {
  return typeof start === 'string' ? parseStart(start, speed, instant) : start.getTime();
}

/** Settings of faults that the sandbox does not have, or values that they do not take. */
export class FaultsError extends Error {
  override readonly name = 'FaultsError';
}

function checkedFaults(backend: Backend, given: object): Partial<FaultSettings> {
  const settings = readFaultSettings({ ...given }, (operation) => backend.knows(operation));
  if ('problem' in settings) throw new FaultsError(`cannot be used: ${settings.problem}`);
  return settings;
}

/**
 * Starts a simulated ECS on its own port. Rejects with Node's error if the address is not available, such as
 * EADDRINUSE.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    host = '127.0.0.1',
    port = 0,
    speed = 10,
    seed = 'empty',
    randomSeed = 1,
    start = 'past',
    instant = false,
  } = options;
  boundPatterns();
  const clock = new Clock(toTime(start, speed, instant), speed);
  const backend = new Backend(clock, readContract(), seed, randomSeed, {
    startAt: () => toTime(start, Math.max(speed, clock.speed), instant),
    defaultCluster: options.defaultCluster ?? false,
    anyCapacity: options.anyCapacity ?? false,
    instant,
    endpoints: new Set(options.eventEndpoints?.map((endpoint) => new URL(endpoint).origin)),
  });
  if (options.faults !== undefined) backend.faults.set(checkedFaults(backend, options.faults));
  if (options.world !== undefined) backend.importWorlds(options.world);
  const server = createWire(backend, new Random(randomSeed ^ 0x5bd1e995));
  const sessions = serveSessions(server, backend);
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    clock,
    faults: backend.faults,
    accidents: { cause: (accident) => causeAccident(backend, accident) },
    events: (region, after = 0, account) => {
      const world = backend.world(region, account);
      backend.clock.settle();
      return world.events.read(world, after);
    },
    deliveriesUnderWay: () => backend.deliveriesUnderWay,
    calls: () => backend.calls(),
    resetCalls: () => backend.resetCalls(),
    setAlarm: (name, state) => {
      setAlarm(backend, { name, state });
    },
    setFunction: (name, result) => {
      setFunction(backend, { status: 'SUCCEEDED', ...result, function: name });
    },
    setRole: (role, trust, maxSessionDuration) => {
      setRole(backend, { role, trust, maxSessionDuration });
    },
    expireSessions: (role) => expireSessions(backend, { role }).expired,
    reset: (given = {}) => {
      const { start: at, ...rest } = typeof given === 'string' ? { seed: given, start: undefined } : given;
      backend.reset({
        ...rest,
        ...(at === undefined ? {} : { start: toTime(at, Math.max(speed, clock.speed), instant) }),
      });
    },
    exportWorld: () => backend.exportWorlds(),
    importWorld: (world) => backend.importWorlds(world),
    close: async () => {
      clock.close();
      backend.close();
      const closed = once(server, 'close');
      server.close();
      sessions.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
