import type { Describer } from '../../ecs/batching/describe-batcher.ts';
import type { Scope } from '../../ecs/core/scope.ts';
import type { Upstream } from '../../ecs/sdk/upstream.ts';
import type { LiveHub } from '../../live/core/create-hub.ts';
import type { FleetLooks } from '../../live/core/fleet-looks.ts';

/** Everything that serves one account and region: nothing of it is shared with other scopes. */
export interface ScopeServices {
  /** Calls ECS, inside the rate limits of this account and region. */
  readonly upstream: Upstream;
  /** Forms Describe batches, and keeps what was read and written. */
  readonly describer: Describer;
  /** The hub of the subscriptions to resources of this scope. */
  readonly live: LiveHub;
  /** Reads of whole clusters that all callers share. */
  readonly fleet: FleetLooks;
}

/** One account in one region that this gateway serves. */
export interface ScopeEntry {
  readonly scope: Scope;
  /** Its services, created when they are first needed. */
  readonly services: ScopeServices;
  /** Its services if they were needed before. Never creates them. */
  readonly opened: ScopeServices | undefined;
}

/** The accounts and regions of a gateway, in the order of the configuration. */
export interface Scopes {
  readonly entries: readonly ScopeEntry[];
  /** The scope of everything that names no account and no region. It is one of `entries`. */
  readonly standard: ScopeEntry;
}

/** A gateway of one account and region. */
export function singleScope(services: ScopeServices): Scopes {
  const entry = { scope: services.upstream.scope, services, opened: services };
  return { entries: [entry], standard: entry };
}

/** Ends the subscriptions of every scope that was opened. */
export function disposeLive({ entries }: Scopes): void {
  for (const { opened } of entries) opened?.live.dispose();
}

/** Closes the connections to ECS of every scope that was opened. */
export function disposeUpstreams({ entries }: Scopes): void {
  for (const { opened } of entries) opened?.upstream.dispose();
}
