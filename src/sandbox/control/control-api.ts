import type { Backend } from '../backend/backend.ts';
import { EcsError } from '../checks/ecs-errors.ts';
import { SEED_NAMES } from '../seeds/plant-seed.ts';
import type { SeedName } from '../seeds/seed.ts';
import { parseStart } from '../time/start-time.ts';
import { ACCIDENT_PARAMETERS, postAccident } from './accident-control.ts';
import { listAlarms, listFunctions, setAlarm, setFunction } from './deployment-control.ts';
import { getEvents } from './event-control.ts';
import { readFaultSettings } from './fault-settings.ts';
import { clearImages, IMAGE_PARAMETERS, listImages, setImage } from './image-control.ts';
import { listTargetGroups, setTargetGroup } from './outside-control.ts';
import type { Parameters } from './parameters.ts';
import { expireSessions, listRoles, ROLE_PARAMETERS, setRole } from './role-control.ts';
import { postMetric } from './scaling-control.ts';

export const CONTROL_PREFIX = '/_sandbox';
/** Exports and imports whole worlds. */
export const WORLD_PATH = `${CONTROL_PREFIX}/world`;

export interface ControlAnswer {
  readonly status: number;
  readonly value: unknown;
}

const MOST_RANDOM_SEED = 2 ** 32 - 1;

type Handler = (backend: Backend, parameters: Parameters) => unknown;

function bad(message: string): EcsError {
  return new EcsError('BadRequest', message, 400);
}

function optionalNumber(parameters: Parameters, name: string): number | undefined {
  const raw = parameters[name];
  if (raw === undefined) return undefined;
  const value = Number(raw);
  if (!Number.isFinite(value) || value < 0) throw bad(`${name} must be a number, 0 or more`);
  return value;
}

function optionalSeed(parameters: Parameters): SeedName | undefined {
  const raw = parameters.seed;
  if (raw === undefined) return undefined;
  const name = SEED_NAMES.find((candidate) => candidate === raw);
  if (name === undefined) throw bad(`seed must be one of ${SEED_NAMES.join(', ')}`);
  return name;
}

function optionalStart(backend: Backend, { start }: Parameters): number | undefined {
  if (start === undefined) return undefined;
  try {
    return parseStart(String(start), backend.clock.speed, backend.isInstant);
  } catch (error) {
    throw bad(`start ${error instanceof Error ? error.message : String(error)}`);
  }
}

function optionalRandomSeed(parameters: Parameters): number | undefined {
  const value = optionalNumber(parameters, 'randomSeed');
  if (value === undefined || (Number.isInteger(value) && value <= MOST_RANDOM_SEED)) return value;
  throw bad(`randomSeed must be a whole number from 0 to ${MOST_RANDOM_SEED}`);
}

function reset(backend: Backend, parameters: Parameters): unknown {
  backend.reset({
    seed: optionalSeed(parameters),
    randomSeed: optionalRandomSeed(parameters),
    start: optionalStart(backend, parameters),
  });
  const { seed, randomSeed } = backend;
  return { seed, randomSeed, now: backend.clock.describe().now };
}

function advance(backend: Backend, parameters: Parameters): unknown {
  const ms = optionalNumber(parameters, 'ms');
  if (ms === undefined) throw bad('ms is missing: how many virtual milliseconds to advance');
  backend.clock.advance(ms);
  return backend.clock.describe();
}

function resume(backend: Backend, parameters: Parameters): unknown {
  const speed = optionalNumber(parameters, 'speed');
  if (speed === 0) throw bad('speed must be above 0; use clock/pause');
  backend.clock.resume(speed);
  return backend.clock.describe();
}

function setFaults(backend: Backend, parameters: Parameters): unknown {
  const settings = readFaultSettings(parameters, (operation) => backend.knows(operation));
  if ('problem' in settings) throw bad(settings.problem);
  backend.faults.set(settings);
  return backend.faults.settings;
}

