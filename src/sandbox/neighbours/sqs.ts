import { EcsError } from '../checks/ecs-errors.ts';
import type { QueueRecord } from '../model/messaging/queue-record.ts';
import type { World } from '../model/world.ts';
import { dropExpired } from '../queues/messages.ts';
import { allAttributes, checkNames, readAttributes, redriveOf } from '../queues/queue-attributes.ts';
import { arnOf } from '../store/arns.ts';
import type { Caller } from '../util/wire-types.ts';
import { fieldsOf, optionalText, textsOf } from './input.ts';
import type { NeighbourOperation, WaitingOperation } from './neighbour.ts';
import { queueNamed, queueOfUrl, readQueueName } from './sqs-input.ts';
import { MESSAGE_OPERATIONS } from './sqs-messages.ts';

/** Clients send everything for a queue to the host of its URL, which is the host by which they reached the sandbox. */
function urlOf(world: World, { name }: QueueRecord, { host }: Caller): string {
  return `http://${host ?? `sqs.${world.region}.amazonaws.com`}/${world.account}/${name}`;
}

function textMap(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, item]) => [key, String(item)]));
}

/** A queue for dead letters must exist, in the same Region and account. */
function checkRedrive(world: World, attributes: Readonly<Record<string, string>>): void {
  const redrive = redriveOf({ attributes });
  if (redrive === undefined) return;
  const exists = [...world.messaging.queues.values()].some(({ arn }) => arn === redrive.arn);
  if (exists) return;
  throw new EcsError(
    'InvalidAttributeValue',
    `Value ${attributes.RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`,
  );
}

const createQueue: NeighbourOperation = (world, input, caller) => {
  const name = readQueueName(input);
  const attributes = readAttributes(fieldsOf(input.Attributes));
  checkRedrive(world, attributes);
  const { queues } = world.messaging;
  const present = queues.get(name);
  if (present !== undefined) {
    const all = allAttributes(present);
    const differs = Object.entries(attributes).find(([key, value]) => (all[key] ?? '') !== value);
    if (differs === undefined) return { QueueUrl: urlOf(world, present, caller) };
    throw new EcsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${differs[0]}`,
    );
  }
  const now = world.clock.now();
  const queue: QueueRecord = {
    name,
    arn: arnOf(world, 'sqs', name),
    createdAt: now,
    changedAt: now,
    attributes,
    tags: textMap(input.tags),
    ready: new Map(),
    hidden: new Map(),
    purgedAt: undefined,
  };
  queues.set(name, queue);
  return { QueueUrl: urlOf(world, queue, caller) };
};

const getQueueAttributes: NeighbourOperation = (world, input) => {
  const queue = queueOfUrl(world, input);
  const names = textsOf(input.AttributeNames);
  checkNames(names);
  dropExpired(world, queue);
  const all = allAttributes(queue);
  const known = Object.keys(all);
  const wanted = names.includes('All') ? known : names;
  const Attributes = Object.fromEntries(wanted.filter((name) => known.includes(name)).map((name) => [name, all[name]]));
  return wanted.length === 0 ? {} : { Attributes };
};

const setQueueAttributes: NeighbourOperation = (world, input) => {
  const queue = queueOfUrl(world, input);
  const attributes = readAttributes(fieldsOf(input.Attributes));
  checkRedrive(world, attributes);
  queue.attributes = { ...queue.attributes, ...attributes };
  queue.changedAt = world.clock.now();
  return {};
};

const deleteQueue: NeighbourOperation = (world, input) => {
  const queue = queueOfUrl(world, input);
  for (const { due } of queue.hidden.values()) world.clock.cancel(due);
  world.messaging.queues.delete(queue.name);
  world.polls.clear(queue.arn);
  return {};
};

/** A page of queue URLs. `MaxResults` comes with a token for the next page. */
const listQueues: NeighbourOperation = (world, input, caller) => {
  const prefix = optionalText(input, 'QueueNamePrefix') ?? '';
  const most = typeof input.MaxResults === 'number' ? Math.max(1, input.MaxResults) : 1000;
  const after = optionalText(input, 'NextToken') ?? '';
  const names = [...world.messaging.queues.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
  const page = names.slice(0, most);
  const QueueUrls = page.map((name) => urlOf(world, queueNamed(world, name), caller));
  const isLast = page.length === names.length || input.MaxResults === undefined;
  return { ...(page.length === 0 ? {} : { QueueUrls }), ...(isLast ? {} : { NextToken: page.at(-1) }) };
};

/** Amazon SQS as far as readers of events need it: standard queues (API version 2012-11-05). */
export const SQS: Readonly<Record<string, WaitingOperation>> = {
  CreateQueue: createQueue,
  DeleteQueue: deleteQueue,
  GetQueueUrl: (world, input, caller) => {
    const account = optionalText(input, 'QueueOwnerAWSAccountId');
    return { QueueUrl: urlOf(world, queueNamed(world, readQueueName(input), account), caller) };
  },
  GetQueueAttributes: getQueueAttributes,
  SetQueueAttributes: setQueueAttributes,
  ListQueues: listQueues,
  ListDeadLetterSourceQueues: (world, input, caller) => {
    const { arn } = queueOfUrl(world, input);
    const sources = [...world.messaging.queues.values()].filter((queue) => redriveOf(queue)?.arn === arn);
    return { queueUrls: sources.map((queue) => urlOf(world, queue, caller)) };
  },
  ListQueueTags: (world, input) => ({ Tags: queueOfUrl(world, input).tags }),
  TagQueue: (world, input) => {
    const queue = queueOfUrl(world, input);
    queue.tags = { ...queue.tags, ...textMap(input.Tags) };
    return {};
  },
  UntagQueue: (world, input) => {
    const queue = queueOfUrl(world, input);
    const keys = textsOf(input.TagKeys);
    queue.tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !keys.includes(key)));
    return {};
  },
  ...MESSAGE_OPERATIONS,
};
