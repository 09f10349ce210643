import type { GraphQLResolveInfo } from 'graphql';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { listBinding } from '../connections/cursor.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import { nullWhereNotFound } from '../core/errors.ts';
import type { Sources } from '../graph/ecs-graph.ts';
import { refIn, resolveEntity } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';

type Service = Sources['Service'];
type Task = Sources['Task'];

/** Who looks for what in which cluster: it belongs to the cursors. */
export interface Search<Item> {
  readonly cluster: string;
  /** What is looked for, in words that say all of it. */
  readonly wanted: readonly string[];
  readonly matches: (item: Item) => Promise<boolean> | boolean;
}

/** The ACTIVE services of a cluster that match, sorted by ARN. Null if the cluster does not exist. Describes all of them. */
export function servicesThat(
  context: GraphContext,
  info: GraphQLResolveInfo,
  args: PageArguments,
  { cluster: nameOrArn, wanted, matches }: Search<Service>,
): Promise<ConnectionSource<Service> | null> {
  const members = selectedNodeMembers(info, 'Service');
  const cluster = clusterNameOf(nameOrArn);
  const page = { ...args, binding: listBinding('servicesThat', context.ecs.scope, cluster, wanted) };
  const find = async () => {
    const arns = await context.loaders.lists.read('ListServices', { cluster });
    const services = context.loaders.of('Service');
    const load = (id: string) => services.load({ id, cluster, members });
    const found = await matching(arns, load, matches);
    return keyedConnection(page, found, (arn) => resolveEntity(context, 'Service', refIn(cluster, arn), members));
  };
  return nullWhereNotFound(find());
}

/** Members of a task that may be looked at to see whether it matches. */
const MATCHED = ['taskDefinitionArn', 'containers'];

/** The tasks of a cluster that match, sorted by ARN. Null if the cluster does not exist. Describes all that `filter` lets through. */
export function tasksThat(
  context: GraphContext,
  info: GraphQLResolveInfo,
  { desiredStatus, ...args }: PageArguments & { readonly desiredStatus?: string | null | undefined },
  { cluster: nameOrArn, wanted, matches }: Search<Task>,
  filter: { readonly family?: string | undefined } = {},
): Promise<ConnectionSource<Task> | null> {
  const members = selectedNodeMembers(info, 'Task');
  const cluster = clusterNameOf(nameOrArn);
  const status = desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING';
  const page = { ...args, binding: listBinding('tasksThat', context.ecs.scope, cluster, status, wanted) };
  const find = async () => {
    const arns = await context.loaders.lists.read('ListTasks', { cluster, desiredStatus: status, ...filter });
    const read = new Set([...members, ...MATCHED]);
    const load = (id: string) => context.loaders.of('Task').load({ id, cluster, members: read });
    const found = desiredStatus === 'PENDING' ? [] : await matching(arns, load, matches);
    return keyedConnection(page, found, (arn) => resolveEntity(context, 'Task', refIn(cluster, arn), members));
  };
  return nullWhereNotFound(find());
}

/** The revisions that a service's deployments and task sets run. */
export function taskDefinitionsOf({ taskDefinition, deployments = [], taskSets = [] }: Service): string[] {
  const arns = [
    taskDefinition,
    ...deployments.map((item) => item.taskDefinition),
    ...taskSets.map((item) => item.taskDefinition),
  ];
  return [...new Set(arns.flatMap((arn) => arn ?? []))];
}

async function matching<Item>(
  arns: readonly string[],
  load: (arn: string) => Promise<Item | null>,
  matches: (item: Item) => Promise<boolean> | boolean,
): Promise<string[]> {
  const hits = await Promise.all(
    arns.map(async (arn) => {
      const item = await load(arn);
      return item !== null && (await matches(item));
    }),
  );
  return arns.filter((_arn, index) => hits[index]).sort();
}
