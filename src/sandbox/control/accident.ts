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

/** What befalls the world from outside. Which members an accident needs is told by its kind. */
export interface Accident {
  readonly accident: AccidentKind;
  /** Otherwise the Region of the ARN or zone given, else us-east-1. */
  readonly region?: string;
  /** Otherwise the account of the ARN given, else the usual one. */
  readonly account?: string;
  /** The ARN or the id of a container instance, or the id of its EC2 instance. */
  readonly containerInstance?: string;
  /** The ARN or the id of a task. */
  readonly task?: string;
  /** The ARN of a service, or its name where no other cluster has one of that name. */
  readonly service?: string;
  /** `eu-west-1a`, say. */
  readonly zone?: string;
  /** How many virtual seconds it lasts; a minute, where it is not said. */
  readonly seconds?: number;
  readonly reason?: string;
}

export interface AccidentReport {
  readonly containerInstances: readonly string[];
  readonly tasks: readonly string[];
}
