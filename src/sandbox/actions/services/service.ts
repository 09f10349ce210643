import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesByNamespaceRequest,
  ListServicesByNamespaceResponse,
  ListServicesRequest,
  ListServicesResponse,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import { invalidParameter, serviceNotActive } from '../../checks/ecs-errors.ts';
import { checkBatch, checkDesiredCount, checkName } from '../../checks/input-limits.ts';
import { type PageLimits, paginateRecords } from '../../checks/paging.ts';
import { beginDeployment } from '../../deployments/deployment-lifecycle.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import type { ServiceRecord } from '../../model/services/service-record.ts';
import type { World } from '../../model/world.ts';
import { renderChangedService, renderService } from '../../render/service.ts';
import { addService } from '../../scheduler/add-service.ts';
import { changeController, checkMigration } from '../../scheduler/controller-change.ts';
import { forgetFailedPlacements } from '../../scheduler/launch-holds.ts';
import { createTaskSet } from '../../scheduler/task-sets.ts';
import { checkController, controllerOf } from '../../services/deployment-controllers.ts';
import { createSpec } from '../../services/service-spec.ts';
import { changedSpec, triggersDeployment } from '../../services/service-update.ts';
import { effectiveSetting } from '../../store/account-settings.ts';
import { iamArn, serviceArn } from '../../store/arns.ts';
import { once } from '../../store/client-tokens.ts';
import { allSeen, change } from '../../store/eventual-consistency.ts';
import { failureArn, findService, requireCluster, requireService } from '../../store/find-record.ts';
import { seenService } from '../../store/stale-views.ts';
import { checkTaggable, checkTags } from '../../store/tags.ts';
import type { Caller, Input, Wire } from '../../util/wire-types.ts';
import { wakeService } from '../../wakeups/wake-services.ts';
import type { Action } from '../action.ts';

const PAGE: PageLimits = { fallback: 10, max: 100 };

/** Compares the parameters by which AWS recognises a repeated CreateService. */
function isSame(present: ServiceRecord, input: Input<CreateServiceRequest>, spec: ServiceRecord['spec']): boolean {
  return (
    present.spec.taskDefinition === spec.taskDefinition &&
    present.schedulingStrategy === (input.schedulingStrategy ?? 'REPLICA') &&
    present.desiredCount === (input.desiredCount ?? present.desiredCount) &&
    present.spec.launchType === spec.launchType &&
    JSON.stringify(present.spec.loadBalancers) === JSON.stringify(spec.loadBalancers) &&
    JSON.stringify(present.spec.networkConfiguration) === JSON.stringify(spec.networkConfiguration)
  );
}

function create(
  world: World,
  cluster: ClusterRecord,
  input: Input<CreateServiceRequest>,
  caller: Caller,
): ServiceRecord {
  const name = checkName(input.serviceName, 'Service name');
  const scheduling = input.schedulingStrategy ?? 'REPLICA';
  const spec = createSpec(world, cluster, input, scheduling);
  const present = cluster.services.get(name);
  if (present?.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.');
  if (present?.status === 'ACTIVE') {
    if (isSame(present, input, spec)) return present;
    throw invalidParameter('Creation of service was not idempotent.');
  }
  if (scheduling === 'REPLICA' && input.desiredCount === undefined && spec.taskDefinition !== undefined) {
    throw invalidParameter('The desired count must be specified for a service with the REPLICA strategy.');
  }
  checkDesiredCount(input.desiredCount);
  const longArn = effectiveSetting(world, caller, 'serviceLongArnFormat') === 'enabled';
  checkTaggable(input.tags, longArn, 'service');
  const service = addService(world, {
    arn: serviceArn(world, cluster.name, name, longArn),
    name,
    cluster,
    createdBy: caller.principalArn,
    schedulingStrategy: scheduling,
    deploymentController: input.deploymentController ?? { type: 'ECS' },
    createdLaunchType: spec.launchType,
    roleArn:
      spec.loadBalancers.length > 0
        ? (input.role ?? iamArn(world, 'role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'))
        : undefined,
    status: 'ACTIVE',
    desiredCount: scheduling === 'DAEMON' ? 0 : (input.desiredCount ?? 0),
    plannedCount: 0,
    spec,
    tags: checkTags(input.tags),
  });
  const controller = controllerOf(service);
  if (controller === 'ECS') beginDeployment(world, service);
  // CodeDeploy expects a first task set; an external controller creates its own.
  else if (controller === 'CODE_DEPLOY') {
    createTaskSet(world, service, { spec, scale: { value: 100, unit: 'PERCENT' }, status: 'PRIMARY', tags: [] });
  }
  return service;
}

export const createService: Action<CreateServiceRequest, CreateServiceResponse> = (world, input, caller) => {
  const cluster = requireCluster(world, input.cluster);
  if ((input.clientToken?.length ?? 0) > 36) throw invalidParameter('clientToken must be at most 36 characters long.');
  const service = once(world, {
    operation: 'CreateService',
    cluster: cluster.name,
    token: input.clientToken,
    input,
    run: () => create(world, cluster, input, caller),
    replay: (first) => (first.status === 'INACTIVE' ? undefined : first),
    conflict: () => invalidParameter('Creation of service was not idempotent.'),
  });
  return { service: renderChangedService(service) };
};

export const updateService: Action<UpdateServiceRequest, UpdateServiceResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  const service = requireService(world, cluster, input.service);
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  checkDesiredCount(input.desiredCount);
  checkController(service, input);
  const before = service.spec;
  const spec = changedSpec(world, service, input);
  const controller = input.deploymentController?.type ?? controllerOf(service);
  checkMigration(service, spec, controller);
  changeController(world, service, controller);
  before.taskDefinition?.services.delete(service);
  spec.taskDefinition?.services.add(service);
  change(world, service, {
    spec,
    ...(input.desiredCount === undefined ? {} : { desiredCount: input.desiredCount }),
    steady: false,
  });
  const isDue =
    input.forceNewDeployment === true || triggersDeployment(before, spec) || service.deployments.length === 0;
  if (controller === 'ECS' && isDue) beginDeployment(world, service);
  forgetFailedPlacements(service);
  wakeService(world, service);
  return { service: renderChangedService(service) };
};

