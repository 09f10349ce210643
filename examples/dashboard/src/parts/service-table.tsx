import { day, mainImage, revisionName } from '../format';
import type { ServiceRowFragment } from '../generated/graphql';
import { serviceLink } from '../route';
import { RolloutBadge, TaskMeter } from './basics';
import { useStalledServices } from './deployments-feed';

export function ServiceTable({ services }: { readonly services: readonly ServiceRowFragment[] }) {
  const stalled = useStalledServices();
  return (
    <table className="services">
      <thead>
        <tr>
          <th>Service</th>
          <th>State</th>
          <th>Tasks</th>
          <th className="wide">Image</th>
          <th className="wide">Revision</th>
          <th className="wide">Deployed</th>
        </tr>
      </thead>
      <tbody>
        {services.map((service) => {
          const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
          return (
            <tr key={service.id}>
              <td>
                <a href={serviceLink(service.cluster?.clusterName ?? '', service.serviceName)}>{service.serviceName}</a>
              </td>
              <td>
                <RolloutBadge rollout={service.rollout} isStalled={stalled.has(service.id)} />
              </td>
              <td>
                <TaskMeter
                  running={service.runningCount}
                  pending={service.pendingCount}
                  desired={service.desiredCount}
                />
              </td>
              <td className="wide code">{mainImage(service.taskDefinition)}</td>
              <td className="wide code">{revisionName(service.taskDefinition)}</td>
              <td className="wide quiet">{primary?.createdAt ? day(primary.createdAt) : '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
