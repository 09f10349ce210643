import type * as aws from '@aws-sdk/client-ecs';
import type { Sessions } from '../sessions/sessions.ts';
import type { Clock } from '../time/clock.ts';
import type { Due } from '../time/due.ts';
import type { Timings } from '../time/timings.ts';
import type { Random } from '../util/random.ts';
import type { Tags, Wire } from '../util/wire-types.ts';
import type { AccountSettingsRecord } from './account-settings-record.ts';
import type { CapacityProviderRecord } from './capacity-provider-record.ts';
import type { DaemonFamilyRecord, DaemonRecord, DaemonWorldRecord } from './daemon-records.ts';
import type { EventLog } from './event-log.ts';
import type { Surroundings } from './external-services.ts';
import type { Fleet } from './fleet-record.ts';
import type { GatewayRecord, GatewayWorldRecord } from './gateway-records.ts';
import type { Demand } from './instance-capacity.ts';
import type { InstanceRecord } from './instance-record.ts';
import type { InstanceState } from './instance-state.ts';
import type { Step } from './services/deployment-stages.ts';
import type { ExpressRecord } from './services/express-records.ts';
import type { HookRun } from './services/hook-run.ts';
import type { Holds } from './services/launch-holds.ts';
import type { LaunchRates } from './services/launch-rates.ts';
import type { Rebalancing } from './services/rebalancing-state.ts';
import type { Pause } from './services/service-pause.ts';
import type { TargetNews } from './services/target-changes.ts';
import type { Census } from './services/task-census.ts';
import type { ContainerRecipe } from './tasks/container-recipe.ts';
import type { Containers } from './tasks/containers.ts';
import type { TaskRecord } from './tasks/task-record.ts';
import type { Retention } from './tasks/task-retention.ts';
import type { TaskState } from './tasks/task-state.ts';

/**
 * The world: one for each Region, plain records that point at each other. Times are virtual milliseconds. Nested values
 * are replaced, never changed in place, so that a shallow copy of a record stays what it was.
 */
export interface World {
  /** `aws`, or that of China, GovCloud, ...: it follows from the Region. */
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Its own while its past is built, the sandbox's ever after. */
  clock: Clock;
  readonly random: Random;
  readonly timings: Timings;
  /** What of AWS lies outside ECS: alarms, functions. */
  readonly surroundings: Surroundings;
  /** By name; a deleted cluster stays, INACTIVE, for a while. */
  readonly clusters: Map<string, ClusterRecord>;
  readonly families: Map<string, FamilyRecord>;
  readonly capacityProviders: Map<string, CapacityProviderRecord>;
  /** By ARN. */
  readonly daemons: Map<string, DaemonRecord>;
  readonly daemonFamilies: Map<string, DaemonFamilyRecord>;
  /** By name. */
  readonly gateways: Map<string, GatewayRecord>;
  /** What lies around the services that CreateExpressGatewayService made. */
  readonly expressServices: Map<ServiceRecord, ExpressRecord>;
  /** How fast tasks are launched. */
  readonly launchRates: LaunchRates;
  /** What ExecuteCommand has opened. */
  readonly sessions: Sessions;
  /** Whether a call is inside a limit of its own, beside those by operation. */
  readonly admits: (limit: string) => boolean;
  /** Tasks that wait for their capacity provider to grow; PROVISIONING, on no instance yet. */
  readonly waiting: Set<TaskRecord>;
  /** Tasks that are not forgotten yet. */
  readonly stopped: Retention;
  /** What managed scaling knows of the instances of a capacity provider in a cluster. */
  readonly fleets: Map<string, Fleet>;
  /** Tasks on Fargate whose host AWS is about to retire. */
  readonly retiring: Set<TaskRecord>;
  /** Availability Zones that an accident has taken away. */
  readonly lostZones: Set<string>;
  /** AWS has blocked the account: it launches nothing on Fargate. */
  isBlocked: boolean;
  /** What EventBridge would have been told. */
  readonly events: EventLog;
  /** What each principal set for itself, and under `default` what was set for the account. */
  readonly accountSettings: Map<string, AccountSettingsRecord>;
  /** Answers by client token, so that a repeated call is no second call. */
  readonly idempotency: Map<string, { readonly fingerprint: string; readonly answer: unknown; readonly until: number }>;
  /** Told of each change to a record, after it, and of new records. */
  readonly observers: ((record: WorldRecord, before: Before | undefined) => void)[];
  /** Remembers former states while reads lag behind writes; see consistency.ts. */
  readonly past: WeakMap<WorldRecord, Snapshot[]>;
  // What lower layers call in higher ones is passed in with the world: see backend/create-world.ts.
  /** Runs the service scheduler for a service that was woken. */
  readonly reconcile: (service: ServiceRecord) => void;
  /** Runs the daemon scheduler for a daemon that was woken. */
  readonly reconcileDaemon: (daemon: DaemonRecord) => void;
  lagMs: number;
  sequence: number;
}

