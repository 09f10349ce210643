import type { SharedStore } from '../store.ts';
import type { SharedOptions } from './redis-store.ts';

/** Connects to the Redis that the setting names; undefined without one. The client is loaded only if it is needed. */
export async function openShared({
  url,
  tls,
  ...options
}: Omit<SharedOptions, 'target'> &
  Pick<SharedOptions['target'], 'tls'> & { readonly url: string | undefined }): Promise<SharedStore | undefined> {
  if (url === undefined) return undefined;
  const { openRedis } = await import('./redis-store.ts');
  return openRedis({ target: { url, tls }, ...options });
}
