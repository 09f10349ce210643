import type { Attachment, Connectivity, HealthStatus, TaskStopCode } from '@aws-sdk/client-ecs';
import type { Tags, Wire } from '../../util/wire-types.ts';
import type { InstanceRecord } from '../instances/instance-record.ts';
import type { DeploymentRecord } from '../services/deployment-record.ts';
import type { TaskSetRecord } from '../services/task-set-record.ts';
import type { Containers } from './containers.ts';
import type { TargetState } from './target-state.ts';

/**
 * Everything about a task that changes. A changed task gets a new state, so that a holder of the earlier state, such as
 * an event, still sees how the task was. Copied field by field, because that happens millions of times.
 */
export class TaskState {
  lastStatus: string;
  desiredStatus: string;
  healthStatus: HealthStatus;
  startedAt: number | undefined;
  /** Undefined without a load balancer, and before the task is registered with one. */
  target: TargetState | undefined;
  /** The deployment that started it; changes with the deployment controller. */
  deployment: DeploymentRecord | undefined;
  taskSet: TaskSetRecord | undefined;
  /** Undefined on Fargate, and for a task that waits for its capacity provider. */
  instance: InstanceRecord | undefined;
  /** The GPUs of its instance that it was given. */
  gpuIds: readonly string[];
  availabilityZone: string;
  version: number;
  containers: Containers;
  attachments: Wire<Attachment>[];
  connectivity: Connectivity | undefined;
  connectivityAt: number | undefined;
  pullStartedAt: number | undefined;
  pullStoppedAt: number | undefined;
  stoppingAt: number | undefined;
  executionStoppedAt: number | undefined;
  stoppedAt: number | undefined;
  stopCode: TaskStopCode | undefined;
  stoppedReason: string | undefined;
  tags: Tags;
  protectedUntil: number | undefined;

  constructor(of: TaskState) {
    this.lastStatus = of.lastStatus;
    this.desiredStatus = of.desiredStatus;
    this.healthStatus = of.healthStatus;
    this.startedAt = of.startedAt;
    this.target = of.target;
    this.deployment = of.deployment;
    this.taskSet = of.taskSet;
    this.instance = of.instance;
    this.gpuIds = of.gpuIds;
    this.availabilityZone = of.availabilityZone;
    this.version = of.version;
    this.containers = of.containers;
    this.attachments = of.attachments;
    this.connectivity = of.connectivity;
    this.connectivityAt = of.connectivityAt;
    this.pullStartedAt = of.pullStartedAt;
    this.pullStoppedAt = of.pullStoppedAt;
    this.stoppingAt = of.stoppingAt;
    this.executionStoppedAt = of.executionStoppedAt;
    this.stoppedAt = of.stoppedAt;
    this.stopCode = of.stopCode;
    this.stoppedReason = of.stoppedReason;
    this.tags = of.tags;
    this.protectedUntil = of.protectedUntil;
  }
}
