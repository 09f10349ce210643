import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import { type ActionName, isActionName, isWrite } from '../../policy/model/actions.ts';
import { HELD } from '../access/holders.ts';
import { isNoun } from '../access/nouns.ts';

/** The decisions that precede a field's resolver. */
export type Check =
  /** The field lists nouns: the list must not be forbidden, and at least one item must possibly be readable. */
  | { readonly check: 'list'; readonly action: ActionName; readonly noun?: EntityKind }
  /** The action must be allowed: on the noun with the field, on the resources that the arguments name, or in the Region. */
  | { readonly check: 'action'; readonly action: ActionName }
  /** At least one of these nouns must possibly be readable. */
  | { readonly check: 'any'; readonly nouns: readonly EntityKind[] }
  /** All of these nouns must be readable everywhere, because a count reveals items that lists omit. */
  | { readonly check: 'all'; readonly nouns: readonly EntityKind[] }
  /** All of these nouns must be readable in each cluster that the field counts them in. */
  | { readonly check: 'count'; readonly nouns: readonly EntityKind[] }
  /** A write that is not an ECS operation of its own. */
  | { readonly check: 'write'; readonly operation: OperationName }
  /** A stream: the followed resource must be readable; for feeds, the list in each cluster. */
  | { readonly check: 'follow'; readonly list: ActionName };

/** How policies apply to a field. */
export type FieldRule =
  /** A caller that may read the object with the field may read it. */
  | { readonly kind: 'covered'; readonly before?: undefined }
  /** Its value is a noun, or several. */
  | { readonly kind: 'nouns'; readonly before?: readonly Check[] }
  /** Its value is edges of nouns. */
  | { readonly kind: 'edges'; readonly noun: EntityKind; readonly before?: undefined }
  /** Its value is task definition families, or edges of them. */
  | { readonly kind: 'families'; readonly before?: undefined }
  /** Its value is search results, or edges of them. */
  | { readonly kind: 'hits'; readonly before?: undefined }
  /** Decisions precede it; the rules of its fields apply below it. */
  | { readonly kind: 'checked'; readonly before: readonly Check[] }
  | { readonly kind: 'stream'; readonly before: readonly Check[] };

const COVERED: FieldRule = { kind: 'covered' };

/**
 * Query fields that read nothing by themselves: the fields below them have rules, `scopes` leaves out what the caller may not see, and `_entities` resolves by the field
 * `node`, which has one.
 */
const OPEN: ReadonlySet<string> = new Set([
  '_entities',
  '_service',
  'imageUsage',
  'scopes',
  'secretUsage',
  'server',
  'viewer',
]);
/** Query fields whose action is not the operation that they call. */
const QUERY_ACTIONS: Readonly<Record<string, ActionName>> = {
  drainForecast: 'DescribeContainerInstances',
  previewDeployment: 'DescribeServices',
  previewDrain: 'DescribeContainerInstances',
  previewInstanceLoss: 'DescribeContainerInstances',
  previewScale: 'DescribeServices',
  rateBudget: 'ReadMetrics',
};
/** Query fields that summarise lists: they count only readable items, as the list does. */
const QUERY_LISTS: Readonly<Record<string, { readonly action: ActionName; readonly noun: EntityKind }>> = {
  deploymentStatistics: { action: 'ListClusters', noun: 'Cluster' },
  findings: { action: 'ListClusters', noun: 'Cluster' },
  overview: { action: 'ListClusters', noun: 'Cluster' },
  stopReasons: { action: 'ListTasks', noun: 'Task' },
};
/** Operations that read more of a noun than its description: they have their own decision. */
const OWN_DECISION: ReadonlySet<string> = new Set([
  'DescribeGatewayResources',
  'GetTaskProtection',
  'ListAttributes',
  'ListGatewayClusterAssociations',
  'ListTagsForResource',
] satisfies ActionName[]);
const FAMILY = 'TaskDefinitionFamily';
/** A search result: a name and a link. */
const HIT = 'SearchHit';
const SEARCHED: readonly EntityKind[] = ['Cluster', 'Service', 'TaskDefinition', 'Task', 'ContainerInstance'];
/** The nouns that the items of a connection reveal. */
const ITEMS: Readonly<Record<string, readonly EntityKind[]>> = { [FAMILY]: ['TaskDefinition'], [HIT]: SEARCHED };

