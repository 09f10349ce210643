import type { Attachment, Connectivity, HealthStatus, TaskStopCode } from '@aws-sdk/client-ecs';
import type { Due } from '../../time/due.ts';
import { hexFrom, uuidFrom } from '../../util/random.ts';
import type { Tags, Wire } from '../../util/wire-types.ts';
import type { BaseRecord } from '../base-record.ts';
import type { InstanceRecord } from '../instances/instance-record.ts';
import type { DeploymentRecord } from '../services/deployment-record.ts';
import type { TaskSetRecord } from '../services/task-set-record.ts';
import type { Containers } from './containers.ts';
import type { TargetState } from './target-state.ts';
import type { TaskOrigin } from './task-origin.ts';

/** The members that rarely change. Tasks that were started together share them until one changes. It is replaced, never changed. */
export interface TaskRest {
  /** The deployment that started it; changes with the deployment controller. */
  readonly deployment: DeploymentRecord | undefined;
  readonly taskSet: TaskSetRecord | undefined;
  /** The GPUs of its instance that it was given. */
  readonly gpuIds: readonly string[];
  readonly tags: Tags;
  readonly protectedUntil: number | undefined;
  /** The ARN of a task that was not created here, such as one of a real cluster that is simulated. */
  readonly knownArn?: string | undefined;
}

/** Why a task was stopped. Tasks that are stopped together share it. */
export interface TaskEnd {
  readonly stopCode: TaskStopCode;
  readonly stoppedReason: string;
}

/** The members of a task before a change that observers compare with. */
export type TaskBefore = Pick<
  TaskRecord,
  | 'version'
  | 'lastStatus'
  | 'desiredStatus'
  | 'healthStatus'
  | 'started'
  | 'target'
  | 'instance'
  | 'containers'
  | 'connectivity'
  | 'deployment'
  | 'taskSet'
>;

/** The members of a task that change. */
export type TaskPatch = Partial<
  TaskRest &
    Pick<
      TaskRecord,
      | 'end'
      | 'availabilityZone'
      | 'lastStatus'
      | 'desiredStatus'
      | 'healthStatus'
      | 'target'
      | 'instance'
      | 'containers'
      | 'attachments'
      | 'connectivity'
      | 'connectivityAt'
      | 'pullStartedAt'
      | 'pullStoppedAt'
      | 'startedAt'
      | 'stoppingAt'
      | 'executionStoppedAt'
      | 'stoppedAt'
    >
>;

function toTime({ bornAt }: TaskOrigin, after: number | undefined): number | undefined {
  return after === undefined ? undefined : bornAt + after;
}

function fromTime({ bornAt }: TaskOrigin, time: number | undefined): number | undefined {
  return time === undefined ? undefined : time - bornAt;
}

const NO_INCIDENTS: readonly Due[] = [];

/**
 * A task. There are hundreds of thousands, so what tasks can share is in objects of its own, the id and the ARN are
 * computed when a caller reads them, and times are kept as milliseconds since its creation: small integers, which take
 * no memory of their own. It is changed in place; a copy shows how it was.
 */
export class TaskRecord implements BaseRecord {
  readonly sequence: number;
  /** The state of the random generator from which its id follows. */
  readonly seed: number;
  readonly origin: TaskOrigin;
  rest: TaskRest;
  end: TaskEnd | undefined = undefined;
  availabilityZone: string;
  lastStatus: string;
  desiredStatus = 'RUNNING';
  healthStatus: HealthStatus = 'UNKNOWN';
  version = 1;
  /** Undefined on Fargate, and for a task that waits for its capacity provider. */
  instance: InstanceRecord | undefined;
  containers: Containers;
  attachments: Wire<Attachment>[];
  /** Undefined without a load balancer, and before the task is registered with one. */
  target: TargetState | undefined = undefined;
  connectivity: Connectivity | undefined = undefined;
  // The times below, in milliseconds after `bornAt`.
  connected: number | undefined = undefined;
  pullStarted: number | undefined = undefined;
  pullStopped: number | undefined = undefined;
  started: number | undefined = undefined;
  stopping: number | undefined = undefined;
  executionStopped: number | undefined = undefined;
  stopped: number | undefined = undefined;
  /** The next step of its lifecycle, and pending container incidents. */
  step: Due | undefined = undefined;
  incidents = NO_INCIDENTS;

  constructor(
    own: Pick<TaskRecord, 'sequence' | 'seed' | 'origin' | 'rest' | 'lastStatus' | 'availabilityZone'> &
      Pick<TaskRecord, 'instance' | 'containers' | 'attachments'>,
  ) {
    this.sequence = own.sequence;
    this.seed = own.seed;
    this.origin = own.origin;
    this.rest = own.rest;
    this.availabilityZone = own.availabilityZone;
    this.lastStatus = own.lastStatus;
    this.instance = own.instance;
    this.containers = own.containers;
    this.attachments = own.attachments;
  }

  /** The task as it is now, for the time after it has changed. */
  copy(): TaskRecord {
    const copy = new TaskRecord(this);
    copy.end = this.end;
    copy.desiredStatus = this.desiredStatus;
    copy.healthStatus = this.healthStatus;
    copy.version = this.version;
    copy.target = this.target;
    copy.connectivity = this.connectivity;
    copy.connected = this.connected;
    copy.pullStarted = this.pullStarted;
    copy.pullStopped = this.pullStopped;
    copy.started = this.started;
    copy.stopping = this.stopping;
    copy.executionStopped = this.executionStopped;
    copy.stopped = this.stopped;
    return copy;
  }

