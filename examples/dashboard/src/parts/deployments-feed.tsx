import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { type CombinedError, useSubscription } from 'urql';
import { FollowDeploymentsDocument, type FollowDeploymentsSubscription } from '../generated/graphql';

interface Feed {
  readonly data: FollowDeploymentsSubscription | undefined;
  readonly error: CombinedError | undefined;
}

const DeploymentsFeed = createContext<Feed>({ data: undefined, error: undefined });

/**
 * Follows all deployments on every page: each event brings the rows of its services up to date, wherever they are shown.
 * One component subscribes and keeps the last event, since a component that subscribes later to the same feed would wait for the next.
 */
export function FollowDeployments({ children }: { readonly children: ReactNode }) {
  const [{ data, error }] = useSubscription({ query: FollowDeploymentsDocument });
  const feed = useMemo(() => ({ data, error }), [data, error]);
  return <DeploymentsFeed value={feed}>{children}</DeploymentsFeed>;
}

/** The last event of the feed of deployments. */
export function useDeploymentsFeed(): Feed {
  return useContext(DeploymentsFeed);
}

/** Ids of the services whose deployment is stalled. */
export function useStalledServices(): ReadonlySet<string> {
  const items = useDeploymentsFeed().data?.deployments.items;
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
