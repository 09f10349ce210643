import type { Service } from '@aws-sdk/client-ecs';
import { clusterNameOf, looksLikeArn } from '../../ecs/core/arn.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import type { LiveSession } from '../../live/core/create-hub.ts';
import { DEFAULT_STALLS, DEFAULT_TIMEOUTS } from '../../live/core/default-timeouts.ts';
import { primaryOf } from '../../live/core/deployment-bounds.ts';
import { parseDuration } from '../../live/core/duration.ts';
import { markedDeployment } from '../../live/deployment/deployment-mark.ts';
import { type DeploymentMoment, hasReached, MOMENTS } from '../../live/deployment/deployment-moment.ts';
import { withTaskSets } from '../../live/deployment/deployment-snapshot.ts';
import type { DeploymentTarget } from '../../live/deployment/deployment-state.ts';
import { deploymentTopic } from '../../live/deployment/deployment-topic.ts';
import { resolveDeployment } from '../../live/deployment/resolve-deployment.ts';
import type { FindTarget } from '../../live/hub/late-target.ts';
import { lookOnce } from '../../live/hub/snapshot-once.ts';
import { Until } from '../../live/hub/until.ts';
import type { ComputedTypes } from '../computed/types.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, notFound } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkedName } from '../graph/entity.ts';
import { deploymentEnvelope } from '../links/deployment-envelope.ts';
import { addDeploymentTypes, type DeploymentTypes } from './deployment-types.ts';
import { followedService, isResumed } from './followed-before.ts';
import { serviceArgs } from './service-events.ts';
import type { ProgressTypes } from './shared-types.ts';
import {
  CHOOSES_EVENTS,
  follow,
  type LiveArgs,
  liveArgs,
  lookSession,
  markGiven,
  type UpdateTypes,
} from './updates.ts';

const DEFAULTS = { timeout: DEFAULT_TIMEOUTS.deployment, stallAfter: DEFAULT_STALLS.deployment };

/** Adds the subscription `deploymentProgress`, and the field with a single poll of a service. */
export function addDeploymentProgress(
  graph: EcsGraph,
  updates: UpdateTypes,
  shared: ProgressTypes,
  { imageReference }: ComputedTypes,
): DeploymentTypes {
  const { builder } = graph;
  const types = addDeploymentTypes(graph, shared);
  const update = updates.progressUpdate(
    'DeploymentProgressUpdate',
    'Progress of a deployment, with the changes since the previous event.',
    types.outcome,
    types.progress,
    (t) => deploymentEnvelope(imageReference, t, ({ body }) => body),
  );
  const moment = ownEnum(
    builder,
    'DeploymentMoment',
    'A point of a deployment at which a stream can complete.',
    Object.fromEntries(
      MOMENTS.map((name) => [
        name,
        name === 'PAUSED'
          ? 'A pause hook waits for `continueServiceDeployment`.'
          : 'This stage, or a later one, has begun.',
      ]),
    ) as Readonly<Record<DeploymentMoment, string>>,
  );
  const deploymentId = {
    description:
      'Id or ARN of a service deployment, or `ecs-svc/...`. Null means the deployment that is under way, or else the latest one.',
  };

  builder.subscriptionField('deploymentProgress', (t) =>
    t.field({
      type: update,
      nullable: false,
      description:
        'Follows one deployment of a service to its end: rolling, blue/green, linear or canary. A rollback, a newer deployment, a deleted service are outcomes, ' +
        'not errors. SUCCEEDED is sent when a second poll, some seconds after the first, confirms it; at once if `deploymentId` names a deployment that succeeded long ago. NOT_FOUND if the service or deployment does not exist. A poll costs its share of a DescribeServices, a DescribeServiceDeployments, and task lists that are shared in the cluster.',
      args: {
        ...serviceArgs(t.arg),
        deploymentId: t.arg.id({
          description: `${deploymentId.description} With \`after\`, the one that the cursor is of.`,
        }),
        until: t.arg({
          ...CHOOSES_EVENTS,
          type: moment,
          description:
            'The stream completes with the first event in which the deployment has reached this moment, without an outcome. Null means the end of the deployment, which also completes it.',
        }),
        ...liveArgs(t.arg, DEFAULTS),
      },
      extensions: { operations: OPERATIONS, ecsCost: 6 },
      async subscribe(_root, args, context) {
        // The current deployment must not come from the cache, or a deployment that has just started would be answered
        // with the success of the previous one.
        const isCurrent = args.deploymentId == null && !isResumed(context, args);
        if (isCurrent) context.ecs.readAnew();
        const service = await followedService(context, args);
        const target = await targetOf(context, service, args);
        const topicOf = (one: DeploymentTarget) => deploymentTopic(scopeKey(context.ecs.scope), one);
        const find = isCurrent ? findNewer(service, context.services.upstream.clock.now(), topicOf) : undefined;
        const events = follow(context, topicOf(target), args, DEFAULTS, find);
        const { until } = args;
        return until == null ? events : new Until(events, ({ body }) => hasReached(until, body));
      },
      resolve: (event) => event,
    }),
  );

  builder.objectField(graph.noun('Service').ref, 'deploymentProgress', (t) =>
    t.field({
      type: update,
      description:
        'The state of a deployment of this service, read once, as in the first event of the subscription `deploymentProgress`. Pass its `cursor` there as `after`. ' +
        'Null when there is no such deployment. Costs a DescribeServiceDeployments, two ListTasks and a DescribeTasks for each 100 tasks.',
      args: { deploymentId: t.arg.id(deploymentId) },
      extensions: { members: LOOK_MEMBERS, operations: OPERATIONS.slice(1), ecsCost: 6 },
      async resolve(service, args, context) {
        const target = await resolveDeployment(context, service, checkedId(context, args.deploymentId));
        if (target === null) return null;
        const topic = deploymentTopic(scopeKey(context.ecs.scope), target);
        return lookOnce(
          topic,
          lookSession(context),
          () => context.services.upstream.clock.now(),
          parseDuration(DEFAULT_STALLS.deployment),
        );
      },
    }),
  );
  return types;
}

