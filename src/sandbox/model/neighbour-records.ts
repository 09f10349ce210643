import type { Due } from '../time/due.ts';
import type { Random } from '../util/random.ts';

/** A CodeDeploy application and its deployment groups, as far as ECS deployments need them. */
export interface CodeDeployApplication {
  readonly name: string;
  readonly id: string;
  readonly createdAt: number;
  readonly groups: Map<string, CodeDeployGroup>;
}

export interface CodeDeployGroup {
  readonly application: string;
  readonly name: string;
  readonly id: string;
  readonly cluster: string;
  readonly service: string;
  readonly config: string;
  readonly serviceRoleArn: string;
  /** The two target groups. */
  readonly targetGroups: readonly string[];
  readonly loadBalancerInfo: object | undefined;
  readonly readyAction: 'CONTINUE_DEPLOYMENT' | 'STOP_DEPLOYMENT';
  readonly readyWaitMinutes: number;
  readonly terminates: boolean;
  readonly terminationWaitMinutes: number;
  readonly rollbackEvents: readonly string[];
  readonly alarms: readonly string[];
}

export interface CodeDeployDeployment {
  readonly id: string;
  readonly group: CodeDeployGroup;
  readonly revision: object;
  readonly taskDefinition: string;
  readonly description: string | undefined;
  readonly creator: 'user' | 'codeDeployRollback';
  readonly config: string;
  readonly rollbackEvents: readonly string[];
  readonly createdAt: number;
  status: 'Created' | 'InProgress' | 'Ready' | 'Succeeded' | 'Failed' | 'Stopped';
  phase: 'install' | 'ready' | 'traffic' | 'terminate' | 'cleanUp' | 'over';
  phaseSince: number;
  completedAt: number | undefined;
  /** Ids of the task sets that serve before and after the deployment. */
  readonly blue: string | undefined;
  green: string | undefined;
  /** Percentage of production traffic that the new task set gets. */
  traffic: number;
  step: number;
  isContinued: boolean;
  error: { readonly code: string; readonly message: string } | undefined;
  rollback: { readonly rollbackDeploymentId: string; readonly rollbackMessage: string } | undefined;
}

/** A service that Application Auto Scaling may scale. */
export interface ScalableTarget {
  /** `service/<cluster>/<service>` */
  readonly resourceId: string;
  readonly arn: string;
  readonly createdAt: number;
  roleArn: string;
  min: number;
  max: number;
  suspended: Readonly<Record<string, unknown>>;
  readonly policies: Map<string, ScalingPolicy>;
  /** Consecutive minutes in which each policy's metric was above or below its target. */
  lastScaledAt: number;
}

export interface ScalingPolicy {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly type: 'TargetTrackingScaling' | 'StepScaling';
  readonly configuration: Readonly<Record<string, unknown>>;
  /** High and low, for target tracking. */
  readonly alarms: readonly string[];
  above: number;
  below: number;
}

export interface ScalingActivity {
  readonly id: string;
  readonly resourceId: string;
  readonly description: string;
  readonly cause: string;
  readonly at: number;
}

/** A metric value, and the number of tasks at that time: the load stays the same, whatever the count. */
export interface SetMetric {
  readonly value: number;
  readonly tasks: number;
}

/** The services beside ECS in one Region. */
export interface Neighbours {
  readonly applications: Map<string, CodeDeployApplication>;
  readonly deployments: Map<string, CodeDeployDeployment>;
  /** By `service/<cluster>/<service>`. */
  readonly targets: Map<string, ScalableTarget>;
  readonly activities: ScalingActivity[];
  /** By resource and metric name. */
  readonly metrics: Map<string, SetMetric>;
  evaluation: Due | undefined;
  /** For the keys of role sessions: clients renew them on real time, which must change no id of ECS. */
  readonly keys: Random;
}

export function createNeighbours(keys: Random): Neighbours {
  return {
    keys,
    applications: new Map(),
    deployments: new Map(),
    targets: new Map(),
    activities: [],
    metrics: new Map(),
    evaluation: undefined,
  };
}
