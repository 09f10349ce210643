import type { Service } from '@aws-sdk/client-ecs';
import { homeOf } from '../../ecs/core/describe-specs.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import { type DeploymentOutcome, failureCause } from '../../live/deployment/deployment-outcome.ts';
import type { GraphContext } from '../core/context.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import type { DeploymentTypes } from './deployment-types.ts';

type ServiceDeployment = Sources['ServiceDeployment'];

const MEMBERS = [
  'status',
  'serviceArn',
  'clusterArn',
  'createdAt',
  'finishedAt',
  'stoppedAt',
  'deploymentCircuitBreaker',
  'alarms',
  'lifecycleHookDetails',
];

/** Adds `ServiceDeployment.outcome`, with the values of `deploymentProgress`. */
export function addServiceDeploymentOutcome(graph: EcsGraph, { outcome }: DeploymentTypes): void {
  graph.builder.objectField(graph.noun('ServiceDeployment').ref, 'outcome', (t) =>
    t.field({
      type: outcome,
      description:
        'How it ended, in one vocabulary with `deploymentProgress`; null while it is under way, and if ECS sends a status that the schema ' +
        'does not know. Costs no call, but for a deployment that was STOPPED and did not fail: one ListServiceDeployments for its ' +
        'service and one DescribeServices for each 10 services, which distinguish a newer deployment and a deleted service from a stop.',
      extensions: {
        members: MEMBERS,
        operations: ['ListServiceDeployments', 'DescribeServices'],
        ecsCost: { list: 100, describe: 10 },
      },
      resolve: (deployment, _args, context) => outcomeOf(context, deployment),
    }),
  );
}

async function outcomeOf(context: GraphContext, deployment: ServiceDeployment): Promise<DeploymentOutcome | null> {
  switch (deployment.status) {
    case 'SUCCESSFUL':
      return 'SUCCEEDED';
    case 'ROLLBACK_SUCCESSFUL':
      return 'ROLLED_BACK';
    case 'ROLLBACK_FAILED':
      return 'ROLLBACK_FAILED';
    case 'STOPPED':
      break;
    default:
      return null;
  }
  if (failureCause(deployment) !== undefined) return 'FAILED';
  const [isSuperseded, service] = await Promise.all([wasReplaced(context, deployment), serviceOf(context, deployment)]);
  if (isSuperseded) return 'SUPERSEDED';
  return service?.status === 'ACTIVE' ? 'STOPPED' : 'SERVICE_DELETED';
}

/** Whether a newer deployment started before this one ended, which ends it: in recordings, 0.3 s later. */
async function wasReplaced(context: GraphContext, deployment: ServiceDeployment): Promise<boolean> {
  const { serviceArn = '', clusterArn = '', createdAt, finishedAt, stoppedAt } = deployment;
  const began = createdAt?.getTime() ?? 0;
  const ended = (finishedAt ?? stoppedAt)?.getTime() ?? Number.POSITIVE_INFINITY;
  const recent = await context.loaders.recentDeployments.load({ serviceArn, clusterArn }).catch((error: unknown) => {
    if (error instanceof EcsError && error.code === 'NOT_FOUND') return [];
    throw error;
  });
  return recent.some(({ createdAt: next }) => next !== undefined && next.getTime() > began && next.getTime() <= ended);
}

async function serviceOf(
  context: GraphContext,
  { serviceArn = '', clusterArn }: ServiceDeployment,
): Promise<Service | null> {
  const key = { id: serviceArn, cluster: homeOf('Service', serviceArn, clusterArn), members: ['status'] };
  return context.loaders.of('Service').load(key);
}
