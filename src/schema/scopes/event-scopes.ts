import type { GraphContext } from '../core/context.ts';
import type { ScopeEntry } from '../core/scopes.ts';

/** The scopes of the events of feeds over several scopes, and what of an event is from which. Subscribers share events. */
const scopes = new WeakMap<object, readonly (readonly [ScopeEntry, object])[]>();

export function rememberEvent(event: object, parts: readonly (readonly [ScopeEntry, object])[]): void {
  scopes.set(event, parts);
}

/**
 * The context of an event of a feed over several scopes; undefined for any other. Where an event is of several scopes, its items are of one each.
 */
export function contextOfEvent(event: unknown, context: GraphContext): GraphContext | undefined {
  const parts = typeof event === 'object' && event !== null ? scopes.get(event) : undefined;
  const [first] = parts ?? [];
  if (parts === undefined || first === undefined) return undefined;
  if (parts.length === 1 && first[1] === event) return context.in(first[0]);
  for (const [entry, body] of parts) {
    for (const items of Object.values(body)) {
      if (!Array.isArray(items)) continue;
      for (const item of items) if (typeof item === 'object' && item !== null) context.scopeOf.set(item, entry);
    }
  }
  return context;
}
