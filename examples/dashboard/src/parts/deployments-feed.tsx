import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { type CombinedError, useSubscription } from 'urql';
import { FollowDeploymentsDocument, type FollowDeploymentsSubscription } from '../generated/graphql';
import { standingItems } from './standing-items';

type Update = FollowDeploymentsSubscription['deployments'];
type Item = Update['items'][number];

interface Feed {
  /** The last event with all that is under way after it; undefined before the first event. */
  readonly data: { readonly degraded: Update['degraded']; readonly items: readonly Item[] } | undefined;
  readonly error: CombinedError | undefined;
}

const DeploymentsFeed = createContext<Feed>({ data: undefined, error: undefined });

/** Names a deployment in the feed. */
export function deploymentKey({ progress }: Item): string {
  return progress.serviceDeploymentArn ?? `${progress.service?.id} ${progress.deploymentId}`;
}

/**
 * Follows all deployments on every page: each event brings the rows of its services up to date, wherever they are shown.
 * One component subscribes and keeps what the events say, since a component that subscribes later to the same feed would wait for the next.
 */
export function FollowDeployments({ children }: { readonly children: ReactNode }) {
  const [{ data, error }] = useSubscription(
    { query: FollowDeploymentsDocument },
    (before: Feed['data'], { deployments }): NonNullable<Feed['data']> => ({
      degraded: deployments.degraded,
      items: standingItems(before?.items ?? [], deployments, deploymentKey),
    }),
  );
  const feed = useMemo(() => ({ data, error }), [data, error]);
  return <DeploymentsFeed value={feed}>{children}</DeploymentsFeed>;
}

/** The deployments that are under way, and one that ended with the last event. */
export function useDeploymentsFeed(): Feed {
  return useContext(DeploymentsFeed);
}

/** Ids of the services whose deployment is stalled. */
export function useStalledServices(): ReadonlySet<string> {
  const items = useDeploymentsFeed().data?.items;
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
