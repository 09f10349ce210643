import type { Logger } from 'pino';
import type { Config } from './config/index.ts';
import { isInsecureRedis } from './config/urls.ts';
import { realTimers } from './ecs/core/timers.ts';
import { openShared } from './shared/open-shared.ts';
import { Replicas } from './shared/replicas.ts';

/** What this replica shares with others; undefined if it is alone. */
export async function openReplicas(
  { shared: url, sharedReplicas: leastReplicas }: Config,
  log: Logger,
): Promise<Replicas | undefined> {
  if (url !== undefined && isInsecureRedis(url)) {
    log.warn('what replicas share, results of writes included, goes unencrypted over the network: use rediss://');
  }
  const timers = realTimers();
  const store = await openShared({ url, leastReplicas, timers, log });
  return store && new Replicas(store, timers);
}