/** The rule of a field; undefined if no rule is declared. */
export function ruleOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): FieldRule | undefined {
  const operations = operationsOf(field);
  if (type === schema.getMutationType()) return mutationRule(field.name, operations);
  if (type === schema.getSubscriptionType()) {
    const list = operations.find((operation) => operation.startsWith('List') && operation !== 'ListClusters');
    const first = list ?? operations[0];
    return first === undefined ? undefined : { kind: 'stream', before: [{ check: 'follow', list: first }] };
  }
  const isQuery = type === schema.getQueryType();
  const named = getNamedType(field.type);
  if (isNoun(named.name) || named.name === 'Node') return { kind: 'nouns' };
  const { counts } = field.extensions as { readonly counts?: readonly EntityKind[] };
  if (counts !== undefined) return { kind: 'checked', before: [{ check: 'count', nouns: counts }] };
  if (field.name === 'totalCount' && type.name.endsWith('Connection')) return countRule(type);
  if (isObjectType(named)) {
    const node = getNamedType(named.getFields().node?.type)?.name;
    if (named.name.endsWith('Edge') && node === HIT) return { kind: 'hits' };
    if (named.name.endsWith('Edge') && node === FAMILY) return { kind: 'families' };
    if (named.name.endsWith('Edge') && node !== undefined && isNoun(node)) return { kind: 'edges', noun: node };
    const item = getNamedType(named.getFields().nodes?.type)?.name;
    if (item !== undefined && isNoun(item)) return listRule(operations, item);
    if (item === HIT) return { kind: 'checked', before: [{ check: 'any', nouns: SEARCHED }] };
    if (item === FAMILY) return listRule(operations, undefined);
  }
  if (named.name === HIT) return { kind: 'hits' };
  if (named.name === FAMILY) return { kind: 'families' };
  // A link to an object inside another noun is decided by the holder.
  const held = HELD[named.name];
  if (held !== undefined && held.within !== type.name) return { kind: 'nouns' };
  if (isQuery) return queryRule(field.name, operations);
  const own = operations.filter((operation) => OWN_DECISION.has(operation));
  const single = own[0];
  // Progress and outcomes belong to their resource, whatever else is read for them.
  return single === undefined || operations.length > 1 ? COVERED : action(single);
}

function countRule(connection: GraphQLObjectType): FieldRule {
  const item = getNamedType(connection.getFields().nodes?.type)?.name ?? '';
  const nouns = isNoun(item) ? [item] : ITEMS[item];
  return nouns === undefined ? COVERED : { kind: 'checked', before: [{ check: 'all', nouns }] };
}

function mutationRule(name: string, operations: readonly ActionName[]): FieldRule | undefined {
  const operation = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  // The write itself is decided in the session, which sends every write.
  if (isActionName(operation) && isWrite(operation)) return COVERED;
  const writes = operations.filter(isWrite) as OperationName[];
  if (writes.length === 0) return undefined;
  return { kind: 'checked', before: writes.map((write) => ({ check: 'write', operation: write })) };
}

function queryRule(name: string, operations: readonly ActionName[]): FieldRule | undefined {
  if (OPEN.has(name)) return COVERED;
  const list = QUERY_LISTS[name];
  if (list !== undefined) return { kind: 'checked', before: [{ check: 'list', ...list }] };
  const needed = QUERY_ACTIONS[name] ?? operations.find((operation) => operation !== 'ListClusters') ?? operations[0];
  return needed === undefined ? undefined : action(needed);
}

function listRule(operations: readonly ActionName[], noun: EntityKind | undefined): FieldRule {
  const describe = noun && KINDS[noun].operation;
  const list = operations.find((operation) => operation !== 'ListClusters' && operation !== describe) ?? describe;
  if (noun === 'Cluster') return { kind: 'checked', before: [{ check: 'list', action: 'ListClusters', noun }] };
  if (list === undefined) return COVERED;
  return { kind: 'checked', before: [{ check: 'list', action: list, ...(noun && { noun }) }] };
}

function action(name: ActionName): FieldRule {
  return { kind: 'checked', before: [{ check: 'action', action: name }] };
}

function operationsOf({ extensions }: GraphQLField<unknown, unknown>): readonly ActionName[] {
  const { operations } = extensions as { readonly operations?: unknown };
  return Array.isArray(operations) ? operations.filter((name): name is ActionName => isActionName(String(name))) : [];
}
