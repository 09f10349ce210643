import type { Attachment, Attribute, VersionInfo } from '@aws-sdk/client-ecs';
import type { Tags, Wire } from '../../util/wire-types.ts';
import type { BaseRecord } from '../base-record.ts';
import type { ClusterRecord } from '../cluster-record.ts';
import type { TaskList } from '../tasks/task-list.ts';
import type { Resources, Used } from './instance-capacity.ts';

/** The members of an instance that change. */
export type InstancePatch = Partial<
  Pick<
    InstanceRecord,
    | 'status'
    | 'agentConnected'
    | 'connectivityAt'
    | 'remainingCpu'
    | 'remainingMemory'
    | 'used'
    | 'statusReason'
    | 'agentUpdateStatus'
    | 'versionInfo'
    | 'attributes'
    | 'attachments'
    | 'tags'
  >
>;

/** The members of an instance before a change that observers compare with. */
export type InstanceBefore = Pick<InstanceRecord, 'version' | 'status'>;

/** A container instance. It is changed in place; a copy shows how it was. */
export class InstanceRecord implements BaseRecord {
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
  readonly tasks: TaskList;
  version: number;
  status: string;
  agentConnected: boolean;
  /** Time of the last change of the connectivity. */
  connectivityAt: number;
  /** CPU and memory that tasks which are not STOPPED leave, and the other resources that they use. */
  remainingCpu: number;
  remainingMemory: number;
  used: Used;
  statusReason: string | undefined;
  agentUpdateStatus: string | undefined;
  versionInfo: Wire<VersionInfo>;
  attributes: Wire<Attribute>[];
  /** Whether a client plays its agent, by its attributes. */
  hasManualAgent: boolean;
  attachments: Wire<Attachment>[];
  tags: Tags;

  constructor(of: Omit<InstanceRecord, 'kind' | 'copy' | 'before'>) {
    this.arn = of.arn;
    this.sequence = of.sequence;
    this.bornAt = of.bornAt;
    this.id = of.id;
    this.cluster = of.cluster;
    this.ec2InstanceId = of.ec2InstanceId;
    this.availabilityZone = of.availabilityZone;
    this.capacityProviderName = of.capacityProviderName;
    this.registeredAt = of.registeredAt;
    this.registered = of.registered;
    this.tasks = of.tasks;
    this.version = of.version;
    this.status = of.status;
    this.agentConnected = of.agentConnected;
    this.connectivityAt = of.connectivityAt;
    this.remainingCpu = of.remainingCpu;
    this.remainingMemory = of.remainingMemory;
    this.used = of.used;
    this.statusReason = of.statusReason;
    this.agentUpdateStatus = of.agentUpdateStatus;
    this.versionInfo = of.versionInfo;
    this.attributes = of.attributes;
    this.hasManualAgent = of.hasManualAgent;
    this.attachments = of.attachments;
    this.tags = of.tags;
  }

  /** The instance as it is now, for the time after it has changed. */
  copy(): InstanceRecord {
    return new InstanceRecord(this);
  }

  before(): InstanceBefore {
    const { version, status } = this;
    return { version, status };
  }

  get kind(): 'containerInstance' {
    return 'containerInstance';
  }
}
