import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import type { KnownSizes } from '../../ecs/lists/fleet-sizes.ts';
import type { HeldReads, Place } from './held-reads.ts';

/**
 * The cost of a field in ECS calls, as the field's extension `ecsCost`. A number is calls for each parent object.
 * `list` is the page size of the List call for each parent; `describe` is how many objects share one Describe call.
 */
export type EcsCost =
  | number
  | {
      readonly list?: number;
      readonly describe?: number;
      /** For a field with the argument `clusters`: each cluster costs at least one list, or all lists of the field. */
      readonly clusters?: 'lists' | 'whole';
      /** Calls for each cluster that is read whole, however long the page is. */
      readonly perCluster?: number;
      /** For a field that reads one cluster whole: its services, tasks, instances and task definitions. */
      readonly wholeCluster?: true;
      /** Set for a list that an inventory answers, with the resources in it, where events show what is selected. */
      readonly held?: true;
      /** The cost if an argument `filter`, `orderBy` or `direction` is given. */
      readonly filtered?: EcsCost;
    };

/** Number of clusters that are assumed when the argument `clusters` is absent. */
const UNASKED_CLUSTERS = 20;

/** The maximum cost of an operation. */
export interface Cost {
  readonly calls: number;
  /** Objects of the answer: nodes, edges, connections, and structures within them. */
  readonly objects: number;
}

const NOTHING: Cost = { calls: 0, objects: 0 };

/** Assumed length of a connection without `first`: nested lists of ECS are usually shorter than a whole page. */
const UNASKED_PAGE = 20;
/** Assumed length of a list that no argument limits, such as a task's containers. */
const UNBOUNDED_LIST = 2;

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly known: KnownSizes;
  readonly held: HeldReads | undefined;
}

/** Number of objects of one type, and the length of a list below each of them if the parent sets it. */
interface Parents {
  readonly type: GraphQLObjectType;
  readonly count: number;
  readonly page: number | undefined;
  /** The accounts and regions that they are in: no Describe call serves several. */
  readonly scopes: number;
  /** The arguments that say where they are. */
  readonly place: Place;
  /** Whether the inventory has listed them. */
  readonly isHeldList: boolean;
}

/**
 * The maximum ECS calls and objects of an operation: every page as full as requested, nothing shared or cached. Page
 * sizes multiply what lies below and come from arguments, including variables. For a subscription it is the cost of one
 * event.
 * @param known how much there is: a list is not taken to be longer, with some room for more
 * @param held the reads that an inventory answers: they take no calls
 */
export function estimateCost(
  document: DocumentNode,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
  schema: GraphQLSchema,
  known: KnownSizes = {},
  held?: HeldReads,
): Cost {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return NOTHING;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue) defaults[variable.name.value] = literal(defaultValue);
  }
  const walk: Walk = { schema, fragments, variables: { ...defaults, ...variables }, known, held };
  const parents = { type: root, count: 1, page: undefined, scopes: 1, place: {}, isHeldList: false };
  const cost = costOfSelections(walk, operation.selectionSet, parents);
  return { calls: Math.ceil(cost.calls), objects: Math.ceil(cost.objects) };
}

function costOfSelections(walk: Walk, set: SelectionSetNode, parents: Parents): Cost {
  let total = NOTHING;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      total = add(total, costOfField(walk, selection, parents));
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value) : selection;
    if (!fragment) continue;
    const { type } = parents;
    const condition = fragment.typeCondition ? walk.schema.getType(fragment.typeCondition.name.value) : type;
    const fits = condition === type || (isAbstractType(condition) && walk.schema.isSubType(condition, type));
    if (fits) total = add(total, costOfSelections(walk, fragment.selectionSet, parents));
  }
  return total;
}

function costOfField(walk: Walk, node: FieldNode, parents: Parents): Cost {
  // GraphQL's own fields cost no call. A probe that selects nothing else builds no fields.
  if (node.name.value.startsWith('__')) return NOTHING;
  const field = parents.type.getFields()[node.name.value];
  if (!field) return NOTHING;
  const type = getNamedType(field.type);
  const scopes = parents.type === walk.schema.getQueryType() ? scopesOf(walk, node, field) : 1;
  const page = atMost(pageOf(walk, node, field), knownLength(walk, parents.type, field, scopes));
  const length = isListType(getNullableType(field.type)) ? (page ?? parents.page ?? listLength(walk, node, field)) : 1;
  const isPage = type.name.endsWith('Connection');
  const place = { ...parents.place, ...placeOf(walk, node, field) };
  const cost = costOf(walk, node, field.extensions.ecsCost as EcsCost | undefined);
  const unheld = unheldOf(walk, node, { field, cost, place, parents });
  const own: Cost = {
    // Each scope gives its share of a page.
    calls: ownCalls(
      cost,
      parents.count * scopes,
      Math.ceil((page ?? length) / scopes),
      { clusters: clustersOf(walk, node, scopes), scopes: Math.max(scopes, parents.scopes), unheld, place },
      walk.known,
    ),
    objects: isCompositeType(type) ? parents.count * length : 0,
  };
  if (!node.selectionSet) return own;
  const below = typesOf(walk.schema, type).map((member) =>
    costOfSelections(walk, node.selectionSet as SelectionSetNode, {
      type: member,
      // An object over several scopes is resolved in each of them.
      count: parents.count * length * (isPage ? 1 : scopes),
      page,
      scopes: Math.max(scopes, parents.scopes),
      place,
      isHeldList: unheld.list < 1,
    }),
  );
  return add(own, dearest(below));
}

