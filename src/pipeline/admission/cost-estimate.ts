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
import { callsOfWholeList, type Fleet, fleetOf, knownLength, longerThan } from '../cost/fleet.ts';
import { type EcsCost, ownCalls } from '../cost/own-calls.ts';
import type { HeldReads, Place } from './held-reads.ts';

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
  /** The accounts and regions that they are in at most: no Describe call serves several. */
  readonly scopes: number;
  /** The clusters that they are in at most. */
  readonly clusters: number;
  /** The accounts and regions that the root field covers. */
  readonly fleet: Fleet;
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
    if (defaultValue) defaults[variable.name.value] = valueFromASTUntyped(defaultValue);
  }
  const walk: Walk = { schema, fragments, variables: { ...defaults, ...variables }, known, held };
  const fleet = fleetOf(known, undefined, undefined);
  const parents = {
    type: root,
    count: 1,
    page: undefined,
    scopes: 1,
    clusters: 1,
    fleet,
    place: {},
    isHeldList: false,
  };
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
  const isOfQuery = parents.type === walk.schema.getQueryType();
  const coversScopes = isOfQuery && field.args.some(({ name }) => name === 'accounts');
  const fleet = coversScopes
    ? fleetOf(walk.known, textsOf(walk, node, 'accounts'), textsOf(walk, node, 'regions'))
    : parents.fleet;
  const scopes = coversScopes ? fleet.scopes : 1;
  const page = atMost(pageOf(walk, node, field), knownLength(fleet, parents.type.name, field.name));
  const length = isListType(getNullableType(field.type)) ? (page ?? parents.page ?? listLength(walk, node, field)) : 1;
  const isPage = type.name.endsWith('Connection');
  const place = { ...parents.place, ...placeOf(walk, node, field) };
  const cost = costOf(walk, node, field.extensions.ecsCost as EcsCost | undefined);
  const unheld = unheldOf(walk, node, { field, cost, place, parents });
  // A page over several scopes has a share of each; other objects are resolved in each of them.
  const [share, objects] = isPage
    ? [Math.ceil((page ?? length) / scopes), parents.count * (page ?? length)]
    : [page ?? length, parents.count * (page ?? length) * scopes];
  const covered = clustersOf(walk, node, fleet, coversScopes);
  const ofScopes = Math.min(covered * parents.scopes, Math.max(covered, fleet.clusters));
  const clusters = Math.min(objects, spreadOf(field, ofScopes) ?? (isOfQuery ? objects : parents.clusters));
  const own: Cost = {
    calls: ownCalls(
      cost,
      {
        parents: parents.count,
        scopes,
        share,
        objects,
        clusters: covered,
        groups: isInCluster(field) ? clusters : Math.max(scopes, parents.scopes),
        again: coversScopes ? longerThan(fleet, field.name, share) : 0,
        wholeList: callsOfWholeList(fleet, field.name, operationsOf(field).includes('DescribeTaskDefinition')),
        unheld,
        areClustersNamed: place.clusters !== undefined,
      },
      fleet.parts,
    ),
    objects: isCompositeType(type) ? parents.count * length : 0,
  };
  if (!node.selectionSet) return own;
  const below = typesOf(walk.schema, type).map((member) =>
    costOfSelections(walk, node.selectionSet as SelectionSetNode, {
      type: member,
      count: parents.count * length * (isPage ? 1 : scopes),
      page,
      scopes: Math.max(scopes, parents.scopes),
      clusters,
      fleet,
      place,
      isHeldList: unheld.list < 1,
    }),
  );
  return add(own, dearest(below));
}

/** Over how many clusters the objects of a field are spread, if not over those of its parents. */
function spreadOf({ name, args }: GraphQLField<unknown, unknown>, covered: number): number | undefined {
  if (name === 'clusters') return Number.POSITIVE_INFINITY;
  return args.some((argument) => argument.name === 'clusters') ? covered : undefined;
}

/** Operations that describe what is in one cluster. */
const IN_CLUSTER: ReadonlySet<string> = new Set([
  'DescribeContainerInstances',
  'DescribeServices',
  'DescribeTasks',
  'DescribeTaskSets',
]);

function isInCluster(field: GraphQLField<unknown, unknown>): boolean {
  return operationsOf(field).some((operation) => IN_CLUSTER.has(operation));
}

function operationsOf({ extensions }: GraphQLField<unknown, unknown>): readonly string[] {
  return (extensions.operations ?? []) as readonly string[];
}

/** The texts of an argument that is a list; undefined if it is null or absent. */
function textsOf(walk: Walk, node: FieldNode, argument: string): readonly string[] | undefined {
  const value = givenOf(walk, node, argument);
  return value === undefined ? undefined : [value].flat().map(String);
}

function atMost(page: number | undefined, known: number | undefined): number | undefined {
  return page === undefined || known === undefined ? page : Math.min(page, known);
}

/** The cost of a field with its arguments. */
function costOf(walk: Walk, node: FieldNode, cost: EcsCost | undefined): EcsCost | undefined {
  if (typeof cost !== 'object' || cost.filtered === undefined) return cost;
  return ['filter', 'orderBy', 'direction'].some((name) => givenOf(walk, node, name) !== undefined)
    ? cost.filtered
    : cost;
}

/** An argument of a field; undefined if it is null or absent. */
function givenOf({ variables }: Walk, node: FieldNode, argument: string): unknown {
  const given = node.arguments?.find(({ name }) => name.value === argument)?.value;
  if (given === undefined) return undefined;
  return valueFromASTUntyped(given, variables as Record<string, unknown>) ?? undefined;
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
  const { list, describe } = held.partsOf(node, field, (name) => givenOf(walk, node, name));
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

/** Number of clusters that a field covers for each parent, of all its scopes. */
function clustersOf(walk: Walk, node: FieldNode, fleet: Fleet, coversScopes: boolean): number {
  const scopes = coversScopes ? fleet.scopes : 1;
  const given = node.arguments?.find(({ name }) => name.value === 'clusters')?.value;
  const clusters = given && literal(given, walk.variables);
  if (Array.isArray(clusters)) return clusters.length * scopes;
  if (given?.kind === Kind.STRING || typeof clusters === 'string') return scopes;
  return coversScopes ? fleet.clusters : fleet.mostClusters;
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
