import type { Upstream } from '../ecs/sdk/upstream.ts';
import type { ReplicaSource } from './replica-metrics.ts';

/** The sources of metrics that are read at collection time. */
export interface MetricSources {
  readonly version: string;
  readonly upstream: Pick<Upstream, 'meter' | 'attemptsInFlight' | 'rateLevels'>;
  readonly live: { readonly activeTopics: number; readonly keptTopics: number; readonly looks: number };
  readonly inFlight: { readonly operations: number; readonly streams: Readonly<Record<'http' | 'ws', number>> };
  readonly webSockets: { readonly size: number };
  /** Files of tokens and policies. */
  readonly files: readonly { readonly what: string; readonly isStale: boolean }[];
  /** How often each policy failed while it was evaluated; absent without policies. */
  readonly policyErrors?: ReadonlyMap<string, number> | undefined;
  /** Where the events of ECS come from. */
  readonly eventSources: readonly {
    readonly state: () => SourceState;
    /** How messages and requests ended, by outcome. */
    readonly counts: () => ReadonlyMap<string, number>;
  }[];
  /** Absent if the gateway has no replicas. */
  readonly replicas?: ReplicaSource | undefined;
  readonly keysAge: () => number | undefined;
  readonly events: { readonly executed: number; readonly sent: Readonly<Record<'http' | 'ws', number>> };
}

/** The condition of a source of events. */
export interface SourceState {
  readonly name: string;
  /** Age of the oldest event that waits, in milliseconds; undefined if the source cannot know. */
  readonly backlogMs: number | undefined;
  /** Why no event comes; undefined if nothing is wrong. */
  readonly trouble?: string | undefined;
}
