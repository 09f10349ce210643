import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../src/sandbox/backend/backend.ts';
import { EcsError } from '../../src/sandbox/checks/ecs-errors.ts';
import { readContract } from '../../src/sandbox/checks/operation-contracts.ts';
import type { ClusterRecord } from '../../src/sandbox/model/cluster-record.ts';
import type { ServiceRecord } from '../../src/sandbox/model/services/service-record.ts';
import type { TaskRecord } from '../../src/sandbox/model/tasks/task-record.ts';
import { isHealthy } from '../../src/sandbox/tasks/task-health.ts';
import { Clock } from '../../src/sandbox/time/clock.ts';

const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const contract = readContract();
const PENDING = ['PROVISIONING', 'PENDING', 'ACTIVATING'];
const FATES: Record<string, Record<string, string>> = {
  good: {},
  crash: { 'sandbox.exit-code': '1' },
  late: { 'sandbox.exit-after': '20', 'sandbox.exit-code': '2' },
  pull: { 'sandbox.pull-error': 'true' },
  sick: { 'sandbox.unhealthy-after': '30' },
};

/** A small world, driven without the network. */
class Model {
  readonly backend = new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), contract, 'empty', 7);

  constructor() {
    this.call('CreateCluster', { clusterName: 'main' });
    for (const zone of ['a', 'b', 'c']) this.register(zone);
    for (const [family, dockerLabels] of Object.entries(FATES)) {
      const healthCheck = family === 'sick' ? { command: ['CMD', 'true'] } : undefined;
      const container = { name: 'app', image: 'x', cpu: 256, memory: 512, dockerLabels, healthCheck };
      this.call('RegisterTaskDefinition', { family, containerDefinitions: [container] });
    }
  }

  get cluster(): ClusterRecord {
    const cluster = this.backend.world('eu-west-1').clusters.get('main');
    if (cluster === undefined) throw new Error('the cluster is gone');
    return cluster;
  }

  register(zone: string): void {
    const attributes = [{ name: 'ecs.availability-zone', value: `eu-west-1${zone}` }];
    this.call('RegisterContainerInstance', { cluster: 'main', attributes });
  }

  /** Calls that ECS refuses are part of life. */
  call(operation: string, input: object): void {
    try {
      this.backend.call('eu-west-1', CALLER, operation, input);
    } catch (error) {
      if (!(error instanceof EcsError) || error.status >= 500) throw error;
    }
  }

  pick<T>(from: Iterable<T>, index: number): T | undefined {
    const all = [...from];
    return all[index % Math.max(1, all.length)];
  }
}

type Step = (model: Model) => void;

const index = fc.nat(20);
const name = fc.constantFrom('one', 'two');
const family = fc.constantFrom(...Object.keys(FATES));
const percentages = fc.constantFrom([100, 200], [50, 100], [50, 150], [0, 100], [100, 100], [75, 125]);
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(name, family, fc.nat(6), percentages, fc.boolean())
    .map(([serviceName, taskDefinition, count, [min, max], breaker]): Step => {
      const deploymentConfiguration = {
        minimumHealthyPercent: min,
        maximumPercent: max,
        deploymentCircuitBreaker: { enable: breaker, rollback: true },
      };
      return (model) =>
        model.call('CreateService', {
          cluster: 'main',
          serviceName,
          taskDefinition,
          desiredCount: count,
          deploymentConfiguration,
        });
    }),
  fc.tuple(name, family).map(
    ([service, taskDefinition]): Step =>
      (model) =>
        model.call('UpdateService', { cluster: 'main', service, taskDefinition }),
  ),
  fc.tuple(name, fc.nat(8)).map(
    ([service, desiredCount]): Step =>
      (model) =>
        model.call('UpdateService', { cluster: 'main', service, desiredCount }),
  ),
  name.map(
    (service): Step =>
      (model) =>
        model.call('DeleteService', { cluster: 'main', service, force: true }),
  ),
  family.map(
    (taskDefinition): Step =>
      (model) =>
        model.call('RunTask', { cluster: 'main', taskDefinition, count: 2 }),
  ),
  index.map(
    (at): Step =>
      (model) => {
        const task = model.pick(model.cluster.tasks.values(), at);
        if (task !== undefined) model.call('StopTask', { cluster: 'main', task: task.arn });
      },
  ),
  fc.tuple(index, fc.constantFrom('ACTIVE', 'DRAINING')).map(
    ([at, status]): Step =>
      (model) => {
        const instance = model.pick(model.cluster.instances.values(), at);
        const containerInstances = [instance?.arn ?? ''];
        model.call('UpdateContainerInstancesState', { cluster: 'main', containerInstances, status });
      },
  ),
  index.map(
    (at): Step =>
      (model) => {
        const containerInstance = model.pick(model.cluster.instances.values(), at)?.arn;
        model.call('DeregisterContainerInstance', { cluster: 'main', containerInstance, force: true });
      },
  ),
  fc.constantFrom('a', 'b', 'c').map(
    (zone): Step =>
      (model) =>
        model.register(zone),
  ),
  fc.integer({ min: 1, max: 600 }).map(
    (seconds): Step =>
      (model) =>
        model.backend.clock.advance(seconds * 1000),
  ),
);

