export type AccidentKind =
  | 'instance-terminated'
  | 'agent-disconnected'
  | 'agent-reconnected'
  | 'spot-interruption'
  | 'zone-lost'
  | 'zone-restored'
  | 'target-unhealthy'
  | 'operations-throttled'
  | 'discovery-throttled'
  | 'health-unknown'
  | 'task-retirement'
  | 'account-blocked'
  | 'account-restored';

/** An accident from outside. Its kind decides which members it needs. */
export interface Accident {
  readonly accident: AccidentKind;
  /** By default the Region of the ARN or zone, else us-east-1. */
  readonly region?: string;
  /** By default the account of the ARN, else the default account. */
  readonly account?: string;
  /** The ARN or id of a container instance, or the id of its EC2 instance. */
  readonly containerInstance?: string;
  /** The ARN or id of a task. */
  readonly task?: string;
  /** The ARN of a service, or its name if it is unique among the clusters. */
  readonly service?: string;
  /** Such as `eu-west-1a`. */
  readonly zone?: string;
  /** Its duration in virtual seconds; 60 by default. */
  readonly seconds?: number;
  readonly reason?: string;
}

export interface AccidentReport {
  readonly containerInstances: readonly string[];
  readonly tasks: readonly string[];
}
