import type { SharedOptions } from './redis-store.ts';
import type { SharedStore } from './store.ts';

/** Connects to the Redis that the setting names; undefined without one. The client is loaded only if it is needed. */
export async function openShared({
  url,
  ...options
}: Omit<SharedOptions, 'url'> & { readonly url: string | undefined }): Promise<SharedStore | undefined> {
  if (url === undefined) return undefined;
  const { openRedis } = await import('./redis-store.ts');
  return openRedis({ url, ...options });
}
