import type { Due } from '../../time/due.ts';
import type { BaseRecord } from '../base-record.ts';
import type { TaskOrigin } from './task-origin.ts';
import { TaskState } from './task-state.ts';

const NO_INCIDENTS: readonly Due[] = [];

/**
 * A task: its immutable parts, what it shares with tasks that were started with it, and its current state, which holds
 * everything that changes. There are hundreds of thousands of tasks.
 */
export class TaskRecord implements BaseRecord {
  readonly kind = 'task';
  readonly sequence: number;
  readonly bornAt: number;
  readonly id: string;
  readonly origin: TaskOrigin;
  state: Readonly<TaskState>;
  /** The next step of its lifecycle, and pending container incidents. */
  step: Due | undefined = undefined;
  incidents = NO_INCIDENTS;

  constructor(own: Pick<TaskRecord, 'sequence' | 'bornAt' | 'id' | 'origin' | 'state'>) {
    this.sequence = own.sequence;
    this.bornAt = own.bornAt;
    this.id = own.id;
    this.origin = own.origin;
    this.state = own.state;
  }

  /** The same task in another (earlier or temporary) state. */
  in(state: Readonly<TaskState>): TaskRecord {
    const { sequence, bornAt, id, origin } = this;
    return new TaskRecord({ sequence, bornAt, id, origin, state });
  }

  /** A copy of the current state that can be changed before the task gets it. */
  fork(): TaskState {
    return new TaskState(this.state);
  }

  /** A copy of the current state with some members changed. */
  with(patch: Partial<TaskState>): TaskState {
    return Object.assign(this.fork(), patch);
  }

  /** Built on demand. */
  get arn(): string {
    return this.origin.arnPrefix + this.id;
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

  get lastStatus(): TaskState['lastStatus'] {
    return this.state.lastStatus;
  }

  get desiredStatus(): TaskState['desiredStatus'] {
    return this.state.desiredStatus;
  }

  get healthStatus(): TaskState['healthStatus'] {
    return this.state.healthStatus;
  }

  get startedAt(): TaskState['startedAt'] {
    return this.state.startedAt;
  }

  get target(): TaskState['target'] {
    return this.state.target;
  }

  get deployment(): TaskState['deployment'] {
    return this.state.deployment;
  }

  get taskSet(): TaskState['taskSet'] {
    return this.state.taskSet;
  }

  get instance(): TaskState['instance'] {
    return this.state.instance;
  }

  get gpuIds(): TaskState['gpuIds'] {
    return this.state.gpuIds;
  }

  get availabilityZone(): TaskState['availabilityZone'] {
    return this.state.availabilityZone;
  }

  get version(): TaskState['version'] {
    return this.state.version;
  }

  get containers(): TaskState['containers'] {
    return this.state.containers;
  }

  get attachments(): TaskState['attachments'] {
    return this.state.attachments;
  }

  get connectivity(): TaskState['connectivity'] {
    return this.state.connectivity;
  }

  get connectivityAt(): TaskState['connectivityAt'] {
    return this.state.connectivityAt;
  }

  get pullStartedAt(): TaskState['pullStartedAt'] {
    return this.state.pullStartedAt;
  }

  get pullStoppedAt(): TaskState['pullStoppedAt'] {
    return this.state.pullStoppedAt;
  }

  get stoppingAt(): TaskState['stoppingAt'] {
    return this.state.stoppingAt;
  }

  get executionStoppedAt(): TaskState['executionStoppedAt'] {
    return this.state.executionStoppedAt;
  }

  get stoppedAt(): TaskState['stoppedAt'] {
    return this.state.stoppedAt;
  }

  get stopCode(): TaskState['stopCode'] {
    return this.state.stopCode;
  }

  get stoppedReason(): TaskState['stoppedReason'] {
    return this.state.stoppedReason;
  }

  get tags(): TaskState['tags'] {
    return this.state.tags;
  }

  get protectedUntil(): TaskState['protectedUntil'] {
    return this.state.protectedUntil;
  }
}
