import { expect } from 'vitest';
import type { ClusterRecord } from '../../../src/sandbox/model/cluster-record.ts';
import type { InstanceRecord } from '../../../src/sandbox/model/instances/instance-record.ts';
import type { DeploymentRecord } from '../../../src/sandbox/model/services/deployment-record.ts';
import type { ServiceRecord } from '../../../src/sandbox/model/services/service-record.ts';
import type { TaskSetRecord } from '../../../src/sandbox/model/services/task-set-record.ts';
import type { TaskRecord } from '../../../src/sandbox/model/tasks/task-record.ts';
import type { World } from '../../../src/sandbox/model/world.ts';
import { renderCluster } from '../../../src/sandbox/render/cluster.ts';
import { renderContainerInstance } from '../../../src/sandbox/render/container-instance.ts';
import { renderService } from '../../../src/sandbox/render/service.ts';
import { censusOf } from '../../../src/sandbox/services/task-census.ts';

const PENDING = ['PROVISIONING', 'PENDING', 'ACTIVATING'];

const isLive = (task: TaskRecord): boolean => task.lastStatus !== 'STOPPED';
const running = (tasks: readonly TaskRecord[]): number => tasks.filter((task) => task.lastStatus === 'RUNNING').length;
const pending = (tasks: readonly TaskRecord[]): number =>
  tasks.filter((task) => PENDING.includes(task.lastStatus)).length;

function checkInstance(instance: InstanceRecord, tasks: readonly TaskRecord[]): void {
  const own = tasks.filter((task) => task.instance === instance && isLive(task));
  expect(new Set(instance.tasks)).toEqual(new Set(own));
  const sum = (of: (task: TaskRecord) => number): number => own.reduce((total, task) => total + of(task), 0);
  expect(instance.registered.cpu - instance.remainingCpu).toBe(sum((task) => task.demand.cpu));
  expect(instance.registered.memory - instance.remainingMemory).toBe(sum((task) => task.demand.memory));
  expect(instance.used.enis).toBe(sum((task) => task.demand.enis));
  const gpuIds = own.flatMap((task) => task.gpuIds);
  expect(new Set(gpuIds)).toEqual(instance.used.gpuIds);
  expect(new Set(gpuIds).size).toBe(sum((task) => task.demand.gpu));
  expect(instance.used.tcpPorts.size).toBe(sum((task) => task.demand.tcpPorts.length));
  for (const { name, integerValue } of renderContainerInstance(instance).remainingResources ?? []) {
    if (name === 'CPU' || name === 'MEMORY') expect(integerValue).toBeGreaterThanOrEqual(0);
  }
}

/** The counts are still right: no change was missed. */
function checkCensus(world: World, owner: DeploymentRecord | TaskSetRecord): void {
  const known = { ...censusOf(world, owner) };
  owner.census = undefined;
  expect(known).toEqual(censusOf(world, owner));
}

function checkService(world: World, service: ServiceRecord, tasks: readonly TaskRecord[]): void {
  const own = tasks.filter((task) => task.service === service && isLive(task));
  expect(new Set(service.tasks)).toEqual(new Set(own));
  const shown = renderService(service);
  expect(shown.runningCount).toBe(running(own));
  expect(shown.pendingCount).toBe(pending(own));
  for (const deployment of service.deployments) {
    expect(new Set(deployment.tasks)).toEqual(new Set(own.filter((task) => task.deployment === deployment)));
  }
  for (const owner of [...service.deployments, ...service.taskSets.values()]) checkCensus(world, owner);
  if (service.deploymentController.type === 'ECS' && service.status === 'ACTIVE') {
    expect(shown.deployments?.filter((item) => item.status === 'PRIMARY')).toHaveLength(1);
  }
}

/** `runningCount` counts RUNNING, `pendingCount` the three states before it, on clusters, services and deployments. */
export function checkCluster(world: World, cluster: ClusterRecord): void {
  const tasks = [...cluster.tasks.values()];
  const shown = renderCluster(cluster, []);
  expect(shown.runningTasksCount).toBe(running(tasks));
  expect(shown.pendingTasksCount).toBe(pending(tasks));
  for (const instance of cluster.instances.values()) checkInstance(instance, tasks);
  for (const [zone, instances] of cluster.zones) {
    const own = [...cluster.instances.values()].filter((item) => item.availabilityZone === zone);
    expect(instances.map((item) => item.id)).toEqual(own.map((item) => item.id));
  }
  expect([...cluster.zones.values()].flat()).toHaveLength(cluster.instances.size);
  for (const service of cluster.services.values()) checkService(world, service, tasks);
}

/** Whatever was done, the books of a world balance. */
export function checkWorld(world: World): void {
  for (const cluster of world.clusters.values()) checkCluster(world, cluster);
  for (const task of world.waiting) {
    expect(task).toMatchObject({ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING', instance: undefined });
  }
  for (const daemon of world.daemons.values()) {
    const live = [...daemon.cluster.tasks.values()].filter(
      (task) => task.group === `daemon:${daemon.name}` && isLive(task),
    );
    expect(new Set(daemon.tasks.keys())).toEqual(new Set(live));
  }
}

const PASSING = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING'];

/** After long enough, no task is between two states. */
export function checkSettled(world: World): void {
  for (const cluster of world.clusters.values()) {
    for (const task of cluster.tasks.values()) {
      // A service whose tasks fail starts new ones forever; a standalone or stopped task must end.
      const isOver = task.service === undefined || task.desiredStatus === 'STOPPED';
      const age = world.clock.now() - task.bornAt;
      if (isOver && age > 45 * 60_000 && !task.group.startsWith('daemon:')) {
        expect([task.arn, PASSING.includes(task.lastStatus)]).toEqual([task.arn, false]);
      }
    }
  }
}
