import { GraphQLError } from 'graphql';
import { lastPart, parseArn } from '../../ecs/core/arn.ts';
import type { EntityKind } from '../../ecs/core/describe-specs.ts';
import { exactly } from '../connections/count-list.ts';
import { listBinding } from '../connections/cursor.ts';
import { clustersArg, pageArgs } from '../connections/page-args.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { type EntityRef, refIn } from '../graph/entity.ts';
import { fewClusters, fromClusters, type WantedClusters } from '../lists/clusters.ts';
import { matchesText } from './string-filter.ts';

const KINDS = {
  CLUSTER: 'Clusters, by a part of the name.',
  SERVICE: 'ACTIVE services, by a part of the name.',
  TASK_DEFINITION_FAMILY: 'Task definition families with an ACTIVE revision, by a part of the name.',
  TASK: 'Tasks, by their whole id.',
  CONTAINER_INSTANCE: 'Container instances, by their whole id, or by the whole id of their EC2 instance.',
  IMAGE:
    'Latest ACTIVE revisions of task definitions, by a part of the image of a container. Only if `kinds` names it: costs one DescribeTaskDefinition for each family.',
} as const;

type SearchKind = keyof typeof KINDS;

interface Hit {
  readonly kind: SearchKind;
  readonly name: string;
  readonly cluster: string | null;
  readonly node: { readonly kind: EntityKind; readonly ref: EntityRef };
}

interface Wanted {
  readonly text: string;
  readonly clusters: WantedClusters;
  /** Notes when a list was read. */
  readonly onRead: (at: Date) => void;
}

/** A page of hits. */
interface Hits extends ConnectionSource<Hit> {
  readonly asOf: Date;
}

type Find = (context: GraphContext, wanted: Wanted) => Promise<readonly Hit[]>;

const TASK_ID = /^[0-9a-f]{32}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANCE_ID = /^m?i-[0-9a-f]{8,17}$/;

/** More families take longer to describe than a query may. */
const MOST_FAMILIES = 200;

function tooManyFamilies(count: number): GraphQLError {
  const problem = `A search for images would describe ${count} families, and the limit is ${MOST_FAMILIES}. Use \`imageUsage\` with the whole image.`;
  return new GraphQLError(problem, { extensions: { code: 'QUERY_TOO_EXPENSIVE', argument: 'kinds' } });
}

/** How each kind is found. Names come from lists that may be half a minute old, ids from Describe calls. */
const FIND: Readonly<Record<SearchKind, Find>> = {
  async CLUSTER(_context, { text, clusters: { names, arns } }) {
    return names.filter(contains(text)).map((name) => ({
      kind: 'CLUSTER',
      name,
      cluster: name,
      node: { kind: 'Cluster', ref: { arn: arns.get(name) ?? name } },
    }));
  },
  async SERVICE(context, { text, clusters, onRead }) {
    const found = await fromClusters(clusters, async (cluster) => {
      const { keys, at } = await context.loaders.lists.readKept('ListServices', { cluster });
      onRead(at);
      return keys
        .filter((arn) => contains(text)(parseArn(arn)?.name ?? arn))
        .map((arn) => hitIn('SERVICE', 'Service', cluster, arn));
    });
    return found.flat();
  },
  async TASK_DEFINITION_FAMILY(context, { text, onRead }) {
    const { keys, at } = await context.loaders.lists.readKept('ListTaskDefinitionFamilies', { status: 'ACTIVE' });
    onRead(at);
    return keys.filter(contains(text)).map((name) => ({
      kind: 'TASK_DEFINITION_FAMILY',
      name,
      cluster: null,
      node: { kind: 'TaskDefinition', ref: { arn: name } },
    }));
  },
  async IMAGE(context, { text, onRead }) {
    const { keys, at } = await context.loaders.lists.readKept('ListTaskDefinitionFamilies', { status: 'ACTIVE' });
    onRead(at);
    if (keys.length > MOST_FAMILIES) throw tooManyFamilies(keys.length);
    const found = await Promise.all(
      keys.map(async (id): Promise<Hit[]> => {
        const latest = await context.loaders.of('TaskDefinition').load({ id, members: ['containerDefinitions'] });
        const image = latest?.containerDefinitions?.find((container) => contains(text)(container.image ?? ''))?.image;
        if (latest?.taskDefinitionArn === undefined || image === undefined) return [];
        const node = { kind: 'TaskDefinition', ref: { arn: latest.taskDefinitionArn } } as const;
        return [{ kind: 'IMAGE', name: image, cluster: null, node }];
      }),
    );
    return found.flat();
  },
  async TASK(context, { text, clusters }) {
    if (!TASK_ID.test(text)) return [];
    const found = await fromClusters(clusters, async (cluster) => {
      const task = await context.loaders.of('Task').load({ id: text, cluster, members: ['taskArn'] });
      return task?.taskArn === undefined ? [] : [hitIn('TASK', 'Task', cluster, task.taskArn)];
    });
    return found.flat();
  },
  async CONTAINER_INSTANCE(context, { text, clusters }) {
    const isId = TASK_ID.test(text);
    if (!isId && !INSTANCE_ID.test(text)) return [];
    const found = await fromClusters(clusters, async (cluster) => {
      const arns = isId ? await instanceWith(context, cluster, text) : await instancesOn(context, cluster, text);
      return arns.map((arn) => hitIn('CONTAINER_INSTANCE', 'ContainerInstance', cluster, arn));
    });
    return found.flat();
  },
};

async function instanceWith(context: GraphContext, cluster: string, id: string): Promise<string[]> {
  const members = ['containerInstanceArn'];
  const instance = await context.loaders.of('ContainerInstance').load({ id, cluster, members });
  return instance?.containerInstanceArn === undefined ? [] : [instance.containerInstanceArn];
}

