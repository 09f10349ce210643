import { useSyncExternalStore } from 'react';

/** The page that the part of the address behind "#" names. */
export type Route =
  | { readonly page: 'fleet' }
  | { readonly page: 'stopped' }
  | { readonly page: 'cluster'; readonly cluster: string }
  | { readonly page: 'service'; readonly cluster: string; readonly service: string };

export function parseRoute(hash: string): Route {
  const [page, cluster = '', service = ''] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decodeURIComponent);
  if (page === 'stopped') return { page };
  if (page === 'cluster' && cluster !== '') return { page, cluster };
  if (page === 'service' && service !== '') return { page, cluster, service };
  return { page: 'fleet' };
}

export const fleetLink = '#/';
export const stoppedLink = '#/stopped';
export const clusterLink = (cluster: string) => `#/cluster/${encodeURIComponent(cluster)}`;
export const serviceLink = (cluster: string, service: string) =>
  `#/service/${encodeURIComponent(cluster)}/${encodeURIComponent(service)}`;

function onHashChange(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(onHashChange, () => location.hash));
}
