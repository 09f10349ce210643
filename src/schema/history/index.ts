import type { ServiceDeployment, ServiceEvent, Task } from '@aws-sdk/client-ecs';
import { GraphQLError } from 'graphql';
import { KINDS as NOUN_KINDS } from '../../ecs/core/describe-specs.ts';
import { membersOf } from '../../history/entries.ts';
import type { EntryKind, HistoryEntry, HistoryQuery } from '../../history/history.ts';
import type { Recorder } from '../../history/recorder.ts';
import { type DeploymentStatistics, statisticsOf } from '../../history/statistics.ts';
import { whyStopped } from '../../live/core/task-verdict.ts';
import { forbidden } from '../access/forbidden.ts';
import { decodeCursor, listBinding } from '../connections/cursor.ts';
import { clustersArg, pageArgs } from '../connections/page-args.ts';
import {
  type ConnectionSource,
  checkedFirst,
  isFromStart,
  type PageArguments,
  toConnection,
} from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import { isOfScope } from '../core/scopes.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { fewClusters } from '../lists/clusters.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';

const KINDS: Readonly<Record<EntryKind, string>> = {
  TASK_STOPPED: 'A task stopped.',
  DEPLOYMENT_ENDED: 'A service deployment ended.',
  SERVICE_EVENT: 'The scheduler wrote a message.',
};

/** The nouns that decide who may read an entry. An event belongs to its service. */
const NOUNS = { TASK_STOPPED: 'Task', DEPLOYMENT_ENDED: 'ServiceDeployment' } as const;

/** Deployments that statistics are made of. */
const MOST_DEPLOYMENTS = 10_000;
const OFF = 'FAILED_PRECONDITION if the gateway keeps no history (`HISTORY`).';
const SEEN = 'The history holds what this gateway has read since it keeps a history. Costs no call of its own.';

/** Adds what ECS has forgotten: `Service.history` and statistics of deployments. */
export function addHistory(graph: EcsGraph): void {
  const { builder } = graph;
  const kind = ownEnum(builder, 'HistoryKind', 'The subject of an entry of the history.', KINDS);
  const entry = builder.objectRef<HistoryEntry>('HistoryEntry').implement({
    description: 'Something that happened, kept by the gateway.',
    fields: (t) => ({
      kind: t.expose('kind', { type: kind, nullable: false, description: 'The kind of event.' }),
      at: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When it happened.',
        resolve: ({ at }) => new Date(at),
      }),
      text: t.string({
        nullable: false,
        description: 'The event in one line for people. Its form may change in any release.',
        resolve: textOf,
      }),
      task: t.field({
        type: graph.noun('Task').ref,
        description:
          'The task as it was read last, without its overrides and tags. Null unless `kind` is TASK_STOPPED. Its links cost as those of any task.',
        resolve: (one) => (one.kind === 'TASK_STOPPED' ? membersOf<Task>(one) : null),
      }),
      serviceDeployment: t.field({
        type: graph.noun('ServiceDeployment').ref,
        description: 'The deployment as it was read last. Null unless `kind` is DEPLOYMENT_ENDED.',
        resolve: (one) => (one.kind === 'DEPLOYMENT_ENDED' ? membersOf<ServiceDeployment>(one) : null),
      }),
      event: t.field({
        type: graph.outputType('ServiceEvent'),
        description: 'The event. Null unless `kind` is SERVICE_EVENT.',
        resolve: (one) => (one.kind === 'SERVICE_EVENT' ? membersOf<ServiceEvent>(one) : null),
      }),
    }),
  });
  const statistics = addStatistics(graph);
  const since = {
    type: 'DateTime',
    description: 'Only entries of this moment or later. Null means all that are kept.',
  } as const;

  builder.objectFields(graph.noun('Service').ref, (t) => ({
    history: t.field({
      type: graph.connection('HistoryEntry', entry),
      description: `Past events of the service, the newest first. ${SEEN} ${OFF}`,
      args: {
        kinds: t.arg({ type: [kind], description: 'Only entries of these kinds. Null means all.' }),
        since: t.arg(since),
        until: t.arg({ type: 'DateTime', description: 'Only what happened before this moment. Null means now.' }),
        ...pageArgs(t.arg),
      },
      extensions: { members: ['serviceArn', 'clusterArn'], ecsCost: 0 },
      resolve: ({ serviceArn = '', clusterArn }, { kinds, since: from, until, ...page }, context) =>
        entriesOf(context, page, clusterArn, {
          serviceArn,
          kinds: kinds ?? undefined,
          since: from?.getTime(),
          until: until?.getTime(),
        }),
    }),
    deploymentStatistics: t.field({
      type: statistics,
      description: `How its deployments went. ${SEEN} ${OFF}`,
      args: { since: t.arg(since) },
      extensions: { members: ['serviceArn', 'clusterArn'], ecsCost: 0, ...SEMANTIC_NON_NULL },
      resolve: async ({ serviceArn = '' }, { since: from }, context) =>
        statisticsOf(await deployments(context, { serviceArn, since: from?.getTime() })),
    }),
  }));
  builder.queryField('deploymentStatistics', (t) =>
    t.field({
      type: statistics,
      description:
        'Statistics of past deployments in all clusters, or in some. They cover what this gateway has read since it keeps a history. Costs one ListClusters ' +
        `for each 100 clusters if no cluster is named. ${OFF}`,
      args: { clusters: clustersArg(t.arg), since: t.arg(since) },
      extensions: {
        operations: ['ListClusters'],
        ecsCost: { perCluster: 1 },
        ...SEMANTIC_NON_NULL,
        // A median of medians is not one.
        mergeScopes: (parts: readonly { readonly entries: readonly HistoryEntry[] }[]) =>
          statisticsOf(parts.flatMap(({ entries }) => entries)),
      },
      resolve: async (_root, { clusters, since: from }, context) => {
        historyOf(context);
        const { names } = await fewClusters(context, clusters);
        const entries = await deployments(context, { clusters: names, since: from?.getTime() });
        return { ...statisticsOf(entries), entries };
      },
    }),
  );
}