export interface Snapshot {
  readonly until: number;
  readonly record: WorldRecord;
}

/** Of a record that has changed: what was there before, in the fields that the change has set and only in these. */
export type Before = Partial<PlainRecord> | Readonly<TaskState> | Readonly<InstanceState>;

export type WorldRecord = StatefulRecord | PlainRecord;

/** Those that are given another state where they change: EventBridge is told of each of these. */
export type StatefulRecord = TaskRecord | InstanceRecord;

/** Those that change in place. */
export type PlainRecord =
  | ClusterRecord
  | ServiceRecord
  | TaskDefinitionRecord
  | CapacityProviderRecord
  | DeploymentRecord
  | ServiceDeploymentRecord
  | ServiceRevisionRecord
  | TaskSetRecord
  | DaemonWorldRecord
  | GatewayWorldRecord
  | AccountSettingsRecord;

export type { InstanceRecord, TaskRecord };

export interface BaseRecord {
  readonly arn: string;
  /** Rises with each record made: the order of every List, and what its tokens point at. */
  readonly sequence: number;
  readonly bornAt: number;
}

export interface ClusterRecord extends BaseRecord {
  readonly kind: 'cluster';
  readonly name: string;
  status: string;
  settings: Wire<aws.ClusterSetting>[];
  configuration: Wire<aws.ClusterConfiguration> | undefined;
  serviceConnectDefaults: Wire<aws.ClusterServiceConnectDefaults> | undefined;
  capacityProviders: string[];
  defaultCapacityProviderStrategy: Wire<aws.CapacityProviderStrategyItem>[];
  attachments: Wire<aws.Attachment>[];
  attachmentsStatus: string | undefined;
  tags: Tags;
  readonly services: Map<string, ServiceRecord>;
  /** Those of its services with the DAEMON strategy, deleted ones too. */
  readonly daemonServices: Set<ServiceRecord>;
  readonly tasks: Map<string, TaskRecord>;
  readonly instances: Map<string, InstanceRecord>;
  /** The same by their zones, in the order in which they registered. */
  readonly zones: Map<string, InstanceRecord[]>;
  /** Services that wait for room; woken when some appears. */
  readonly starved: Set<ServiceRecord>;
  /** Tasks by lastStatus, counted as they change. */
  runningTasks: number;
  pendingTasks: number;
}

export interface FamilyRecord {
  readonly name: string;
  lastRevision: number;
  readonly revisions: Map<number, TaskDefinitionRecord>;
}

