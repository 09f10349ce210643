import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Accident, causeAccident } from '../../src/sandbox/accident-control.ts';
import { Backend } from '../../src/sandbox/backend.ts';
import { Clock } from '../../src/sandbox/clock.ts';
import { EcsError } from '../../src/sandbox/errors.ts';
import { readContract } from '../../src/sandbox/schemas.ts';
import type { ClusterRecord, World } from '../../src/sandbox/state.ts';
import { checkSettled, checkWorld } from './books.ts';

const REGION = 'eu-west-1';
const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-0', 'subnet-1', 'subnet-2'] } };
const contract = readContract();
const FATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  good: {},
  crash: { 'sandbox.exit-code': '1' },
  late: { 'sandbox.exit-after': '60', 'sandbox.exit-code': '2' },
  stubborn: { 'sandbox.ignore-sigterm': 'true' },
};
const families = fc.constantFrom(...Object.keys(FATES));

/** What the commands need to know of the world: nothing, as long as there is something to choose from. */
class Real {
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
    for (const [family, dockerLabels] of Object.entries(FATES)) {
      const container = { name: 'app', image: 'x', cpu: 512, memory: 512, dockerLabels };
      const fargate = { networkMode: 'awsvpc', cpu: '512', memory: '1024', requiresCompatibilities: ['FARGATE'] };
      this.call('RegisterTaskDefinition', { family, containerDefinitions: [container] });
      this.call('RegisterTaskDefinition', {
        family: `${family}-fargate`,
        containerDefinitions: [container],
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

type Model = Record<string, never>;

class Step implements fc.Command<Model, Real> {
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

function pick<T>(from: Iterable<T>, index: number): T | undefined {
  const all = [...from];
  return all[index % Math.max(1, all.length)];
}

function step<T>(name: string, arbitrary: fc.Arbitrary<T>, act: (real: Real, value: T) => void): fc.Arbitrary<Step> {
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
const serviceName = fc.constantFrom('one', 'two', 'three');
const index = fc.nat(20);
const placed = (name: string, family: string): object => places[name]?.(family) ?? {};

const commands = [
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

describe('a cluster that grows and has accidents', () => {
  it('keeps its books after any commands, lets nothing hang between two states, and becomes steady again', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 30, size: 'max' }), (sequence) => {
        fc.modelRun(() => ({ model: {}, real: new Real() }), sequence);
      }),
      { numRuns: 80 },
    );
  });

  it('becomes steady when it is healed', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 20, size: 'max' }), (sequence) => {
        const real = new Real();
        fc.modelRun(() => ({ model: {}, real }), sequence);
        heal(real);
        checkWorld(real.world);
        checkSettled(real.world);
        for (const service of real.cluster.services.values()) {
          if (service.status !== 'ACTIVE') continue;
          expect(service.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
          const up = [...service.tasks].filter((task) => task.lastStatus === 'RUNNING');
          expect(up).toHaveLength(service.desiredCount);
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Everything that was broken is made good, and then there is time. */
function heal(real: Real): void {
  for (const zone of real.world.lostZones) real.cause({ accident: 'zone-restored', zone });
  for (const { status, arn } of real.cluster.instances.values()) {
    real.cause({ accident: 'agent-reconnected', containerInstance: arn });
    if (status === 'DRAINING') real.call('DeregisterContainerInstance', { containerInstance: arn, force: true });
  }
  for (const service of real.cluster.services.values()) {
    const isFargate = service.spec.taskDefinition?.family.endsWith('-fargate') === true;
    real.call('UpdateService', {
      service: service.name,
      taskDefinition: isFargate ? 'good-fargate' : 'good',
      forceNewDeployment: true,
    });
  }
  real.backend.clock.advance(2 * 3600_000);
}
