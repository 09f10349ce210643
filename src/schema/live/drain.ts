import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import { listAll } from '../../ecs/lists/list.ts';
import { isClusterGone } from '../../live/core/cluster-gone.ts';
import type { LiveSession } from '../../live/core/create-hub.ts';
import { DEFAULT_STALLS, DEFAULT_TIMEOUTS } from '../../live/core/default-timeouts.ts';
import { parseDuration } from '../../live/core/duration.ts';
import { markedInstances } from '../../live/drain/drain-mark.ts';
import type { DrainTarget } from '../../live/drain/drain-snapshot.ts';
import { drainTopic } from '../../live/drain/drain-topic.ts';
import { readInstances } from '../../live/drain/read-forecast.ts';
import type { FindTarget } from '../../live/hub/late-target.ts';
import { lookOnce } from '../../live/hub/snapshot-once.ts';
import { clusterArg } from '../connections/page-args.ts';
import { blameFor } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { lookUpTarget } from '../graph/entity.ts';
import { addDrainTypes, type DrainTypes, MOST_INSTANCES } from './drain-types.ts';
import { clusterArnOf, followedArns, followedCluster, isResumed } from './followed-before.ts';
import type { ProgressTypes } from './shared-types.ts';
import {
  type ArgBuilder,
  follow,
  type LiveArgs,
  liveArgs,
  lookSession,
  markGiven,
  type UpdateTypes,
} from './updates.ts';

const DEFAULTS = { timeout: DEFAULT_TIMEOUTS.drain, stallAfter: DEFAULT_STALLS.drain };

/** The operations that one poll of a drain calls. */
export const DRAIN_OPERATIONS: readonly OperationName[] = [
  'DescribeContainerInstances',
  'ListTasks',
  'DescribeTasks',
  'DescribeServices',
  'GetTaskProtection',
];

/** Adds the subscription `drainProgress`, and the field with a single poll of an instance. */
export function addDrainProgress(graph: EcsGraph, updates: UpdateTypes, shared: ProgressTypes): DrainTypes {
  const { builder } = graph;
  const types = addDrainTypes(graph, shared);
  const update = updates.progressUpdate(
    'DrainProgressUpdate',
    'Progress of a drain, with the changes since the previous event.',
    types.outcome,
    types.progress,
  );

  builder.subscriptionField('drainProgress', (t) =>
    t.field({
      type: update,
      nullable: false,
      description:
        'Follows the drain of container instances until no task is left on them, stopping tasks included. If an instance is not draining yet, the stream waits for the drain. DRAINED is sent when a second poll, some seconds after the first, confirms it. NOT_FOUND if an instance does not exist. A poll costs a DescribeContainerInstances, and the task lists and services of the cluster; all subscribers of the cluster share them.',
      args: {
        ...instancesArgs(t.arg, false, 'all that are draining now or, with `after`, those of the cursor'),
        ...liveArgs(t.arg, DEFAULTS),
      },
      extensions: { operations: ['DescribeClusters', 'ListContainerInstances', ...DRAIN_OPERATIONS], ecsCost: 10 },
      async subscribe(_root, args, context) {
        const target = await drainTarget(context, args, markGiven(context, args));
        const topicOf = (one: DrainTarget) => drainTopic(scopeKey(context.ecs.scope), one);
        const isAll = args.containerInstances == null && !isResumed(context, args);
        return follow(context, topicOf(target), args, DEFAULTS, isAll ? findMore(target, topicOf) : undefined);
      },
      resolve: (event) => event,
    }),
  );

  builder.objectField(graph.noun('ContainerInstance').ref, 'drainProgress', (t) =>
    t.field({
      type: update,
      description:
        "The current state of this instance's drain, as read once. Before you act on DRAINED, pass the `cursor` to the subscription `drainProgress` as `after`. Null if the instance is not draining. Costs the lists of its tasks, of their services, and of the tasks of these services.",
      extensions: {
        members: ['containerInstanceArn', 'clusterArn', 'status'],
        operations: DRAIN_OPERATIONS.slice(1),
        ecsCost: 10,
      },
      async resolve({ containerInstanceArn = '', clusterArn = '', status }, _args, context) {
        if (status !== 'DRAINING') return null;
        const topic = drainTopic(scopeKey(context.ecs.scope), {
          clusterArn,
          containerInstanceArns: [containerInstanceArn],
        });
        return lookOnce(
          topic,
          lookSession(context),
          () => context.services.upstream.clock.now(),
          parseDuration(DEFAULT_STALLS.drain),
        );
      },
    }),
  );
  return types;
}

