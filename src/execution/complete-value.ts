import {
  defaultTypeResolver,
  GraphQLError,
  type GraphQLIsTypeOfFn,
  type GraphQLObjectType,
  isObjectType,
  locatedError,
  type ResponsePath,
  responsePathAsArray,
} from 'graphql';

import { inspect } from './inspect.ts';
import { guardPromises, isPromise, never, Parts } from './promise-parts.ts';
import { ResolveInfo, type Run } from './run.ts';
import type { FieldPlan } from './selection-plan.ts';
import type { AbstractPlan, LeafPlan, ListPlan, TypePlan } from './type-plan.ts';

/** The place of a value. Its path is built only when it is needed. */
interface Place {
  readonly prev: ResponsePath | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
}

/**
 * Completes the resolved value of a field or list item at its place. If the type is nullable, an error makes the value
 * null here; otherwise the error is thrown, with its place in the answer and in the document.
 */
export function completeAt(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  prev: ResponsePath | undefined,
  key: string | number,
  value: unknown,
): unknown {
  if (type.kind === 'leaf' && !isPromise(value)) {
    try {
      return completeLeaf(field, type, value);
    } catch (error) {
      return fail(run, field, type, placeOf(field, prev, key), error);
    }
  }
  const path = placeOf(field, prev, key);
  if (isPromise(value)) return completePromised(run, field, type, path, value);
  return completeSafely(run, field, type, path, value);
}

/**
 * A function of its own, like others below: V8 allocates what closures capture whenever their function is called, and
 * most values are not promises.
 */
function completePromised(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  path: ResponsePath,
  value: Promise<unknown>,
): Promise<unknown> {
  return Promise.resolve(value)
    .then((resolved) => inTurn(run, () => complete(run, field, type, path, resolved)))
    .then(undefined, (error) => inTurn(run, () => fail(run, field, type, path, error)));
}

/** Runs the continuation of a promise in a turn, because thousands of continuations may wait for the same promise. */
function inTurn(run: Run, work: () => unknown): unknown {
  if (run.isEnded) return never();
  return run.shouldWait() ? run.later(work) : work();
}

/** Records an error that was raised at a place. */
export function fail(run: Run, field: FieldPlan, type: TypePlan, path: ResponsePath, raised: unknown): null {
  const error = locatedError(raised, field.nodes, responsePathAsArray(path));
  if (type.nonNull) throw error;
  run.errors.add(error, path);
  return null;
}

export function placeOf(field: FieldPlan, prev: ResponsePath | undefined, key: string | number): Place {
  return { prev, key, typename: typeof key === 'string' ? field.parentType.name : undefined };
}

function completeSafely(run: Run, field: FieldPlan, type: TypePlan, path: ResponsePath, value: unknown): unknown {
  try {
    const completed = complete(run, field, type, path, value);
    return isPromise(completed) ? guarded(run, field, type, path, completed) : completed;
  } catch (error) {
    return fail(run, field, type, path, error);
  }
}

function guarded(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  path: ResponsePath,
  completed: Promise<unknown>,
): Promise<unknown> {
  return completed.then(undefined, (error) => fail(run, field, type, path, error));
}

function complete(run: Run, field: FieldPlan, type: TypePlan, path: ResponsePath, value: unknown): unknown {
  if (type.kind === 'leaf') return completeLeaf(field, type, value);
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) return completeNull(field, type);
  if (type.kind === 'list') return completeList(run, field, type, path, value);
  if (type.kind === 'abstract') return completeAbstract(run, field, type, path, value);
  return completeObject(run, field, type.type, path, value);
}

function completeNull({ parentType, definition }: FieldPlan, type: TypePlan): null {
  if (!type.nonNull) return null;
  throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`);
}

function completeLeaf(field: FieldPlan, plan: LeafPlan, value: unknown): unknown {
  if (typeof value === plan.asIs) return value;
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) return completeNull(field, plan);
  const serialized: unknown = plan.type.serialize(value);
  if (serialized !== null && serialized !== undefined) return serialized;
  throw new Error(
    `Expected \`${plan.type.name}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
  );
}

function completeList(run: Run, field: FieldPlan, type: ListPlan, path: ResponsePath, value: unknown): unknown {
  if (!isIterable(value)) {
    const { parentType, definition } = field;
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${parentType.name}.${definition.name}".`,
    );
  }
  if (!run.shouldWait()) return completeItems(run, field, type, path, value);
  const values = Array.isArray(value) ? value : [...value];
  guardPromises(values);
  return run.later(() => completeItems(run, field, type, path, values));
}

