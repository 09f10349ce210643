import type { Logger } from 'pino';
import type { Config } from './config/index.ts';
import { isInsecureRedis } from './config/urls.ts';
import { realTimers } from './ecs/core/timers.ts';
import { openShared } from './shared/open-shared.ts';
import type { SharedStore } from './shared/store.ts';

/** The store that this replica shares with others; undefined if it is alone. It may be away. */
export async function openReplicas(
  { shared: url, sharedReplicas: leastReplicas }: Config,
  log: Logger,
): Promise<SharedStore | undefined> {
  if (url !== undefined && isInsecureRedis(url)) {
    log.warn('what replicas share, results of writes included, goes unencrypted over the network: use rediss://');
  }
  return await openShared({ url, leastReplicas, timers: realTimers(), log });
}
