import { useMemo, useState } from 'react';
import { useQuery, useSubscription } from 'urql';
import { STANDING_TEXT, type Standing, standingOf } from '../format';
import { FleetDocument, type FleetQuery, FollowDeploymentsDocument, FollowDrainsDocument } from '../graph/graphql';
import { Empty, Problem, Waiting } from '../parts/basics';
import { DeploymentCard, DrainCard } from '../parts/feed-cards';
import { ServiceTable } from '../parts/service-table';
import { clusterLink } from '../route';

type Cluster = NonNullable<FleetQuery['clusters']>['nodes'][number];

export function FleetPage() {
  const [{ data, error }] = useQuery({ query: FleetDocument });
  const [search, setSearch] = useState('');
  const [standing, setStanding] = useState<Standing>();
  const clusters = data?.clusters?.nodes;
  const counts = useMemo(() => countStandings(clusters ?? []), [clusters]);

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
        {(['steady', 'deploying', 'short', 'failed'] as const).map((name) => (
          <li key={name}>
            <button
              type="button"
              className={name}
              aria-pressed={standing === name}
              onClick={() => setStanding(standing === name ? undefined : name)}
            >
              <b>{clusters ? (counts.get(name) ?? 0) : '–'}</b>
              <span>{STANDING_TEXT[name]}</span>
            </button>
          </li>
        ))}
        <li className="sum">
          <b>{clusters ? sum(clusters, 'runningTasksCount') : '–'}</b>
          <span>tasks running</span>
        </li>
        <li className="sum">
          <b>{clusters ? sum(clusters, 'registeredContainerInstancesCount') : '–'}</b>
          <span>instances</span>
        </li>
      </ul>
      <UnderWay />
      {!clusters && !error && <Waiting lines={8} />}
      {clusters?.length === 0 && <Empty>There are no clusters in this account and Region.</Empty>}
      {clusters?.map((cluster) => (
        <ClusterSection key={cluster.id} cluster={cluster} search={search} standing={standing} />
      ))}
      {data?.clusters?.pageInfo.hasNextPage && <Empty>More clusters exist than this page shows.</Empty>}
    </>
  );
}

/** What ECS is doing now: deployments and drains of all clusters, as they go. */
function UnderWay() {
  const [deployments] = useSubscription({ query: FollowDeploymentsDocument });
  const [drains] = useSubscription({ query: FollowDrainsDocument });
  const rollouts = deployments.data?.deployments.items ?? [];
  const moves = drains.data?.drains.items ?? [];
  if (deployments.error && !deployments.data)
    return <Problem error={deployments.error} title="Deployments cannot be followed" />;
  if (!deployments.data) return <Waiting lines={2} />;
  const degraded = deployments.data.deployments.degraded;
  return (
    <section aria-labelledby="under-way">
      <h2 id="under-way">Under way</h2>
      {degraded && <p className="notice">ECS does not answer just now: {degraded.message}</p>}
      {rollouts.length + moves.length === 0 && <Empty>Nothing is being deployed or drained.</Empty>}
      <ul className="cards">
        {rollouts.map((item) => (
          <DeploymentCard key={item.progress.deploymentId ?? item.summary} item={item} />
        ))}
        {moves.map((item) => (
          <DrainCard
            key={item.progress.instances.map(({ containerInstanceArn }) => containerInstanceArn).join()}
            item={item}
          />
        ))}
      </ul>
    </section>
  );
}

function ClusterSection({
  cluster,
  search,
  standing,
}: {
  readonly cluster: Cluster;
  readonly search: string;
  readonly standing: Standing | undefined;
}) {
  const services = cluster.services?.nodes ?? [];
  const wanted = search.trim().toLowerCase();
  const shown = services.filter((service) => {
    if (standing !== undefined && standingOf(service) !== standing) return false;
    const images = service.taskDefinition?.containerDefinitions?.map(({ image }) => image) ?? [];
    return (
      wanted === '' || [cluster.clusterName, service.serviceName, ...images].join(' ').toLowerCase().includes(wanted)
    );
  });
  if (shown.length === 0 && (wanted !== '' || standing !== undefined)) return null;
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

function countStandings(clusters: readonly Cluster[]): ReadonlyMap<Standing, number> {
  const counts = new Map<Standing, number>();
  for (const service of clusters.flatMap(({ services }) => services?.nodes ?? [])) {
    const standing = standingOf(service);
    counts.set(standing, (counts.get(standing) ?? 0) + 1);
  }
  return counts;
}

function sum(clusters: readonly Cluster[], field: 'runningTasksCount' | 'registeredContainerInstancesCount'): number {
  return clusters.reduce((total, cluster) => total + (cluster[field] ?? 0), 0);
}