const isLive = (task: TaskRecord): boolean => task.lastStatus !== 'STOPPED';
const sum = (tasks: readonly TaskRecord[], of: (task: TaskRecord) => number): number =>
  tasks.reduce((total, task) => total + of(task), 0);

/** Whatever was done, the books balance. */
function checkBooks(cluster: ClusterRecord): void {
  const tasks = [...cluster.tasks.values()];
  expect(cluster.runningTasks).toBe(tasks.filter((task) => task.lastStatus === 'RUNNING').length);
  expect(cluster.pendingTasks).toBe(tasks.filter((task) => PENDING.includes(task.lastStatus)).length);
  for (const instance of cluster.instances.values()) {
    const own = tasks.filter((task) => task.instance === instance && isLive(task));
    expect(new Set(instance.tasks)).toEqual(new Set(own));
    expect(instance.registered.cpu - instance.remainingCpu).toBe(sum(own, (task) => task.demand.cpu));
    expect(instance.registered.memory - instance.remainingMemory).toBe(sum(own, (task) => task.demand.memory));
    expect(instance.remainingMemory).toBeGreaterThanOrEqual(0);
  }
  for (const service of cluster.services.values()) {
    const own = tasks.filter((task) => task.service === service && isLive(task));
    expect(new Set(service.tasks)).toEqual(new Set(own));
    expect(service.deployments.filter((item) => item.status === 'PRIMARY')).toHaveLength(
      service.deployments.length > 0 ? 1 : 0,
    );
  }
}

/** No launch by the scheduler may take RUNNING and pending tasks above the ceiling. */
function checkCeilings(cluster: ClusterRecord, before: ReadonlyMap<ServiceRecord, number>): void {
  for (const service of cluster.services.values()) {
    const up = [...service.tasks].filter((task) => task.lastStatus === 'RUNNING' || PENDING.includes(task.lastStatus));
    const ceiling = Math.floor(
      (service.desiredCount * (service.spec.deploymentConfiguration.maximumPercent ?? 200)) / 100,
    );
    if (up.length > (before.get(service) ?? 0)) expect(up.length).toBeLessThanOrEqual(ceiling);
  }
}

interface Moment {
  readonly up: ReadonlyMap<ServiceRecord, number>;
  readonly healthy: ReadonlySet<TaskRecord>;
}

function look(model: Model): Moment {
  const { cluster } = model;
  const world = model.backend.world('eu-west-1');
  const isUp = (task: TaskRecord): boolean => task.lastStatus === 'RUNNING' || PENDING.includes(task.lastStatus);
  return {
    up: new Map([...cluster.services.values()].map((service) => [service, [...service.tasks].filter(isUp).length])),
    healthy: new Set([...cluster.tasks.values()].filter((task) => isHealthy(world, task))),
  };
}

/** No stop of a healthy task by the scheduler may leave fewer healthy ones than the floor, while the service lives. */
function checkFloors(model: Model, before: Moment): void {
  const { healthy } = look(model);
  for (const service of model.cluster.services.values()) {
    // A task that turned unhealthy and was stopped for it, at the same time, was not healthy when it was stopped.
    const isStopped = (task: TaskRecord): boolean =>
      task.service === service &&
      task.stopCode === 'ServiceSchedulerInitiated' &&
      task.healthStatus !== 'UNHEALTHY' &&
      !healthy.has(task);
    if (service.status !== 'ACTIVE' || ![...before.healthy].some(isStopped)) continue;
    const floor = Math.ceil(
      (service.desiredCount * (service.spec.deploymentConfiguration.minimumHealthyPercent ?? 100)) / 100,
    );
    expect([...healthy].filter((task) => task.service === service).length).toBeGreaterThanOrEqual(floor);
  }
}

describe('after any sequence of operations', () => {
  it('the books balance and no launch breaks the ceiling, no stop the floor', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 25 }), (sequence) => {
        const model = new Model();
        for (const step of sequence) {
          step(model);
          for (let events = 0; events < 10; events += 1) {
            const before = look(model);
            model.backend.clock.advanceToNext();
            checkCeilings(model.cluster, before.up);
            checkFloors(model, before);
          }
          checkBooks(model.cluster);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('a service with a sound task definition and enough room becomes steady', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 25 }), (sequence) => {
        const model = new Model();
        for (const step of sequence) step(model);
        const standalone = [...model.cluster.tasks.values()].filter((task) => task.service === undefined);
        for (const task of standalone) model.call('StopTask', { cluster: 'main', task: task.arn });
        for (const zone of ['a', 'b', 'c', 'a', 'b', 'c']) model.register(zone);
        const services = [...model.cluster.services.values()].filter((service) => service.status === 'ACTIVE');
        const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 200 };
        for (const { name: service } of services) {
          const input = { cluster: 'main', service, taskDefinition: 'good', forceNewDeployment: true };
          model.call('UpdateService', { ...input, deploymentConfiguration });
        }
        model.backend.clock.advance(3_600_000);
        for (const service of services) {
          expect(service.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
          expect([...service.tasks].filter((task) => task.lastStatus === 'RUNNING')).toHaveLength(service.desiredCount);
        }
        checkBooks(model.cluster);
      }),
      { numRuns: 40 },
    );
  });
});
