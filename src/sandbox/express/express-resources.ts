import type { ECSManagedResources, ManagedResourceStatus } from '@aws-sdk/client-ecs';
import type { ExpressRecord, ExpressSettings } from '../model/services/express-records.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceRevisionRecord } from '../model/services/service-revision-record.ts';
import type { World } from '../model/world.ts';
import { arnOf } from '../store/arns.ts';
import { toSeconds, type Wire } from '../util/wire-types.ts';

/** How long each resource takes to be created, and all of them to be deleted; AWS gives no figures. */
const READY_MS = { securityGroup: 5_000, logGroup: 5_000, targetGroup: 10_000, scaling: 20_000, certificate: 45_000 };
const BALANCER_READY_MS = 90_000;
const GONE_MS = 60_000;

interface Status {
  readonly status: ManagedResourceStatus;
  readonly updatedAt: number;
}

/** PROVISIONING, ACTIVE, DEPROVISIONING and DELETED, each after its time. */
function statusAt(express: ExpressRecord, readyMs: number, now: number): Status {
  const { createdAt, deletedAt } = express;
  if (deletedAt !== undefined) {
    if (now >= deletedAt + GONE_MS) return { status: 'DELETED', updatedAt: toSeconds(deletedAt + GONE_MS) };
    return { status: 'DEPROVISIONING', updatedAt: toSeconds(deletedAt) };
  }
  if (now >= createdAt + readyMs) return { status: 'ACTIVE', updatedAt: toSeconds(createdAt + readyMs) };
  return { status: 'PROVISIONING', updatedAt: toSeconds(createdAt) };
}

export function endpointOf(world: World, express: ExpressRecord): string {
  return `https://${express.id.slice(0, 12)}.ecs.${world.region}.on.aws`;
}

/** Two target groups, between which a canary deployment shifts traffic. */
export function targetGroupArns(world: World, id: string): readonly [production: string, alternate: string] {
  const prefix = arnOf(world, 'elasticloadbalancing', `targetgroup/ecs-express-${id.slice(0, 8)}`);
  return [`${prefix}-1/${id.slice(0, 16)}`, `${prefix}-2/${id.slice(16)}`];
}

export function listenerRuleArn(world: World, id: string): string {
  const path = `app/ecs-express-${id.slice(0, 8)}/${id.slice(16)}/${id.slice(8, 24)}/${id.slice(4, 20)}`;
  return arnOf(world, 'elasticloadbalancing', `listener-rule/${path}`);
}

/** The alarm on failed requests that rolls a deployment back. */
export function alarmName(id: string): string {
  return `ecs-express-${id.slice(0, 8)}-http-errors`;
}

const METRICS: Readonly<Record<string, string>> = {
  AVERAGE_CPU: 'ECSServiceAverageCPUUtilization',
  AVERAGE_MEMORY: 'ECSServiceAverageMemoryUtilization',
  REQUEST_COUNT_PER_TARGET: 'ALBRequestCountPerTarget',
};

/** The resources of an Express service, as its revisions show them; undefined for other services. */
export function managedResources(
  world: World,
  revision: ServiceRevisionRecord,
): { ecsManagedResources?: Wire<ECSManagedResources> } {
  const { service } = revision;
  const express = world.expressServices.get(service);
  const settings = express?.settings.get(revision);
  if (express === undefined || settings === undefined) return {};
  const now = world.clock.now();
  const at = (readyMs: number): Status => statusAt(express, readyMs, now);
  const { id } = express;
  const elb = (kind: string, rest = ''): string =>
    arnOf(world, 'elasticloadbalancing', `${kind}/app/ecs-express-${id.slice(0, 8)}/${id.slice(16)}${rest}`);
  const { containerPort = 80 } = settings.primaryContainer;
  const { subnets } = settings.networkConfiguration;
  const securityGroup = {
    arn: arnOf(world, 'ec2', `security-group/sg-${id.slice(0, 17)}`),
    ...at(READY_MS.securityGroup),
  };
  return {
    ecsManagedResources: {
      ingressPaths: [
        {
          accessType: 'PUBLIC',
          endpoint: endpointOf(world, express),
          loadBalancer: {
            arn: elb('loadbalancer'),
            ...at(BALANCER_READY_MS),
            scheme: 'internet-facing',
            subnetIds: subnets,
            securityGroupIds: [`sg-${id.slice(0, 17)}`],
          },
          loadBalancerSecurityGroups: [securityGroup],
          certificate: {
            arn: arnOf(world, 'acm', `certificate/${id}`),
            ...at(READY_MS.certificate),
            domainName: endpointOf(world, express).slice('https://'.length),
          },
          listener: { arn: elb('listener', `/${id.slice(8, 24)}`), ...at(BALANCER_READY_MS) },
          rule: { arn: listenerRuleArn(world, id), ...at(BALANCER_READY_MS) },
          targetGroups: targetGroupArns(world, id).map((arn) => ({
            arn,
            ...at(READY_MS.targetGroup),
            healthCheckPath: settings.healthCheckPath,
            healthCheckPort: containerPort,
            port: containerPort,
          })),
        },
      ],
      autoScaling: autoScaling(service, express, settings.scalingTarget, at(READY_MS.scaling), world),
      metricAlarms: [{ arn: arnOf(world, 'cloudwatch', `alarm:${alarmName(id)}`), ...at(READY_MS.targetGroup) }],
      serviceSecurityGroups: [securityGroup],
      logGroups: [
        {
          arn: arnOf(world, 'logs', `log-group:/aws/ecs/${service.cluster.name}/${service.name}`),
          ...at(READY_MS.logGroup),
          logGroupName: `/aws/ecs/${service.cluster.name}/${service.name}`,
        },
      ],
    },
  };
}

function autoScaling(
  service: ServiceRecord,
  express: ExpressRecord,
  target: ExpressSettings['scalingTarget'],
  status: Status,
  world: World,
): NonNullable<Wire<ECSManagedResources>['autoScaling']> {
  const resource = `service/${service.cluster.name}/${service.name}`;
  return {
    scalableTarget: {
      arn: arnOf(world, 'application-autoscaling', `scalable-target/${express.id.slice(0, 28)}`),
      ...status,
      minCapacity: target.minTaskCount ?? 1,
      maxCapacity: target.maxTaskCount ?? 20,
    },
    applicationAutoScalingPolicies: [
      {
        arn: arnOf(
          world,
          'autoscaling',
          `scalingPolicy:${express.id}:resource/ecs/${resource}:policyName/${service.name}`,
        ),
        ...status,
        policyType: 'TargetTrackingScaling',
        targetValue: target.autoScalingTargetValue ?? 60,
        metric: METRICS[target.autoScalingMetric ?? 'AVERAGE_CPU'] ?? 'ECSServiceAverageCPUUtilization',
      },
    ],
  };
}
