import type { Attachment, Attribute, VersionInfo } from '@aws-sdk/client-ecs';
import type { Tags, Wire } from '../../util/wire-types.ts';
import type { Used } from './instance-capacity.ts';

/** Everything about a container instance that changes. Like a task, a changed instance gets a new state. */
export class InstanceState {
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

  constructor(of: InstanceState) {
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
}
