import fc from 'fast-check';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { EcsError } from '../../../src/sandbox/checks/ecs-errors.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import type { Accident } from '../../../src/sandbox/control/accident.ts';
import { causeAccident } from '../../../src/sandbox/control/accident-control.ts';
import type { ClusterRecord } from '../../../src/sandbox/model/cluster-record.ts';
import type { World } from '../../../src/sandbox/model/world.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';
import { checkWorld } from './bookkeeping.ts';

export const REGION = 'eu-west-1';
const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-0', 'subnet-1', 'subnet-2'] } };
const contract = readContract();
const FATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  good: {},
  crash: { 'sandbox.exit-code': '1' },
  late: { 'sandbox.exit-after': '60', 'sandbox.exit-code': '2' },
  stubborn: { 'sandbox.ignore-sigterm': 'true' },
  ordered: {},
  'init-fails': {},
  restarted: { 'sandbox.exit-after': '90', 'sandbox.exit-code': '1' },
};

/** The dependencies of a container of the family, and its restart policy. */
function playOf(family: string): object {
  if (family === 'restarted') return { restartPolicy: { enabled: true, restartAttemptPeriod: 60 } };
  const isOrdered = family === 'ordered' || family === 'init-fails';
  return isOrdered ? { dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }] } : {};
}

/** The container that others wait for, where there is one. */
function initOf(family: string): object[] {
  const image = { ordered: 'sandbox/exit-after:5-0', 'init-fails': 'sandbox/exit-after:5-1' }[family];
  return image === undefined ? [] : [{ name: 'init', image, memory: 16, essential: false }];
}

export const families = fc.constantFrom(...Object.keys(FATES));

/** The state of the world for the commands: they need none as long as there is something to choose from. */
export class Real {
  readonly backend = new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), contract, 'empty', 7);

  constructor() {
    this.call('CreateCluster', { clusterName: 'main' });
    const managedScaling = { status: 'ENABLED' };
    const autoScalingGroupProvider = { autoScalingGroupArn: 'arn:aws:autoscaling:x', managedScaling };
    this.call('CreateCapacityProvider', { name: 'grows', autoScalingGroupProvider });
    const capacityProviders = ['grows', 'FARGATE', 'FARGATE_SPOT'];
    this.call('PutClusterCapacityProviders', {
      cluster: 'main',
      capacityProviders,
      defaultCapacityProviderStrategy: [],
    });
    this.call('RegisterTaskDefinition', {
      family: 'volume-fargate',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '512',
      memory: '1024',
      containerDefinitions: [
        { name: 'app', image: 'x', mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] },
      ],
      volumes: [{ name: 'data', configuredAtLaunch: true }],
    });
    const resourceRequirements = [{ type: 'GPU', value: '1' }];
    this.call('RegisterTaskDefinition', {
      family: 'gpu',
      containerDefinitions: [{ name: 'app', image: 'x', cpu: 128, memory: 128, resourceRequirements }],
    });
    for (const [family, dockerLabels] of Object.entries(FATES)) {
      const container = { name: 'app', image: 'x', cpu: 512, memory: 512, dockerLabels, ...playOf(family) };
      const containerDefinitions = [...initOf(family), container];
      const fargate = { networkMode: 'awsvpc', cpu: '512', memory: '1024', requiresCompatibilities: ['FARGATE'] };
      this.call('RegisterTaskDefinition', { family, containerDefinitions });
      this.call('RegisterTaskDefinition', {
        family: `${family}-fargate`,
        containerDefinitions,
        ...fargate,
      });
      this.call('RegisterDaemonTaskDefinition', {
        family,
        containerDefinitions: [{ name: 'agent', image: family === 'crash' ? 'sandbox/exit:1' : 'x', memory: 64 }],
      });
    }
  }

  get world(): World {
    return this.backend.world(REGION);
  }

  get cluster(): ClusterRecord {
    const cluster = this.world.clusters.get('main');
    if (cluster === undefined) throw new Error('the cluster is gone');
    return cluster;
  }

  /** Calls that ECS refuses are part of life. */
  call(operation: string, input: object): void {
    this.attempt(() => this.backend.call(REGION, CALLER, operation, { cluster: 'main', ...input }));
  }

  cause(accident: Accident): void {
    this.attempt(() => causeAccident(this.backend, { region: REGION, ...accident }));
  }

  attempt(act: () => unknown): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof EcsError) || error.status >= 500) throw error;
    }
  }
}

export type Model = Record<string, never>;

