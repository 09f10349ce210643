import { createClient } from '@redis/client';

/**
 * A connection may be silent for this long, and at least for as long as a command may take; then it is cut. A process that stood still for that long cuts one whose answers wait to be
 * read, so this is longer than a busy machine stops a process.
 */
const SILENCE_MS = 5_000;
/** A connection without other work proves that it is alive this often. Less than half of SILENCE_MS. */
const PING_MS = 700;
const CONNECT_MS = 1_000;
const MOST_QUEUED = 5_000;
const MOST_RECONNECT_MS = 500;
const JITTER_MS = 100;

export type RedisClient = ReturnType<typeof createRedisClient>;

/** The Redis that the settings name. */
export interface RedisTarget {
  readonly url: string;
  /** Texts of PEM files. */
  readonly tls?:
    | { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined }
    | undefined;
}

/** The node of a cluster that has our keys. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/**
 * Never connected: its duplicates share its class, which has a method for each of Redis's commands. `createClient` builds
 * that class again for every URL and name, which takes tens of milliseconds of CPU.
 */
const unconnected = createClient({
  disableOfflineQueue: true,
  pingInterval: PING_MS,
  commandsQueueMaxLength: MOST_QUEUED,
  // During maintenance, such a server would raise time limits to 10 s.
  maintNotifications: 'disabled',
});

/**
 * A client that queues nothing while it is offline and tries to reconnect without end. Without a strategy of our own it
 * would close for good once it was idle, so the numbers belong together.
 */
export function createRedisClient({ url, tls = {} }: RedisTarget, name: string, commandMs: number, node?: RedisNode) {
  const isTls = url.startsWith('rediss:');
  return unconnected.duplicate({
    url: node === undefined ? url : urlAt(url, node),
    name,
    socket: {
      ...(isTls && { tls: true as const, ...tls }),
      connectTimeout: CONNECT_MS,
      socketTimeout: Math.max(SILENCE_MS, commandMs),
      reconnectStrategy: (attempts: number) =>
        Math.min(50 * 2 ** Math.min(attempts, 10), MOST_RECONNECT_MS) + Math.random() * JITTER_MS,
    },
  });
}

function urlAt(url: string, { host, port }: RedisNode): string {
  const at = new URL(url);
  if (host !== '') at.hostname = host.includes(':') ? `[${host}]` : host;
  at.port = String(port);
  return at.href;
}

/** Starts to connect. `connect` settles only once it has succeeded, so nothing waits for it. */
export function startConnecting(client: RedisClient, onReady: () => void, onLost: (error: unknown) => void): void {
  client.on('ready', onReady);
  // Without a listener the first lost connection would end the process.
  client.on('error', onLost);
  client.on('end', () => onLost(undefined));
  client.connect().catch(onLost);
}
