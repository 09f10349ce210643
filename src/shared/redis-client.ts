import { createClient } from '@redis/client';

/** A connection may be silent for this long; then it is cut. */
const SILENCE_MS = 2_000;
/** A connection without other work proves that it is alive this often. Less than half of SILENCE_MS. */
const PING_MS = 700;
const CONNECT_MS = 1_000;
const MOST_QUEUED = 5_000;
const MOST_RECONNECT_MS = 500;
const JITTER_MS = 100;

export type RedisClient = ReturnType<typeof createRedisClient>;

/**
 * A client that queues nothing while it is offline and tries to reconnect without end. Without a strategy of our own it
 * would close for good once it was idle, so the numbers belong together.
 */
export function createRedisClient(url: string, name: string) {
  return createClient({
    url,
    name,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    commandsQueueMaxLength: MOST_QUEUED,
    // During maintenance, such a server would raise time limits to 10 s.
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (attempts: number) =>
        Math.min(50 * 2 ** Math.min(attempts, 10), MOST_RECONNECT_MS) + Math.random() * JITTER_MS,
    },
  });
}

/** Starts to connect. `connect` settles only once it has succeeded, so nothing waits for it. */
export function startConnecting(client: RedisClient, onReady: () => void, onLost: (error: unknown) => void): void {
  client.on('ready', onReady);
  // Without a listener the first lost connection would end the process.
  client.on('error', onLost);
  client.on('end', () => onLost(undefined));
  client.connect().catch(onLost);
}
