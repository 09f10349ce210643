import { EcsError } from '../checks/ecs-errors.ts';
import type { MessageAttribute, MessageAttributes, QueueRecord } from '../model/messaging/queue-record.ts';
import type { World } from '../model/world.ts';
import { numberOf } from '../queues/queue-attributes.ts';
import { type Fields, fieldsOf, optionalText } from './input.ts';

const NAME = /^[\w-]{1,80}$/;
const MISSING = 'MissingParameter';

export function invalidValue(message: string): EcsError {
  return new EcsError('InvalidParameterValue', message);
}

export function requiredOf(input: Fields, name: string): string {
  const value = optionalText(input, name);
  if (value !== undefined) return value;
  throw new EcsError(MISSING, `The request must contain the parameter ${name}.`);
}

export function readQueueName(input: Fields): string {
  const name = requiredOf(input, 'QueueName');
  if (name.endsWith('.fifo')) throw invalidValue('The sandbox has standard queues only: no name may end with .fifo.');
  if (NAME.test(name)) return name;
  throw invalidValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
}

function noQueue(): EcsError {
  return new EcsError('QueueDoesNotExist', 'The specified queue does not exist.');
}

/** The queue of an account by its name. */
export function queueNamed(world: World, name: string, account = world.account): QueueRecord {
  const queue = account === world.account ? world.messaging.queues.get(name) : undefined;
  if (queue === undefined) throw noQueue();
  return queue;
}

/** The queue of `QueueUrl`: `http://host:port/account/name`, or only its last two parts. */
export function queueOfUrl(world: World, input: Fields): QueueRecord {
  const url = requiredOf(input, 'QueueUrl');
  const [name = '', account = ''] = url.split('/').reverse();
  if (!/^\d{12}$/.test(account))
    throw new EcsError('InvalidAddress', `The address ${url.slice(0, 200)} is not valid for this endpoint.`, 404);
  return queueNamed(world, name, account);
}

/** A whole number within limits; undefined if it is absent. */
export function countOf(input: Fields, name: string, least: number, most: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const shown = String(value).slice(0, 50);
  throw invalidValue(
    `Value ${shown} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}

function readAttribute(name: string, given: unknown): MessageAttribute {
  const { DataType, StringValue, BinaryValue } = fieldsOf(given);
  const isText = typeof DataType === 'string' && /^(String|Number|Binary)(\..+)?$/.test(DataType);
  const value = isText && DataType.startsWith('Binary') ? BinaryValue : StringValue;
  if (!isText || typeof value !== 'string' || value === '') {
    throw invalidValue(`The message attribute '${name.slice(0, 100)}' has an invalid type or no value of its type.`);
  }
  return DataType.startsWith('Binary') ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
}

export function readMessageAttributes(given: unknown): MessageAttributes {
  const entries = Object.entries(fieldsOf(given));
  if (entries.length > 10)
    throw invalidValue('Number of message attributes [more than 10] exceeds the allowed maximum [10].');
  return Object.fromEntries(entries.map(([name, value]) => [name, readAttribute(name, value)]));
}

/** The characters that XML 1.0 allows. */
const ALLOWED = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

export function readBody(queue: QueueRecord, input: Fields): string {
  const body = requiredOf(input, 'MessageBody');
  const most = numberOf(queue, 'MaximumMessageSize');
  if (Buffer.byteLength(body) > most) {
    throw invalidValue(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  }
  if (!ALLOWED.test(body)) {
    throw new EcsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  }
  return body;
}