function addStatistics({ builder }: EcsGraph) {
  return builder.objectRef<DeploymentStatistics>('DeploymentStatistics').implement({
    description: 'How deployments went. Deployments under way are not counted.',
    fields: (t) => ({
      deploymentCount: t.exposeInt('deploymentCount', { nullable: false, description: 'Deployments that ended.' }),
      succeededCount: t.exposeInt('succeededCount', {
        nullable: false,
        description: 'Deployments that ended SUCCESSFUL.',
      }),
      successRate: t.exposeFloat('successRate', {
        description: 'The share that ended SUCCESSFUL, from 0 to 1. Null without deployments.',
      }),
      medianDuration: t.expose('medianDuration', {
        type: 'Duration',
        description: 'The median time of the successful ones, from `startedAt` to the end. Null without any.',
      }),
      p95Duration: t.expose('p95Duration', {
        type: 'Duration',
        description: 'The time that 95 percent of the successful ones did not exceed. Null without any.',
      }),
      usualFailure: t.exposeString('usualFailure', {
        description: 'The most frequent reason of those that did not succeed, without ids. Null if all succeeded.',
      }),
      since: t.expose('since', {
        type: 'DateTime',
        description: 'The end of the oldest of them. Null without deployments.',
      }),
    }),
  });
}

/** @throws {GraphQLError} FAILED_PRECONDITION if there is no history */
function historyOf({ services: { history } }: GraphContext): Recorder {
  if (history !== undefined) return history;
  throw new GraphQLError('This gateway keeps no history: the setting HISTORY names its file.', {
    extensions: { code: 'FAILED_PRECONDITION' },
  });
}

async function entriesOf(
  context: GraphContext,
  page: PageArguments,
  clusterArn: string | undefined,
  query: HistoryQuery,
): Promise<ConnectionSource<HistoryEntry>> {
  const history = historyOf(context);
  const first = checkedFirst(page);
  const binding = listBinding('history', context.ecs.scope, query.serviceArn, query.kinds, query.since, query.until);
  const start = isFromStart(page) ? undefined : decodeCursor(binding, page.after ?? '');
  if (start !== undefined && !('key' in start)) throw badUserInput('after', 'is not a cursor of this list');
  const found = await history.read({ ...query, after: start && placeOf(start.key) }, first + 1);
  const shown = await readable(context, found.slice(0, first));
  const cursorOf = (index: number) => ({ key: `${found[index]?.at ?? 0} ${found[index]?.key ?? ''}` });
  return toConnection({ ...page, binding }, shown, cursorOf, found.length > first, async () => {
    mustReadAll(context, clusterArn, query);
    return { value: await history.count(query), precision: 'EXACT' };
  });
}

/** @throws {GraphQLError} FORBIDDEN if a count would include entries that the caller may not read */
function mustReadAll({ access }: GraphContext, clusterArn: string | undefined, { kinds }: HistoryQuery): void {
  for (const [kind, noun] of Object.entries(NOUNS)) {
    if (access?.readsAll(noun, clusterArn) !== false || kinds?.includes(kind as EntryKind) === false) continue;
    throw forbidden(NOUN_KINDS[noun].operation, undefined, { isAllowed: false, policies: [] });
  }
}

function placeOf(text: string): Pick<HistoryEntry, 'at' | 'key'> {
  const space = text.indexOf(' ');
  return { at: Number(text.slice(0, space)), key: text.slice(space + 1) };
}

async function deployments(context: GraphContext, query: HistoryQuery): Promise<readonly HistoryEntry[]> {
  const all = await historyOf(context).read({ ...query, kinds: ['DEPLOYMENT_ENDED'] }, MOST_DEPLOYMENTS);
  const found = all.filter((entry) => isOfScope(entry, context.scope));
  return (await readable(context, found)).filter((one) => one !== null);
}

/** Null in the place of an entry that the caller may not read. */
async function readable(
  { access }: GraphContext,
  entries: readonly HistoryEntry[],
): Promise<readonly (HistoryEntry | null)[]> {
  if (access === undefined) return entries;
  return Promise.all(
    entries.map(async (entry) => {
      if (entry.kind === 'SERVICE_EVENT') return entry;
      const noun = NOUNS[entry.kind];
      return (await access.read(noun, membersOf<object>(entry))).isAllowed ? entry : null;
    }),
  );
}

function textOf(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'TASK_STOPPED': {
      const task = membersOf<Task>(entry);
      return `Task ${task.taskArn?.split('/').at(-1)} stopped: ${whyStopped(task)}.`;
    }
    case 'DEPLOYMENT_ENDED': {
      const { status, statusReason } = membersOf<ServiceDeployment>(entry);
      return `Deployment ended ${status}${statusReason === undefined ? '' : `: ${statusReason}`}`;
    }
    case 'SERVICE_EVENT':
      return membersOf<ServiceEvent>(entry).message ?? '';
  }
}
