import type { Backend } from '../backend/backend.ts';
import { invalidParameter } from '../checks/ecs-errors.ts';
import { interruptInstance, interruptTask, loseZone, restoreZone, retireTask, setAgent } from '../fleet/accidents.ts';
import { terminateInstance } from '../fleet/terminate-instance.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { Pause } from '../model/services/service-pause.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { DEFAULT_TARGET_REASON, failTarget } from '../tasks/load-balancer-targets.ts';
import type { Accident, AccidentKind, AccidentReport } from './accident.ts';
import { readAccount } from './event-control.ts';
import { blockAccount, findService, pauseService } from './service-accidents.ts';

function findInstance(world: World, reference: string): InstanceRecord {
  const id = reference.split('/').pop() ?? '';
  for (const cluster of world.clusters.values()) {
    const instance =
      cluster.instances.get(id) ?? [...cluster.instances.values()].find((item) => item.ec2InstanceId === reference);
    if (instance !== undefined && instance.status !== 'INACTIVE') return instance;
  }
  throw invalidParameter(`no container instance ${reference} in ${world.region}`);
}

function findTask(world: World, reference: string): TaskRecord {
  const id = reference.split('/').pop() ?? '';
  for (const cluster of world.clusters.values()) {
    const task = cluster.tasks.get(id);
    if (task !== undefined) return task;
  }
  throw invalidParameter(`no task ${reference} in ${world.region}`);
}

function has(world: World, reference: string): boolean {
  return [...world.clusters.values()].some(
    ({ tasks, instances, services }) =>
      tasks.get(reference) !== undefined ||
      services.has(reference) ||
      instances.has(reference) ||
      [...instances.values()].some((item) => item.ec2InstanceId === reference),
  );
}

/** A Region and the letter of a zone of it. */
const ZONE = /^([a-z]{2,}(?:-[a-z]+)+-\d+)[a-z]$/;

/** The world of the given Region and account, of the ARN or zone, or the only one that knows the id. */
function worldOf(backend: Backend, { region, account, containerInstance, task, service, zone }: Accident): World {
  const reference = containerInstance ?? task ?? service;
  const [, , , ofArn, accountOfArn] = reference?.split(':') ?? [];
  const known = [...backend.worlds()].find((world) => reference !== undefined && has(world, reference));
  const ofZone = ZONE.exec(zone ?? '')?.[1];
  return backend.world(
    region ?? ofArn ?? known?.region ?? ofZone ?? 'us-east-1',
    account ?? accountOfArn ?? (region === undefined ? known?.account : undefined),
  );
}

function required(accident: Accident, member: 'containerInstance' | 'task' | 'service' | 'zone'): string {
  const value = accident[member];
  if (typeof value !== 'string' || value === '') throw invalidParameter(`${member} is missing`);
  return value;
}

/** A zone of the Region, or a Local Zone in which an instance has registered. */
function requiredZone(world: World, accident: Accident): string {
  const zone = required(accident, 'zone');
  const isOwn = zone.startsWith(world.region) && /^[a-z]$/.test(zone.slice(world.region.length));
  if (isOwn || [...world.clusters.values()].some(({ zones }) => zones.has(zone))) return zone;
  throw invalidParameter(`${zone} is no zone of ${world.region}; one would be ${world.region}a`);
}

type Cause = (world: World, accident: Accident) => AccidentReport;

function onInstance(act: (world: World, instance: InstanceRecord) => void): Cause {
  return (world, accident) => {
    const instance = findInstance(world, required(accident, 'containerInstance'));
    const tasks = [...instance.tasks].map((task) => task.arn);
    act(world, instance);
    return { containerInstances: [instance.arn], tasks };
  };
}

function onService(why: Pause): Cause {
  return (world, accident) => {
    pauseService(world, findService(world, required(accident, 'service')), why, accident.seconds);
    return NOTHING;
  };
}

const NOTHING: AccidentReport = { containerInstances: [], tasks: [] };
const interruptedInstance = onInstance(interruptInstance);

const CAUSES: Readonly<Record<AccidentKind, Cause>> = {
  'instance-terminated': onInstance(terminateInstance),
  'agent-disconnected': onInstance((world, instance) => setAgent(world, instance, false)),
  'agent-reconnected': onInstance((world, instance) => setAgent(world, instance, true)),
  'spot-interruption': (world, accident) => {
    if (accident.task === undefined) return interruptedInstance(world, accident);
    const task = findTask(world, accident.task);
    interruptTask(world, task);
    return { containerInstances: [], tasks: [task.arn] };
  },
  'task-retirement': (world, accident) => {
    const task = findTask(world, required(accident, 'task'));
    if (task.launchType !== 'FARGATE') throw invalidParameter(`${task.arn} is not on Fargate`);
    if (task.desiredStatus === 'STOPPED') throw invalidParameter(`${task.arn} is stopping already`);
    retireTask(world, task);
    return { containerInstances: [], tasks: [task.arn] };
  },
  'zone-lost': (world, accident) => {
    const { instances, tasks } = loseZone(world, requiredZone(world, accident));
    return { containerInstances: instances.map(({ arn }) => arn), tasks: tasks.map(({ arn }) => arn) };
  },
  'zone-restored': (world, accident) => {
    restoreZone(world, requiredZone(world, accident));
    return NOTHING;
  },
  'target-unhealthy': (world, accident) => {
    const task = findTask(world, required(accident, 'task'));
    if (task.target === undefined) throw invalidParameter(`${task.arn} is registered with no target group`);
    failTarget(world, task, accident.reason ?? DEFAULT_TARGET_REASON);
    return { containerInstances: [], tasks: [task.arn] };
  },
  'operations-throttled': onService('ECS_OPERATION_THROTTLED'),
  'discovery-throttled': onService('SERVICE_DISCOVERY_OPERATION_THROTTLED'),
  'health-unknown': onService('SERVICE_HEALTH_UNKNOWN'),
  'account-blocked': (world) => {
    blockAccount(world, true);
    return NOTHING;
  },
  'account-restored': (world) => {
    blockAccount(world, false);
    return NOTHING;
  },
};

export const ACCIDENT_KINDS = Object.keys(CAUSES) as readonly AccidentKind[];

/** Causes an accident and returns what it hit. */
export function causeAccident(backend: Backend, accident: Accident): AccidentReport {
  if (!Object.hasOwn(CAUSES, accident.accident)) {
    throw invalidParameter(`accident must be one of ${ACCIDENT_KINDS.join(', ')}`);
  }
  const world = worldOf(backend, accident);
  backend.clock.settle();
  return CAUSES[accident.accident](world, accident);
}

const TEXTS = ['region', 'account', 'containerInstance', 'task', 'service', 'zone', 'reason'] as const;
export const ACCIDENT_PARAMETERS: readonly string[] = ['accident', ...TEXTS, 'seconds'];

function readSeconds(given: unknown): { seconds?: number } {
  if (given === undefined) return {};
  const seconds = Number(given);
  if (Number.isFinite(seconds) && seconds >= 0) return { seconds };
  throw invalidParameter('seconds must be a number, 0 or more');
}

/** The same with the parameters of a request. */
export function postAccident(backend: Backend, parameters: Readonly<Record<string, unknown>>): AccidentReport {
  const texts = TEXTS.filter((name) => typeof parameters[name] === 'string').map((name) => [name, parameters[name]]);
  readAccount(parameters.account);
  const accident = String(parameters.accident ?? '') as AccidentKind;
  const seconds = readSeconds(parameters.seconds);
  return causeAccident(backend, { ...Object.fromEntries(texts), ...seconds, accident });
}
