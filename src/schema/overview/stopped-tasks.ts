import type { EnumRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { lastPart } from '../../ecs/core/arn.ts';
import { membersOf } from '../../history/entries.ts';
import { serviceArnOf } from '../../live/core/task-owner.ts';
import { type TaskVerdict, verdictOf, whyStopped } from '../../live/core/task-verdict.ts';
import { withoutIds } from '../../live/core/without-ids.ts';
import { essentialOf } from '../../live/task/tasks-topic.ts';
import { listBinding } from '../connections/cursor.ts';
import { clustersArg, pageArgs } from '../connections/page-args.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { notFound } from '../core/errors.ts';
import { readReference } from '../core/reference.ts';
import { isOfScope } from '../core/scopes.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { checkedName, resolveLink } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { fewClusters, fromClusters } from '../lists/clusters.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';
import { matchesText } from '../search/string-filter.ts';

type Task = Sources['Task'];

interface StoppedArgs {
  readonly clusters?: readonly string[] | null | undefined;
  readonly services?: readonly string[] | null | undefined;
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
  readonly stopCodes?: readonly string[] | null | undefined;
  readonly reason?: string | null | undefined;
  readonly verdicts?: readonly TaskVerdict[] | null | undefined;
}

const READ = [
  'taskArn',
  'clusterArn',
  'lastStatus',
  'stopCode',
  'stoppedReason',
  'stoppedAt',
  'startedAt',
  'group',
  'containers',
  'taskDefinitionArn',
];

interface Stopped {
  readonly task: Task;
  /** Absent if it is not selected: it needs the task definition. */
  readonly verdict?: TaskVerdict | undefined;
}

/** Tasks of the same end. */
interface StopReason {
  readonly verdict: TaskVerdict;
  readonly stopCode: string | null;
  readonly reason: string;
  /** Newest first. */
  readonly tasks: readonly Task[];
}

const MOST_REASONS = 100;
/** Stopped tasks of one cluster that are read from the history. */
const MOST_FORGOTTEN = 10_000;
/** Of the services behind one reason. */
const MOST_SERVICES = 50;

/** The stopped tasks of clusters that ECS still shows, newest first. */
async function readStopped(
  context: GraphContext,
  { clusters, services, since, until, stopCodes, reason, verdicts }: StoppedArgs,
  { members, isJudged }: { readonly members: Iterable<string>; readonly isJudged: boolean },
): Promise<{ readonly found: readonly Stopped[]; readonly scope: unknown }> {
  const names = services?.map((text) => {
    const name = checkedName(context, 'services', 'service', text);
    const { cluster } = readReference(context.ecs.scope.region, 'services', 'service', text);
    return { name: lastPart(name), cluster };
  });
  const covered = await fewClusters(context, clusters);
  const read = new Set([...READ, ...members]);
  const withTasks = new Set<string>();
  const tasks = await fromClusters(covered, async (cluster) => {
    if (names?.every((owner) => owner.cluster !== undefined && owner.cluster !== cluster)) return [];
    const arns = await context.loaders.lists.read('ListTasks', { cluster, desiredStatus: 'STOPPED' });
    const shown = await Promise.all(arns.map((id) => context.loaders.of('Task').load({ id, cluster, members: read })));
    const all = [...shown, ...(await forgotten(context, cluster, shown, { since, until }))];
    return all.flatMap((task) => {
      if (task === null || task.lastStatus !== 'STOPPED' || task.stoppedAt === undefined) return [];
      withTasks.add(`${cluster} ${task.group}`);
      if (since != null && task.stoppedAt < since) return [];
      if (until != null && task.stoppedAt >= until) return [];
      if (stopCodes != null && !stopCodes.includes(task.stopCode ?? '')) return [];
      if (!matchesText({ contains: reason }, whyStopped(task))) return [];
      const isWanted = names?.some(
        (owner) => task.group === `service:${owner.name}` && (owner.cluster ?? cluster) === cluster,
      );
      return isWanted === false ? [] : [task];
    });
  });
  const isKnown = ({ name, cluster }: NamedService) =>
    (cluster === undefined ? covered.names : [cluster]).some((one) => withTasks.has(`${one} service:${name}`));
  await checkServices(context, covered.names, names?.filter((owner) => !isKnown(owner)) ?? []);
  const stopped = await readable(context, tasks.flat());
  const timeOf = ({ stoppedAt }: Task) => stoppedAt?.getTime() ?? 0;
  stopped.sort((a, b) => timeOf(b) - timeOf(a) || (a.taskArn ?? '').localeCompare(b.taskArn ?? ''));
  const times = [since ?? null, until ?? null, reason ?? null];
  const scope = [covered.isNamed && covered.names, names ?? null, times, stopCodes ?? null, verdicts ?? null];
  if (!isJudged && verdicts == null) return { found: stopped.map((task) => ({ task })), scope };
  const essential = await essentialOf(context.loaders, stopped);
  const judged = stopped.map((task) => ({
    task,
    verdict: verdictOf(task, essential.get(task.taskDefinitionArn ?? '')),
  }));
  return {
    found: judged.filter(({ verdict }) => verdicts == null || (verdict !== undefined && verdicts.includes(verdict))),
    scope,
  };
}

interface NamedService {
  readonly name: string;
  /** Undefined if the caller gave a name only. */
  readonly cluster: string | undefined;
}

/**
 * A service without stopped tasks must exist: a name with an error in it is not an empty list. A deleted service is
 * known by its stopped tasks, as long as ECS shows them.
 * @throws {GraphQLError} NOT_FOUND
 */
async function checkServices(
  context: GraphContext,
  clusters: readonly string[],
  services: readonly NamedService[],
): Promise<void> {
  // Whether a service exists is nothing for a caller who may not read all of them.
  if (context.access !== undefined && !context.access.readsAll('Service')) return;
  const load = (id: string, cluster: string) => context.loaders.of('Service').load({ id, cluster, members: [] });
  await Promise.all(
    services.map(async ({ name, cluster }) => {
      const within = cluster === undefined ? clusters : [cluster];
      const found = await Promise.all(within.map((one) => load(name, one)));
      if (found.some((service) => service !== null)) return;
      const where =
        cluster === undefined
          ? clusters.length === 1
            ? `cluster "${clusters[0]}"`
            : 'any cluster'
          : `cluster "${cluster}"`;
      throw notFound('services', `There is no service "${name}" in ${where}, and no stopped task of one.`);
    }),
  );
}

/** Stopped tasks of a cluster that ECS no longer shows, from the history if there is one. */
async function forgotten(
  { scope, services: { history } }: GraphContext,
  cluster: string,
  shown: readonly (Task | null)[],
  { since, until }: Pick<StoppedArgs, 'since' | 'until'>,
): Promise<Task[]> {
  if (history === undefined) return [];
  const query = {
    kinds: ['TASK_STOPPED'],
    clusters: [cluster],
    since: since?.getTime(),
    until: until?.getTime(),
  } as const;
  const entries = await history.read(query, MOST_FORGOTTEN);
  const known = new Set(shown.flatMap((task) => (task?.lastStatus === 'STOPPED' ? [task.taskArn] : [])));
  return entries
    .filter((entry) => isOfScope(entry, scope) && !known.has(entry.key))
    .map((entry) => membersOf<Task>(entry));
}

/** The tasks that the caller may read: what is grouped and counted does not betray others. */
async function readable({ access }: GraphContext, tasks: Task[]): Promise<Task[]> {
  if (access === undefined || access.readsAll('Task')) return tasks;
  const decisions = await Promise.all(tasks.map((task) => access.read('Task', task)));
  return tasks.filter((_task, index) => decisions[index]?.isAllowed);
}

async function stoppedTasks(
  context: GraphContext,
  info: GraphQLResolveInfo,
  { first, after, ...args }: StoppedArgs & PageArguments,
): Promise<ConnectionSource<Task>> {
  const members = selectedNodeMembers(info, 'Task');
  const { found, scope } = await readStopped(context, args, { members, isJudged: false });
  const binding = listBinding('stoppedTasks', context.ecs.scope, scope);
  const byKey = new Map(
    found.map(({ task }) => [`${task.stoppedAt?.toISOString()} ${task.taskArn} ${task.clusterArn}`, task]),
  );
  const keys = [...byKey.keys()].sort().reverse();
  return keyedConnection({ first, after, binding }, keys, (key) => byKey.get(key) ?? null, { isDescending: true });
}

async function stopReasons(context: GraphContext, args: StoppedArgs): Promise<StopReason[]> {
  const { found } = await readStopped(context, args, { members: [], isJudged: true });
  const groups = new Map<string, { verdict: TaskVerdict; stopCode: string | null; reason: string; tasks: Task[] }>();
  for (const { task, verdict = 'GONE' } of found) {
    const reason = withoutIds(whyStopped(task));
    const stopCode = task.stopCode ?? null;
    const key = `${verdict} ${stopCode} ${reason}`;
    const group = groups.get(key) ?? { verdict, stopCode, reason, tasks: [] };
    groups.set(key, group);
    group.tasks.push(task);
  }
  return mostFrequent([...groups.values()]);
}

function mostFrequent(reasons: readonly StopReason[]): StopReason[] {
  return [...reasons].sort((a, b) => b.tasks.length - a.tasks.length).slice(0, MOST_REASONS);
}

/** Adds `stoppedTasks` and `stopReasons`. */
export function addStoppedTasks(graph: EcsGraph, verdict: EnumRef<Types, TaskVerdict>): void {
  const { builder } = graph;
  const since = {
    type: 'DateTime',
    description:
      'Only tasks that stopped then or later. Null means all that ECS shows, for about an hour after their end.',
  } as const;
  const until = {
    type: 'DateTime',
    description:
      'Only tasks that stopped before this moment. Pass the same moment as `since` of the next window: no task is in both windows, and no task is missing. Null means now.',
  } as const;
  const reason = builder.objectRef<StopReason>('StopReason').implement({
    description: 'Tasks that ended in the same way.',
    fields: (t) => ({
      verdict: t.expose('verdict', { type: verdict, nullable: false, description: 'How they ended.' } as never),
      stopCode: t.field({
        type: graph.enumType('TaskStopCode'),
        description: 'The class that ECS puts it in. Null where ECS names none.',
        resolve: graph.enumResolver('TaskStopCode', ({ stopCode }: StopReason) => stopCode),
      }),
      reason: t.exposeString('reason', {
        nullable: false,
        description:
          'Why they stopped, in one line with the exit codes that are not 0. Ids in it are replaced by `...`.',
      }),
      count: t.int({ nullable: false, description: 'How many tasks.', resolve: ({ tasks }) => tasks.length }),
      serviceCount: t.int({
        nullable: false,
        description: 'How many services they belong to.',
        resolve: ({ tasks }) => servicesOf(tasks).length,
      }),
      services: t.field({
        type: [graph.noun('Service').ref],
        nullable: false,
        description:
          `The services that they belong to, sorted by ARN, at most ${MOST_SERVICES}; deleted ones are omitted. Costs no call where only names or ARNs are read, else ` +
          'one DescribeServices for each 10.',
        extensions: { operations: ['DescribeServices'], ecsCost: { describe: 10 } },
        resolve: async ({ tasks }, _args, context, info) => {
          const services = await Promise.all(
            servicesOf(tasks)
              .slice(0, MOST_SERVICES)
              .map(([arn, clusterArn]) => resolveLink(context, info, 'Service', { arn, clusterArn })),
          );
          return services.filter((service) => service !== null);
        },
      }),
      latest: t.field({
        type: graph.noun('Task').ref,
        description: 'The one that stopped last. Null if ECS does not show it any more.',
        extensions: { operations: ['DescribeTasks'], ecsCost: { describe: 100 } },
        resolve: ({ tasks: [task] }, _args, context, info) =>
          task?.taskArn === undefined
            ? null
            : resolveLink(context, info, 'Task', { arn: task.taskArn, clusterArn: task.clusterArn }),
      }),
    }),
  });

  builder.queryFields((t) => ({
    stoppedTasks: t.field({
      type: graph.connection('Task', graph.noun('Task').ref),
      description:
        'The stopped tasks of all clusters, or of some, that ECS still shows, and with `HISTORY` those that the gateway has read, newest first. ECS has no filter for it: costs one ListTasks and ' +
        'one DescribeTasks for each 100 stopped tasks of each cluster; with `verdicts` one DescribeTaskDefinition for each revision; for a service without stopped tasks one DescribeServices for each cluster. ' +
        'NOT_FOUND if a cluster that is named does not exist, or a service that has no stopped tasks either.',
      args: {
        clusters: clustersArg(t.arg),
        services: t.arg.idList({
          description:
            'Only tasks of these services, each by id, ARN or name. A name means the services of that name in all clusters.',
        }),
        since: t.arg(since),
        until: t.arg(until),
        stopCodes: t.arg({
          type: [graph.enumInput('TaskStopCode')],
          description: 'Only tasks with one of these stop codes.',
        }),
        reason: t.arg.string({
          description:
            'Only tasks whose reasons and exit codes, in one line, contain this text, in upper or lower case.',
        }),
        verdicts: t.arg({ type: [verdict], description: 'Only tasks that ended in one of these ways.' }),
        ...pageArgs(t.arg),
      },
      extensions: {
        operations: ['ListClusters', 'ListTasks', 'DescribeTasks', 'DescribeServices'],
        ecsCost: { perCluster: 2 },
      },
      resolve: (_root, args, context, info) => stoppedTasks(context, info, args),
    }),
    stopReasons: t.field({
      type: [reason],
      nullable: { list: true, items: false },
      description: `Why tasks stopped, over all clusters or some: the ${MOST_REASONS} most frequent ways, the most frequent first. Costs as \`stoppedTasks\` with \`verdicts\`.`,
      args: { clusters: clustersArg(t.arg), since: t.arg(since), until: t.arg(until) },
      extensions: {
        operations: ['ListClusters', 'ListTasks', 'DescribeTasks', 'DescribeTaskDefinition'],
        ecsCost: { perCluster: 3 },
        ...SEMANTIC_NON_NULL,
        // Each account and region has its own groups, whose links lead into it.
        mergeScopes: (parts: readonly (readonly StopReason[])[]) => mostFrequent(parts.flat()),
      },
      resolve: (_root, args, context) => stopReasons(context, args),
    }),
  }));
}

/** The services that tasks belong to, each with its cluster, sorted by ARN. */
function servicesOf(tasks: readonly Task[]): (readonly [string, string | undefined])[] {
  const arns = new Map(
    tasks.flatMap((task) => {
      const arn = serviceArnOf(task);
      return arn === undefined ? [] : [[arn, task.clusterArn] as const];
    }),
  );
  return [...arns].sort(([a], [b]) => (a < b ? -1 : 1));
}
