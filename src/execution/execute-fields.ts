import { defaultFieldResolver, type ResponsePath } from 'graphql';
import { completeAt, fail, placeOf } from './complete-value.ts';
import { isPromise, Parts, type PromiseOrValue } from './promise-parts.ts';
import { ResolveInfo, type Run } from './run.ts';
import type { FieldPlan, SelectionPlan } from './selection-plan.ts';

export type Data = Record<string, unknown>;

/** Resolves and completes the fields selected on an object, in parallel. */
export function executeFields(
  run: Run,
  selection: SelectionPlan,
  source: unknown,
  path: ResponsePath | undefined,
): PromiseOrValue<Data> {
  const data = selection.start();
  let pending: Parts<string> | undefined;
  try {
    for (const field of selection.fields) {
      const value = executeField(run, field, source, path);
      if (isPromise(value)) {
        pending ??= new Parts();
        pending.add(field.key, value);
      } else data[field.key] = value;
    }
  } catch (error) {
    if (pending === undefined) throw error;
    // The pending fields end first: they may fail too, and must not change the answer after it was sent.
    return filled(pending, data).finally(() => {
      throw error;
    }) as Promise<never>;
  }
  return pending === undefined ? data : filled(pending, data);
}

/** Resolves one tick after its last part, as in graphql-js, which copies the object then. */
function filled(pending: Parts<string>, data: Data): Promise<Data> {
  return pending.fillIn(data).then((whole) => whole);
}

/** Resolves and completes the fields of a mutation one after the other. */
export function executeSerially(run: Run, selection: SelectionPlan, source: unknown): PromiseOrValue<Data> {
  const data = selection.start();
  const { fields } = selection;
  function from(first: number): PromiseOrValue<Data> {
    for (const [offset, field] of fields.slice(first).entries()) {
      const value = executeField(run, field, source, undefined);
      if (isPromise(value)) {
        return value.then((completed) => {
          data[field.key] = completed;
          return from(first + offset + 1);
        });
      }
      data[field.key] = value;
    }
    return data;
  }
  return from(0);
}

function executeField(run: Run, field: FieldPlan, source: unknown, path: ResponsePath | undefined): unknown {
  let value: unknown;
  try {
    value = resolveField(run, field, source, path);
  } catch (error) {
    return fail(run, field, field.type, placeOf(field, path, field.key), error);
  }
  return completeAt(run, field, field.type, path, field.key, value);
}

function resolveField(run: Run, field: FieldPlan, source: unknown, path: ResponsePath | undefined): unknown {
  const { property } = field;
  if (property !== undefined && typeof source === 'object' && source !== null) {
    const value = (source as Readonly<Record<string, unknown>>)[property];
    if (typeof value !== 'function' && !(field.isFilled && (value ?? null) === null)) return value;
    // graphql-js reads a method twice. This does the same, so that a getter that counts sees no difference.
    if (field.resolve === defaultFieldResolver) {
      const owner = source as Readonly<Record<string, (...given: unknown[]) => unknown>>;
      return owner[property]?.(run.argumentsOf(field), run.contextValue, new ResolveInfo(run, field, path));
    }
  }
  return field.resolve(source, run.argumentsOf(field), run.contextValue, new ResolveInfo(run, field, path));
}
