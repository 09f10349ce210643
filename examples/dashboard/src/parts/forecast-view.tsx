import { useQuery } from 'urql';
import { shortTask, words } from '../format';
import { ForecastDocument } from '../generated/graphql';
import { Badge, Problem } from './basics';

const TONES: Readonly<Record<string, string>> = { WOULD_MOVE: 'steady', WOULD_STOP: 'inactive' };

/** The forecast of a drain, before it is started. */
export function ForecastView({ cluster, instance }: { readonly cluster: string; readonly instance: string }) {
  const [{ data, error }] = useQuery({
    query: ForecastDocument,
    variables: { cluster, instances: [instance] },
    requestPolicy: 'network-only',
  });
  if (error && !data) return <Problem error={error} title="There is no forecast" />;
  const forecast = data?.drainForecast;
  if (!forecast) return <p className="quiet">Working out what would happen</p>;
  return (
    <div className="forecast">
      <p>{forecast.summary}</p>
      {forecast.blockedBy.map(({ reason, message }) => (
        <p className="blocker" key={`${reason} ${message}`}>
          {message}
        </p>
      ))}
      <ul className="moves">
        {forecast.tasks?.nodes.map(({ fate, task, roomOn }) => (
          <li key={task.id}>
            <span className="code">{shortTask(task)}</span>
            <span>{task.group?.replace(/^(service|family|daemon):/, '')}</span>
            <Badge tone={TONES[fate] ?? 'stalled'}>{words(fate)}</Badge>
            {roomOn && <span className="quiet">room on {roomOn.ec2InstanceId}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
