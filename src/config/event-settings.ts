import { GATEWAY, rows } from './setting.ts';
import { list, optional, word } from './types.ts';
import { queueUrl } from './urls.ts';

const inventory = rows('Inventory', GATEWAY);
const unset: string | undefined = undefined;

/** Where ECS's events come from: docs/inventory.md. */
export const EVENT_SETTINGS = {
  eventsQueue: inventory(
    'EVENTS_QUEUE',
    list(queueUrl),
    [],
    'URLs of the SQS queues to which EventBridge rules send the events of ECS, one for each Region. Only this gateway may read them: an event reaches one reader.',
  ),
  eventsSecretsFile: inventory(
    'EVENTS_SECRETS_FILE',
    optional(word('path')),
    unset,
    'File of the secrets with which EventBridge may post events to /events, in the form of `TOKENS_FILE`, as `ecs-graphql token` writes it. It is read again when it changes and on SIGHUP. Without it the path does not exist.',
  ),
};
