import type { Deployment, Service } from '@aws-sdk/client-ecs';
import type { FieldMap } from '@pothos/core';
import type { OperationName } from '../../ecs/core/operations.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import { primaryOf } from '../../live/core/deployment-bounds.ts';
import { inOrder } from '../../live/core/service-events.ts';
import { deploymentTopic } from '../../live/deployment/deployment-topic.ts';
import { markAfter, serviceEventsTopic } from '../../live/feeds/service-events-topic.ts';
import type { GraphContext } from '../core/context.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { cursorOf } from '../graph/follow-cursor.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { revisionArnOf, serviceDeploymentOf } from './task-origin.ts';

interface ServicePayload {
  readonly output: { readonly service?: Service | undefined };
}

/** Fields of a payload with a service: the deployment that is in progress after the write, and where to follow both. */
export function deploymentFields<Source extends ServicePayload>(graph: EcsGraph, t: ObjectFields<Source>): FieldMap {
  const operations: readonly OperationName[] = ['ListServiceDeployments', 'DescribeServiceDeployments'];
  return {
    deploymentId: t.string({
      description: 'The id of this deployment, `ecs-svc/...`. Null if no deployment is in progress.',
      resolve: ({ output: { service } }: ServicePayload) => (service && inProgress(service)?.id) ?? null,
    } as never),
    deployment: t.field({
      type: graph.noun('ServiceDeployment').ref,
      description:
        'The service deployment that is in progress after the write: the one that it started, or one that was in progress already. Null if no deployment is in progress, and until ECS ' +
        'lists it. Costs one ListServiceDeployments, and one DescribeServiceDeployments where more is read than status, times and target revision.',
      extensions: { operations, ecsCost: 2 },
      resolve: ({ output: { service } }: ServicePayload, _args: object, context: GraphContext, info: never) => {
        const revision = service && revisionArnOf(service, inProgress(service)?.id);
        if (service === undefined || revision === undefined) return null;
        const { serviceArn = '', clusterArn = '' } = service;
        return serviceDeploymentOf(graph, context, info, revision, { serviceArn, clusterArn });
      },
    } as never),
    followCursor: t.string({
      description:
        'Pass it as `after` to the subscription `deploymentProgress` with this service: the stream follows this deployment, even if a newer one begins. Null if no deployment is in progress. ' +
        'Costs one ListServiceDeployments.',
      extensions: { operations: operations.slice(0, 1), ecsCost: 1 },
      resolve: ({ output: { service } }: ServicePayload, _args: object, context: GraphContext) =>
        service === undefined ? null : deploymentCursor(context, service, inProgress(service)?.id),
    } as never),
    eventsCursor: t.string({
      description:
        'Pass it as `after` to the subscription `serviceEvents` with this service: the stream reports the events of ECS that come after the answer to this write, such as tasks that start or stop ' +
        'and the steady state, also where no deployment is in progress. Null if ECS returned no service. Costs no call.',
      resolve: ({ output: { service } }: ServicePayload, _args: object, context: GraphContext) =>
        service === undefined ? null : eventsCursor(context, service),
    } as never),
  };
}

function eventsCursor(context: GraphContext, service: Service): string {
  const { serviceArn = '', clusterArn = '', serviceName = '' } = service;
  const { key } = serviceEventsTopic(scopeKey(context.ecs.scope), { serviceArn, clusterArn, serviceName });
  return cursorOf(key, markAfter(inOrder(service.events)));
}

function inProgress(service: Service): Deployment | undefined {
  const primary = primaryOf(service);
  return primary?.rolloutState === 'COMPLETED' || primary?.rolloutState === 'FAILED' ? undefined : primary;
}

/** The cursor from which `deploymentProgress` follows one deployment of a service. */
export async function deploymentCursor(
  context: GraphContext,
  service: Service,
  deploymentId: string | undefined,
): Promise<string | null> {
  if (deploymentId === undefined) return null;
  const { serviceArn = '', clusterArn = '', serviceName = '' } = service;
  const revision = revisionArnOf(service, deploymentId);
  const recent = await context.loaders.recentDeployments.load({ serviceArn, clusterArn });
  const found = recent.find(({ targetServiceRevisionArn }) => targetServiceRevisionArn === revision);
  const serviceDeploymentArn = found?.serviceDeploymentArn;
  const target = { serviceArn, clusterArn, serviceName, serviceDeploymentArn, deploymentId };
  const { key } = deploymentTopic(scopeKey(context.ecs.scope), target);
  return cursorOf(key, serviceDeploymentArn ?? deploymentId);
}
