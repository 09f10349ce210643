import type { GraphQLResolveInfo } from 'graphql';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { ScopeEntry } from '../core/scopes.ts';
import type { Args, Part } from './select-scopes.ts';

/** The scope of each event of a stream over several scopes. Events are shared by subscribers, and each is of one scope. */
const scopes = new WeakMap<object, ScopeEntry>();

export function eventScope(event: unknown): ScopeEntry | undefined {
  return typeof event === 'object' && event !== null ? scopes.get(event) : undefined;
}

/** Follows a feed in several scopes at once. */
export async function mergeStreams(
  parts: readonly Part[],
  _args: Args,
  context: GraphContext,
  _info: GraphQLResolveInfo,
  follow: (context: GraphContext, args: Args) => unknown,
): Promise<unknown> {
  const [only] = parts;
  if (only === undefined || parts.length > 1)
    throw badUserInput('accounts', 'and "regions" must leave one account and region for a subscription');
  return follow(context.in(only.entry), only.args);
}
