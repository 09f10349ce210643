import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { type Evidence, field, type WriteCheck } from './check.ts';

const showInstance = (cluster: string | undefined, containerInstance: string | undefined) =>
  field('containerInstance', { cluster, containerInstance }, 'status agentUpdateStatus registeredAt');

async function readInstances(
  evidence: Evidence,
  cluster: string | undefined,
  containerInstances: string[],
): Promise<ContainerInstance[]> {
  const answer = await evidence.read('DescribeContainerInstances', { cluster, containerInstances });
  return answer.containerInstances ?? [];
}

export const updateContainerInstancesState: WriteCheck<'UpdateContainerInstancesState'> = {
  check: ({ cluster, containerInstances = [] }) => showInstance(cluster, containerInstances[0]),
  async find(evidence, { cluster, containerInstances: ids = [], status }) {
    const containerInstances = await readInstances(evidence, cluster, ids);
    const isSet =
      containerInstances.length === ids.length && containerInstances.every((instance) => instance.status === status);
    return isSet ? { containerInstances, failures: [] } : undefined;
  },
};

const UPDATING: ReadonlySet<string | undefined> = new Set(['PENDING', 'STAGING', 'STAGED', 'UPDATING']);

export const updateContainerAgent: WriteCheck<'UpdateContainerAgent'> = {
  check: ({ cluster, containerInstance }) => showInstance(cluster, containerInstance),
  async find(evidence, { cluster, containerInstance: id = '' }) {
    const [containerInstance] = await readInstances(evidence, cluster, [id]);
    return UPDATING.has(containerInstance?.agentUpdateStatus) ? { containerInstance } : undefined;
  },
};

export const deregisterContainerInstance: WriteCheck<'DeregisterContainerInstance'> = {
  check: ({ cluster, containerInstance }) => showInstance(cluster, containerInstance),
  async find(evidence, { cluster, containerInstance: id = '' }) {
    const [containerInstance] = await readInstances(evidence, cluster, [id]);
    return containerInstance?.status === 'INACTIVE' ? { containerInstance } : undefined;
  },
};

/** An agent that gets no answer registers again, and ECS knows the machine by its identity document. */
export const registerContainerInstance: WriteCheck<'RegisterContainerInstance'> = {
  check: ({ cluster }) =>
    field('containerInstances', { clusters: cluster ?? 'default' }, 'nodes { containerInstanceArn registeredAt }'),
};
