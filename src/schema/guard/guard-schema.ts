import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { Decision } from '../../policy/cedar/policy-set.ts';
import { forbidden } from '../access/forbidden.ts';
import { type Holder, holderOf } from '../access/holders.ts';
import { isNoun } from '../access/nouns.ts';
import type { GraphContext } from '../core/context.ts';
import { checkBefore } from './root-targets.ts';
import { type FieldRule, ruleOf } from './rules.ts';

type Field = GraphQLField<unknown, GraphContext>;
type Resolver = NonNullable<Field['resolve']>;

const guarded = new WeakSet<GraphQLSchema>();

/**
 * Applies the policies of the request to every field of a schema: nouns that may not be read are omitted from lists, and links to them are null with
 * FORBIDDEN. It wraps resolvers, so only gateways with policies pay for it. A request without access is not checked.
 * @throws {Error} if a field has no rule
 */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  if (guarded.has(schema)) return schema;
  guarded.add(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const rule = ruleOf(schema, type, field);
      if (rule === undefined) throw new Error(`${type.name}.${field.name} has no rule of access`);
      guardField(type, field as Field, rule);
    }
  }
  return schema;
}

function guardField(type: GraphQLObjectType, field: Field, rule: FieldRule): void {
  if (rule.kind === 'covered') return;
  const checks = [...(rule.before ?? [])];
  if (rule.kind === 'stream') {
    const subscribe = field.subscribe;
    if (subscribe === undefined) return;
    field.subscribe = async (source, args, context, info) => {
      const check = async (now: GraphContext) =>
        checkBefore(now, type.name, undefined, args as Record<string, unknown>, checks);
      await check(context);
      context.onAuthorized?.(check);
      return subscribe(source, args, context, info);
    };
    return;
  }
  const resolve: Resolver = field.resolve ?? defaultFieldResolver;
  // Our executor bypasses the resolver of an exposed property unless the resolver is marked as wrapped.
  field.extensions = { ...field.extensions, pothosResolveWrapped: true };
  const after = afterwards(type, field, rule);
  field.resolve = (source, args, context, info) => {
    if (context.access === undefined) return resolve(source, args, context, info);
    const guardValue = (value: unknown) =>
      after === undefined ? value : then(value, (known) => after(known, context, info));
    if (checks.length === 0) return guardValue(resolve(source, args, context, info));
    const allowed = checkBefore(context, type.name, source as object, args as Record<string, unknown>, checks);
    return allowed === undefined
      ? guardValue(resolve(source, args, context, info))
      : allowed.then(() => guardValue(resolve(source, args, context, info)));
  };
}

/** The parts of a search result that decisions need. */
interface Hit {
  readonly node: {
    readonly kind: EntityKind;
    readonly ref: { readonly arn: string; readonly clusterArn?: string | undefined };
  };
}

type After = (value: unknown, context: GraphContext, info: GraphQLResolveInfo) => unknown;

/** Filters a field's value before the caller sees it. */
function afterwards(type: GraphQLObjectType, field: Field, rule: FieldRule): After | undefined {
  switch (rule.kind) {
    case 'nouns':
      return onNouns(field.type, type.name === 'Query');
    case 'edges':
      return (value, context, info) =>
        filtered(value, (edge) => decide(context, rule.noun, (edge as { readonly node: object }).node, info));
    case 'hits':
      return (value, { access }) =>
        filtered(value, (item) => {
          const hit = 'cursor' in (item as object) ? (item as { readonly node: Hit }).node : (item as Hit);
          const { kind, ref } = hit.node;
          return access?.byName(KINDS[kind].operation, kind, ref.arn, ref.clusterArn);
        });
    case 'families':
      return (value, { access }) =>
        filtered(value, (item) => {
          const family = item as { readonly family?: string; readonly node?: { readonly family: string } };
          return access?.mayReadFamily(family.family ?? family.node?.family ?? '');
        });
    default:
      return undefined;
  }
}

