import { useSubscription } from 'urql';
import {
  clock,
  day,
  humanSeconds,
  mainImage,
  revisionName,
  secondsBetween,
  shortImage,
  shortMessage,
  words,
} from '../format';
import {
  FollowDeploymentDocument,
  type FollowDeploymentSubscription,
  FollowEventsDocument,
  ServicePageDocument,
  type ServicePageQuery,
} from '../generated/graphql';
import { Badge, Empty, Problem, RolloutBadge, TaskMeter, Waiting } from '../parts/basics';
import { useStalledServices } from '../parts/deployments-feed';
import { RolloutPanel } from '../parts/rollout-panel';
import { ServiceActions } from '../parts/service-actions';
import { StoppedTable, TaskTable } from '../parts/task-tables';
import { type Moment, momentOf } from '../parts/timeline';
import { usePageQuery } from '../parts/use-page-query';
import { clusterLink } from '../route';

type Service = NonNullable<ServicePageQuery['service']>;

export function ServicePage({ cluster, service: name }: { readonly cluster: string; readonly service: string }) {
  const variables = { cluster, service: name };
  const [{ data, error, fetching }, refresh] = usePageQuery(ServicePageDocument, variables);
  const stalled = useStalledServices();
  const service = data?.service;

  if (!data && error) return <Problem error={error} title={`${name} could not be read`} />;
  if (!data && fetching) return <Waiting lines={10} />;
  if (!service) {
    return (
      <Empty>
        There is no service <b>{name}</b> in cluster <a href={clusterLink(cluster)}>{cluster}</a>.
      </Empty>
    );
  }
  return (
    <>
      <div className="title">
        <h1>{service.serviceName}</h1>
        <RolloutBadge rollout={service.rollout} isStalled={stalled.has(service.id)} />
        <TaskMeter running={service.runningCount} pending={service.pendingCount} desired={service.desiredCount} />
        <span className="code quiet">{mainImage(service.taskDefinition)}</span>
      </div>
      <ServiceActions service={service} onChange={refresh} />
      <LiveRollout key={newestDeployment(service)} cluster={cluster} service={service} onEnd={refresh} />
      <div className="columns">
        <div>
          <section aria-labelledby="tasks">
            <h2 id="tasks">Tasks</h2>
            <TaskTable tasks={service.tasks?.nodes ?? []} current={service.taskDefinition?.id} />
          </section>
          <section aria-labelledby="stopped">
            <h2 id="stopped">Stopped</h2>
            <p className="quiet">ECS forgets a task about an hour after it stopped.</p>
            <StoppedTable tasks={newestFirst(service.stopped?.nodes ?? [])} />
          </section>
        </div>
        <div>
          <Events cluster={cluster} service={service} onEvent={refresh} />
          <History service={service} />
        </div>
      </div>
    </>
  );
}

/** Tasks by the time at which they stopped: ECS lists them by their ids. */
function newestFirst(tasks: NonNullable<Service['stopped']>['nodes']) {
  return tasks.toSorted((a, b) => (b.stoppedAt ?? '').localeCompare(a.stoppedAt ?? ''));
}

/** Names the deployment that is followed: a new one begins a new subscription. */
function newestDeployment({ deployments }: Service): string {
  return deployments.find(({ status }) => status === 'PRIMARY')?.deploymentId ?? '';
}

interface Followed {
  readonly update: FollowDeploymentSubscription['deploymentProgress'];
  readonly moments: readonly Moment[];
}

function LiveRollout({
  cluster,
  service,
  onEnd,
}: {
  readonly cluster: string;
  readonly service: Service;
  readonly onEnd: () => void;
}) {
  const [{ data, error }] = useSubscription(
    { query: FollowDeploymentDocument, variables: { cluster, service: service.serviceName } },
    (previous: Followed | undefined, { deploymentProgress: update }): Followed => {
      // The deployment may end between the page's query and the first event.
      const before = previous?.update ?? service.deploymentProgress;
      const endsNow = update.type === 'ENDED' && before?.outcome === null;
      if (endsNow) queueMicrotask(onEnd);
      // A deployment that had ended before the page was opened has no course to show.
      const isOld = update.type === 'ENDED' && previous === undefined && !endsNow;
      const moments = isOld ? [] : [...(previous?.moments ?? []), momentOf(update)];
      return { update, moments: moments.slice(-500) };
    },
  );
  if (error && !data) return <Problem error={error} title="The deployment cannot be followed" />;
  // The subscription confirms a success before it reports it. Until then the page shows what it has read.
  const update = data?.update ?? service.deploymentProgress;
  if (!update) return <Waiting lines={3} />;
  return <RolloutPanel update={update} moments={data?.moments ?? []} />;
}

function Events({
  cluster,
  service,
  onEvent,
}: {
  readonly cluster: string;
  readonly service: Service;
  readonly onEvent: () => void;
}) {
  const [{ data }] = useSubscription(
    { query: FollowEventsDocument, variables: { cluster, service: service.serviceName } },
    (previous: readonly ServiceEvent[] | undefined, { serviceEvents }) => {
      // The tasks have changed with whatever the event says.
      const known = new Set((previous ?? service.events).map(({ eventId }) => eventId));
      if (serviceEvents.events.some(({ eventId }) => !known.has(eventId))) queueMicrotask(onEvent);
      return merge(previous ?? [], serviceEvents.events);
    },
  );
  const events = data ?? service.events;
  return (
    <section aria-labelledby="events">
      <h2 id="events">Events</h2>
      {events.length === 0 && <Empty>ECS has no events of this service.</Empty>}
      <ol className="events">
        {events.slice(0, 60).map(({ eventId, createdAt, message }) => (
          <li key={eventId}>
            <time dateTime={createdAt ?? undefined}>{createdAt ? clock(createdAt) : ''}</time>
            <span>{shortMessage(message, service.serviceName)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

type ServiceEvent = NonNullable<Service['events']>[number];

function merge(known: readonly ServiceEvent[], fresh: readonly ServiceEvent[]): readonly ServiceEvent[] {
  const byId = new Map([...known, ...fresh].map((event) => [event.eventId, event]));
  return [...byId.values()].sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? '')).slice(0, 100);
}

function History({ service }: { readonly service: Service }) {
  const deployments = service.serviceDeployments?.nodes ?? [];
  return (
    <section aria-labelledby="history">
      <h2 id="history">Deployments</h2>
      {deployments.length === 0 && <Empty>ECS keeps no deployments of this service.</Empty>}
      <ol className="history">
        {deployments.map((deployment) => {
          const definition = deployment.targetServiceRevision?.serviceRevision?.taskDefinition;
          const seconds = secondsBetween(deployment.startedAt ?? deployment.createdAt, deployment.finishedAt);
          return (
            <li key={deployment.id}>
              <Badge tone={deploymentTone(deployment.status)}>{words(deployment.status)}</Badge>
              <span className="code">{revisionName(definition)}</span>
              <span className="code quiet">{shortImage(definition?.containerDefinitions?.[0]?.image)}</span>
              <span className="quiet">
                {deployment.createdAt ? day(deployment.createdAt) : ''}
                {seconds === undefined ? '' : ` · ${humanSeconds(seconds)}`}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function deploymentTone(status: string | null | undefined): string {
  if (status === 'SUCCESSFUL') return 'steady';
  if (status === 'IN_PROGRESS' || status === 'PENDING') return 'deploying';
  return 'failed';
}
