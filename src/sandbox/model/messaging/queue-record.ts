import type { Due } from '../../time/due.ts';

/** An attribute of a message that its sender set. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message of an SQS queue. It is `ready` to be received, or `hidden`: delayed or in flight. */
export interface MessageRecord {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** The tracing header, the only attribute of AWS's own that a sender may set. */
  readonly traceHeader: string | undefined;
  readonly senderId: string;
  readonly sentAt: number;
  firstReceivedAt: number | undefined;
  /** How often this queue has handed it out. */
  receives: number;
  /** The ARN of the queue from which it was moved here as a dead letter. */
  readonly deadLetterSource: string | undefined;
  /** The end of its delay or of its visibility timeout. */
  due: Due | undefined;
}

/** An SQS queue of one Region. */
export interface QueueRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  changedAt: number;
  /** Attributes that were set; all others have SQS's defaults. */
  attributes: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  /** In the order in which they became ready. */
  readonly ready: Map<string, MessageRecord>;
  readonly hidden: Map<string, MessageRecord>;
  purgedAt: number | undefined;
}
