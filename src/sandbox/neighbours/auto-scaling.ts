import { EcsError } from '../checks/ecs-errors.ts';
import type { ScalableTarget, ScalingPolicy } from '../model/neighbour-records.ts';
import type { World } from '../model/world.ts';
import { arnOf } from '../store/arns.ts';
import { toSeconds } from '../util/wire-types.ts';
import { type Fields, fieldsOf, optionalCount, optionalText, requiredText, textsOf } from './input.ts';
import type { NeighbourOperation } from './neighbour.ts';
import { evaluateLater, serviceOfTarget } from './scaling-evaluation.ts';

const NAMESPACE = 'ecs';
const DIMENSION = 'ecs:service:DesiredCount';
const INVALID = 'ValidationException';

function checkNamespace(input: Fields): void {
  const namespace = requiredText(input, 'ServiceNamespace', INVALID);
  if (namespace !== NAMESPACE) {
    throw new EcsError(INVALID, `The sandbox scales the namespace ${NAMESPACE} only, not ${namespace.slice(0, 100)}.`);
  }
  const dimension = optionalText(input, 'ScalableDimension');
  if (dimension !== undefined && dimension !== DIMENSION) {
    throw new EcsError(INVALID, `Unsupported service namespace, resource type or scalable dimension`);
  }
}

function resourceOf(input: Fields): string {
  checkNamespace(input);
  const resourceId = requiredText(input, 'ResourceId', INVALID);
  if (/^service\/[^/]+\/[^/]+$/.test(resourceId)) return resourceId;
  throw new EcsError(INVALID, `Unsupported service namespace, resource type or scalable dimension`);
}

function requireTarget(world: World, input: Fields): ScalableTarget {
  const resourceId = resourceOf(input);
  const target = world.neighbours.targets.get(resourceId);
  if (target !== undefined) return target;
  throw new EcsError(
    'ObjectNotFoundException',
    `No scalable target registered for service namespace: ${NAMESPACE}, resource ID: ${resourceId}, scalable dimension: ${DIMENSION}`,
  );
}

const registerScalableTarget: NeighbourOperation = (world, input) => {
  const resourceId = resourceOf(input);
  if (serviceOfTarget(world, resourceId) === undefined) {
    throw new EcsError(INVALID, `ECS service doesn't exist: ${resourceId}`);
  }
  const { targets } = world.neighbours;
  const present = targets.get(resourceId);
  const [min, max] = [
    optionalCount(input, 'MinCapacity') ?? present?.min,
    optionalCount(input, 'MaxCapacity') ?? present?.max,
  ];
  if (min === undefined || max === undefined) {
    throw new EcsError(INVALID, 'MinCapacity and MaxCapacity are required to register a new scalable target');
  }
  if (min < 0 || min > max) {
    throw new EcsError(INVALID, 'Maximum capacity cannot be less than minimum capacity');
  }
  const roleArn =
    optionalText(input, 'RoleARN') ??
    `arn:${world.partition}:iam::${world.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`;
  const suspended = fieldsOf(input.SuspendedState ?? present?.suspended);
  if (present !== undefined) Object.assign(present, { min, max, roleArn, suspended });
  const target: ScalableTarget = present ?? {
    resourceId,
    arn: arnOf(world, 'application-autoscaling', `scalable-target/${world.random.hex(32)}`),
    createdAt: world.clock.now(),
    roleArn,
    min,
    max,
    suspended,
    policies: new Map(),
    lastScaledAt: Number.NEGATIVE_INFINITY,
  };
  targets.set(resourceId, target);
  evaluateLater(world);
  return { ScalableTargetARN: target.arn };
};

function renderTarget({ resourceId, arn, createdAt, roleArn, min, max, suspended }: ScalableTarget): object {
  const flag = (name: string): boolean => suspended[name] === true;
  return {
    ServiceNamespace: NAMESPACE,
    ResourceId: resourceId,
    ScalableDimension: DIMENSION,
    MinCapacity: min,
    MaxCapacity: max,
    RoleARN: roleArn,
    CreationTime: toSeconds(createdAt),
    SuspendedState: {
      DynamicScalingInSuspended: flag('DynamicScalingInSuspended'),
      DynamicScalingOutSuspended: flag('DynamicScalingOutSuspended'),
      ScheduledScalingSuspended: flag('ScheduledScalingSuspended'),
    },
    ScalableTargetARN: arn,
  };
}

const POLICY_TYPES = {
  TargetTrackingScaling: 'TargetTrackingScalingPolicyConfiguration',
  StepScaling: 'StepScalingPolicyConfiguration',
} as const;