/** How many accounts and regions a root field covers: lists and the like cover all that they do not leave out. */
function scopesOf(walk: Walk, node: FieldNode, { args }: GraphQLField<unknown, unknown>): number {
  if (walk.known.scopes === undefined || !args.some(({ name }) => name === 'accounts')) return 1;
  return Math.max(1, walk.known.scopes(textsOf(walk, node, 'accounts'), textsOf(walk, node, 'regions')));
}

/** The texts of an argument that is a list; undefined if it is null or absent. */
function textsOf({ variables }: Walk, node: FieldNode, argument: string): readonly string[] | undefined {
  const given = node.arguments?.find(({ name }) => name.value === argument)?.value;
  if (given === undefined) return undefined;
  const value = valueFromASTUntyped(given, variables as Record<string, unknown>) as unknown;
  return value === null || value === undefined ? undefined : [value].flat().map(String);
}

/** Some more than are known: there may be more by the time that they are read. */
function withRoom(known: number): number {
  return Math.ceil(known * 1.5) + 10;
}

function atMost(page: number | undefined, known: number | undefined): number | undefined {
  return page === undefined || known === undefined ? page : Math.min(page, known);
}

/** How long a list of the fleet is at most, where answers of ECS show it; undefined where they do not. */
function knownLength(
  { known }: Walk,
  parent: GraphQLObjectType,
  { name }: GraphQLField<unknown, unknown>,
  scopes: number,
): number | undefined {
  const clusters = known.clusters && known.clusters * scopes;
  if (parent.name === 'Query' && name === 'clusters') return clusters && withRoom(clusters);
  const inCluster = SIZED[name] && known[SIZED[name]];
  if (inCluster === undefined) return undefined;
  if (parent.name === 'Cluster') return withRoom(inCluster);
  return parent.name === 'Query' ? withRoom(inCluster) * withRoom(clusters ?? 0) : undefined;
}

/** Fields that list what clusters hold. */
const SIZED: Readonly<Record<string, Exclude<keyof KnownSizes, 'clusters' | 'scopes'> | undefined>> = {
  services: 'services',
  tasks: 'tasks',
  containerInstances: 'containerInstances',
};

/** The cost of a field with its arguments. */
function costOf(walk: Walk, node: FieldNode, cost: EcsCost | undefined): EcsCost | undefined {
  if (typeof cost !== 'object' || cost.filtered === undefined) return cost;
  return ['filter', 'orderBy', 'direction'].some((name) => isGiven(walk, node, name)) ? cost.filtered : cost;
}

/** Whether a field has an argument that is not null. */
function isGiven({ variables }: Walk, node: FieldNode, name: string): boolean {
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value === undefined || value.kind === Kind.NULL) return false;
  return value.kind !== Kind.VARIABLE || (variables[value.name.value] ?? null) !== null;
}

/** An abstract type may be any of its members. */
function typesOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}

function dearest(costs: readonly Cost[]): Cost {
  return costs.reduce(
    (most, cost) => ({ calls: Math.max(most.calls, cost.calls), objects: Math.max(most.objects, cost.objects) }),
    NOTHING,
  );
}

function add(one: Cost, other: Cost): Cost {
  return { calls: one.calls + other.calls, objects: one.objects + other.objects };
}

interface Spread {
  readonly clusters: number;
  readonly scopes: number;
  /** The shares of lists and descriptions that take calls. */
  readonly unheld: Unheld;
  readonly place: Place;
}

function ownCalls(
  cost: EcsCost | undefined,
  parents: number,
  size: number,
  { clusters, scopes, unheld, place }: Spread,
  known: KnownSizes,
): number {
  if (cost === undefined) return 0;
  if (typeof cost === 'number') return parents * cost * unheld.list;
  if (cost.wholeCluster === true) return parents * wholeCluster(known);
  const lists = cost.list === undefined ? 0 : parents * Math.ceil(size / cost.list);
  if (cost.perCluster !== undefined) return parents * clusters * cost.perCluster;
  const described = parents * size * unheld.describe;
  const describes = cost.describe === undefined ? 0 : describeCalls(described, cost.describe, scopes);
  if (cost.clusters === undefined) return lists * unheld.list + describes;
  if (cost.clusters === 'whole') return describes + clusters * lists;
  // Which clusters there are, only ECS knows.
  const ofClusters = unheld.list < 1 && place.clusters === undefined ? parents * Math.ceil(clusters / 100) : 0;
  return describes + (lists + parents * (clusters - 1)) * unheld.list + ofClusters;
}