function importWorld(backend: Backend, file: Parameters): unknown {
  try {
    backend.importWorlds(file);
  } catch (error) {
    throw bad(`The world cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const worlds = Array.from(backend.worlds(), ({ account, region }) => ({ account, region }));
  return { now: backend.clock.describe().now, seed: backend.seed, worlds };
}

/** A route with these parameters. Others are refused, because a misspelled parameter would silently have no effect. */
function taking(names: readonly string[], handler: Handler): Handler {
  return (backend, parameters) => {
    const unknownName = Object.keys(parameters).find((name) => !names.includes(name));
    if (unknownName === undefined) return handler(backend, parameters);
    throw bad(
      `${unknownName} is not a parameter of this; ${names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`}`,
    );
  };
}

/** `METHOD path` to its handler. Parameters come from the query string or a JSON body. */
const ROUTES: Readonly<Record<string, Handler>> = {
  'POST /reset': taking(['seed', 'randomSeed', 'start'], reset),
  'GET /seed': (backend) => ({ seed: backend.seed, available: SEED_NAMES }),
  'POST /seed': taking(['seed', 'randomSeed', 'start'], reset),
  'GET /clock': (backend) => backend.clock.describe(),
  'POST /clock/pause': taking([], (backend) => {
    backend.clock.pause();
    return backend.clock.describe();
  }),
  'POST /clock/resume': taking(['speed'], resume),
  'POST /clock/advance': taking(['ms'], advance),
  'POST /clock/next': (backend) => ({ ran: backend.clock.advanceToNext(), ...backend.clock.describe() }),
  'GET /faults': (backend) => backend.faults.settings,
  'POST /faults': setFaults,
  'POST /faults/clear': (backend) => {
    backend.faults.clear();
    return backend.faults.settings;
  },
  'GET /alarms': listAlarms,
  'POST /alarms': taking(['name', 'state'], setAlarm),
  'GET /hooks': listFunctions,
  'POST /hooks': taking(['function', 'status', 'seconds', 'callBackDelay'], setFunction),
  'GET /images': listImages,
  'POST /images': taking(IMAGE_PARAMETERS, setImage),
  'POST /images/clear': clearImages,
  'GET /roles': listRoles,
  'POST /roles': taking(ROLE_PARAMETERS, setRole),
  'POST /sessions/expire': taking(['role'], expireSessions),
  'GET /target-groups': listTargetGroups,
  'POST /target-groups': taking(['targetGroupArn', 'state', 'seconds'], setTargetGroup),
  'POST /metrics': taking(['service', 'metric', 'value', 'policy', 'breach', 'region', 'account'], postMetric),
  'POST /accidents': taking(ACCIDENT_PARAMETERS, postAccident),
  'GET /events': taking(['region', 'account', 'after', 'limit'], getEvents),
  'GET /deliveries': (backend) => ({ underWay: backend.deliveriesUnderWay }),
  'GET /world': (backend) => backend.exportWorlds(),
  'POST /world': importWorld,
  'GET /calls': (backend) => backend.calls(),
  'POST /calls/reset': (backend) => {
    backend.resetCalls();
    return backend.calls();
  },
};

function parseParameters(url: URL, body: string): Parameters {
  const query = Object.fromEntries(url.searchParams);
  if (body.trim() === '') return query;
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...query, ...parsed };
  } catch {
    // Falls through to the error for JSON that is not an object.
  }
  throw bad('The body must be a JSON object');
}

/** Answers the control API: reset, seeds, time, faults, call counts. Errors are plain JSON, not AWS's. */
export function answerControl(backend: Backend, method: string, target: string, body: string): ControlAnswer {
  const url = new URL(target, 'http://sandbox');
  const path = url.pathname.slice(CONTROL_PREFIX.length).replace(/\/$/, '');
  const handler = ROUTES[`${method} ${path}`];
  if (handler === undefined) {
    return { status: 404, value: { error: `No ${method} ${url.pathname} here`, routes: Object.keys(ROUTES) } };
  }
  try {
    return { status: 200, value: handler(backend, parseParameters(url, body)) };
  } catch (error) {
    if (error instanceof EcsError) return { status: error.status, value: { error: error.message } };
    throw error;
  }
}
