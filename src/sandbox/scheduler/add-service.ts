import type { ServiceRecord } from '../model/services/service-record.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import type { World } from '../model/world.ts';
import { newRecord } from '../store/new-record.ts';
import { createTargetChanges } from '../tasks/load-balancer-targets.ts';
import { createRebalancing } from './rebalancing.ts';

/** Everything of a service that its creator chooses. */
type GivenService = Pick<
  ServiceRecord,
  | 'arn'
  | 'name'
  | 'cluster'
  | 'createdBy'
  | 'schedulingStrategy'
  | 'deploymentController'
  | 'createdLaunchType'
  | 'roleArn'
  | 'status'
  | 'desiredCount'
  | 'plannedCount'
  | 'spec'
  | 'tags'
> &
  Partial<Pick<ServiceRecord, 'bornAt'>>;

/** Adds a service to its cluster, without deployments, task sets and tasks. */
export function addService(world: World, given: GivenService): ServiceRecord {
  const service: ServiceRecord = {
    kind: 'service',
    ...newRecord(world),
    showsDeployments: false,
    resourceManagementType: 'CUSTOMER',
    deployments: [],
    lastCompleted: undefined,
    serviceDeployments: new Map(),
    revisions: new Map(),
    taskSets: new Map(),
    events: [],
    lastEventAt: 0,
    tasks: new TaskList(),
    steady: false,
    targetChanges: createTargetChanges(),
    rebalancing: createRebalancing(),
    isProtectionEmitted: false,
    ended: [],
    pausedUntil: 0,
    pausedBy: undefined,
    wake: undefined,
    steadyRepeat: undefined,
    ...given,
  };
  const { cluster, name, spec } = service;
  // A Map keeps the position of an existing key: a new service with an old name moves to the end.
  cluster.services.delete(name);
  cluster.services.set(name, service);
  if (service.schedulingStrategy === 'DAEMON') cluster.daemonServices.add(service);
  spec.taskDefinition?.services.add(service);
  return service;
}
