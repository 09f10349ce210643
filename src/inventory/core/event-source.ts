import type { EcsEvent } from './ecs-event.ts';

/**
 * Takes the events of one delivery. When the promise resolves, they are in the inventory, and the source may delete
 * the messages. It rejects only if the events could not be taken; the source then leaves them to be delivered again.
 */
export type EventSink = (events: readonly EcsEvent[]) => Promise<void> | void;

/** The condition of a source. The inventory stops answering when a source that it depends on is silent. */
export interface EventSourceState {
  /** A short name for metrics and logs: `sqs`, `https`. */
  readonly name: string;
  /** The Region whose events it brings; absent if it may bring those of any. */
  readonly region?: string | undefined;
  /**
   * Monotonic time (`Timers.monotonic`) of the last proof that deliveries would arrive: a receive that ECS's queue
   * answered, even with nothing, or a delivery. Undefined before the first one.
   */
  readonly lastContactAt: number | undefined;
  /**
   * How old, in milliseconds, the oldest event is that waits to be delivered, as far as the source knows: 0 if nothing
   * waits, undefined if it cannot know.
   */
  readonly backlogMs: number | undefined;
  /** Why the source gets nothing at the moment, in plain words; undefined if nothing is wrong. */
  readonly trouble?: string | undefined;
}

/** Delivers the events of one queue or endpoint. */
export interface EcsEventSource {
  /** Begins to deliver. Called once. */
  start(sink: EventSink): void;
  state(): EventSourceState;
  /** Ends deliveries that wait, and resolves when no delivery is under way. */
  close(): Promise<void>;
}
