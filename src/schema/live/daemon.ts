import { scopeKey } from '../../ecs/core/scope.ts';
import { DEFAULT_STALLS, DEFAULT_TIMEOUTS } from '../../live/core/default-timeouts.ts';
import type { DaemonProgress } from '../../live/daemon/daemon-progress.ts';
import { daemonTopic, readDaemonDeployment } from '../../live/daemon/daemon-topic.ts';
import { notFound } from '../core/errors.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkedArn } from '../graph/entity.ts';
import { type DeploymentTypes, failureDetectionFields } from './deployment-types.ts';
import { count } from './shared-types.ts';
import { follow, liveArgs, type UpdateTypes } from './updates.ts';

const DEFAULTS = { timeout: DEFAULT_TIMEOUTS.daemon, stallAfter: DEFAULT_STALLS.daemon };

/**
 * Adds the subscription `daemonDeploymentProgress`. It shares the types of endings and breakers with services'
 * deployments.
 */
export function addDaemonProgress(
  graph: EcsGraph,
  updates: UpdateTypes,
  { outcome, ending, breaker }: DeploymentTypes,
): void {
  const { builder } = graph;
  const progress = builder.objectRef<DaemonProgress>('DaemonDeploymentProgress').implement({
    description:
      "Progress of a daemon's deployment. A daemon runs once on each instance, so the counts are of instances.",
    fields: (t) => ({
      daemonDeploymentArn: t.exposeString('arn', { nullable: false, description: 'Which deployment.' }),
      status: t.field({
        type: graph.enumType('DaemonDeploymentStatus'),
        description: 'The status of the deployment. Null once ECS no longer returns it.',
        resolve: graph.enumResolver('DaemonDeploymentStatus', ({ deployment }: DaemonProgress) => deployment?.status),
      }),
      statusReason: t.string({
        description: "ECS's own words on the status.",
        resolve: ({ deployment }) => deployment?.statusReason,
      }),
      runningInstanceCount: t.exposeInt('runningCount', count('Instances that run the new revision.')),
      drainingInstanceCount: t.exposeInt('drainingInstanceCount', count('Instances that are being emptied for it.')),
      withoutDaemonInstanceCount: t.exposeInt(
        'withoutDaemonInstanceCount',
        count('Instances that run the daemon in no revision.'),
      ),
      sourceRunningInstanceCount: t.exposeInt(
        'sourceRunningInstanceCount',
        count('Instances that still run an older revision.'),
      ),
      percent: t.exposeInt('percent', count('How far it has come, 0 to 100; 100 only when it has succeeded.')),
      ...failureDetectionFields(t, breaker),
      ending: t.expose('ending', { type: ending, description: 'How and why it ended. Null before the end.' }),
    }),
  });
  const update = updates.progressUpdate(
    'DaemonDeploymentProgressUpdate',
    "Progress of a daemon's deployment, with the changes since the previous event.",
    outcome,
    progress,
  );
  builder.subscriptionField('daemonDeploymentProgress', (t) =>
    t.field({
      type: update,
      nullable: false,
      description:
        'Follows one deployment of a daemon to its end. SERVICE_DELETED means here that the daemon is gone. NOT_FOUND if the deployment does not exist. A poll costs one DescribeDaemonDeployments.',
      args: {
        daemonDeploymentArn: t.arg.id({
          required: true,
          description: 'Id or ARN of the deployment, as `createDaemon` and `updateDaemon` give it.',
        }),
        ...liveArgs(t.arg, DEFAULTS),
      },
      extensions: {
        operations: ['DescribeDaemonDeployments', 'DescribeDaemon', 'ListDaemonDeployments'],
        ecsCost: 1,
      },
      async subscribe(_root, args, context) {
        const arn = checkedArn(context, 'daemonDeploymentArn', 'daemon-deployment', args.daemonDeploymentArn);
        if ((await readDaemonDeployment(context, arn)) === null) {
          throw notFound('daemonDeploymentArn', `There is no daemon deployment "${arn}".`);
        }
        return follow(context, daemonTopic(scopeKey(context.ecs.scope), arn), args, DEFAULTS);
      },
      resolve: (event) => event,
    }),
  );
}
