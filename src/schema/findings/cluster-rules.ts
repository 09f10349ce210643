import type { Cluster, ContainerInstance } from '@aws-sdk/client-ecs';
import { attributeOf } from '../computed/instance-fields.ts';
import type { Found, Rule } from './finding.ts';

/** The facts for rules about a cluster. */
export interface ClusterFacts {
  readonly cluster: Cluster;
  readonly instances: readonly ContainerInstance[];
}

/** The facts for rules about an instance. */
export interface InstanceFacts extends ClusterFacts {
  readonly instance: ContainerInstance;
}

/** Members that the rules read. */
export const CLUSTER_MEMBERS = ['attachmentsStatus', 'clusterArn', 'clusterName'] as const;
export const INSTANCE_MEMBERS = [
  'agentConnected',
  'agentUpdateStatus',
  'attributes',
  'containerInstanceArn',
  'ec2InstanceId',
  'healthStatus',
  'pendingTasksCount',
  'remainingResources',
  'runningTasksCount',
  'status',
  'versionInfo',
] as const;

/** An agent that is this many minor versions behind the newest of its cluster is old. */
const OLD_BY_MINOR_VERSIONS = 5;

export const CLUSTER_RULES = {
  CAPACITY_UPDATE_FAILED: {
    severity: 'WARNING',
    description: 'The last change of the capacity providers of a cluster failed.',
    advice: 'Read `attachments` of the cluster, correct the cause and put the capacity providers again.',
    find: ({ cluster: { attachmentsStatus, clusterName } }) =>
      attachmentsStatus === 'UPDATE_FAILED'
        ? { message: `The capacity providers of ${clusterName} could not be set up.`, evidence: { attachmentsStatus } }
        : undefined,
  },
  ONE_ZONE: {
    severity: 'WARNING',
    description: 'All ACTIVE instances of a cluster are in one Availability Zone.',
    advice: 'Add instances in another Availability Zone.',
    needs: 'instances',
    find: ({ cluster, instances }) => {
      const active = instances.filter(({ status }) => status === 'ACTIVE');
      const zones = new Set(active.flatMap((instance) => attributeOf(instance, 'ecs.availability-zone') ?? []));
      const [zone] = zones;
      if (active.length < 2 || zones.size !== 1) return undefined;
      return {
        message: `The loss of ${zone} would end all instances of ${cluster.clusterName}.`,
        evidence: { instances: active.length, availabilityZone: zone },
      };
    },
  },
} as const satisfies Readonly<Record<string, Rule<ClusterFacts>>>;

export const INSTANCE_RULES = {
  AGENT_DISCONNECTED: {
    severity: 'CRITICAL',
    description:
      'The agent of an ACTIVE instance is not connected: ECS places no tasks there and may not see how its tasks are.',
    advice: 'Look at the instance and its agent; drain or replace it.',
    needs: 'instances',
    find: ({ instance }) => {
      const { status, agentConnected, runningTasksCount } = instance;
      if (status !== 'ACTIVE' || agentConnected !== false) return undefined;
      return about(instance, 'has no connection to ECS', { agentConnected, runningTasksCount });
    },
  },
  INSTANCE_IMPAIRED: {
    severity: 'CRITICAL',
    description: 'A health check of an instance reports IMPAIRED.',
    advice: 'Drain the instance and replace it.',
    needs: 'instances',
    find: ({ instance }) => {
      const { overallStatus, details = [] } = instance.healthStatus ?? {};
      if (overallStatus !== 'IMPAIRED') return undefined;
      const failing = details.filter(({ status }) => status === 'IMPAIRED').map(({ type }) => type);
      return about(instance, 'is impaired', { checks: failing.join(', ') });
    },
  },
  AGENT_UPDATE_FAILED: {
    severity: 'WARNING',
    description: 'The last update of the agent of an instance failed.',
    advice: 'Update the agent again, or replace the instance by one with a current image.',
    needs: 'instances',
    find: ({ instance }) => {
      const { agentUpdateStatus, versionInfo } = instance;
      if (agentUpdateStatus !== 'FAILED') return undefined;
      const agentVersion = versionInfo?.agentVersion;
      return about(instance, 'could not update its agent', { agentUpdateStatus, agentVersion });
    },
  },
  AGENT_OLD: {
    severity: 'INFO',
    description: `The agent of an instance is at least ${OLD_BY_MINOR_VERSIONS} minor versions behind the newest of its cluster.`,
    advice: 'Update it with `updateContainerAgent`, or replace the instance by one with a current image.',
    needs: 'instances',
    find: ({ instance, instances }) => {
      const own = minorOf(instance);
      const newest = Math.max(...instances.map((one) => minorOf(one) ?? 0));
      if (own === undefined || newest - own < OLD_BY_MINOR_VERSIONS) return undefined;
      const agentVersion = instance.versionInfo?.agentVersion;
      return about(instance, `has the agent ${agentVersion}`, { agentVersion, newestOfCluster: `1.${newest}` });
    },
  },
  DRAINED_INSTANCE: {
    severity: 'INFO',
    description: 'An instance is DRAINING without tasks: it only costs.',
    advice: 'Deregister and terminate it, or set it ACTIVE again.',
    needs: 'instances',
    find: ({ instance }) => {
      const { status, runningTasksCount = 0, pendingTasksCount = 0 } = instance;
      if (status !== 'DRAINING' || runningTasksCount + pendingTasksCount > 0) return undefined;
      return about(instance, 'is drained and still registered', { status, runningTasksCount, pendingTasksCount });
    },
  },
} as const satisfies Readonly<Record<string, Rule<InstanceFacts>>>;

function about(instance: ContainerInstance, fact: string, evidence: Found['evidence']): Found {
  const id = instance.ec2InstanceId ?? instance.containerInstanceArn?.split('/').at(-1);
  return { message: `Instance ${id} ${fact}.`, evidence };
}

/** Agents have versions 1.x. */
function minorOf({ versionInfo }: ContainerInstance): number | undefined {
  const minor = /^1\.(\d+)/.exec(versionInfo?.agentVersion ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}
