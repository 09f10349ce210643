import type { QueueRecord } from '../model/messaging/queue-record.ts';
import type { World } from '../model/world.ts';

/** A queue and the world in which it is. */
export interface Place {
  readonly world: World;
  readonly queue: QueueRecord;
}

const ARN = /^arn:[\w-]+:(sqs|events):([\w-]+):(\d{12}):(.+)$/;

interface Address {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

export function addressOf(arn: string): Address | undefined {
  const [, service, region, account, resource] = ARN.exec(arn) ?? [];
  if (service === undefined || region === undefined || account === undefined || resource === undefined)
    return undefined;
  return { service, region, account, resource };
}

/** The queue of an ARN, in any account; undefined if it does not exist. */
export function queueOf(world: World, arn: string): Place | undefined {
  const address = addressOf(arn);
  if (address?.service !== 'sqs') return undefined;
  const there = world.elsewhere(address.account, address.region);
  const queue = there?.messaging.queues.get(address.resource);
  return there === undefined || queue === undefined ? undefined : { world: there, queue };
}

const BUS = /^event-bus\/([\w./-]+)$/;

/** The name in the ARN of an event bus. */
export function busNameOf(resource: string): string | undefined {
  return BUS.exec(resource)?.[1];
}

/** The bus of an ARN, and the world in which it is; undefined if it does not exist. */
export function busOf(world: World, arn: string): { readonly world: World; readonly name: string } | undefined {
  const address = addressOf(arn);
  const name = busNameOf(address?.resource ?? '');
  if (address?.service !== 'events' || name === undefined) return undefined;
  const there = world.elsewhere(address.account, address.region);
  return there?.messaging.buses.has(name) === true ? { world: there, name } : undefined;
}
