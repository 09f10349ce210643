import type { Logger } from 'pino';
import { parseTokenFile, type TokenEntry } from '../auth/token-file.ts';
import { TokenStore } from '../auth/token-store.ts';
import type { Config } from '../config/index.ts';
import { regionOfQueue } from '../config/queue-url.ts';
import { isInsecureEndpoint } from '../config/urls.ts';
import type { Timers } from '../ecs/core/timers.ts';
import { openQueue } from '../ecs/queue/open-queue.ts';
import type { EventDeliveries } from '../http/plugins/events.ts';
import type { EcsEventSource } from '../inventory/core/event-source.ts';
import { HttpSource } from '../inventory/sources/http-endpoint.ts';
import type { Trusts } from '../inventory/sources/intake.ts';
import { type EventRelay, RelayedSources } from '../inventory/sources/relayed-sources.ts';
import { SqsSource } from '../inventory/sources/sqs.ts';
import type { ScopeEntry, Scopes } from '../schema/core/scopes.ts';
import { ReloadableFile } from '../util/reloadable-file.ts';
import { problems } from './open-access.ts';

export interface EventParts {
  /** The Region of a queue whose URL names none. */
  readonly region: string;
  readonly trusts: Trusts;
  readonly timers: Timers;
  /** AWS's clock, in epoch milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Where the events of ECS come from. */
export interface OpenEvents {
  /** The inventory starts and closes them. Empty if no event can come. */
  readonly sources: readonly (SqsSource | HttpSource)[];
  /** Deliveries over HTTP; undefined if the path is not served. */
  readonly deliveries: EventDeliveries | undefined;
  readonly files: readonly ReloadableFile<readonly TokenEntry[]>[];
}

/**
 * Opens the queues and the endpoint for events.
 * @throws {ConfigError} if the file of secrets cannot be read or is wrong
 */
export async function openEvents(
  { eventsQueue, eventsSecretsFile, credentials }: Config,
  parts: EventParts,
): Promise<OpenEvents> {
  const { region, log } = parts;
  const queues = eventsQueue.map(async (url) => {
    if (isInsecureEndpoint(url)) log.warn({ queue: url }, 'events go unencrypted over the network');
    const own = regionOfQueue(url) ?? region;
    const queue = await openQueue({ url, region: own, credentials }, log);
    return new SqsSource({ ...parts, log: log.child({ queue: url }), queue, region: own });
  });
  const endpoint = eventsSecretsFile === undefined ? undefined : await openEndpoint(eventsSecretsFile, parts);
  return {
    sources: [...(await Promise.all(queues)), ...(endpoint === undefined ? [] : [endpoint.source])],
    deliveries: endpoint?.deliveries,
    files: endpoint === undefined ? [] : [endpoint.file],
  };
}

async function openEndpoint(path: string, parts: EventParts) {
  const secrets = new TokenStore();
  const file = await ReloadableFile.open({
    path,
    what: 'events secrets',
    parse: parseTokenFile,
    apply: (entries) => secrets.replace(entries),
    log: parts.log,
  }).catch((error: unknown) => {
    throw problems(error, `--events-secrets-file (EVENTS_SECRETS_FILE) ${path}:`);
  });
  const source = new HttpSource(parts);
  const deliveries: EventDeliveries = {
    isSecret: (token) => secrets.find(token) !== undefined,
    take: (body) => source.take(body),
  };
  return { file, source, deliveries };
}

/**
 * The sources of the inventory; if the gateway has replicas, they also bring the events that others pass on. A relay without sources
 * is not needed.
 */
export function shareEvents(
  sources: readonly EcsEventSource[],
  relay: EventRelay | undefined,
  timers: Timers,
): readonly EcsEventSource[] {
  return relay === undefined || sources.length === 0 ? sources : [new RelayedSources(sources, relay, timers)];
}

/** After ECS did not name the account of its credentials, it is asked again this much later. */
const ASK_AGAIN_MS = 5_000;

/**
 * Trusts events of the accounts and Regions that the gateway serves. Without a scopes file the account is that of the credentials: the
 * first event asks ECS for it.
 */
export function createTrusts(
  { entries, standard, isConfigured }: Pick<Scopes, 'entries' | 'standard' | 'isConfigured'>,
  ask: (entry: ScopeEntry) => Promise<{ readonly account: string }>,
  timers: Timers,
): Trusts {
  if (isConfigured) {
    return (account, region) => entries.some(({ scope }) => scope.account === account && scope.region === region);
  }
  let own: string | undefined;
  let asked: Promise<string> | undefined;
  const askOnce = () => {
    asked ??= ask(standard).then(
      ({ account }) => {
        own = account;
        return account;
      },
      (error: unknown) => {
        timers.schedule(ASK_AGAIN_MS, () => {
          asked = undefined;
        });
        throw error;
      },
    );
    return asked;
  };
  return (account, region) => {
    if (region !== standard.scope.region) return false;
    own ??= standard.opened?.upstream.owner.known?.account;
    return own === undefined ? askOnce().then((known) => known === account) : own === account;
  };
}
