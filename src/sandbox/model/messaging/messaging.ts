import type { Random } from '../../util/random.ts';
import type { ApiDestination, Delivery, EventBus, EventConnection } from './event-bus.ts';
import type { QueueRecord } from './queue-record.ts';

/** SQS and EventBridge in one Region. */
export interface Messaging {
  /** By name. */
  readonly queues: Map<string, QueueRecord>;
  /** By name; `default` always exists. */
  readonly buses: Map<string, EventBus>;
  readonly connections: Map<string, EventConnection>;
  readonly destinations: Map<string, ApiDestination>;
  /** Requests to API destinations that have not been answered yet. */
  readonly posting: Set<Delivery>;
  /** Of its own, so that a queue changes nothing in ECS. */
  readonly random: Random;
}

export function createMessaging(random: Random): Messaging {
  return {
    queues: new Map(),
    buses: new Map(),
    connections: new Map(),
    destinations: new Map(),
    posting: new Set(),
    random,
  };
}