function instancesOn(context: GraphContext, cluster: string, ec2Id: string): Promise<readonly string[]> {
  return context.loaders.lists.read('ListContainerInstances', { cluster, filter: `ec2InstanceId == ${ec2Id}` });
}

function hitIn(kind: SearchKind, noun: EntityKind, cluster: string, arn: string): Hit {
  const ref = refIn(cluster, arn);
  return {
    kind,
    name: kind === 'SERVICE' ? (parseArn(arn)?.name ?? arn) : lastPart(arn),
    cluster,
    node: { kind: noun, ref },
  };
}

function contains(text: string): (name: string) => boolean {
  return (name) => matchesText({ contains: text }, name);
}

interface SearchArgs extends PageArguments {
  readonly text: string;
  readonly kinds?: readonly SearchKind[] | null | undefined;
  readonly clusters?: readonly string[] | null | undefined;
}

const MOST_TEXT = 200;
const KIND_NAMES = Object.keys(KINDS) as SearchKind[];

/** Finds things by name or id, the best first: equal, then beginning with the text, then holding it; equals by name. */
async function search(
  context: GraphContext,
  { text: given, kinds, clusters: named, ...page }: SearchArgs,
): Promise<Hits> {
  const text = given.trim();
  if (text === '' || text.length > MOST_TEXT) throw badUserInput('text', `must have 1 to ${MOST_TEXT} characters`);
  const clusters = await fewClusters(context, named, { isKept: true });
  const wantedKinds = KIND_NAMES.filter((kind) => (kinds == null ? kind !== 'IMAGE' : kinds.includes(kind)));
  let asOf = clusters.asOf ?? context.ecs.now();
  const onRead = (at: Date) => {
    if (at < asOf) asOf = at;
  };
  const found = await Promise.all(wantedKinds.map((kind) => FIND[kind](context, { text, clusters, onRead })));
  const byKey = new Map(
    found
      .flat()
      .map((hit) => [`${rankOf(text, hit.name)} ${hit.name} ${hit.kind} ${hit.cluster ?? hit.node.ref.arn}`, hit]),
  );
  const binding = listBinding('search', context.ecs.scope, text, wantedKinds, clusters.isNamed && clusters.names);
  const hits = await keyedConnection({ ...page, binding }, [...byKey.keys()].sort(), (key) => byKey.get(key) ?? null);
  return { ...hits, asOf, countAll: () => ({ ...exactly(byKey.size), asOf }) };
}

function rankOf(text: string, name: string): number {
  const [sought, found] = [text.toLowerCase(), name.toLowerCase()];
  if (found === sought) return 0;
  return found.startsWith(sought) ? 1 : 2;
}

/** Adds `Query.search`. */
export function addSearch(graph: EcsGraph): void {
  const { builder } = graph;
  const kind = ownEnum(builder, 'SearchKind', 'The kinds of resources that a search finds.', KINDS);
  const hit = builder.objectRef<Hit>('SearchHit').implement({
    description: 'A search result. Only `node` costs a call.',
    fields: (t) => ({
      kind: t.expose('kind', { type: kind, nullable: false, description: 'Its kind.' } as never),
      name: t.exposeString('name', { nullable: false, description: 'Its name, id or image, which holds the text.' }),
      clusterName: t.exposeString('cluster', { description: 'The cluster it is in; null for a family and an image.' }),
      node: t.field({
        type: graph.nodeInterface as never,
        description:
          'The resource; for a family, its latest ACTIVE revision. Null if it was deleted. Costs its Describe call, but no call if the ' +
          'selected fields are in its ARN.',
        extensions: { ecsCost: { describe: 10 } },
        resolve: (({ node }: Hit, _args: object, context: GraphContext, info: never) =>
          graph.linkNode(node.kind, node.ref, context, info)) as never,
      }),
    }),
  });
  const hits = graph.connection('SearchHit', hit);
  builder.objectField(hits, 'asOf', (t) =>
    t.field({
      type: 'DateTime',
      nullable: false,
      description:
        "When the oldest of the lists was read that the names come from, by ECS's clock: up to 30 s ago. What was created or deleted since then past this " +
        'gateway is not known yet; its own writes are. `Cache-Control: no-cache` on the request reads the lists anew.',
      resolve: (source) => (source as Hits).asOf,
    }),
  );
  builder.queryField('search', (t) =>
    t.field({
      type: hits,
      description:
        'Finds clusters, services and task definition families by a part of their names, in upper or lower case, and tasks and ' +
        'container instances by their whole ids. The best matches come first. Costs one ListServices for each 100 services of each cluster and ' +
        'one ListTaskDefinitionFamilies for each 100 families, but for lists read in the last 30 s (`asOf` says when); for an id one call for each cluster. By name with `kinds: [SERVICE]` the families are not listed: 21 calls for 1,000 services in 20 clusters.',
      args: {
        text: t.arg.string({
          required: true,
          description: `A part of a name, or an id; 1 to ${MOST_TEXT} characters.`,
        }),
        kinds: t.arg({ type: [kind], description: 'Only results of these kinds. Null means all but IMAGE.' }),
        clusters: clustersArg(t.arg),
        ...pageArgs(t.arg, { defaultValue: 20, description: 'How many at most, from 0 to 1000.' }),
      },
      extensions: {
        operations: [
          'ListClusters',
          'ListServices',
          'ListTaskDefinitionFamilies',
          'DescribeTaskDefinition',
          'DescribeTasks',
          'DescribeContainerInstances',
          'ListContainerInstances',
        ],
        ecsCost: { perCluster: 1 },
      },
      resolve: (_root, args, context) => search(context, args as SearchArgs),
    }),
  );
}