/**
 * Finds the deployment that was current when the caller came, if ECS had shown the previous one.
 * @param service as ECS had shown it
 * @param cameAt by ECS's clock: what started later is another deployment than the caller asked for
 */
function findNewer<Topic>(
  service: Service,
  cameAt: number,
  topicOf: (target: DeploymentTarget) => Topic,
): FindTarget<LiveSession, Topic> {
  const begunAt = (one: Service) => primaryOf(withTaskSets(one))?.createdAt?.getTime() ?? 0;
  return async (session) => {
    const { serviceName: id = '', clusterArn = '' } = service;
    const now = await session.loaders.of('Service').load({ id, cluster: clusterNameOf(clusterArn), members: [] });
    if (now === null || begunAt(now) <= begunAt(service) || begunAt(now) > cameAt + CLOCK_PRECISION_MS)
      return undefined;
    const target = await resolveDeployment(session, now, undefined);
    return target === null ? undefined : topicOf(target);
  };
}

/** ECS's clock is read from dates in whole seconds. */
const CLOCK_PRECISION_MS = 1_000;

const OPERATIONS: readonly OperationName[] = [
  'DescribeServices',
  'DescribeServiceDeployments',
  'ListServiceDeployments',
  'ListTasks',
  'DescribeTasks',
];
const LOOK_MEMBERS = ['clusterArn', 'serviceArn', 'serviceName', 'currentServiceDeployment', 'deployments', 'taskSets'];

async function targetOf(
  context: GraphContext,
  service: Service,
  args: LiveArgs & { readonly deploymentId?: string | null | undefined },
): Promise<DeploymentTarget> {
  const { deploymentId } = args;
  const mark = deploymentId == null ? markGiven(context, args) : undefined;
  const followed = mark === undefined ? undefined : markedDeployment(mark, service);
  if (followed !== undefined) return followedBefore(context, service, followed);
  const given = checkedId(context, deploymentId);
  if (given !== undefined && isResumed(context, args)) return followedBefore(context, service, given);
  const target = await resolveDeployment(context, service, given);
  if (target === null) {
    const which = deploymentId == null ? 'any deployment' : `the deployment "${deploymentId}"`;
    throw notFound('deploymentId', `Service "${service.serviceName}" does not have ${which}, or no longer.`);
  }
  return target;
}

/**
 * The deployment of a cursor: the stream continues with it, even if another one is current by now. It may be gone, with
 * or without its service; then its end is reported as far as ECS knows.
 */
async function followedBefore(context: GraphContext, service: Service, id: string): Promise<DeploymentTarget> {
  const { clusterArn = '', serviceArn = '', serviceName = '' } = service;
  const gone = { clusterArn, serviceArn, serviceName, serviceDeploymentArn: undefined, deploymentId: undefined };
  if (id.startsWith('arn:')) {
    return (await resolveDeployment(context, service, id)) ?? { ...gone, serviceDeploymentArn: id };
  }
  return {
    ...((await resolveDeployment(context, service, id)) ?? gone),
    serviceDeploymentArn: undefined,
    deploymentId: id,
  };
}

/** @throws BAD_USER_INPUT */
function checkedId(context: GraphContext, id: string | null | undefined): string | undefined {
  if (id == null) return undefined;
  if (/^ecs-svc\/\d+$/.test(id)) return id;
  const named = checkedName(context, 'deploymentId', 'service-deployment', id);
  if (looksLikeArn(named)) return named;
  throw badUserInput('deploymentId', 'is neither the id or ARN of a service deployment nor an id such as ecs-svc/123');
}
