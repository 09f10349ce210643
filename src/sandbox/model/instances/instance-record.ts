import type { BaseRecord } from '../base-record.ts';
import type { ClusterRecord } from '../cluster-record.ts';
import type { TaskRecord } from '../tasks/task-record.ts';
import type { Resources } from './instance-capacity.ts';
import { InstanceState } from './instance-state.ts';

type Own = Pick<
  InstanceRecord,
  | 'arn'
  | 'sequence'
  | 'bornAt'
  | 'id'
  | 'cluster'
  | 'ec2InstanceId'
  | 'availabilityZone'
  | 'capacityProviderName'
  | 'registeredAt'
  | 'registered'
  | 'tasks'
  | 'state'
>;

/** A container instance: its immutable parts, and its current state, which holds everything that changes. */
export class InstanceRecord implements BaseRecord {
  readonly kind = 'containerInstance';
  readonly arn: string;
  readonly sequence: number;
  readonly bornAt: number;
  readonly id: string;
  readonly cluster: ClusterRecord;
  readonly ec2InstanceId: string;
  readonly availabilityZone: string;
  readonly capacityProviderName: string | undefined;
  readonly registeredAt: number;
  readonly registered: Resources;
  /** Its tasks that are not STOPPED. */
  readonly tasks: Set<TaskRecord>;
  state: Readonly<InstanceState>;

  constructor(own: Own) {
    this.arn = own.arn;
    this.sequence = own.sequence;
    this.bornAt = own.bornAt;
    this.id = own.id;
    this.cluster = own.cluster;
    this.ec2InstanceId = own.ec2InstanceId;
    this.availabilityZone = own.availabilityZone;
    this.capacityProviderName = own.capacityProviderName;
    this.registeredAt = own.registeredAt;
    this.registered = own.registered;
    this.tasks = own.tasks;
    this.state = own.state;
  }

  /** The same instance in another (earlier or temporary) state, with the tasks of that state. */
  in(state: Readonly<InstanceState>, tasks = this.tasks): InstanceRecord {
    const { arn, sequence, bornAt, id, cluster, ec2InstanceId, availabilityZone } = this;
    const { capacityProviderName, registeredAt, registered } = this;
    const place = { cluster, ec2InstanceId, availabilityZone, capacityProviderName };
    return new InstanceRecord({ arn, sequence, bornAt, id, ...place, registeredAt, registered, tasks, state });
  }

  /** A copy of the current state that can be changed before the instance gets it. */
  fork(): InstanceState {
    return new InstanceState(this.state);
  }

  /** A copy of the current state with some members changed. */
  with(patch: Partial<InstanceState>): InstanceState {
    return Object.assign(this.fork(), patch);
  }

  get version(): InstanceState['version'] {
    return this.state.version;
  }

  get status(): InstanceState['status'] {
    return this.state.status;
  }

  get agentConnected(): InstanceState['agentConnected'] {
    return this.state.agentConnected;
  }

  get connectivityAt(): InstanceState['connectivityAt'] {
    return this.state.connectivityAt;
  }

  get remainingCpu(): InstanceState['remainingCpu'] {
    return this.state.remainingCpu;
  }

  get remainingMemory(): InstanceState['remainingMemory'] {
    return this.state.remainingMemory;
  }

  get used(): InstanceState['used'] {
    return this.state.used;
  }

  get statusReason(): InstanceState['statusReason'] {
    return this.state.statusReason;
  }

  get agentUpdateStatus(): InstanceState['agentUpdateStatus'] {
    return this.state.agentUpdateStatus;
  }

  get versionInfo(): InstanceState['versionInfo'] {
    return this.state.versionInfo;
  }

  get attributes(): InstanceState['attributes'] {
    return this.state.attributes;
  }

  get hasManualAgent(): InstanceState['hasManualAgent'] {
    return this.state.hasManualAgent;
  }

  get attachments(): InstanceState['attachments'] {
    return this.state.attachments;
  }

  get tags(): InstanceState['tags'] {
    return this.state.tags;
  }
}
