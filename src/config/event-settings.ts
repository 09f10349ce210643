import { GATEWAY, rows } from './setting.ts';
import { duration, fraction, list, optional, positive, word } from './types.ts';
import { queueUrl } from './urls.ts';

const inventory = rows('Inventory', GATEWAY);
const unset: string | undefined = undefined;

/** Where ECS's events come from: docs/inventory.md. */
export const EVENT_SETTINGS = {
  eventsQueue: inventory(
    'EVENTS_QUEUE',
    list(queueUrl),
    [],
    'URLs of the SQS queues to which EventBridge rules send the events of ECS, one for each Region. Only replicas that share (`SHARED`) may read the same queue: an event reaches one reader.',
  ),
  eventsSecretsFile: inventory(
    'EVENTS_SECRETS_FILE',
    optional(word('path')),
    unset,
    'File of the secrets with which EventBridge may post events to /events, in the form of `TOKENS_FILE`, as `ecs-graphql token` writes it. It is read again when it changes and on SIGHUP. Without it the path does not exist.',
  ),
  inventorySweepShare: inventory(
    'INVENTORY_SWEEP_SHARE',
    positive(fraction),
    0.1,
    'Part of the rate limits of `RATE_SHARE` that the inventory may use to compare itself with ECS; above 0.',
  ),
  inventorySweepEvery: inventory(
    'INVENTORY_SWEEP_EVERY',
    positive(duration),
    900_000,
    'How often the inventory compares everything with ECS, if the share allows it. A lost event is found by then at the latest.',
  ),
  inventorySilence: inventory(
    'INVENTORY_SILENCE',
    positive(duration),
    180_000,
    'After this long without an event, a heartbeat or an answer of the queue, the inventory turns itself off and every read goes to ECS.',
  ),
};