export interface TaskDefinitionRecord extends BaseRecord {
  readonly kind: 'taskDefinition';
  readonly family: string;
  readonly revision: number;
  readonly definition: Wire<aws.TaskDefinition>;
  readonly recipes: readonly ContainerRecipe[];
  /** Whether health checks of its containers decide on its tasks. */
  readonly isChecked: boolean;
  /** As a task starts with them that overrides nothing. */
  readonly containers: Containers;
  readonly demand: Demand;
  status: string;
  deregisteredAt: number | undefined;
  deleteRequestedAt: number | undefined;
  tags: Tags;
  /** Services that name it, and how many tasks of it are not STOPPED: it cannot vanish while there are any. */
  readonly services: Set<ServiceRecord>;
  liveTasks: number;
}

export interface ServiceRecord extends BaseRecord {
  readonly kind: 'service';
  readonly name: string;
  readonly cluster: ClusterRecord;
  readonly createdBy: string;
  readonly schedulingStrategy: aws.SchedulingStrategy;
  deploymentController: Wire<aws.DeploymentController>;
  /** ECS gave it to another controller: its task sets are still told as deployments. */
  tellsDeployments: boolean;
  /** Undefined if it was created with a capacity provider strategy. */
  readonly createdLaunchType: aws.LaunchType | undefined;
  readonly roleArn: string | undefined;
  readonly resourceManagementType: string;
  status: string;
  desiredCount: number;
  /** What UpdateService changes, as it reads in the answers. */
  spec: ServiceSpec;
  tags: Tags;
  /** Newest first: the PRIMARY one, then those that still have tasks. */
  deployments: DeploymentRecord[];
  /** Where a rollback goes: the latest deployment that reached COMPLETED. */
  lastCompleted: DeploymentRecord | undefined;
  readonly serviceDeployments: Map<string, ServiceDeploymentRecord>;
  readonly revisions: Map<string, ServiceRevisionRecord>;
  /** By id; only where the deployment controller is EXTERNAL or CODE_DEPLOY. */
  readonly taskSets: Map<string, TaskSetRecord>;
  events: Wire<aws.ServiceEvent>[];
  /** The time of the newest of these, which may be some milliseconds ahead. */
  lastEventAt: number;
  /** Its tasks that are not STOPPED. */
  readonly tasks: Set<TaskRecord>;
  steady: boolean;
  readonly targetNews: TargetNews;
  readonly rebalancing: Rebalancing;
  /** Protected tasks keep it from scaling in: said once. */
  protectionSaid: boolean;
  /** Tasks that ended since the scheduler last looked. */
  ended: TaskRecord[];
  /** Its desired count when the scheduler last planned. */
  plannedCount: number;
  /** Until then an accident keeps the scheduler from doing all that it should for it. */
  pausedUntil: number;
  pausedBy: Pause | undefined;
  wake: Due | undefined;
  steadyRepeat: Due | undefined;
}

export interface ServiceSpec {
  taskDefinition: TaskDefinitionRecord | undefined;
  launchType: aws.LaunchType | undefined;
  capacityProviderStrategy: Wire<aws.CapacityProviderStrategyItem>[] | undefined;
  platformVersion: string | undefined;
  platformFamily: string | undefined;
  deploymentConfiguration: Wire<aws.DeploymentConfiguration>;
  networkConfiguration: Wire<aws.NetworkConfiguration> | undefined;
  loadBalancers: Wire<aws.LoadBalancer>[];
  serviceRegistries: Wire<aws.ServiceRegistry>[];
  serviceConnectConfiguration: Wire<aws.ServiceConnectConfiguration> | undefined;
  volumeConfigurations: Wire<aws.ServiceVolumeConfiguration>[] | undefined;
  vpcLatticeConfigurations: Wire<aws.VpcLatticeConfiguration>[] | undefined;
  placementConstraints: Wire<aws.PlacementConstraint>[];
  placementStrategy: Wire<aws.PlacementStrategy>[];
  healthCheckGracePeriodSeconds: number | undefined;
  enableECSManagedTags: boolean;
  propagateTags: aws.PropagateTags;
  enableExecuteCommand: boolean;
  availabilityZoneRebalancing: aws.AvailabilityZoneRebalancing;
  gatewayConnectors: Wire<aws.GatewayConnector>[] | undefined;
  monitoring: Wire<aws.MonitoringConfiguration> | undefined;
}