function configurationOf(input: Fields, type: ScalingPolicy['type']): Fields {
  const configuration = fieldsOf(input[POLICY_TYPES[type]]);
  if (type === 'TargetTrackingScaling' && (optionalCount(configuration, 'TargetValue') ?? 0) <= 0) {
    throw new EcsError(INVALID, 'TargetTrackingScalingPolicyConfiguration needs a TargetValue above 0');
  }
  if (type === 'StepScaling' && !Array.isArray(configuration.StepAdjustments)) {
    throw new EcsError(INVALID, 'StepScalingPolicyConfiguration needs StepAdjustments');
  }
  return configuration;
}

const putScalingPolicy: NeighbourOperation = (world, input) => {
  const target = requireTarget(world, input);
  const name = requiredText(input, 'PolicyName', INVALID);
  const present = target.policies.get(name);
  const given = optionalText(input, 'PolicyType') ?? present?.type ?? 'StepScaling';
  if (given !== 'TargetTrackingScaling' && given !== 'StepScaling') {
    throw new EcsError(INVALID, `The sandbox has no policies of the type ${given.slice(0, 100)}`);
  }
  const configuration = configurationOf(input, given);
  const alarm = (side: string): string => `TargetTracking-${target.resourceId}-Alarm${side}-${world.random.uuid()}`;
  const id = world.random.uuid();
  const policy: ScalingPolicy = {
    name,
    arn:
      present?.arn ??
      arnOf(world, 'autoscaling', `scalingPolicy:${id}:resource/ecs/${target.resourceId}:policyName/${name}`),
    createdAt: present?.createdAt ?? world.clock.now(),
    type: given,
    configuration,
    alarms: present?.alarms ?? (given === 'TargetTrackingScaling' ? [alarm('High'), alarm('Low')] : []),
    above: 0,
    below: 0,
  };
  target.policies.set(name, policy);
  evaluateLater(world);
  return { PolicyARN: policy.arn, Alarms: renderAlarms(world, policy) };
};

function renderAlarms(world: World, { alarms }: ScalingPolicy): object[] {
  return alarms.map((name) => ({ AlarmName: name, AlarmARN: arnOf(world, 'cloudwatch', `alarm:${name}`) }));
}

function renderPolicy(world: World, { resourceId }: ScalableTarget, policy: ScalingPolicy): object {
  return {
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ServiceNamespace: NAMESPACE,
    ResourceId: resourceId,
    ScalableDimension: DIMENSION,
    PolicyType: policy.type,
    [POLICY_TYPES[policy.type]]: policy.configuration,
    Alarms: renderAlarms(world, policy),
    CreationTime: toSeconds(policy.createdAt),
  };
}

/** Application Auto Scaling as far as ECS services use it (API version 2016-02-06). */
export const AUTO_SCALING: Readonly<Record<string, NeighbourOperation>> = {
  RegisterScalableTarget: registerScalableTarget,
  DescribeScalableTargets: (world, input) => {
    checkNamespace(input);
    const ids = textsOf(input.ResourceIds);
    const found = [...world.neighbours.targets.values()].filter(
      ({ resourceId }) => ids.length === 0 || ids.includes(resourceId),
    );
    return { ScalableTargets: found.map(renderTarget) };
  },
  DeregisterScalableTarget: (world, input) => {
    world.neighbours.targets.delete(requireTarget(world, input).resourceId);
    return {};
  },
  PutScalingPolicy: putScalingPolicy,
  DescribeScalingPolicies: (world, input) => {
    checkNamespace(input);
    const names = textsOf(input.PolicyNames);
    const resource = optionalText(input, 'ResourceId');
    return {
      ScalingPolicies: [...world.neighbours.targets.values()]
        .filter(({ resourceId }) => resource === undefined || resource === resourceId)
        .flatMap((target) => [...target.policies.values()].map((policy) => ({ target, policy })))
        .filter(({ policy }) => names.length === 0 || names.includes(policy.name))
        .map(({ target, policy }) => renderPolicy(world, target, policy)),
    };
  },
  DeleteScalingPolicy: (world, input) => {
    const name = requiredText(input, 'PolicyName', INVALID);
    const { policies, resourceId } = requireTarget(world, input);
    if (policies.delete(name)) return {};
    throw new EcsError(
      'ObjectNotFoundException',
      `No scaling policy found for service namespace: ${NAMESPACE}, resource ID: ${resourceId}, policy name: ${name}`,
    );
  },
  DescribeScalingActivities: (world, input) => {
    checkNamespace(input);
    const resource = optionalText(input, 'ResourceId');
    return {
      ScalingActivities: world.neighbours.activities
        .filter(({ resourceId }) => resource === undefined || resource === resourceId)
        .map(({ id, resourceId, description, cause, at }) => ({
          ActivityId: id,
          ServiceNamespace: NAMESPACE,
          ResourceId: resourceId,
          ScalableDimension: DIMENSION,
          Description: description,
          Cause: cause,
          StartTime: toSeconds(at),
          EndTime: toSeconds(at),
          StatusCode: 'Successful',
          StatusMessage: `Successfully ${description.replace('Setting', 'set').replace(/\.$/, '')}.`,
        }))
        .reverse(),
    };
  },
};
