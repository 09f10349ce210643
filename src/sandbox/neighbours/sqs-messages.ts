import { EcsError } from '../checks/ecs-errors.ts';
import type { MessageAttributes, QueueRecord } from '../model/messaging/queue-record.ts';
import type { World } from '../model/world.ts';
import { pollMessages } from '../queues/long-poll.ts';
import { md5Of, md5OfAttributes } from '../queues/message-md5.ts';
import { changeVisibility, deleteMessage, isFull, purge, type Received, sendMessage } from '../queues/messages.ts';
import { numberOf } from '../queues/queue-attributes.ts';
import type { Caller } from '../util/wire-types.ts';
import { type Fields, fieldsOf, listOf, optionalText, textsOf } from './input.ts';
import type { NeighbourOperation, WaitingOperation } from './neighbour.ts';
import { countOf, queueOfUrl, readBody, readMessageAttributes, requiredOf } from './sqs-input.ts';

const MOST_IN_BATCH = 10;
const LONGEST_TIMEOUT = 43_200;
const LONGEST_DELAY = 900;
const LONGEST_WAIT = 20;

function send(world: World, queue: QueueRecord, input: Fields, caller: Caller): object {
  const attributes = readMessageAttributes(input.MessageAttributes);
  const traceHeader = optionalText(fieldsOf(fieldsOf(input.MessageSystemAttributes).AWSTraceHeader), 'StringValue');
  const message = sendMessage(world, queue, {
    body: readBody(queue, input),
    attributes,
    traceHeader,
    senderId: caller.accessKey ?? world.account,
    delaySeconds: countOf(input, 'DelaySeconds', 0, LONGEST_DELAY),
  });
  const ofTrace =
    traceHeader === undefined
      ? undefined
      : md5OfAttributes({ AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } });
  return {
    MD5OfMessageBody: md5Of(message.body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MD5OfMessageSystemAttributes: ofTrace,
    MessageId: message.id,
  };
}

function release(world: World, queue: QueueRecord, input: Fields): object {
  const seconds = countOf(input, 'VisibilityTimeout', 0, LONGEST_TIMEOUT);
  if (seconds === undefined) requiredOf(input, 'VisibilityTimeout');
  changeVisibility(world, queue, requiredOf(input, 'ReceiptHandle'), seconds ?? 0);
  return {};
}

function remove(world: World, queue: QueueRecord, input: Fields): object {
  deleteMessage(world, queue, requiredOf(input, 'ReceiptHandle'));
  return {};
}

const ID = /^[\w-]{1,80}$/;

function entriesOf(input: Fields): Fields[] {
  const entries = listOf(input.Entries).map(fieldsOf);
  const ids = entries.map((entry) => String(entry.Id ?? ''));
  if (entries.length === 0) {
    throw new EcsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > MOST_IN_BATCH) {
    throw new EcsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MOST_IN_BATCH}. You have sent ${entries.length}.`,
    );
  }
  if (!ids.every((id) => ID.test(id))) {
    throw new EcsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new EcsError('BatchEntryIdsNotDistinct', `Id ${twice} repeated.`);
  return entries;
}

/** Runs one operation for each entry. The call succeeds even if entries fail. */
function batchOf(run: (world: World, queue: QueueRecord, entry: Fields, caller: Caller) => object): NeighbourOperation {
  return (world, input, caller) => {
    const queue = queueOfUrl(world, input);
    const [Successful, Failed]: [object[], object[]] = [[], []];
    for (const entry of entriesOf(input)) {
      try {
        Successful.push({ Id: entry.Id, ...run(world, queue, entry, caller) });
      } catch (error) {
        if (!(error instanceof EcsError)) throw error;
        Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
      }
    }
    return { Successful, Failed };
  };
}

function single(run: (world: World, queue: QueueRecord, entry: Fields, caller: Caller) => object): NeighbourOperation {
  return (world, input, caller) => run(world, queueOfUrl(world, input), input, caller);
}

/** The total size counts as well: one message may be as large as a whole batch. */
function checkBatchSize(queue: QueueRecord, input: Fields): void {
  const size = listOf(input.Entries)
    .map((entry) => Buffer.byteLength(String(fieldsOf(entry).MessageBody ?? '')))
    .reduce((sum, bytes) => sum + bytes, 0);
  const most = numberOf(queue, 'MaximumMessageSize');
  if (size <= most) return;
  throw new EcsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${most} bytes. You have sent ${size} bytes.`,
  );
}

/** The attributes whose names were asked for; `All`, `.*` and `prefix.*` stand for several. */
function chosen<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> | undefined {
  const wants = (name: string): boolean =>
    names.some((wanted) =>
      wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -2)) : wanted === 'All' || wanted === name,
    );
  const found = Object.entries(all).filter(([name]) => wants(name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function render({ message, handle }: Received, input: Fields): object {
  const { traceHeader, deadLetterSource } = message;
  const own: Record<string, string> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(traceHeader === undefined ? {} : { AWSTraceHeader: traceHeader }),
    ...(deadLetterSource === undefined ? {} : { DeadLetterQueueSourceArn: deadLetterSource }),
  };
  const names = [...textsOf(input.AttributeNames), ...textsOf(input.MessageSystemAttributeNames)];
  const attributes: MessageAttributes | undefined = chosen(message.attributes, textsOf(input.MessageAttributeNames));
  return {
    MessageId: message.id,
    ReceiptHandle: handle,
    MD5OfBody: md5Of(message.body),
    Body: message.body,
    Attributes: chosen(own, names),
    MessageAttributes: attributes,
    MD5OfMessageAttributes: attributes === undefined ? undefined : md5OfAttributes(attributes),
  };
}

const receive: WaitingOperation = async (world, input, { gone }) => {
  const queue = queueOfUrl(world, input);
  const most = countOf(input, 'MaxNumberOfMessages', 1, MOST_IN_BATCH) ?? 1;
  const visibility = countOf(input, 'VisibilityTimeout', 0, LONGEST_TIMEOUT) ?? numberOf(queue, 'VisibilityTimeout');
  const waitSeconds =
    countOf(input, 'WaitTimeSeconds', 0, LONGEST_WAIT) ?? numberOf(queue, 'ReceiveMessageWaitTimeSeconds');
  if (waitSeconds === 0 && isFull(queue)) throw new EcsError('OverLimit', 'Too many messages in flight.', 403);
  const received = await pollMessages(world, queue, { most, visibility, waitSeconds }, gone);
  return received.length === 0 ? {} : { Messages: received.map((item) => render(item, input)) };
};

/** AWS takes one purge a minute. */
const PURGE_MS = 60_000;

const purgeQueue: NeighbourOperation = (world, input) => {
  const queue = queueOfUrl(world, input);
  const now = world.clock.now();
  if (queue.purgedAt !== undefined && now - queue.purgedAt < PURGE_MS) {
    throw new EcsError(
      'PurgeQueueInProgress',
      `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      403,
    );
  }
  queue.purgedAt = now;
  purge(world, queue);
  return {};
};

/** SQS's operations on messages. */
export const MESSAGE_OPERATIONS: Readonly<Record<string, WaitingOperation>> = {
  SendMessage: single(send),
  SendMessageBatch: (world, input, caller) => {
    entriesOf(input);
    checkBatchSize(queueOfUrl(world, input), input);
    return batchOf(send)(world, input, caller);
  },
  ReceiveMessage: receive,
  DeleteMessage: single(remove),
  DeleteMessageBatch: batchOf(remove),
  ChangeMessageVisibility: single(release),
  ChangeMessageVisibilityBatch: batchOf(release),
  PurgeQueue: purgeQueue,
};
