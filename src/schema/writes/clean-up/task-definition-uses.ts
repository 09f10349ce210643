import { clusterNameOf } from '../../../ecs/core/arn.ts';
import type { GraphContext } from '../../core/context.ts';
import { tooManyClusters } from '../../core/errors.ts';
import type { Sources } from '../../graph/ecs-graph.ts';
import { mayRead } from '../../graph/may-read.ts';
import { taskDefinitionsOf } from '../../links/task-definition-use.ts';
import { fromClusters, wantedClusters } from '../../lists/clusters.ts';
import { goodRevisions } from '../core/good-revisions.ts';

export const USES = {
  SERVICE: 'A deployment of a service, the current one or one that is being replaced, runs it.',
  TASK_SET: 'A task set of a service runs it.',
  ROLLBACK:
    '`rollBackService` would deploy it: it is the last other revision that its service deployed successfully and that is still ACTIVE.',
  TASK: 'A task that has not stopped runs it.',
  STOPPED_TASK: 'A task that ran it stopped within the last hour or so. A schedule may start another one.',
} as const;
export type UseKind = keyof typeof USES;

/** Something that uses a revision. */
export interface RevisionUse {
  readonly kind: UseKind;
  readonly clusterArn: string;
  /** Undefined for a standalone task, and if the caller may not read it. */
  readonly serviceArn: string | undefined;
  /** Undefined for a service, and if the caller may not read it. */
  readonly taskArn: string | undefined;
}

/** The task definitions to clean up. */
interface Candidates {
  readonly families: readonly string[];
  /** The ARNs of the ACTIVE revisions of the families. */
  readonly active: ReadonlySet<string>;
}

const SERVICE_MEMBERS = [
  'serviceArn',
  'clusterArn',
  'taskDefinition',
  'deployments',
  'taskSets',
  'deploymentController',
];
const TASK_MEMBERS = ['taskArn', 'clusterArn', 'taskDefinitionArn', 'lastStatus'];

/**
 * Everything in ECS that uses a revision of these families, by the ARN of the revision: in all clusters of the account and Region, those
 * that the caller may not read included. What the caller may not read has no ARN in the result.
 * @throws {GraphQLError} QUERY_TOO_EXPENSIVE if there are more clusters than may be read completely
 */
export async function readUses(
  context: GraphContext,
  candidates: Candidates,
): Promise<ReadonlyMap<string, readonly RevisionUse[]>> {
  const clusters = await wantedClusters(context, null);
  const { maxClusters } = context.services;
  if (maxClusters > 0 && clusters.names.length > maxClusters) throw tooManyClusters(clusters.names.length, maxClusters);
  const found = await fromClusters(clusters, async (cluster) => {
    const [ofServices, ofTasks] = await Promise.all([
      usesByServices(context, cluster, candidates),
      Promise.all(candidates.families.map((family) => usesByTasks(context, cluster, family))),
    ]);
    return [...ofServices, ...ofTasks.flat()];
  });
  const uses = new Map<string, RevisionUse[]>();
  for (const [arn, use] of found.flat()) uses.set(arn, [...(uses.get(arn) ?? []), use]);
  return uses;
}

type Found = readonly [taskDefinitionArn: string, use: RevisionUse];

async function usesByServices(
  context: GraphContext,
  cluster: string,
  candidates: Candidates,
): Promise<readonly Found[]> {
  const { lists } = context.loaders;
  const arns = await lists.read('ListServices', { cluster });
  const load = (id: string) => context.loaders.of('Service').load({ id, cluster, members: SERVICE_MEMBERS });
  const each = await Promise.all(
    arns.map(async (arn) => {
      const service = await load(arn);
      return service === null ? [] : usesByService(context, service, candidates);
    }),
  );
  return each.flat();
}

async function usesByService(
  context: GraphContext,
  service: Sources['Service'],
  { families, active }: Candidates,
): Promise<readonly Found[]> {
  const { serviceArn = '', clusterArn = '', taskSets = [] } = service;
  const isOurs = (arn: string | undefined) => arn !== undefined && families.includes(familyOf(arn));
  const run = taskDefinitionsOf(service).filter(isOurs);
  if (run.length === 0) return [];
  const inTaskSets = new Set(taskSets.map(({ taskDefinition }) => taskDefinition));
  const isByEcs = (service.deploymentController?.type ?? 'ECS') === 'ECS';
  // The revisions of other families are not removed, and one that is not ACTIVE cannot be deployed again.
  const back = isByEcs ? (await goodRevisions(context, service)).find((arn) => active.has(arn)) : undefined;
  const isReadable = await mayRead(context, 'Service', serviceArn, clusterNameOf(clusterArn));
  const use = (kind: UseKind) => ({
    kind,
    clusterArn,
    serviceArn: isReadable ? serviceArn : undefined,
    taskArn: undefined,
  });
  return [
    ...run.map((arn) => [arn, use(inTaskSets.has(arn) ? 'TASK_SET' : 'SERVICE')] as const),
    ...(back !== undefined ? [[back, use('ROLLBACK')] as const] : []),
  ];
}

async function usesByTasks(context: GraphContext, cluster: string, family: string): Promise<readonly Found[]> {
  const { lists } = context.loaders;
  const [running, stopped] = await Promise.all([
    lists.read('ListTasks', { cluster, family }),
    lists.read('ListTasks', { cluster, family, desiredStatus: 'STOPPED' }),
  ]);
  const each = await Promise.all(
    [...running, ...stopped].map(async (id): Promise<readonly Found[]> => {
      const task = await context.loaders.of('Task').load({ id, cluster, members: TASK_MEMBERS });
      const { taskDefinitionArn, clusterArn = '', lastStatus, taskArn = id } = task ?? {};
      if (taskDefinitionArn === undefined) return [];
      const kind = lastStatus === 'STOPPED' ? 'STOPPED_TASK' : 'TASK';
      const isReadable = await mayRead(context, 'Task', taskArn, cluster);
      return [
        [taskDefinitionArn, { kind, clusterArn, serviceArn: undefined, taskArn: isReadable ? taskArn : undefined }],
      ];
    }),
  );
  return each.flat();
}

function familyOf(arn: string): string {
  return arn.replace(/^.*\//, '').replace(/:\d+$/, '');
}
