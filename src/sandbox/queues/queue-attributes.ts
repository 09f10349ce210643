import { EcsError } from '../checks/ecs-errors.ts';
import type { QueueRecord } from '../model/messaging/queue-record.ts';

/** The attributes that a number sets: default, least and most. */
const NUMBERS: Readonly<Record<string, readonly [initial: number, least: number, most: number]>> = {
  DelaySeconds: [0, 0, 900],
  MaximumMessageSize: [1_048_576, 1024, 1_048_576],
  MessageRetentionPeriod: [345_600, 60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 0, 20],
  VisibilityTimeout: [30, 0, 43_200],
  KmsDataKeyReusePeriodSeconds: [300, 60, 86_400],
};

/** The other attributes of a standard queue that can be set. */
const TEXTS = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled'];
const OF_FIFO = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

/** From a queue to its dead letters. */
interface Redrive {
  readonly arn: string;
  readonly most: number;
}

function invalid(name: string): EcsError {
  return new EcsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}

function parse(name: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the error.
  }
  throw invalid(name);
}

/** Where the messages of a queue go that are received too often; undefined if they stay. */
export function redriveOf({ attributes }: Pick<QueueRecord, 'attributes'>): Redrive | undefined {
  const { RedrivePolicy = '' } = attributes;
  if (RedrivePolicy === '') return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = parse('RedrivePolicy', RedrivePolicy);
  const most = Number(maxReceiveCount);
  const isRight = typeof deadLetterTargetArn === 'string' && Number.isInteger(most) && most >= 1 && most <= 1000;
  if (!isRight) throw invalid('RedrivePolicy');
  return { arn: deadLetterTargetArn, most };
}

export function numberOf({ attributes }: Pick<QueueRecord, 'attributes'>, name: keyof typeof NUMBERS): number {
  return Number(attributes[name] ?? NUMBERS[name]?.[0]);
}

/** Checks attributes that a call sets, and returns those that differ from unset ones. */
export function readAttributes(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [name, raw] of Object.entries(given)) {
    const value = String(raw);
    const range = NUMBERS[name];
    if (OF_FIFO.includes(name)) {
      throw new EcsError('InvalidAttributeName', `Unknown Attribute ${name}. The sandbox has standard queues only.`);
    }
    if (range === undefined && !TEXTS.includes(name)) {
      throw new EcsError('InvalidAttributeName', `Unknown Attribute ${name.slice(0, 100)}.`);
    }
    if (range !== undefined) {
      const [, least, most] = range;
      if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most) throw invalid(name);
    }
    if ((name === 'Policy' || name === 'RedriveAllowPolicy') && value !== '') parse(name, value);
    read[name] = value;
  }
  redriveOf({ attributes: read });
  return read;
}

const COMPUTED = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

/** Refuses names that no queue has an attribute of. */
export function checkNames(names: readonly string[]): void {
  const known = ['All', ...Object.keys(NUMBERS), ...TEXTS, ...OF_FIFO, ...COMPUTED];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new EcsError('InvalidAttributeName', `Unknown Attribute ${unknown.slice(0, 100)}.`);
  }
}

function inSeconds(time: number): string {
  return String(Math.floor(time / 1000));
}

/** All attributes of a queue, as GetQueueAttributes shows them. */
export function allAttributes(queue: QueueRecord): Record<string, string> {
  const hidden = [...queue.hidden.values()];
  const delayed = hidden.filter(({ receives }) => receives === 0).length;
  const initial = Object.fromEntries(
    Object.entries(NUMBERS)
      .filter(([name]) => name !== 'KmsDataKeyReusePeriodSeconds')
      .map(([name, [value]]) => [name, String(value)]),
  );
  const own = Object.fromEntries(Object.entries(queue.attributes).filter(([, value]) => value !== ''));
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(queue.ready.size),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: inSeconds(queue.createdAt),
    LastModifiedTimestamp: inSeconds(queue.changedAt),
    ...initial,
    SqsManagedSseEnabled: 'true',
    ...own,
  };
}
