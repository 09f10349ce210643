import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { updateService } from '../actions/services/service.ts';
import { resourceNotFound } from '../checks/ecs-errors.ts';
import { terminateInstance } from '../fleet/terminate-instance.ts';
import type { ImportedCluster } from '../import/import-cluster.ts';
import { changeInstance } from '../instances/instance-lifecycle.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { killTask } from '../tasks/stop-task.ts';
import type { Input } from '../util/wire-types.ts';

/** The members of UpdateService that a simulation supports. */
export type ServiceUpdate = Partial<
  Pick<
    Input<UpdateServiceRequest>,
    'taskDefinition' | 'desiredCount' | 'forceNewDeployment' | 'deploymentConfiguration'
  >
>;

/** The change to simulate. Container instances by ARN, services by name. */
export type Change =
  | { readonly kind: 'drain'; readonly containerInstances: readonly string[] }
  | { readonly kind: 'scale' | 'deploy'; readonly service: string; readonly update: ServiceUpdate }
  | {
      readonly kind: 'lose';
      readonly containerInstances: readonly string[];
      /** Everything in this Availability Zone, where nothing starts again. */
      readonly zone?: string | undefined;
    };

const CALLER = { principalArn: '' };

function instancesOf({ cluster }: ImportedCluster, arns: readonly string[]): InstanceRecord[] {
  const wanted = new Set(arns);
  return [...cluster.instances.values()].filter(({ arn }) => wanted.has(arn));
}

/** The service of a change. */
export function serviceOf({ cluster }: ImportedCluster, name: string): ServiceRecord {
  const service = cluster.services.get(name);
  if (service === undefined) throw resourceNotFound(`The service ${name} is not in ${cluster.name}.`);
  return service;
}

/** The instances that a change takes away. */
export function leavingInstances(imported: ImportedCluster, change: Change): InstanceRecord[] {
  if (change.kind === 'drain') return instancesOf(imported, change.containerInstances);
  if (change.kind !== 'lose') return [];
  const inZone = [...imported.cluster.instances.values()].filter(
    ({ availabilityZone, status }) => availabilityZone === change.zone && status !== 'INACTIVE',
  );
  return [...new Set([...instancesOf(imported, change.containerInstances), ...inZone])];
}

/** The services whose tasks a change moves. */
export function concernedServices(imported: ImportedCluster, change: Change): ServiceRecord[] {
  if (change.kind === 'scale' || change.kind === 'deploy') return [serviceOf(imported, change.service)];
  const tasks = leavingInstances(imported, change).flatMap((instance) => [...instance.tasks]);
  const zone = change.kind === 'lose' ? change.zone : undefined;
  const inZone = [...imported.cluster.tasks.values()].filter(
    ({ availabilityZone, lastStatus }) => availabilityZone === zone && lastStatus !== 'STOPPED',
  );
  return [...new Set([...tasks, ...inZone].flatMap(({ service }) => service ?? []))];
}

/**
 * Carries out a change as the operation of ECS does.
 * @throws {EcsError} what ECS would refuse the operation with
 */
export function applyChange(imported: ImportedCluster, change: Change): void {
  const { world, cluster } = imported;
  switch (change.kind) {
    case 'drain':
      for (const instance of leavingInstances(imported, change)) {
        if (instance.status === 'ACTIVE') changeInstance(world, instance, { status: 'DRAINING' });
      }
      break;
    case 'lose':
      if (change.zone !== undefined) world.lostZones.add(change.zone);
      for (const instance of leavingInstances(imported, change)) terminateInstance(world, instance);
      for (const task of [...cluster.tasks.values()]) {
        const isLost = task.availabilityZone === change.zone && task.lastStatus !== 'STOPPED';
        if (isLost) killTask(world, task, 'InfrastructureHealth', 'The Availability Zone was lost.');
      }
      break;
    default:
      updateService(
        world,
        { ...change.update, cluster: cluster.name, service: serviceOf(imported, change.service).name },
        CALLER,
      );
  }
}