export class Step implements fc.Command<Model, Real> {
  readonly #text: string;
  readonly #act: (real: Real) => void;

  constructor(text: string, act: (real: Real) => void) {
    this.#text = text;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  run(_model: Model, real: Real): void {
    this.#act(real);
    checkWorld(real.world);
  }

  toString(): string {
    return this.#text;
  }
}

export function pick<T>(from: Iterable<T>, index: number): T | undefined {
  const all = [...from];
  return all[index % Math.max(1, all.length)];
}

export function step<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  act: (real: Real, value: T) => void,
): fc.Arbitrary<Step> {
  return arbitrary.map((value) => new Step(`${name}(${JSON.stringify(value)})`, (real) => act(real, value)));
}

/** Where a task may run: given names of the task definition and the rest of the input. */
const places: Readonly<Record<string, (family: string) => object>> = {
  grows: (family) => ({
    taskDefinition: `${family}:1`,
    capacityProviderStrategy: [{ capacityProvider: 'grows', weight: 1 }],
  }),
  fargate: (family) => ({
    taskDefinition: `${family}-fargate`,
    networkConfiguration: NETWORK,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
  }),
};
const place = fc.constantFrom(...Object.keys(places));
export const serviceName = fc.constantFrom('one', 'two', 'three');
export const index = fc.nat(20);
const placed = (name: string, family: string): object => places[name]?.(family) ?? {};

/** The actions of users, tasks and instances. */
export const everyday = [
  step('createService', fc.tuple(serviceName, place, families, fc.nat(6)), (real, [service, where, family, count]) =>
    real.call('CreateService', { serviceName: service, desiredCount: count, ...placed(where, family) }),
  ),
  step('deploy', fc.tuple(serviceName, families), (real, [service, family]) => {
    const { taskDefinition } = real.cluster.services.get(service)?.spec ?? {};
    const isFargate = taskDefinition?.family.endsWith('-fargate') === true;
    real.call('UpdateService', { service, taskDefinition: isFargate ? `${family}-fargate` : family });
  }),
  step('scale', fc.tuple(serviceName, fc.nat(8)), (real, [service, desiredCount]) =>
    real.call('UpdateService', { service, desiredCount }),
  ),
  step('deleteService', serviceName, (real, service) => real.call('DeleteService', { service, force: true })),
  step('runTask', fc.tuple(place, families, fc.integer({ min: 1, max: 3 })), (real, [where, family, count]) =>
    real.call('RunTask', { count, ...placed(where, family) }),
  ),
  step('stopTask', index, (real, at) => real.call('StopTask', { task: pick(real.cluster.tasks.values(), at)?.arn })),
  step('setState', fc.tuple(index, fc.constantFrom('ACTIVE', 'DRAINING')), (real, [at, status]) =>
    real.call('UpdateContainerInstancesState', {
      containerInstances: [pick(real.cluster.instances.values(), at)?.arn],
      status,
    }),
  ),
  step('daemon', families, (real, family) => {
    const input = { daemonTaskDefinitionArn: family, capacityProviderArns: ['grows'] };
    const [daemon] = real.world.daemons.values();
    if (daemon === undefined) real.call('CreateDaemon', { daemonName: 'logs', clusterArn: 'main', ...input });
    else real.call('UpdateDaemon', { daemonArn: daemon.arn, ...input });
  }),
  step('deleteDaemon', fc.constant(null), (real) =>
    real.call('DeleteDaemon', { daemonArn: pick(real.world.daemons.keys(), 0) }),
  ),
  step(
    'instanceAccident',
    fc.tuple(
      fc.constantFrom('instance-terminated', 'agent-disconnected', 'agent-reconnected', 'spot-interruption'),
      index,
    ),
    (real, [accident, at]) =>
      real.cause({ accident, containerInstance: pick(real.cluster.instances.values(), at)?.arn ?? 'none' }),
  ),
  step('taskAccident', index, (real, at) =>
    real.cause({ accident: 'spot-interruption', task: pick(real.cluster.tasks.values(), at)?.arn ?? 'none' }),
  ),
  step(
    'zone',
    fc.tuple(fc.constantFrom('zone-lost', 'zone-restored'), fc.constantFrom('a', 'b')),
    (real, [accident, zone]) => real.cause({ accident, zone: `${REGION}${zone}` }),
  ),
  step('advance', fc.integer({ min: 1, max: 900 }), (real, seconds) => real.backend.clock.advance(seconds * 1000)),
  step('next', fc.constant(null), (real) => real.backend.clock.advanceToNext()),
];
