import { useMemo, useState } from 'react';
import { useQuery, useSubscription } from 'urql';
import { ROLLOUTS } from '../format';
import { FleetDocument, type FleetQuery, FollowDrainsDocument, type RolloutState } from '../generated/graphql';
import { Empty, Problem, Waiting } from '../parts/basics';
import { deploymentKey, useDeploymentsFeed, useStalledServices } from '../parts/deployments-feed';
import { DeploymentCard, DrainCard, type DrainItem } from '../parts/feed-cards';
import { ServiceTable } from '../parts/service-table';
import { standingItems } from '../parts/standing-items';
import { clusterLink } from '../route';

type Cluster = NonNullable<FleetQuery['clusters']>['nodes'][number];

export function FleetPage() {
  const [{ data, error }] = useQuery({ query: FleetDocument });
  const stalled = useStalledServices();
  const [search, setSearch] = useState('');
  const [rollout, setRollout] = useState<RolloutState>();
  const clusters = data?.clusters?.nodes;
  const counts = useMemo(() => countRollouts(clusters ?? []), [clusters]);

  return (
    <>
      <div className="title">
        <h1>Fleet</h1>
        <label className="search">
          <span className="hidden">Find services</span>
          <input
            type="search"
            placeholder="Find a service, image or cluster"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
      </div>
      {error && !data && <Problem error={error} title="The fleet could not be read" />}
      <ul className="counts">
        {(['STEADY', 'DEPLOYING', 'UNDER_DESIRED', 'FAILED'] as const).map((name) => (
          <li key={name}>
            <button
              type="button"
              className={ROLLOUTS[name].tone}
              aria-pressed={rollout === name}
              onClick={() => setRollout(rollout === name ? undefined : name)}
            >
              <b>{clusters ? (counts.get(name) ?? 0) : '–'}</b>
              <span>
                {ROLLOUTS[name].text}
                {name === 'DEPLOYING' && stalled.size > 0 && `, ${stalled.size} stalled`}
              </span>
            </button>
          </li>
        ))}
        <li className="sum">
          <b>{clusters ? sum(clusters, 'runningTasksCount') : '–'}</b>
          <span>Tasks running</span>
        </li>
        <li className="sum">
          <b>{clusters ? sum(clusters, 'registeredContainerInstancesCount') : '–'}</b>
          <span>Instances</span>
        </li>
      </ul>
      <UnderWay />
      {!clusters && !error && <Waiting lines={8} />}
      {clusters?.length === 0 && <Empty>There are no clusters in this account and Region.</Empty>}
      {clusters?.map((cluster) => (
        <ClusterSection key={cluster.id} cluster={cluster} search={search} rollout={rollout} />
      ))}
      {data?.clusters?.pageInfo.hasNextPage && <Empty>More clusters exist than this page shows.</Empty>}
    </>
  );
}

/** The work in progress: deployments and drains of all clusters. */
function UnderWay() {
  const deployments = useDeploymentsFeed();
  const [drains] = useSubscription(
    { query: FollowDrainsDocument },
    (before: readonly DrainItem[] | undefined, { drains: update }) => standingItems(before ?? [], update, drainKey),
  );
  const rollouts = deployments.data?.items ?? [];
  const moves = drains.data ?? [];
  if (deployments.error && !deployments.data)
    return <Problem error={deployments.error} title="Deployments cannot be followed" />;
  if (!deployments.data) return <Waiting lines={2} />;
  const { degraded } = deployments.data;
  return (
    <section aria-labelledby="under-way">
      <h2 id="under-way">Under way</h2>
      {degraded && <p className="notice">ECS does not answer just now: {degraded.message}</p>}
      {rollouts.length + moves.length === 0 && <Empty>Nothing is being deployed or drained.</Empty>}
      <ul className="cards">
        {rollouts.map((item) => (
          <DeploymentCard key={deploymentKey(item)} item={item} />
        ))}
        {moves.map((item) => (
          <DrainCard key={drainKey(item)} item={item} />
        ))}
      </ul>
    </section>
  );
}

/** Names a drain in the feed. */
function drainKey({ progress }: DrainItem): string {
  return progress.instances.map(({ containerInstanceArn }) => containerInstanceArn).join();
}

function ClusterSection({
  cluster,
  search,
  rollout,
}: {
  readonly cluster: Cluster;
  readonly search: string;
  readonly rollout: RolloutState | undefined;
}) {
  const services = cluster.services?.nodes ?? [];
  const wanted = search.trim().toLowerCase();
  const shown = services.filter((service) => {
    if (rollout !== undefined && service.rollout !== rollout) return false;
    const images = service.taskDefinition?.containerDefinitions?.map(({ image }) => image) ?? [];
    return (
      wanted === '' || [cluster.clusterName, service.serviceName, ...images].join(' ').toLowerCase().includes(wanted)
    );
  });
  if (shown.length === 0 && (wanted !== '' || rollout !== undefined)) return null;
  const name = cluster.clusterName;
  return (
    <section aria-labelledby={cluster.id}>
      <div className="section-title">
        <h2 id={cluster.id}>
          <a href={clusterLink(name)}>{name}</a>
        </h2>
        <span className="quiet">
          {cluster.runningTasksCount} tasks running
          {cluster.pendingTasksCount ? `, ${cluster.pendingTasksCount} starting` : ''}
          {cluster.registeredContainerInstancesCount ? ` · ${cluster.registeredContainerInstancesCount} instances` : ''}
        </span>
      </div>
      {shown.length === 0 ? <Empty>No services.</Empty> : <ServiceTable services={shown} />}
      {cluster.services?.pageInfo.hasNextPage && <Empty>The first 100 services are shown.</Empty>}
    </section>
  );
}

function countRollouts(clusters: readonly Cluster[]): ReadonlyMap<RolloutState, number> {
  const counts = new Map<RolloutState, number>();
  for (const { rollout } of clusters.flatMap(({ services }) => services?.nodes ?? [])) {
    counts.set(rollout, (counts.get(rollout) ?? 0) + 1);
  }
  return counts;
}

function sum(clusters: readonly Cluster[], field: 'runningTasksCount' | 'registeredContainerInstancesCount'): number {
  return clusters.reduce((total, cluster) => total + (cluster[field] ?? 0), 0);
}
