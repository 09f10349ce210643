import { GraphQLError, type GraphQLResolveInfo, responsePathAsArray } from 'graphql';
import { EcsError } from '../../ecs/core/errors.ts';
import type { GraphContext } from '../core/context.ts';
import type { ScopeEntry } from '../core/scopes.ts';
import { nameOf, scopeExtension } from './select-scopes.ts';

/** The value of a field in one scope. */
export interface ScopedValue {
  readonly context: GraphContext;
  readonly value: unknown;
}

/** The source of an object over several scopes: each of its fields is resolved in each, and the values are merged. */
export class Across {
  readonly parts: readonly ScopedValue[];

  constructor(parts: readonly ScopedValue[]) {
    this.parts = parts;
  }
}

/** A scope in which a field failed. */
export interface Failure {
  readonly entry: ScopeEntry;
  readonly error: unknown;
  /** Whether the error only says that the scope has nothing for the caller. */
  readonly isQuiet: boolean;
}

/** Scopes that one field reads at the same time. */
const MOST_WIDE = 64;

/** Reads something in each scope, and waits for all of them. */
export async function settleScopes<Part extends { readonly context: GraphContext }, Value>(
  parts: readonly Part[],
  read: (part: Part) => Value | Promise<Value>,
): Promise<{ readonly values: readonly { part: Part; value: Value }[]; readonly failures: readonly Failure[] }> {
  const values: { part: Part; value: Value }[] = [];
  const failures: Failure[] = [];
  for (let from = 0; from < parts.length; from += MOST_WIDE) {
    const wave = parts.slice(from, from + MOST_WIDE);
    const settled = await Promise.allSettled(wave.map(async (part) => read(part)));
    for (const [index, part] of wave.entries()) {
      const result = settled[index];
      if (result?.status === 'fulfilled') values.push({ part, value: result.value });
      else failures.push({ entry: part.context.scope, error: result?.reason, isQuiet: isQuiet(result?.reason) });
    }
  }
  return { values, failures };
}

/**
 * Makes each scope that failed an error of the answer, beside the values of the others. Scopes of which the caller may see nothing are left
 * out, and so are those where something that the caller named does not exist.
 * @param isEmpty whether no scope has a value
 * @throws one error for all scopes, if there is no value: that of the first, which names the others
 */
export function reportFailures(
  failures: readonly Failure[],
  isEmpty: boolean,
  context: GraphContext,
  info: GraphQLResolveInfo,
): void {
  const telling = failures.filter((failure) => !failure.isQuiet);
  if (isEmpty && failures.length > 0) throw inScopes(telling.length > 0 ? telling : alike(failures));
  for (const failure of telling) context.addError(added(failure, info));
}

/** The scopes without what the caller named. Those of which the caller may see nothing count only if there are no others. */
function alike(failures: readonly Failure[]): readonly Failure[] {
  const missing = failures.filter(({ error }) => codeOf(error) === 'NOT_FOUND');
  return missing.length > 0 ? missing : failures;
}

/** Scopes that a message names. */
const MOST_NAMED = 5;
/** Scopes that `extensions.scopes` lists. */
const MOST_LISTED = 100;

/** The error of the first scope. An error of ECS names all scopes; others are about the request. */
function inScopes(failures: readonly Failure[]): unknown {
  const [first] = failures;
  if (first === undefined) return undefined;
  const error = ecsErrorOf(first.error);
  if (error === undefined || failures.length === 1) return inScope(first.error, first.entry);
  const names = failures.slice(0, MOST_NAMED).map(({ entry }) => nameOf(entry));
  const more = failures.length - names.length;
  const where = `in ${more > 0 ? `${names.join(', ')} and ${more} more` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`}`;
  const scopes = failures
    .slice(0, MOST_LISTED)
    .map(({ entry, error }) => ({ ...scopeExtension(entry), code: codeOf(error) }));
  const { message, originalError, extensions } = inScope(error.at(error.argument, where), first.entry);
  return new GraphQLError(message, { originalError: originalError ?? null, extensions: { ...extensions, scopes } });
}

/** Errors that only say that a scope has nothing for the caller. */
function isQuiet(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'FORBIDDEN' || code === 'NOT_FOUND';
}

function codeOf(error: unknown): unknown {
  return ecsErrorOf(error)?.code ?? (error instanceof GraphQLError ? error.extensions.code : undefined);
}

function ecsErrorOf(error: unknown): EcsError | undefined {
  if (error instanceof EcsError) return error;
  return error instanceof GraphQLError ? ecsErrorOf(error.originalError) : undefined;
}

function added({ entry, error }: Failure, { fieldNodes, path }: GraphQLResolveInfo): GraphQLError {
  const { message, originalError, extensions } = inScope(error, entry);
  return new GraphQLError(message, {
    nodes: fieldNodes,
    path: responsePathAsArray(path),
    originalError: originalError ?? null,
    extensions,
  });
}

/** An error with the account and region where it happened in its extensions. */
export function inScope(error: unknown, entry: ScopeEntry): GraphQLError {
  const extensions = { scope: scopeExtension(entry) };
  if (error instanceof GraphQLError) {
    if (error.extensions.scope !== undefined) return error;
    return new GraphQLError(error.message, {
      nodes: error.nodes ?? null,
      path: error.path ?? null,
      originalError: error.originalError ?? null,
      extensions: { ...error.extensions, ...extensions },
    });
  }
  const original = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(original.message, { originalError: original, extensions });
}
