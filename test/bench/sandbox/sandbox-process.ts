import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';
import { median } from '../harness/measure.ts';

const START = Date.UTC(2026, 2, 1, 12);
const CALLER = { principalArn: 'arn:aws:iam::123456789012:role/bench' };
const CLUSTER = 'bench';

/** One cluster full of services, on EC2 if there are instances, else on Fargate. */
export interface Shape {
  readonly services: number;
  readonly tasks: number;
  readonly instances: number;
}

/** A sandbox without its network, its time standing still. */
class Subject {
  readonly clock = new Clock(START, 0);
  readonly #backend = new Backend(this.clock, readContract(), 'empty', 1);

  /** The answer as it would travel. */
  call(operation: string, input: object): string {
    return JSON.stringify(this.#backend.call('eu-west-1', CALLER, operation, input));
  }

  read<T>(operation: string, input: object): T {
    return JSON.parse(this.call(operation, input)) as T;
  }
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function serviceName(index: number): string {
  return `service-${String(index).padStart(4, '0')}`;
}

function registerInstances(subject: Subject, count: number): void {
  for (let index = 0; index < count; index += 1) {
    subject.call('RegisterContainerInstance', {
      cluster: CLUSTER,
      instanceIdentityDocument: JSON.stringify({
        instanceId: `i-${String(index).padStart(17, '0')}`,
        availabilityZone: `eu-west-1${'abc'[index % 3]}`,
      }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 8192 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 16384 },
      ],
    });
  }
}

function createServices(subject: Subject, shape: Shape): void {
  const fargate = {
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2', 'subnet-3'] } },
  };
  for (let index = 0; index < shape.services; index += 1) {
    subject.call('CreateService', {
      cluster: CLUSTER,
      serviceName: serviceName(index),
      taskDefinition: 'unit',
      desiredCount: shape.tasks,
      ...(shape.instances === 0 ? fargate : {}),
    });
  }
}

function plant(shape: Shape): Subject {
  const subject = new Subject();
  subject.call('CreateCluster', { clusterName: CLUSTER });
  subject.call('RegisterTaskDefinition', {
    family: 'unit',
    containerDefinitions: [{ name: 'app', image: 'unit:1', cpu: 128, memory: 256 }],
    ...(shape.instances === 0
      ? { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
      : {}),
  });
  return subject;
}

interface Seen {
  readonly services: {
    readonly runningCount: number;
    readonly pendingCount: number;
    readonly desiredCount: number;
    readonly deployments: { readonly rolloutState: string }[];
  }[];
}

function isSteady({ runningCount, desiredCount, deployments }: Seen['services'][number]): boolean {
  return runningCount === desiredCount && deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
}

/** Asks for ten services, as many as ECS allows: the first of them that is not steady, else the one after them. */
function askFor(subject: Subject, shape: Shape, first: number): number {
  const services = Array.from({ length: Math.min(10, shape.services - first) }, (_, at) => serviceName(first + at));
  const seen = subject.read<Seen>('DescribeServices', { cluster: CLUSTER, services });
  const unsteady = seen.services.findIndex((service) => !isSteady(service));
  return first + (unsteady < 0 ? services.length : unsteady);
}

/** A client that watches a rollout reads what is in progress: the first service from one on that is not steady. */
function firstUnsteady(subject: Subject, shape: Shape, from: number): number {
  let first = from;
  for (let next = first; first < shape.services; first = next) {
    next = askFor(subject, shape, first);
    if (next < Math.min(first + 10, shape.services)) return next;
  }
  return first;
}

export interface Span {
  /** Virtual seconds, and CPU milliseconds of all of them and of the busiest one. */
  readonly virtual: number;
  readonly cpu: number;
  readonly worst: number;
}

/** Lets time pass until all is steady. Looking is not counted. */
function untilSteady(subject: Subject, shape: Shape): Span {
  const begun = subject.clock.now();
  let cpu = 0;
  let worst = 0;
  let steady = 0;
  while (subject.clock.now() - begun < 3600_000) {
    const ms = cpuMs(() => subject.clock.advance(1000));
    cpu += ms;
    worst = Math.max(worst, ms);
    if (subject.clock.now() - begun < 30_000) continue;
    steady = firstUnsteady(subject, shape, steady);
    if (steady === shape.services) break;
  }
  return { virtual: (subject.clock.now() - begun) / 1000, cpu, worst };
}

function update(subject: Subject, index: number): void {
  subject.call('UpdateService', { cluster: CLUSTER, service: serviceName(index), forceNewDeployment: true });
}

/** Every service at the same time, which AWS's limits do not allow. */
function rollOut(subject: Subject, shape: Shape): Span {
  for (let index = 0; index < shape.services; index += 1) update(subject, index);
  return untilSteady(subject, shape);
}

/** Calls that AWS allows after this much virtual time: the bucket of UpdateService. */
function allowed(passedMs: number): number {
  return 50 + Math.floor((passedMs * 5) / 1000);
}

/** Every service as soon as AWS lets a client update it. The calls count. */
function rollOutAtPace(subject: Subject, shape: Shape): Span {
  const begun = subject.clock.now();
  let updated = 0;
  let cpu = 0;
  let worst = 0;
  while (updated < shape.services) {
    const ms = cpuMs(() => {
      const most = Math.min(shape.services, allowed(subject.clock.now() - begun));
      for (; updated < most; updated += 1) update(subject, updated);
      subject.clock.advance(1000);
    });
    cpu += ms;
    worst = Math.max(worst, ms);
  }
  const rest = untilSteady(subject, shape);
  const virtual = (subject.clock.now() - begun) / 1000;
  return { virtual, cpu: cpu + rest.cpu, worst: Math.max(worst, rest.worst) };
}

export interface Live {
  /** Virtual seconds that passed in a real one, of the hundred that were asked for. */
  readonly speed: number;
  /** Milliseconds for which a client had to wait at most, as the sandbox was busy. */
  readonly stall: number;
}

/** The same on the real clock, a hundred times as fast. */
async function rollOutLive(subject: Subject, shape: Shape): Promise<Live> {
  const { clock } = subject;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const begun = clock.now();
  const real = performance.now();
  let updated = 0;
  clock.resume(100);
  delay.enable();
  // One call a turn, as they would come over the network.
  while (updated < shape.services) {
    if (updated < allowed(clock.now() - begun)) update(subject, updated++);
    await setTimeout(1);
  }
  for (let steady = 0; steady < shape.services; steady = askFor(subject, shape, steady)) await setTimeout(1);
  delay.disable();
  const speed = (clock.now() - begun) / (performance.now() - real);
  clock.pause();
  return { speed, stall: delay.max / 1e6 };
}

function perCall(times: number, work: () => unknown): number {
  const round = () => {
    const all = cpuMs(() => {
      for (let at = 0; at < times; at += 1) work();
    });
    return all / times;
  };
  round();
  return median([round(), round(), round(), round(), round()]);
}

export interface SandboxFigures {
  readonly start: Span;
  /** The first one of the process, and the third, when the engine has compiled what runs. */
  readonly rollout: Span;
  readonly warm: Span;
  /** Begun as fast as AWS lets anybody. */
  readonly paced: Span;
  readonly live: Live;
  /** MiB, with every task running, after garbage collection. */
  readonly rss: number;
  readonly heap: number;
  /** CPU milliseconds a call, with JSON. */
  readonly describeTasks: number;
  readonly listTasks: number;
  readonly listByService: number;
}

async function bench(shape: Shape): Promise<SandboxFigures> {
  const subject = plant(shape);
  registerInstances(subject, shape.instances);
  createServices(subject, shape);
  const start = untilSteady(subject, shape);
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { taskArns } = subject.read<{ taskArns: string[] }>('ListTasks', { cluster: CLUSTER });
  const describeTasks = perCall(50, () => subject.call('DescribeTasks', { cluster: CLUSTER, tasks: taskArns }));
  const listTasks = perCall(50, () => subject.call('ListTasks', { cluster: CLUSTER }));
  const ofOne = { cluster: CLUSTER, serviceName: serviceName(3) };
  const listByService = perCall(50, () => subject.call('ListTasks', ofOne));
  const rollout = rollOut(subject, shape);
  rollOut(subject, shape);
  const warm = rollOut(subject, shape);
  const paced = rollOutAtPace(subject, shape);
  const live = await rollOutLive(subject, shape);
  return {
    start,
    rollout,
    warm,
    paced,
    live,
    rss: rss / 2 ** 20,
    heap: heapUsed / 2 ** 20,
    describeTasks,
    listTasks,
    listByService,
  };
}

/** The fleet seed, from nothing: CPU milliseconds. */
function seedFleet(): number {
  return cpuMs(() => void new Backend(new Clock(START, 0), readContract(), 'fleet', 1).world('eu-west-1'));
}

const [, , shape] = process.argv;
process.stdout.write(JSON.stringify(shape === undefined ? seedFleet() : await bench(JSON.parse(shape) as Shape)));
