import type { Scope } from '../ecs/core/scope.ts';
import type { ScopeHealth } from '../ecs/scopes/scope-health.ts';
import type { Upstream } from '../ecs/sdk/upstream.ts';
import type { ReplicaSource } from './replica-metrics.ts';

/** The parts of one account and region that are measured. */
export interface ScopeSource {
  readonly alias: string;
  readonly scope: Scope;
  readonly upstream: Pick<Upstream, 'meter' | 'attemptsInFlight' | 'rateLevels'>;
  readonly live: { readonly activeTopics: number; readonly keptTopics: number; readonly looks: number };
  readonly health?: Pick<ScopeHealth, 'state'> | undefined;
}

/** The sources of metrics that are read at collection time. */
export interface MetricSources {
  readonly version: string;
  /** Whether metrics of calls have labels for the account and region: with a scopes file. */
  readonly hasScopes: boolean;
  /** The accounts and regions that were used so far. */
  readonly scopes: () => readonly ScopeSource[];
  readonly inFlight: { readonly operations: number; readonly streams: Readonly<Record<'http' | 'ws', number>> };
  readonly webSockets: { readonly size: number };
  /** Files of tokens and policies. */
  readonly files: readonly { readonly what: string; readonly isStale: boolean }[];
  /** How often each policy failed while it was evaluated; absent without policies. */
  readonly policyErrors?: ReadonlyMap<string, number> | undefined;
  /** Where the events of ECS come from. */
  readonly eventSources: readonly {
    state(): SourceState;
    /** How messages and requests ended, by outcome. */
    counts(): ReadonlyMap<string, number>;
  }[];
  /** Absent if the gateway has no replicas. */
  readonly replicas?: ReplicaSource | undefined;
  /** Facts about the resources that events keep up to date; absent without a source of events. */
  readonly inventory?: { facts(): InventoryFacts } | undefined;
  readonly keysAge: () => number | undefined;
  readonly events: { readonly executed: number; readonly sent: Readonly<Record<'http' | 'ws', number>> };
}

/** The condition of the inventory. Numbers of events and repairs count since the start. */
export interface InventoryFacts {
  readonly events: Readonly<Record<'applied' | 'duplicate' | 'old' | 'ignored' | 'heartbeat', number>>;
  /** Versions that no event showed. */
  readonly jumps: number;
  /** Entities that ECS showed differently than events had, by the net that found them. */
  readonly repairs: Readonly<Record<'counters' | 'transit' | 'sweep', number>>;
  readonly tasks: number;
  readonly instances: number;
  readonly clusters: number;
  /** Clusters whose reads are answered from memory. */
  readonly trusted: number;
  readonly answered: number;
  /** Since the last sign of life of a source; undefined before the first. */
  readonly silentForMs: number | undefined;
}

/** The condition of a source of events. */
export interface SourceState {
  readonly name: string;
  /** Age of the oldest event that waits, in milliseconds; undefined if the source cannot know. */
  readonly backlogMs: number | undefined;
  /** Why no event comes; undefined if nothing is wrong. */
  readonly trouble?: string | undefined;
}
