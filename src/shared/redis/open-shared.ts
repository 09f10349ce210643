import { createPacking, type EncryptionKey } from '../packing.ts';
import type { SharedStore } from '../store.ts';
import type { SharedOptions } from './redis-store.ts';

/** Connects to the Redis that the setting names; undefined without one. The client is loaded only if it is needed. */
export async function openShared({
  url,
  tls,
  encryptionKeys = [],
  ...options
}: Omit<SharedOptions, 'target' | 'packing'> &
  Pick<SharedOptions['target'], 'tls'> & {
    readonly url: string | undefined;
    readonly encryptionKeys?: readonly EncryptionKey[];
  }): Promise<SharedStore | undefined> {
  if (url === undefined) return undefined;
  const { openRedis } = await import('./redis-store.ts');
  return openRedis({ target: { url, tls }, packing: createPacking(encryptionKeys), ...options });
}
