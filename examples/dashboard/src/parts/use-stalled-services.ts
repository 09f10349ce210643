import { useMemo } from 'react';
import { useSubscription } from 'urql';
import { FollowDeploymentsDocument } from '../generated/graphql';

/** Ids of the services whose deployment is stalled, by the feed that every page follows. */
export function useStalledServices(): ReadonlySet<string> {
  const [{ data }] = useSubscription({ query: FollowDeploymentsDocument });
  const items = data?.deployments.items;
  return useMemo(
    () =>
      new Set(
        items?.flatMap(({ outcome, stalledSince, progress: { service } }) =>
          outcome === null && stalledSince !== null && service ? [service.id] : [],
        ),
      ),
    [items],
  );
}
