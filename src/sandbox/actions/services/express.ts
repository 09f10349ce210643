import type {
  CreateExpressGatewayServiceRequest,
  CreateExpressGatewayServiceResponse,
  CreateServiceRequest,
  DeleteExpressGatewayServiceRequest,
  DeleteExpressGatewayServiceResponse,
  DescribeExpressGatewayServiceRequest,
  DescribeExpressGatewayServiceResponse,
  UpdateExpressGatewayServiceRequest,
  UpdateExpressGatewayServiceResponse,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { invalidParameter, resourceNotFound, serviceNotActive, serviceNotFound } from '../../checks/ecs-errors.ts';
import { alarmName, listenerRuleArn, targetGroupArns } from '../../express/express-resources.ts';
import { type ExpressInput, MAIN, readSettings, taskDefinitionFor } from '../../express/express-settings.ts';
import type { ExpressRecord, ExpressSettings } from '../../model/services/express-records.ts';
import type { ServiceRecord } from '../../model/services/service-record.ts';
import type { World } from '../../model/world.ts';
import { renderConfiguration, renderExpress, renderStatus } from '../../render/express.ts';
import { parseArn } from '../../store/arns.ts';
import { change } from '../../store/eventual-consistency.ts';
import { requireCluster } from '../../store/find-record.ts';
import { seenService } from '../../store/stale-views.ts';
import { type Caller, type Input, toSeconds, type Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';
import { registerTaskDefinition } from '../tasks/task-definition.ts';
import { createService, deleteService, updateService } from './service.ts';

/** The task definition to run: the customer's own, or one that ECS registers. */
function definitionFor(
  world: World,
  family: string,
  input: ExpressInput,
  settings: ExpressSettings,
  caller: Caller,
): string {
  if (input.taskDefinitionArn !== undefined) return input.taskDefinitionArn;
  const { taskDefinition } = registerTaskDefinition(world, taskDefinitionFor(world.region, family, settings), caller);
  return taskDefinition?.taskDefinitionArn ?? '';
}

function networkOf({ networkConfiguration }: ExpressSettings): Wire<CreateServiceRequest>['networkConfiguration'] {
  return {
    awsvpcConfiguration: { ...networkConfiguration, subnets: networkConfiguration.subnets, assignPublicIp: 'ENABLED' },
  };
}

/** AWS: 5 % of the traffic for 3 minutes, then all of it; 3 more minutes until the old tasks stop; alarms roll back. */
function deploymentConfigurationFor(id: string): NonNullable<Wire<CreateServiceRequest>['deploymentConfiguration']> {
  return {
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 3 },
    bakeTimeInMinutes: 3,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    alarms: { enable: true, rollback: true, alarmNames: [alarmName(id)] },
  };
}

interface ExpressService {
  readonly service: ServiceRecord;
  readonly express: ExpressRecord;
}

function expressService(world: World, arn: string): ExpressService | undefined {
  const parsed = parseArn(arn);
  const [cluster, name] = parsed?.path ?? [];
  if (parsed?.type !== 'service' || cluster === undefined || name === undefined) {
    throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  }
  const service = world.clusters.get(cluster)?.services.get(name);
  const express = service === undefined ? undefined : world.expressServices.get(service);
  return service === undefined || express === undefined ? undefined : { service, express };
}

function requireExpressService(world: World, arn: string): ExpressService {
  const found = expressService(world, arn);
  if (found === undefined) throw serviceNotFound();
  return found;
}

function noteSettings(service: ServiceRecord, express: ExpressRecord, settings: ExpressSettings): void {
  const [primary] = service.deployments;
  if (primary !== undefined) express.settings.set(primary.revision, settings);
}

/** An Express service is an ECS service on Fargate with its own load balancer, all managed by ECS. */
export const createExpressGatewayService: Action<
  CreateExpressGatewayServiceRequest,
  CreateExpressGatewayServiceResponse
> = (world, input, caller) => {
  const cluster = requireCluster(world, input.cluster);
  const serviceName = input.serviceName ?? `express-${world.random.hex(8)}`;
  const present = cluster.services.get(serviceName);
  if (present?.status === 'ACTIVE') throw invalidParameter('Creation of service was not idempotent.');
  const settings = readSettings(world, input);
  const id = world.random.hex(32);
  const { containerPort } = settings.primaryContainer;
  const [targetGroupArn, alternateTargetGroupArn] = targetGroupArns(world, id);
  const advancedConfiguration = {
    alternateTargetGroupArn,
    productionListenerRule: listenerRuleArn(world, id),
    roleArn: input.infrastructureRoleArn,
  };
  const request: Wire<CreateServiceRequest> = {
    cluster: cluster.name,
    serviceName,
    taskDefinition: definitionFor(world, `${cluster.name}-${serviceName}`, input, settings, caller),
    launchType: 'FARGATE',
    desiredCount: settings.scalingTarget.minTaskCount,
    networkConfiguration: networkOf(settings),
    loadBalancers: [{ targetGroupArn, containerName: MAIN, containerPort, advancedConfiguration }],
    deploymentConfiguration: deploymentConfigurationFor(id),
    tags: input.tags,
  };
  createService(world, request as Input<CreateServiceRequest>, caller);
  const service = cluster.services.get(serviceName);
  if (service === undefined) throw serviceNotFound();
  const now = world.clock.now();
  const express: ExpressRecord = {
    id,
    infrastructureRoleArn: input.infrastructureRoleArn,
    createdAt: now,
    updatedAt: now,
    deletedAt: undefined,
    settings: new Map(),
  };
  world.expressServices.set(service, express);
  change(world, service, { resourceManagementType: 'ECS' });
  noteSettings(service, express, settings);
  return { service: renderExpress(world, service, express, ['TAGS']) };
};

export const updateExpressGatewayService: Action<
  UpdateExpressGatewayServiceRequest,
  UpdateExpressGatewayServiceResponse
> = (world, input, caller) => {
  const { service, express } = requireExpressService(world, input.serviceArn);
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  const [primary] = service.deployments;
  const before = primary === undefined ? undefined : express.settings.get(primary.revision);
  const settings = readSettings(world, input, before);
  const { cluster, name } = service;
  const request: Wire<UpdateServiceRequest> = {
    cluster: cluster.name,
    service: name,
    taskDefinition: definitionFor(world, `${cluster.name}-${name}`, input, settings, caller),
    networkConfiguration: networkOf(settings),
    desiredCount: settings.scalingTarget.minTaskCount,
  };
  updateService(world, request as Input<UpdateServiceRequest>, caller);
  express.updatedAt = world.clock.now();
  noteSettings(service, express, settings);
  const [latest] = service.deployments;
  return {
    service: {
      serviceArn: service.arn,
      cluster: cluster.arn,
      serviceName: name,
      status: renderStatus(service),
      targetConfiguration: latest === undefined ? undefined : renderConfiguration(world, express, latest.revision),
      createdAt: toSeconds(express.createdAt),
      updatedAt: toSeconds(express.updatedAt),
    },
  };
};

export const deleteExpressGatewayService: Action<
  DeleteExpressGatewayServiceRequest,
  DeleteExpressGatewayServiceResponse
> = (world, input, caller) => {
  const { service, express } = requireExpressService(world, input.serviceArn);
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  deleteService(world, { cluster: service.cluster.name, service: service.name, force: true }, caller);
  express.deletedAt = world.clock.now();
  express.updatedAt = world.clock.now();
  return { service: renderExpress(world, service, express, ['TAGS']) };
};

export const describeExpressGatewayService: Action<
  DescribeExpressGatewayServiceRequest,
  DescribeExpressGatewayServiceResponse
> = (world, input) => {
  const found = expressService(world, input.serviceArn);
  const visible = found === undefined ? undefined : seenService(world, found.service);
  // Describing a missing service has another error than changing it.
  if (found === undefined || visible === undefined) throw resourceNotFound('The specified resource was not found.');
  return { service: renderExpress(world, visible, found.express, input.include ?? []) };
};
