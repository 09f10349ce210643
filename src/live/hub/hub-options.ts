import type { Timers } from '../../ecs/core/timers.ts';
import type { PaceLimits } from '../pace/poll-interval.ts';
import type { TopicSharing } from '../sharing/topic-sharing.ts';
import type { TopicSurroundings } from '../topic/topic-surroundings.ts';

export interface HubOptions<Session> {
  readonly timers: Timers;
  /** ECS's time, in epoch milliseconds. */
  readonly now: () => number;
  /**
   * Opens the session of one round of polls, shared by all topics that are due. If the round confirms earlier readings,
   * no call that was sent before may answer it.
   */
  readonly openSession: (signal: AbortSignal, confirms: boolean) => Session;
  /** Called when the round has ended. */
  readonly closeSession?: (session: Session) => void;
  readonly describeError: TopicSurroundings['describeError'];
  readonly pace?: PaceLimits;
  /** Whether the changes of all of these sources are announced by `Hub.wake` at the moment. Absent: never. */
  readonly isAnnounced?: (sources: readonly string[]) => boolean;
  /** How much later another look has to find an end of success, in milliseconds. */
  readonly confirmMs?: number;
  /** Readings from before this time of the monotonic clock are no first event for a new subscriber. */
  readonly usableFrom?: () => number;
  /** A number from 0 to 1, for the jitter. */
  readonly random?: () => number;
  /** Number of events kept for replay, for each topic. */
  readonly ringSize?: number;
  /** How long, and how many, topics without followers are kept. */
  readonly keepIdleMs?: number;
  readonly mostIdle?: number;
  readonly mostTopics?: number;
  /** Other processes with a hub for the same account and region. Absent, this hub is alone. */
  readonly sharing?: TopicSharing | undefined;
  /** An error of a poll as plain data, and back, for other processes. */
  readonly errorToData?: (error: unknown) => unknown;
  readonly errorFromData?: (data: unknown) => unknown;
}
