import { useQuery } from 'urql';
import { StoppedDocument } from '../graph/graphql';
import { Empty, Problem, Waiting } from '../parts/basics';
import { StoppedTable } from '../parts/task-tables';

export function StoppedPage() {
  const [{ data, error }, reread] = useQuery({ query: StoppedDocument, requestPolicy: 'cache-and-network' });
  const tasks = data?.tasks?.nodes.toSorted((a, b) => (b.stoppedAt ?? '').localeCompare(a.stoppedAt ?? ''));
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
      {tasks && <StoppedTable tasks={tasks} showGroup />}
      {data?.tasks?.pageInfo.hasNextPage && <Empty>Older ones exist than this page shows.</Empty>}
    </>
  );
}
