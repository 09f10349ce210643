import type { Deployment, Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import type { Advance, ReachedByDeployment } from '../core/progress-memory.ts';

/** Identifies the followed deployment. At least one of the two ids is set. */
export interface DeploymentTarget {
  readonly clusterArn: string;
  readonly serviceArn: string;
  readonly serviceName: string;
  /** The id whose description says how it ended; absent if ECS keeps no service deployments. */
  readonly serviceDeploymentArn: string | undefined;
  /** `ecs-svc/...`. A rollback reuses an old one, so it is only the fallback. */
  readonly deploymentId: string | undefined;
}

/** The readings of one poll. */
export interface DeploymentLook {
  /** Null if ECS does not know the service. */
  readonly service: Service | null;
  readonly serviceDeployment: ServiceDeployment | null;
  /** All tasks of the service that ECS still shows: running, stopping and stopped. Null if they are not read. */
  readonly tasks: readonly Task[] | null;
  /** How far it had come when this process followed it before. */
  readonly reached?: ReachedByDeployment | undefined;
}

/** A poll, and the state that is kept from earlier polls. */
export interface DeploymentSnapshot extends Omit<DeploymentLook, 'tasks' | 'reached'> {
  readonly tasks: readonly Task[];
  /** False if tasks are not read, so that their health is unknown. */
  readonly hasTasks: boolean;
  readonly target: DeploymentTarget;
  readonly observedAt: number;
  readonly firstSeenAt: number;
  /** The followed deployment as it last appeared in the service's list, which it may have left. */
  readonly deployment: Deployment | undefined;
  /** The most running tasks of older revisions: the number to replace. */
  readonly sourceCount: number;
  /**
   * Since when the lifecycle stage (or the deployment) has its current state. Exact only for stages that started after
   * the first poll.
   */
  readonly stage: { readonly name: string | undefined; readonly since: number; readonly exact: boolean };
  readonly absences: number;
  /**
   * Number of polls in which the service existed without the followed deployment, if nothing else is known about it.
   */
  readonly unlisted: number;
  /** The highest percentage of all polls. */
  readonly reachedPercent: number;
  readonly advance: Advance;
}

/** The name of a deployment in every list of deployments. */
export function deploymentKey({ serviceDeploymentArn, deploymentId, serviceArn }: DeploymentTarget): string {
  return serviceDeploymentArn ?? `${serviceArn} ${deploymentId}`;
}