/** Finds the instances that were draining when the caller came, if ECS had not shown all of them. */
function findMore<Topic>(target: DrainTarget, topicOf: (target: DrainTarget) => Topic): FindTarget<LiveSession, Topic> {
  return async (session) => {
    const now = targetOf(await readInstances(session, clusterNameOf(target.clusterArn), 'DRAINING'));
    const all = new Set([...target.containerInstanceArns, ...now.containerInstanceArns]);
    const isMore = all.size > target.containerInstanceArns.length;
    return isMore ? topicOf({ ...target, containerInstanceArns: [...all] }) : undefined;
  };
}

/** The arguments that name container instances. */
/** @param withoutThem the meaning of null, for an argument that is not required */
export function instancesArgs<Required extends boolean>(arg: ArgBuilder, required: Required, withoutThem = '') {
  return {
    cluster: clusterArg(arg),
    containerInstances: arg.idList({
      required,
      description: `1 to ${MOST_INSTANCES} container instances of one cluster, each by the id of the graph, ECS's id or ARN.${withoutThem === '' ? '' : ` Null means ${withoutThem}.`}`,
    }),
  };
}

export interface InstancesArgs {
  readonly cluster?: string | null | undefined;
  readonly containerInstances?: readonly string[] | null | undefined;
}

/** @throws NOT_FOUND, BAD_USER_INPUT */
export async function drainTarget(
  context: GraphContext,
  args: InstancesArgs & LiveArgs,
  mark?: string,
): Promise<DrainTarget> {
  if (args.containerInstances == null) return drainingNow(context, args, mark);
  const { cluster, ids, given } = instanceIds(context, { ...args, containerInstances: args.containerInstances });
  const load = (id: string) =>
    context.loaders
      .of('ContainerInstance')
      .load({ id, cluster, members: [] })
      .catch(blameFor('containerInstances', given.get(id)));
  const found: ((ContainerInstance & { clusterArn?: string | undefined }) | null)[] = await Promise.all(ids.map(load));
  const what = { noun: 'container instance', argument: 'containerInstances', type: 'container-instance' };
  const shown = found.map((instance) => instance?.containerInstanceArn);
  const containerInstanceArns = await followedArns(context, args, what, cluster, ids, shown);
  const clusterArn = found.find((instance) => instance !== null)?.clusterArn;
  return { clusterArn: clusterArn ?? clusterArnOf(containerInstanceArns[0] ?? ''), containerInstanceArns };
}

function targetOf(instances: readonly ContainerInstance[]): Pick<DrainTarget, 'containerInstanceArns'> {
  const arns = instances.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []);
  return { containerInstanceArns: [...new Set(arns)] };
}

/** The draining instances; after a cursor, its instances, even if some were reactivated since. */
async function drainingNow(
  context: GraphContext,
  args: InstancesArgs & LiveArgs,
  mark: string | undefined,
): Promise<DrainTarget> {
  const cluster = args.cluster ?? 'default';
  const clusterArn = await followedCluster(context, args, cluster);
  const list = () =>
    listAll(context.ecs, 'ListContainerInstances', { cluster: clusterNameOf(clusterArn) }).catch((error: unknown) => {
      if (isClusterGone(error)) return [];
      throw error;
    });
  const followed = mark === undefined ? undefined : await markedInstances(mark, clusterArn, list);
  return followed ?? { ...targetOf(await readInstances(context, clusterNameOf(clusterArn), 'DRAINING')), clusterArn };
}

/** @throws BAD_USER_INPUT */
export function instanceIds(
  context: GraphContext,
  {
    cluster,
    containerInstances,
  }: { readonly cluster?: string | null | undefined; readonly containerInstances: readonly string[] },
): { readonly cluster: string; readonly ids: string[]; readonly given: ReadonlyMap<string, string> } {
  if (containerInstances.length === 0 || containerInstances.length > MOST_INSTANCES) {
    throw badUserInput('containerInstances', `must name 1 to ${MOST_INSTANCES} container instances`);
  }
  const targets = containerInstances.map((id) =>
    lookUpTarget(context, 'containerInstances', 'container-instance', id, cluster),
  );
  const clusters = new Set(targets.map((target) => clusterNameOf(target.cluster)));
  if (clusters.size > 1) throw badUserInput('containerInstances', 'must be of one cluster');
  const given = new Map(targets.map(({ id }, index) => [id, containerInstances[index] ?? id]));
  return { cluster: [...clusters][0] ?? 'default', ids: [...given.keys()], given };
}