function onNouns(type: GraphQLOutputType, isRoot: boolean): After {
  const { name } = getNamedType(type);
  const list = getNullableType(type);
  if (!isListType(list)) {
    return (value, context, info) => orForbidden(value, name, context, info, isRoot);
  }
  // The items of `nodes(ids)` keep their positions, so a denied item is null.
  if (!isNonNullType(list.ofType)) {
    return (value, context, info) =>
      Array.isArray(value)
        ? value.map((item: unknown) => then(item, (known) => orForbidden(known, name, context, info, isRoot)))
        : value;
  }
  return (value, context, info) => filtered(value, (item) => decide(context, name, item, info));

  function orForbidden(value: unknown, noun: string, context: GraphContext, info: GraphQLResolveInfo, root: boolean) {
    if (value === null || value === undefined) return value;
    return then(decide(context, noun, value as object, info), (decision) => {
      if (decision === undefined || (decision as Decision).isAllowed) return value;
      const subject = subjectOf(noun, value as object, context, info);
      return root && !mayKnowOf(context, subject) ? null : deny(subject, decision as Decision);
    });
  }
}

/** A look-up answers FORBIDDEN instead of null only to callers that may read the cluster of the resource. */
function mayKnowOf({ access }: GraphContext, subject: Holder | undefined): boolean {
  if (access === undefined || subject === undefined || !('source' in subject)) return true;
  const { clusterArn } = subject.source as { readonly clusterArn?: string };
  if (clusterArn === undefined) return true;
  const decision = access.read('Cluster', { clusterArn });
  return !(decision instanceof Promise) && decision.isAllowed;
}

function deny(subject: Holder | undefined, decision: Decision): never {
  if (subject !== undefined && 'family' in subject) throw forbidden('ListTaskDefinitions', undefined, decision);
  throw forbidden(KINDS[subject?.noun ?? 'Cluster'].operation, undefined, decision);
}

function decide(context: GraphContext, name: string, source: unknown, info: GraphQLResolveInfo) {
  if (source === null || source === undefined) return undefined;
  const subject = subjectOf(name, source as object, context, info);
  if (subject === undefined) return DENIED;
  return 'family' in subject
    ? context.access?.mayReadFamily(subject.family)
    : context.access?.read(subject.noun, subject.source);
}

const DENIED: Decision = { isAllowed: false, policies: [] };

/** The noun that decides about an object: the object itself or its holder. The type of a `Node` determines which. */
function subjectOf(name: string, source: object, context: GraphContext, info: GraphQLResolveInfo): Holder | undefined {
  if (isNoun(name)) return { noun: name, source };
  if (name !== 'Node') return holderOf(name, source);
  const type = info.schema.getType(name) as GraphQLInterfaceType;
  const resolved = type.resolveType?.(source, context, info, type);
  return typeof resolved === 'string' ? subjectOf(resolved, source, context, info) : undefined;
}

/** The readable items. */
function filtered(value: unknown, decisionOf: (item: unknown) => Decision | Promise<Decision> | undefined): unknown {
  if (!Array.isArray(value)) return value;
  const items = value as readonly unknown[];
  const decisions: (Decision | Promise<Decision> | undefined)[] = [];
  let isOpen = true;
  for (const item of items) {
    const decision = decisionOf(item);
    isOpen &&= !(decision instanceof Promise) && isAllowed(decision);
    decisions.push(decision);
  }
  // Most callers may read all items of most lists.
  if (isOpen) return items;
  if (decisions.some((decision) => decision instanceof Promise)) {
    return Promise.all(decisions).then((all) => items.filter((_item, at) => isAllowed(all[at])));
  }
  const settled = decisions as (Decision | undefined)[];
  return items.filter((_item, at) => isAllowed(settled[at]));
}

function isAllowed(decision: Decision | undefined): boolean {
  return decision === undefined || decision.isAllowed;
}

function then<T>(value: T | Promise<T>, next: (value: T) => unknown): unknown {
  return value instanceof Promise ? value.then(next) : next(value);
}