export interface DeploymentRecord extends BaseRecord {
  readonly kind: 'deployment';
  readonly id: string;
  readonly service: ServiceRecord;
  /** The configuration that its tasks are made from. */
  readonly spec: ServiceSpec;
  readonly revision: ServiceRevisionRecord;
  status: string;
  /** When the scheduler first plans for it. */
  readonly beginsAt: number;
  /** How many tasks the service still wants from it; 0 before the first plan. */
  desiredCount: number;
  failedTasks: number;
  /** Whether a task of it ever ran: the circuit breaker then counts failed health checks. */
  hasRun: boolean;
  /** How many of its tasks were healthy when the scheduler last looked. */
  healthyTasks: number;
  rolloutState: aws.DeploymentRolloutState;
  rolloutStateReason: string;
  updatedAt: number;
  serviceDeployment: ServiceDeploymentRecord;
  /** Its tasks that are not STOPPED. */
  readonly tasks: Set<TaskRecord>;
  /** These in numbers, until one of them changes. */
  census: Census | undefined;
  readonly holds: Holds;
  /** Blocked on its percentages: said once. */
  stuckSaid: boolean;
}

export interface ServiceDeploymentRecord extends BaseRecord {
  readonly kind: 'serviceDeployment';
  readonly id: string;
  readonly service: ServiceRecord;
  readonly targetRevision: ServiceRevisionRecord;
  readonly sourceRevisions: readonly ServiceRevisionRecord[];
  /** The one of these that production traffic comes from, and that a rollback goes back to. */
  readonly servingRevision: ServiceRevisionRecord | undefined;
  readonly deploymentConfiguration: Wire<aws.DeploymentConfiguration>;
  status: aws.ServiceDeploymentStatus;
  statusReason: string | undefined;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  stoppedAt: number | undefined;
  updatedAt: number;
  breaker: { status: aws.ServiceDeploymentRollbackMonitorsStatus; failureCount: number; threshold: number };
  alarms: Wire<aws.ServiceDeploymentAlarms> | undefined;
  rollback: { reason: string; startedAt: number; revision: ServiceRevisionRecord } | undefined;
  /** The stages that it goes through, and in which it is. Empty for a rolling deployment without hooks. */
  plan: readonly Step[];
  /** -1 before the first. */
  step: number;
  stepSince: number;
  /** When the step's work and hooks were done: what remains is to bake. */
  stepDoneAt: number | undefined;
  /** Percent of production and test traffic that the target revision is meant to get; none where nothing is shifted. */
  traffic: { readonly production: number; readonly test: number } | undefined;
  hooks: HookRun[];
  /** Until when a rolling deployment that is otherwise done watches its alarms. */
  bakeUntil: number | undefined;
}

export interface ServiceRevisionRecord extends BaseRecord {
  readonly kind: 'serviceRevision';
  readonly id: string;
  readonly service: ServiceRecord;
  readonly spec: ServiceSpec;
  /** Its tasks are in the alternate target group: where traffic is shifted, revisions take turns. */
  readonly usesAlternate: boolean;
}

export interface TaskSetRecord extends BaseRecord {
  readonly kind: 'taskSet';
  readonly id: string;
  readonly service: ServiceRecord;
  /** Its own launch type, network, load balancers and registries over the service's. */
  readonly spec: ServiceSpec;
  readonly startedBy: string | undefined;
  readonly externalId: string | undefined;
  scale: { readonly value: number; readonly unit: aws.ScaleUnit };
  status: string;
  desiredCount: number;
  stabilityStatus: aws.StabilityStatus;
  stabilityStatusAt: number;
  updatedAt: number;
  tags: Tags;
  /** Its tasks that are not STOPPED. */
  readonly tasks: Set<TaskRecord>;
  census: Census | undefined;
  readonly holds: Holds;
}
