import type { Deployment, Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';

/** Which deployment is followed. At least one of the two ids is known. */
export interface DeploymentTarget {
  readonly clusterArn: string;
  readonly serviceArn: string;
  readonly serviceName: string;
  /** The id that says how it ended; absent where ECS keeps no service deployments. */
  readonly serviceDeploymentArn: string | undefined;
  /** `ecs-svc/...`; a rollback revives an old one, so alone it is only the fallback. */
  readonly deploymentId: string | undefined;
}

/** What one look at ECS found. */
export interface DeploymentLook {
  /** Null when ECS knows no such service. */
  readonly service: Service | null;
  readonly serviceDeployment: ServiceDeployment | null;
  /** All tasks of the service that ECS still shows, running, stopping and stopped; null where they are not read. */
  readonly tasks: readonly Task[] | null;
}

/** The furthest that a deployment has come in its present stage, and when it last came further. */
export interface Advance {
  /** Status, lifecycle stage and answers of hooks: what they were before does not count any more. */
  readonly stage: string;
  /** Tasks of the new revision that are as good as done, and tasks of older ones that are gone: the most of each. */
  readonly ready: number;
  readonly replaced: number;
  /** In a rollback, the fewest tasks of the new revision that were left. */
  readonly left: number;
  readonly weight: number;
  /** ECS's time. */
  readonly at: number;
}

/** A look, and what must be remembered of the looks before it. */
export interface DeploymentSnapshot extends Omit<DeploymentLook, 'tasks'> {
  readonly tasks: readonly Task[];
  /** False where the tasks are not read: nothing is known of their health. */
  readonly hasTasks: boolean;
  readonly target: DeploymentTarget;
  readonly observedAt: number;
  readonly firstSeenAt: number;
  /** Our deployment as it last stood in the service's list, which it may have left. */
  readonly deployment: Deployment | undefined;
  /** The most tasks that older revisions had running: what there is to replace. */
  readonly sourceCount: number;
  /** Since when the lifecycle stage (or the whole) is as it is; exact only for stages that began while we looked. */
  readonly stage: { readonly name: string | undefined; readonly since: number; readonly exact: boolean };
  readonly absences: number;
  /** For how many looks the service has been there without our deployment, of which nothing else is known. */
  readonly unlisted: number;
  /** The highest percent of the looks so far. */
  readonly reachedPercent: number;
  readonly advance: Advance;
}