interface Unheld {
  readonly list: number;
  readonly describe: number;
}

const ALL_UNHELD: Unheld = { list: 1, describe: 1 };

/** The shares of a field's lists and descriptions that the inventory does not answer. */
function unheldOf(
  walk: Walk,
  node: FieldNode,
  {
    field,
    cost,
    place,
    parents,
  }: {
    readonly field: GraphQLField<unknown, unknown>;
    readonly cost: EcsCost | undefined;
    readonly place: Place;
    readonly parents: Parents;
  },
): Unheld {
  const { held } = walk;
  if (held === undefined || cost === undefined) return ALL_UNHELD;
  // A connection counts the list that it was made from.
  if (typeof cost === 'number')
    return parents.isHeldList && field.name === 'totalCount'
      ? { list: held.unheldShare(place), describe: 1 }
      : ALL_UNHELD;
  if (cost !== field.extensions.ecsCost) return ALL_UNHELD;
  const { list, describe } = held.partsOf(node, field, (name) => isGiven(walk, node, name));
  const share = list || describe ? held.unheldShare(place) : 1;
  return { list: list ? share : 1, describe: describe ? share : 1 };
}

/** The accounts, regions and clusters that the arguments of a field name. */
function placeOf(walk: Walk, node: FieldNode, { args }: GraphQLField<unknown, unknown>): Place {
  if (walk.held === undefined) return {};
  const named = (several: string, one: string) => {
    const texts = textsOf(walk, node, several) ?? textsOf(walk, node, one);
    const unasked: unknown = args.find(({ name }) => name === one)?.defaultValue;
    return texts ?? (typeof unasked === 'string' ? [unasked] : undefined);
  };
  const [accounts, regions, clusters] = [
    named('accounts', 'account'),
    named('regions', 'region'),
    named('clusters', 'cluster'),
  ];
  return { ...(accounts && { accounts }), ...(regions && { regions }), ...(clusters && { clusters }) };
}

/** Describe calls for objects that are spread over accounts and regions. */
function describeCalls(objects: number, each: number, scopes: number): number {
  return Math.min(objects, scopes * Math.ceil(objects / scopes / each));
}

/**
 * The calls of one read of everything in a cluster: lists and descriptions, the protection of tasks, one revision for
 * each service, and some calls that do not depend on its size.
 */
function wholeCluster({ services = 20, tasks = 100, containerInstances = 20 }: KnownSizes): number {
  const pages = (count: number, size: number) => Math.max(1, Math.ceil(count / size));
  return (
    6 +
    pages(services, 100) +
    pages(services, 10) +
    3 * pages(tasks, 100) +
    2 * pages(containerInstances, 100) +
    services
  );
}

/** Number of clusters that a field covers in each of its scopes. */
function clustersOf(walk: Walk, node: FieldNode, scopes: number): number {
  const given = node.arguments?.find(({ name }) => name.value === 'clusters')?.value;
  const clusters = given && literal(given, walk.variables);
  if (Array.isArray(clusters)) return clusters.length;
  if (given?.kind === Kind.STRING || typeof clusters === 'string') return 1;
  if (walk.known.clusters === undefined) return UNASKED_CLUSTERS;
  return Math.ceil(withRoom(walk.known.clusters * scopes) / scopes);
}

/** Sets how many past events the first event of a stream contains. */
const RECENT = 'recent';

/**
 * Length of the lists that an argument of the field limits: its own, or those of the connection or event that it
 * returns.
 */
function pageOf(walk: Walk, node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
  const argument = field.args.find(({ name }) => name === 'first' || name === RECENT);
  if (argument === undefined) return undefined;
  const unasked = argument.name === RECENT ? argument.defaultValue : undefined;
  const given = argumentOf(walk, node, argument.name) ?? unasked;
  // A page that is too long is refused by its field, and costs nothing.
  const { most = Number.POSITIVE_INFINITY } = (argument.extensions.range ?? {}) as { readonly most?: number };
  return typeof given === 'number' && given > 0 && given <= most ? given : UNASKED_PAGE;
}

/** Length of a list that follows from an argument such as `ids`, or that nothing limits. */
function listLength(walk: Walk, node: FieldNode, { args }: GraphQLField<unknown, unknown>): number {
  const lists = args.map(({ name }) => argumentOf(walk, node, name)).filter((value) => Array.isArray(value));
  return lists.length === 0 ? UNBOUNDED_LIST : Math.max(1, ...lists.map((list) => list.length));
}

function argumentOf(walk: Walk, node: FieldNode, argument: string): unknown {
  const given = node.arguments?.find(({ name }) => name.value === argument)?.value;
  return given && literal(given, walk.variables);
}

/** The value of a literal, as far as sizes depend on it. */
function literal(node: ValueNode, variables: Readonly<Record<string, unknown>> = {}): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value];
  if (node.kind === Kind.INT) return Number(node.value);
  if (node.kind === Kind.LIST) return node.values;
  return undefined;
}
