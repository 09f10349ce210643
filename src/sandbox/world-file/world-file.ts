import type { Faults } from '../checks/fault-injection.ts';
import type { Surroundings } from '../model/external-services.ts';
import type { World } from '../model/world.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Clock, ClockSnapshot } from '../time/clock.ts';
import { FORMAT, VERSION, type WorldFile } from './file-format.ts';
import { GraphError } from './graph-format.ts';
import { GraphReader } from './graph-reader.ts';
import { GraphWriter } from './graph-writer.ts';
import { RECORD_KINDS } from './record-kinds.ts';

/** The parts of a sandbox that a world file is written from and read into. */
export interface SandboxParts {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly surroundings: Surroundings;
  readonly sessions: Sessions;
}

function nameOf(account: string, region: string): string {
  return `world ${account}/${region}`;
}

/** The state of a world, without what every sandbox creates anew and without what its own options say. */
function stateOf(world: World) {
  const { clock, timings, surroundings, sessions, admits, observers, reconcile, reconcileDaemon, ...records } = world;
  const { anyCapacity, subnetZones, polls, eventDelivery, endpoints, elsewhere, ...state } = records;
  return { ...state, events: world.events.state };
}

export function writeWorldFile(
  parts: SandboxParts,
  worlds: Iterable<World>,
  origin: { readonly seed: string; readonly randomSeed: number },
): WorldFile {
  const { clock, faults, surroundings, sessions } = parts;
  const all = [...worlds];
  const externals = new Map<unknown, string>([
    [clock, 'clock'],
    [surroundings, 'surroundings'],
    [sessions, 'sessions'],
    ...all.map((world) => [world, nameOf(world.account, world.region)] as const),
  ]);
  const writer = new GraphWriter(RECORD_KINDS, externals);
  const written = {
    worlds: all.map((world) => {
      const { account, region } = world;
      return { account, region, state: writer.write(stateOf(world)) };
    }),
    clock: writer.write(clock.snapshot()),
    faults: writer.write(faults.state),
    surroundings: writer.write({ ...surroundings }),
    sessions: writer.write(sessions.state),
  };
  const now = new Date(clock.now()).toISOString();
  return { format: FORMAT, version: VERSION, now, ...origin, ...written, nodes: writer.finish() };
}

/** Returns what was read if it has all members of the example with the same types. */
function alike<T extends object>(example: T, read: unknown, name: string): T {
  const given = (read ?? {}) as Record<string, unknown>;
  const wrong = Object.entries(example).find(([key, value]) => typeOf(given[key]) !== typeOf(value));
  if (wrong !== undefined) throw new GraphError(`${wrong[0]} of ${name} is missing in the file, or is something else`);
  return read as T;
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : typeof value;
}

function checkHeader(file: unknown): WorldFile {
  const { format, version, worlds, seed, randomSeed } = (file ?? {}) as Partial<Record<keyof WorldFile, unknown>>;
  if (format !== FORMAT) throw new GraphError('This is not a world file of the sandbox');
  if (version !== VERSION) {
    throw new GraphError(`The file has version ${String(version).slice(0, 20)}; this release reads version ${VERSION}`);
  }
  if (typeof seed !== 'string' || typeof randomSeed !== 'number') throw new GraphError('The file has no seeds');
  if (!Array.isArray(worlds)) throw new GraphError('The file has no worlds');
  return file as WorldFile;
}

/**
 * Restores a file into the parts of a sandbox and returns the worlds. If the file cannot be read, nothing changes.
 *
 * @param create creates an empty world without a seed
 */
export function readWorldFile(
  given: unknown,
  parts: SandboxParts,
  create: (account: string, region: string) => World,
): { readonly file: WorldFile; readonly worlds: readonly World[] } {
  const { clock, faults, surroundings, sessions } = parts;
  const file = checkHeader(given);
  const worlds = file.worlds.map(({ account, region }) => create(String(account), String(region)));
  const externals = new Map<string, unknown>([
    ['clock', clock],
    ['surroundings', surroundings],
    ['sessions', sessions],
    ...worlds.map((world) => [nameOf(world.account, world.region), world] as const),
  ]);
  const reader = new GraphReader(file.nodes, RECORD_KINDS, externals);
  for (const [index, { state }] of file.worlds.entries()) {
    const world = worlds[index] as World;
    const { events, ...records } = alike(stateOf(world), reader.read(state), 'a world');
    world.events.state = events;
    Object.assign(world, records);
  }
  const nothingDue: ClockSnapshot = { now: 0, order: 0, due: [] };
  const due = alike(nothingDue, reader.read(file.clock), 'the clock');
  const faultState = alike(faults.state, reader.read(file.faults), 'faults');
  const outside = alike({ ...surroundings }, reader.read(file.surroundings), 'surroundings');
  const open = reader.read(file.sessions);
  if (!Array.isArray(open)) throw new GraphError('The file has no sessions');
  // Nothing can fail after this line.
  clock.restore(due);
  faults.state = faultState;
  Object.assign(surroundings, outside);
  sessions.state = open as Sessions['state'];
  return { file, worlds };
}
