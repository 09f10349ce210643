import { useQuery } from 'urql';
import { shortMessage, words } from '../format';
import { StoppedDocument } from '../generated/graphql';
import { Badge, Empty, Problem, Waiting } from '../parts/basics';
import { FAULTS, StoppedTable } from '../parts/task-tables';
import { serviceLink } from '../route';

export function StoppedPage() {
  const [{ data, error }, reread] = useQuery({ query: StoppedDocument, requestPolicy: 'cache-and-network' });
  const tasks = data?.stoppedTasks?.nodes;
  const reasons = data?.stopReasons ?? [];
  return (
    <>
      <div className="title">
        <h1>Stopped tasks</h1>
        <button type="button" onClick={() => reread({ requestPolicy: 'network-only' })}>
          Read again
        </button>
      </div>
      <p className="quiet">All clusters, newest first. ECS forgets a task about an hour after it stopped.</p>
      {error && !data && <Problem error={error} title="Stopped tasks could not be read" />}
      {!data && !error && <Waiting lines={8} />}
      {reasons.length > 0 && (
        <section aria-labelledby="reasons">
          <h2 id="reasons">Why</h2>
          <ul className="stopped">
            {reasons.map(({ verdict, reason, count, services }) => (
              <li key={`${verdict} ${reason}`}>
                <div>
                  <b>{count}</b>
                  <Badge tone={FAULTS.has(verdict) ? 'failed' : 'inactive'}>{words(verdict)}</Badge>
                  {services.map((service) => (
                    <a key={service.id} href={serviceLink(service.cluster?.clusterName ?? '', service.serviceName)}>
                      {service.serviceName}
                    </a>
                  ))}
                </div>
                <p>{shortMessage(reason, '')}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
      {tasks && (
        <section aria-labelledby="each">
          <h2 id="each">Tasks</h2>
          <StoppedTable tasks={tasks} showGroup />
        </section>
      )}
      {data?.stoppedTasks?.pageInfo.hasNextPage && <Empty>Older ones exist than this page shows.</Empty>}
    </>
  );
}
