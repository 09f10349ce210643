import type { ListServicesRequest, Service } from '@aws-sdk/client-ecs';
import type { DescribeRequest } from '../../ecs/core/describe-request.ts';
import type { HeldCluster } from '../store/held-cluster.ts';
import { type HeldPage, pageOf } from './answers.ts';

/** A page of ListServices; undefined if the list is not known to be right. */
export function listHeldServices(cluster: HeldCluster, input: ListServicesRequest): HeldPage | undefined {
  if (!cluster.hasServices) return undefined;
  return pageOf([...cluster.services.values()].sort(), input, () => true);
}

/** A service as far as the list of services and its tasks show it; undefined if more of it will be read. */
export function describeHeldService(
  { store, services, hasServices }: HeldCluster,
  { id, include, unannounced }: DescribeRequest,
): Service | undefined {
  if (!hasServices || include.length > 0 || unannounced?.length !== 0) return undefined;
  const serviceName = id.slice(id.lastIndexOf('/') + 1);
  const serviceArn = services.get(serviceName);
  if (serviceArn === undefined) return undefined;
  const { running, pending } = store.count(store.ofGroup(`service:${serviceName}`) ?? []);
  return {
    serviceArn,
    serviceName,
    clusterArn: store.arn,
    status: 'ACTIVE',
    runningCount: running,
    pendingCount: pending,
  };
}
