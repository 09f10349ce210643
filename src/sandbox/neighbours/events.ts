import { EcsError } from '../checks/ecs-errors.ts';
import { publish } from '../delivery/deliver.ts';
import { addBus } from '../delivery/event-buses.ts';
import { readEventPattern } from '../delivery/event-pattern.ts';
import type { EventBus } from '../model/messaging/event-bus.ts';
import type { World } from '../model/world.ts';
import { toSeconds } from '../util/wire-types.ts';
import { DESTINATION_OPERATIONS } from './events-destinations.ts';
import { RULE_OPERATIONS, readName, requireBus } from './events-rules.ts';
import { type Fields, fieldsOf, listOf, optionalText, requiredText, textsOf } from './input.ts';
import type { NeighbourOperation } from './neighbour.ts';

const INVALID = 'ValidationException';
/** AWS's limit for a call. */
const MOST_EVENTS = 10;

function renderBus({ name, arn, description, policy, createdAt, changedAt }: EventBus): object {
  return {
    Name: name,
    Arn: arn,
    Description: description,
    Policy: policy,
    CreationTime: toSeconds(createdAt),
    LastModifiedTime: toSeconds(changedAt),
  };
}

/** An entry of PutEvents: its error, or the id of its event. */
function putEvent(world: World, entry: Fields): object {
  const [source, detailType, detail] = ['Source', 'DetailType', 'Detail'].map((name) => optionalText(entry, name));
  if (source === undefined || detailType === undefined || detail === undefined) {
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are required.' };
  }
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const bus = requireBus(world, entry);
  let content: unknown;
  try {
    content = JSON.parse(detail);
  } catch {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  if (typeof content !== 'object' || content === null) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  const id = world.messaging.random.uuid();
  const { account, region } = world;
  const given = typeof entry.Time === 'number' ? entry.Time * 1000 : world.clock.now();
  const time = new Date(given).toISOString().replace(/\.\d+Z$/, 'Z');
  const resources = textsOf(entry.Resources);
  publish(
    world,
    { version: '0', id, 'detail-type': detailType, source, account, time, region, resources, detail: content },
    bus.name,
  );
  return { EventId: id };
}

const putEvents: NeighbourOperation = (world, input) => {
  const entries = listOf(input.Entries).map(fieldsOf);
  if (entries.length === 0 || entries.length > MOST_EVENTS) {
    throw new EcsError(INVALID, `Entries must have from 1 to ${MOST_EVENTS} members`);
  }
  const Entries = entries.map((entry) => putEvent(world, entry));
  return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
};

const createEventBus: NeighbourOperation = (world, input) => {
  const name = readName(input, 'Name');
  if (world.messaging.buses.has(name)) {
    throw new EcsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
  }
  return { EventBusArn: addBus(world, name, optionalText(input, 'Description')).arn };
};

const deleteEventBus: NeighbourOperation = (world, input) => {
  const name = readName(input, 'Name');
  if (name === 'default') throw new EcsError(INVALID, 'Cannot delete event bus default.');
  if ((world.messaging.buses.get(name)?.rules.size ?? 0) > 0) {
    throw new EcsError(INVALID, `Event bus ${name} has rules. Delete them first.`);
  }
  world.messaging.buses.delete(name);
  return {};
};

const testEventPattern: NeighbourOperation = (_, input) => {
  const matches = readEventPattern(requiredText(input, 'EventPattern', INVALID));
  try {
    return { Result: matches(JSON.parse(requiredText(input, 'Event', INVALID))) };
  } catch {
    throw new EcsError(INVALID, 'Parameter Event is not valid. Reason: it is not JSON.');
  }
};

/** Amazon EventBridge as far as readers of ECS events need it (API version 2015-10-07). */
export const EVENT_BRIDGE: Readonly<Record<string, NeighbourOperation>> = {
  ...RULE_OPERATIONS,
  ...DESTINATION_OPERATIONS,
  PutEvents: putEvents,
  TestEventPattern: testEventPattern,
  CreateEventBus: createEventBus,
  DeleteEventBus: deleteEventBus,
  DescribeEventBus: (world, input) => renderBus(requireBus(world, input, 'Name')),
  ListEventBuses: (world, input) => {
    const prefix = optionalText(input, 'NamePrefix') ?? '';
    const buses = [...world.messaging.buses.values()].filter(({ name }) => name.startsWith(prefix));
    return { EventBuses: buses.map(renderBus) };
  },
};