/** Deleting a deleted service is no error: it returns the service unchanged. */
export const deleteService: Action<DeleteServiceRequest, DeleteServiceResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  const service = requireService(world, cluster, input.service);
  if (service.status !== 'ACTIVE') return { service: renderService(service, ['TAGS']) };
  const isScaled = service.schedulingStrategy === 'REPLICA' && service.desiredCount > 0;
  if (isScaled && input.force !== true) {
    throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
  }
  cluster.starved.delete(service);
  change(world, service, { status: 'DRAINING', desiredCount: 0 });
  wakeService(world, service);
  return { service: renderService(service, ['TAGS']) };
};

export const describeServices: Action<DescribeServicesRequest, DescribeServicesResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.services, 10, 'services');
  const services: Wire<DescribeServicesResponse>['services'] = [];
  const failures: Wire<DescribeServicesResponse>['failures'] = [];
  for (const reference of new Set(input.services)) {
    const service = findService(world, cluster, reference);
    const visible = service === undefined ? undefined : seenService(world, service);
    if (visible !== undefined) services.push(renderService(visible, input.include ?? []));
    else failures.push({ arn: failureArn(world, 'service', reference), reason: 'MISSING' });
  }
  return { services, failures };
};

export const listServices: Action<ListServicesRequest, ListServicesResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  const isListed = (service: ServiceRecord): boolean =>
    service.status === 'ACTIVE' &&
    (input.launchType === undefined || service.spec.launchType === input.launchType) &&
    (input.schedulingStrategy === undefined || service.schedulingStrategy === input.schedulingStrategy) &&
    (input.resourceManagementType === undefined || service.resourceManagementType === input.resourceManagementType);
  const listed = [...allSeen(world, cluster.services.values())].filter(isListed);
  const { items, ...next } = paginateRecords('ListServices', input, PAGE, listed);
  return { serviceArns: items.map((service) => service.arn), ...next };
};

/** Services that Service Connect registers in a Cloud Map namespace, across all clusters. */
export const listServicesByNamespace: Action<ListServicesByNamespaceRequest, ListServicesByNamespaceResponse> = (
  world,
  input,
) => {
  const namespaceOf = (service: ServiceRecord): string | undefined =>
    service.spec.serviceConnectConfiguration?.namespace ?? service.cluster.serviceConnectDefaults?.namespace;
  const wanted = input.namespace.split('/').pop();
  const services = [...world.clusters.values()].flatMap((cluster) => [...allSeen(world, cluster.services.values())]);
  const listed = services
    .filter((service) => service.status === 'ACTIVE' && service.spec.serviceConnectConfiguration?.enabled === true)
    .filter((service) => namespaceOf(service)?.split('/').pop() === wanted)
    .sort((a, b) => a.sequence - b.sequence);
  const { items, ...next } = paginateRecords('ListServicesByNamespace', input, PAGE, listed);
  return { serviceArns: items.map((service) => service.arn), ...next };
};
