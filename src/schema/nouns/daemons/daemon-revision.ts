import { DAEMON_REVISION_WORDS } from '../../descriptions/daemon-revision.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { checkedArn, lookUp } from '../../graph/entity.ts';

/** Daemon revisions: the type and its look-up. ECS does not list them: daemons and their deployments refer to them. */
export function addDaemonRevision(graph: EcsGraph): void {
  const ref = graph.addEntity('DaemonRevision', {
    description: 'The configuration that a daemon deployment introduced. Immutable.',
    words: DAEMON_REVISION_WORDS,
    inCluster: false,
  });

  graph.builder.queryFields((t) => ({
    daemonRevision: t.field({
      type: ref,
      description: 'One daemon revision by id or ARN. Null if it does not exist. Costs one DescribeDaemonRevisions.',
      args: { daemonRevisionArn: t.arg.id({ required: true, description: 'Id or ARN.' }) },
      extensions: { operations: ['DescribeDaemonRevisions'], ecsCost: 1 },
      resolve: (_root, { daemonRevisionArn: arn }, context, info) =>
        lookUp(context, info, 'DaemonRevision', {
          id: checkedArn(context, 'daemonRevisionArn', 'daemon-revision', arn),
        }),
    }),
  }));
}
