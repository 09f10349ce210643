import type { UpstreamSettings } from '../sdk/client.ts';

/** A message of a queue, as one receipt of it. */
export interface QueueMessage {
  readonly id: string;
  /** The handle that deletes the message, or extends the time for which other receivers do not see it. */
  readonly receipt: string;
  readonly body: string;
  /** When it entered the queue, in epoch milliseconds of AWS's clock; undefined if the queue did not say. */
  readonly sentAt: number | undefined;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** One SQS queue. Every function rejects when the signal aborts. */
export interface MessageQueue {
  /**
   * Waits for messages; an empty list means that no message came in time.
   * @param waitMs whole seconds, at most `LONGEST_WAIT_MS`
   */
  receive(waitMs: number, signal: AbortSignal): Promise<readonly QueueMessage[]>;
  /** Deletes at most 10 messages. Returns those that SQS did not delete. */
  delete(messages: readonly QueueMessage[], signal: AbortSignal): Promise<readonly QueueMessage[]>;
  /** Hides at most 10 messages from other receivers for another `VISIBILITY_MS`. */
  extend(messages: readonly QueueMessage[], signal: AbortSignal): Promise<void>;
  /** Closes its connections. */
  destroy(): void;
}

/** Most messages in one call. */
export const BATCH = 10;
/** The longest wait for messages that SQS allows. */
export const LONGEST_WAIT_MS = 20_000;
/** How long a message stays hidden from other receivers, in milliseconds. */
export const VISIBILITY_MS = 30_000;

export interface QueueSettings {
  /** The queue's URL, as SQS shows it. */
  readonly url: string;
  /** The Region that calls are signed for; undefined: the SDK's. */
  readonly region: string | undefined;
  readonly credentials?: UpstreamSettings['credentials'];
}