/** Completes the items of a list, in several turns if needed. */
function completeItems(
  run: Run,
  field: FieldPlan,
  type: ListPlan,
  path: ResponsePath,
  values: Iterable<unknown>,
): unknown {
  const items: unknown[] = [];
  let pending: Parts<number> | undefined;
  let areGuarded = false;
  return completeAll(values);

  function completeAll(rest: Iterable<unknown>): unknown {
    try {
      for (const value of rest) {
        const item = completeAt(run, field, type.item, path, items.length, value);
        if (isPromise(item)) {
          pending ??= new Parts();
          pending.add(items.length, item);
        }
        items.push(item);
        if (type.item.kind !== 'leaf' && Array.isArray(values) && run.shouldWait()) {
          pending?.guard();
          guardRest();
          return run.later(() => completeAll(values.slice(items.length)));
        }
      }
    } catch (error) {
      // The list is null whatever its items resolve to, and nothing else waits for them.
      pending?.fillIn(items).catch(() => undefined);
      guardRest();
      throw error;
    }
    return pending === undefined ? items : pending.fillIn(items);
  }

  function guardRest(): void {
    if (areGuarded || !Array.isArray(values)) return;
    areGuarded = true;
    guardPromises(values.slice(items.length));
  }
}

function completeAbstract(run: Run, field: FieldPlan, plan: AbstractPlan, path: ResponsePath, value: unknown): unknown {
  const { type } = plan;
  const info = infoAt(run, field, path);
  const name: unknown = (type.resolveType ?? defaultTypeResolver)(value, run.contextValue, info, type);
  if (!isPromise(name)) return completeObject(run, field, runtimeType(run, field, plan, name, value), path, value);
  return name.then((resolved) =>
    completeObject(run, field, runtimeType(run, field, plan, resolved, value), path, value),
  );
}

function runtimeType(
  { schema }: Run,
  field: FieldPlan,
  { type }: AbstractPlan,
  name: unknown,
  value: unknown,
): GraphQLObjectType {
  const { nodes } = field;
  const at = `"${field.parentType.name}.${field.definition.name}"`;
  if (name === null || name === undefined) {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${at}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  }
  if (isObjectType(name)) {
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  }
  if (typeof name !== 'string') {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${at} with value ${inspect(value)}, received "${inspect(name)}".`,
    );
  }
  const found = schema.getType(name);
  if (found === undefined) {
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    );
  }
  if (!isObjectType(found)) {
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, { nodes });
  }
  if (schema.isSubType(type, found)) return found;
  throw new GraphQLError(`Runtime Object type "${name}" is not a possible type for "${type.name}".`, { nodes });
}

function completeObject(
  run: Run,
  field: FieldPlan,
  type: GraphQLObjectType,
  path: ResponsePath,
  value: unknown,
): unknown {
  run.count(type);
  if (run.isEnded) return never();
  if (type.isTypeOf) return completeChecked(run, field, type, type.isTypeOf, path, value);
  return run.executeFields(run, field.selection(type, run), value, path);
}

function completeChecked(
  run: Run,
  field: FieldPlan,
  type: GraphQLObjectType,
  isTypeOf: GraphQLIsTypeOfFn<unknown, unknown>,
  path: ResponsePath,
  value: unknown,
): unknown {
  const check = (isOfType: boolean) => {
    if (isOfType) return run.executeFields(run, field.selection(type, run), value, path);
    throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, {
      nodes: field.nodes,
    });
  };
  const isOfType = isTypeOf(value, run.contextValue, infoAt(run, field, path));
  return isPromise(isOfType) ? isOfType.then(check) : check(isOfType);
}

/** The resolver info of the field to which a value at this place belongs. Items of a list have their field's info. */
function infoAt(run: Run, field: FieldPlan, path: ResponsePath): ResolveInfo {
  let place: ResponsePath | undefined = path;
  while (typeof place?.key === 'number') place = place.prev;
  return new ResolveInfo(run, field, place?.prev);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function'
  );
}
