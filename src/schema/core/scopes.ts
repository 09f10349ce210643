import type { Describer } from '../../ecs/batching/describe-batcher.ts';
import { parseArn } from '../../ecs/core/arn.ts';
import { DEFAULT_ACCOUNT, type Scope } from '../../ecs/core/scope.ts';
import type { KeySupply } from '../../ecs/credentials/credential-source.ts';
import type { ScopeHealth } from '../../ecs/scopes/scope-health.ts';
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
  /**
   * Makes sure, before the first write, that the credentials are of the configured account; absent where that is certain.
   * @throws {EcsError}
   */
  readonly confirmOwner?: (() => Promise<void>) | undefined;
  /** Whether it can be read; absent in tests. */
  readonly health?: ScopeHealth | undefined;
}

/** One account in one region that this gateway serves. */
export interface ScopeEntry {
  /** The name of the account in the configuration. */
  readonly alias: string;
  readonly scope: Scope;
  /** Its services, created when they are first needed. */
  readonly services: ScopeServices;
  /** Its services if they were needed before. Never creates them. */
  readonly opened: ScopeServices | undefined;
  /** Its credentials; absent where the SDK finds them by itself. */
  readonly keys?: KeySupply | undefined;
}

/** The accounts and regions of a gateway, in the order of the configuration. */
export interface Scopes {
  readonly entries: readonly ScopeEntry[];
  /** The scope of requests that name no account and no region. It is one of `entries`. */
  readonly standard: ScopeEntry;
  /** Whether there is a scopes file. Without one there is one scope, whose account is learnt from answers. */
  readonly isConfigured: boolean;
}

/** A gateway of one account and region. */
export function singleScope(services: ScopeServices): Scopes {
  const { scope } = services.upstream;
  const entry = { alias: scope.account, scope, services, opened: services };
  return { entries: [entry], standard: entry, isConfigured: false };
}

/** Ends the subscriptions of every scope that was opened. */
export function disposeLive({ entries }: Scopes): void {
  for (const { opened } of entries) opened?.live.dispose();
}

/** Closes the connections to ECS of every scope that was opened. */
export function disposeUpstreams({ entries }: Scopes): void {
  for (const { opened } of entries) opened?.upstream.dispose();
}

/** Whether an entry of the history, which knows clusters by name, is of a scope. Without a scopes file there is only one. */
export function isOfScope(
  { key, serviceArn }: { readonly key: string; readonly serviceArn: string },
  { scope }: ScopeEntry,
): boolean {
  if (scope.account === DEFAULT_ACCOUNT) return true;
  const arn = parseArn(serviceArn === '' ? key : serviceArn);
  return arn === undefined || (arn.account === scope.account && arn.region === scope.region);
}
