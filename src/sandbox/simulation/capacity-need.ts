import { countFor } from '../fleet/instance-types.ts';
import type { ImportedCluster } from '../import/import-cluster.ts';
import type { Demand } from '../model/instances/instance-capacity.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { censusOf } from '../services/task-census.ts';
import { attributeOf } from '../store/instance-attributes.ts';

/** The capacity that a cluster lacks for tasks that find no place. CPU in units, memory in MiB. */
export interface CapacityNeed {
  readonly tasks: number;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  /** How many more instances like the largest of the cluster hold these tasks. */
  readonly instances: number;
  readonly instanceType: string | undefined;
}

export function capacityNeedOf(
  { world, cluster }: ImportedCluster,
  services: Iterable<ServiceRecord>,
  leaving: readonly InstanceRecord[],
): CapacityNeed {
  const demands: Demand[] = [];
  for (const service of services) {
    const waiting = [...world.waiting].filter((task) => task.service === service).map(({ demand }) => demand);
    demands.push(...waiting);
    for (const deployment of service.deployments) {
      const { holds, spec, desiredCount } = deployment;
      if (!holds.lacksRoom || holds.failedPlacements === 0 || spec.taskDefinition === undefined) continue;
      const missing = Math.max(0, desiredCount - censusOf(world, deployment).good);
      for (let at = 0; at < missing; at += 1) demands.push(spec.taskDefinition.demand);
    }
  }
  const candidates = [...cluster.instances.values()].filter(({ status }) => status === 'ACTIVE');
  const [largest] = [...candidates, ...leaving].sort((a, b) => b.registered.memory - a.registered.memory);
  return {
    tasks: demands.length,
    cpu: sum(demands, ({ cpu }) => cpu),
    memory: sum(demands, ({ memory }) => memory),
    gpus: sum(demands, ({ gpu }) => gpu),
    instances: largest === undefined || demands.length === 0 ? 0 : instancesFor(largest, demands),
    instanceType: largest && attributeOf(largest, 'ecs.instance-type'),
  };
}

function sum(demands: readonly Demand[], of: (demand: Demand) => number): number {
  return demands.reduce((total, demand) => total + of(demand), 0);
}

function instancesFor({ registered }: InstanceRecord, demands: readonly Demand[]): number {
  const { cpu, memory, gpuIds } = registered;
  return countFor({ name: '', cpu, memory, gpus: gpuIds.length }, demands);
}