  before(): TaskBefore {
    const { version, lastStatus, desiredStatus, healthStatus, started, target, instance, containers } = this;
    const { connectivity, rest } = this;
    const { deployment, taskSet } = rest;
    return {
      version,
      lastStatus,
      desiredStatus,
      healthStatus,
      started,
      target,
      instance,
      containers,
      connectivity,
      deployment,
      taskSet,
    };
  }

  get kind(): 'task' {
    return 'task';
  }

  get id(): string {
    const { knownArn } = this.rest;
    if (knownArn !== undefined) return knownArn.slice(knownArn.lastIndexOf('/') + 1);
    const hex = hexFrom(this.seed, 32);
    return this.origin.longArn ? hex : uuidFrom(hex);
  }

  get arn(): string {
    return this.rest.knownArn ?? this.origin.arnPrefix + this.id;
  }

  get bornAt(): number {
    return this.origin.bornAt;
  }

  get deployment(): TaskRest['deployment'] {
    return this.rest.deployment;
  }

  set deployment(deployment: TaskRest['deployment']) {
    this.rest = { ...this.rest, deployment };
  }

  get taskSet(): TaskRest['taskSet'] {
    return this.rest.taskSet;
  }

  set taskSet(taskSet: TaskRest['taskSet']) {
    this.rest = { ...this.rest, taskSet };
  }

  get gpuIds(): TaskRest['gpuIds'] {
    return this.rest.gpuIds;
  }

  set gpuIds(gpuIds: TaskRest['gpuIds']) {
    this.rest = { ...this.rest, gpuIds };
  }

  get tags(): Tags {
    return this.rest.tags;
  }

  set tags(tags: Tags) {
    this.rest = { ...this.rest, tags };
  }

  get protectedUntil(): number | undefined {
    return this.rest.protectedUntil;
  }

  set protectedUntil(protectedUntil: number | undefined) {
    this.rest = { ...this.rest, protectedUntil };
  }

  get stopCode(): TaskStopCode | undefined {
    return this.end?.stopCode;
  }

  get stoppedReason(): string | undefined {
    return this.end?.stoppedReason;
  }

  get connectivityAt(): number | undefined {
    return toTime(this.origin, this.connected);
  }

  set connectivityAt(time: number | undefined) {
    this.connected = fromTime(this.origin, time);
  }

  get pullStartedAt(): number | undefined {
    return toTime(this.origin, this.pullStarted);
  }

  set pullStartedAt(time: number | undefined) {
    this.pullStarted = fromTime(this.origin, time);
  }

  get pullStoppedAt(): number | undefined {
    return toTime(this.origin, this.pullStopped);
  }

  set pullStoppedAt(time: number | undefined) {
    this.pullStopped = fromTime(this.origin, time);
  }

  get startedAt(): number | undefined {
    return toTime(this.origin, this.started);
  }

  set startedAt(time: number | undefined) {
    this.started = fromTime(this.origin, time);
  }

  get stoppingAt(): number | undefined {
    return toTime(this.origin, this.stopping);
  }

  set stoppingAt(time: number | undefined) {
    this.stopping = fromTime(this.origin, time);
  }

  get executionStoppedAt(): number | undefined {
    return toTime(this.origin, this.executionStopped);
  }

  set executionStoppedAt(time: number | undefined) {
    this.executionStopped = fromTime(this.origin, time);
  }

  get stoppedAt(): number | undefined {
    return toTime(this.origin, this.stopped);
  }

  set stoppedAt(time: number | undefined) {
    this.stopped = fromTime(this.origin, time);
  }

  get cluster(): TaskOrigin['cluster'] {
    return this.origin.cluster;
  }

  get taskDefinition(): TaskOrigin['taskDefinition'] {
    return this.origin.taskDefinition;
  }

  get service(): TaskOrigin['service'] {
    return this.origin.service;
  }

  get launchType(): TaskOrigin['launchType'] {
    return this.origin.launchType;
  }

  get capacityProviderName(): TaskOrigin['capacityProviderName'] {
    return this.origin.capacityProviderName;
  }

  get platformVersion(): TaskOrigin['platformVersion'] {
    return this.origin.platformVersion;
  }

  get platformFamily(): TaskOrigin['platformFamily'] {
    return this.origin.platformFamily;
  }

  get group(): TaskOrigin['group'] {
    return this.origin.group;
  }

  get startedBy(): TaskOrigin['startedBy'] {
    return this.origin.startedBy;
  }

  get overrides(): TaskOrigin['overrides'] {
    return this.origin.overrides;
  }

  get cpu(): TaskOrigin['cpu'] {
    return this.origin.cpu;
  }

  get memory(): TaskOrigin['memory'] {
    return this.origin.memory;
  }

  get demand(): TaskOrigin['demand'] {
    return this.origin.demand;
  }

  get enableExecuteCommand(): TaskOrigin['enableExecuteCommand'] {
    return this.origin.enableExecuteCommand;
  }

  get ephemeralStorage(): TaskOrigin['ephemeralStorage'] {
    return this.origin.ephemeralStorage;
  }

  get networkConfiguration(): TaskOrigin['networkConfiguration'] {
    return this.origin.networkConfiguration;
  }

  get attributes(): TaskOrigin['attributes'] {
    return this.origin.attributes;
  }
}
