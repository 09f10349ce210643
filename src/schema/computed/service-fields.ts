import type { EnumRef, FieldMap } from '@pothos/core';
import { ROLLOUT_MEMBERS, type RolloutState, rolloutOf } from '../../live/core/rollout-state.ts';
import type { Types } from '../core/builder.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { resolveEntity, resolveLink } from '../graph/entity.ts';
import { knownFromSummary } from '../lists/list-connection.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { type ImageReference, toImageReference } from './image-reference.ts';
import type { ComputedTypes } from './types.ts';

const ROLLOUT_STATES: Readonly<Record<RolloutState, string>> = {
  STEADY: 'No deployment is under way, and as many tasks run as are desired.',
  DEPLOYING: 'A deployment is under way.',
  ROLLING_BACK: 'A deployment failed or was stopped, and the service is on its way back to the one before.',
  FAILED: 'The newest deployment failed, and ECS does not roll back.',
  UNDER_DESIRED: 'No deployment is under way, and fewer tasks run than are desired.',
  DRAINING: 'The service is deleted, and its tasks are stopping.',
  INACTIVE: 'The service is deleted, and has no task left.',
  UNRECOGNIZED: 'ECS sent a state that this schema does not know.',
};

/** Adds the enum of rollout states. */
export function addRolloutState(graph: EcsGraph): EnumRef<Types, RolloutState> {
  return ownEnum(graph.builder, 'RolloutState', 'The rollout state of a service, as read once.', ROLLOUT_STATES);
}

/** The same states for filters: ECS's unknown ones cannot be asked for. */
export function addRolloutStateInput(graph: EcsGraph): EnumRef<Types, RolloutState> {
  const { UNRECOGNIZED: _, ...states } = ROLLOUT_STATES;
  return ownEnum(graph.builder, 'RolloutStateInput', 'The rollout state of a service, in a filter.', states) as never;
}

/** Fields of a service for front ends that ECS does not return as members. */
export function serviceFields(graph: EcsGraph, t: ObjectFields<Sources['Service']>, types: ComputedTypes): FieldMap {
  return {
    rollout: t.field({
      type: types.rolloutState,
      nullable: false,
      description:
        'The state of its rollout, from its status, deployments and counts. A single read cannot show a stall: ' +
        '`deployments` does. Costs no call of its own.',
      extensions: { members: ROLLOUT_MEMBERS },
      resolve: (service) => rolloutOf(service).state,
    }),
    rolloutSince: t.field({
      type: 'DateTime',
      description:
        'When the state of `rollout` began. For STEADY and FAILED the last change of the newest deployment. Null for UNDER_DESIRED, ' +
        'DRAINING and INACTIVE: ECS does not say. Costs no call of its own.',
      extensions: { members: ROLLOUT_MEMBERS },
      resolve: (service) => rolloutOf(service).since,
    }),
    images: t.field({
      type: [types.imageReference],
      nullable: { list: true, items: false },
      description:
        'The images of the containers of its `taskDefinition`, in their order. Null if it has no task definition. Costs one ' +
        'DescribeTaskDefinition for each revision.',
      extensions: { members: ['taskDefinition'], operations: ['DescribeTaskDefinition'], ecsCost: 1 },
      resolve: async ({ taskDefinition: arn }, _args, context) => {
        const definition = arn && (await resolveEntity(context, 'TaskDefinition', { arn }, CONTAINERS));
        return definition ? imagesOf(definition) : null;
      },
    }),
    lastDeployment: t.field({
      type: graph.noun('ServiceDeployment').ref,
      description:
        'Its service deployment that is under way, or else the one that began last. Null if none began in the last 90 days, and for ' +
        'services of other controllers. While one is under way its ARN costs no call; else one ListServiceDeployments. One ' +
        'DescribeServiceDeployments for each 20 where more is read than ARN, status, times and target revision.',
      extensions: {
        members: ['serviceArn', 'clusterArn', 'currentServiceDeployment', 'deploymentController'],
        operations: ['ListServiceDeployments', 'DescribeServiceDeployments'],
        ecsCost: { list: 100, describe: 20 },
      },
      resolve: async (service, _args, context, info) => {
        const { currentServiceDeployment: arn, serviceArn = '', clusterArn = '', deploymentController } = service;
        if (arn !== undefined) return resolveLink(context, info, 'ServiceDeployment', { arn });
        if ((deploymentController?.type ?? 'ECS') !== 'ECS') return null;
        const [newest] = await context.loaders.recentDeployments.load({ serviceArn, clusterArn });
        if (newest?.serviceDeploymentArn === undefined) return null;
        const known = knownFromSummary(graph, 'ServiceDeploymentBrief', newest);
        return resolveLink(context, info, 'ServiceDeployment', { arn: newest.serviceDeploymentArn }, known);
      },
    }),
  };
}

const CONTAINERS: ReadonlySet<string> = new Set(['containerDefinitions']);

/** The images of a task definition, in the order of its containers. */
export function imagesOf({ containerDefinitions = [] }: Sources['TaskDefinition']): ImageReference[] {
  return containerDefinitions.map(({ image = '' }) => toImageReference(image));
}
