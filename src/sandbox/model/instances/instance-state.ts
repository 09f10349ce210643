import type { Attachment, Attribute, VersionInfo } from '@aws-sdk/client-ecs';
import type { Tags, Wire } from '../../util/wire-types';
import type { Used } from './instance-capacity';

/** All of a container instance that changes. As with tasks, an instance that changes is given another one. */
export class InstanceState {
  version: number;
  status: string;
  agentConnected: boolean;
  /** Since when it stands so. */
  connectivityAt: number;
  /** What tasks that are not STOPPED leave of CPU and memory, and what else they hold. */
  remainingCpu: number;
  remainingMemory: number;
  used: Used;
  statusReason: string | undefined;
  agentUpdateStatus: string | undefined;
  versionInfo: Wire<VersionInfo>;
  attributes: Wire<Attribute>[];
  /** Somebody plays its agent: told by its attributes. */
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
