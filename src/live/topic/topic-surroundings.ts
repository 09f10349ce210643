import type { PaceLimits } from '../pace/poll-interval.ts';
import type { Pollable } from './pollable.ts';
import type { ReplayBudget } from './replay-buffer.ts';

/** The parts of its hub that a topic needs. */
export interface TopicSurroundings {
  /** Makes a part of cursors that is unique among all topics of all processes. */
  readonly epoch: () => string;
  readonly ringSize: number;
  /** The replay budget of all topics. */
  readonly replay: ReplayBudget;
  readonly pace: PaceLimits;
  /** How many times slower than its pace a topic is polled: more than once while other processes do the same. */
  readonly slowness: () => number;
  /** Whether the changes of all of these are announced at the moment. */
  readonly isAnnounced: (sources: readonly string[]) => boolean;
  /** How much later another look has to find an end of success. */
  readonly confirmMs: number;
  /** Readings from before this time of the monotonic clock are no first event for a new subscriber. */
  readonly usableFrom: () => number;
  /** ECS's time. */
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly describeError: (error: unknown) => {
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
  };
  /** Called when the topic has no followers any more. */
  readonly onIdle: (topic: Pollable<never>) => void;
  /** Called when the next poll may be due earlier. */
  readonly onChange: () => void;
}
