import { EcsError } from '../checks/ecs-errors.ts';
import type { MessageAttributes, MessageRecord, QueueRecord } from '../model/messaging/queue-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';
import { numberOf, redriveOf } from './queue-attributes.ts';

/** AWS keeps more; the sandbox has only the memory of one process. The oldest message then goes. */
const MOST_MESSAGES = 100_000;
/** AWS's limit of messages in flight. */
const MOST_IN_FLIGHT = 120_000;

/** The parts of a message that its sender sets. */
export interface NewMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly traceHeader?: string | undefined;
  readonly senderId: string;
  /** The queue's own delay if absent. */
  readonly delaySeconds?: number | undefined;
}

/** A message that was handed out, with the handle of this receive. */
export interface Received {
  readonly message: MessageRecord;
  readonly handle: string;
}

export function sendMessage(world: World, queue: QueueRecord, given: NewMessage): MessageRecord {
  const message: MessageRecord = {
    id: world.messaging.random.uuid(),
    body: given.body,
    attributes: given.attributes ?? {},
    traceHeader: given.traceHeader,
    senderId: given.senderId,
    sentAt: world.clock.now(),
    firstReceivedAt: undefined,
    receives: 0,
    deadLetterSource: undefined,
    due: undefined,
  };
  const delay = given.delaySeconds ?? numberOf(queue, 'DelaySeconds');
  if (delay > 0) hide(world, queue, message, delay);
  else makeReady(world, queue, message);
  return message;
}

function makeReady(world: World, queue: QueueRecord, message: MessageRecord): void {
  queue.hidden.delete(message.id);
  message.due = undefined;
  queue.ready.set(message.id, message);
  const [oldest] = queue.ready.keys();
  if (queue.ready.size > MOST_MESSAGES && oldest !== undefined) queue.ready.delete(oldest);
  world.polls.wake(queue.arn);
}

function hide(world: World, queue: QueueRecord, message: MessageRecord, seconds: number): void {
  queue.ready.delete(message.id);
  queue.hidden.set(message.id, message);
  const hidden: Hidden = { queue, message };
  world.clock.cancel(message.due);
  message.due = world.clock.after(seconds * 1000, show, world, hidden);
}

interface Hidden {
  readonly queue: QueueRecord;
  readonly message: MessageRecord;
}

const show = dueAction('queue.show', (world: World, { queue, message }: Hidden) => makeReady(world, queue, message));

/** Removes the messages that a queue has kept long enough. */
export function dropExpired(world: World, queue: QueueRecord): void {
  const oldest = world.clock.now() - numberOf(queue, 'MessageRetentionPeriod') * 1000;
  for (const [id, { sentAt }] of queue.ready) if (sentAt <= oldest) queue.ready.delete(id);
  for (const [id, { sentAt, due }] of queue.hidden) {
    if (sentAt > oldest) continue;
    queue.hidden.delete(id);
    world.clock.cancel(due);
  }
}

/** Moves a message to the queue of dead letters; false if that queue does not exist. */
function moveToDeadLetters(world: World, queue: QueueRecord, message: MessageRecord, arn: string): boolean {
  const target = [...world.messaging.queues.values()].find((candidate) => candidate.arn === arn);
  if (target === undefined) return false;
  queue.ready.delete(message.id);
  // The time at which it was sent stays, and with it the end of its retention.
  makeReady(world, target, { ...message, receives: 0, firstReceivedAt: undefined, deadLetterSource: queue.arn });
  return true;
}

/**
 * Hands out at most `most` messages, which are then invisible for some seconds. Nothing where too many messages are in
 * flight.
 */
export function receiveMessages(world: World, queue: QueueRecord, most: number, visibility: number): Received[] {
  const now = world.clock.now();
  const oldest = now - numberOf(queue, 'MessageRetentionPeriod') * 1000;
  const redrive = redriveOf(queue);
  const received: Received[] = [];
  while (received.length === 0 && queue.ready.size > 0 && !isFull(queue)) {
    // A message without a timeout stays ready: one pass must not return it twice.
    for (const message of [...first(queue.ready.values(), most, ({ sentAt }) => sentAt <= oldest)]) {
      const isDead = redrive !== undefined && message.receives >= redrive.most;
      if (message.sentAt <= oldest) queue.ready.delete(message.id);
      else if (!isDead || !moveToDeadLetters(world, queue, message, redrive.arn)) {
        message.receives += 1;
        message.firstReceivedAt ??= now;
        received.push({ message, handle: handleOf(queue, message) });
        if (visibility > 0) hide(world, queue, message, visibility);
      }
    }
  }
  return received;
}

/** Whether no more messages may be in flight. */
export function isFull(queue: QueueRecord): boolean {
  return queue.hidden.size >= MOST_IN_FLIGHT;
}

/** As many values as were asked for, without those whose time is over. */
function* first<T>(values: Iterable<T>, most: number, isOver: (value: T) => boolean): Generator<T> {
  let count = 0;
  for (const value of values) {
    if (count >= most) return;
    if (!isOver(value)) count += 1;
    yield value;
  }
}

const HANDLE = /^(\S+) (\S+) (\d+)$/;

/** A new handle for each receive. */
function handleOf(queue: QueueRecord, message: MessageRecord): string {
  return Buffer.from(`${queue.arn} ${message.id} ${message.receives}`).toString('base64');
}

/** The message of a handle; undefined if it is deleted, or was received again since. */
export function findByHandle(queue: QueueRecord, handle: string): MessageRecord | undefined {
  const [, arn, id = '', receives] = HANDLE.exec(Buffer.from(handle, 'base64').toString()) ?? [];
  if (arn !== queue.arn) {
    throw new EcsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
  }
  const message = queue.hidden.get(id) ?? queue.ready.get(id);
  return message?.receives === Number(receives) ? message : undefined;
}

/** Deletes the message of a handle. An older handle of a message that was received again deletes nothing. */
export function deleteMessage(world: World, queue: QueueRecord, handle: string): void {
  const message = findByHandle(queue, handle);
  if (message === undefined) return;
  world.clock.cancel(message.due);
  queue.hidden.delete(message.id);
  queue.ready.delete(message.id);
}

/** The message stays invisible for some seconds from now, or is visible at once. */
export function changeVisibility(world: World, queue: QueueRecord, handle: string, seconds: number): void {
  const message = findByHandle(queue, handle);
  if (message === undefined || !queue.hidden.has(message.id)) {
    throw new EcsError(
      'MessageNotInflight',
      `Value ${handle.slice(0, 200)} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
  if (seconds > 0) {
    hide(world, queue, message, seconds);
    return;
  }
  world.clock.cancel(message.due);
  makeReady(world, queue, message);
}

export function purge(world: World, queue: QueueRecord): void {
  for (const { due } of queue.hidden.values()) world.clock.cancel(due);
  queue.hidden.clear();
  queue.ready.clear();
}
