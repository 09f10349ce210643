/** Where the events of a rule go. */
export interface EventTarget {
  readonly id: string;
  readonly arn: string;
  readonly roleArn: string | undefined;
  /** JSON that is sent instead of the event. */
  readonly input: string | undefined;
  /** The part of the event that is sent: `$.detail`, for example. */
  readonly inputPath: string | undefined;
  /** Members that only answers show: `HttpParameters`, `SqsParameters`, `RetryPolicy`, `DeadLetterConfig`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface EventRule {
  readonly name: string;
  readonly arn: string;
  readonly bus: string;
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  /** As it was given. */
  readonly pattern: string;
  state: 'ENABLED' | 'DISABLED';
  readonly targets: Map<string, EventTarget>;
}

export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  changedAt: number;
  description: string | undefined;
  /** The resource policy; undefined if none was set. */
  policy: string | undefined;
  readonly rules: Map<string, EventRule>;
}

/** The credentials of API destinations. Their secret values never appear in answers. */
export interface EventConnection {
  readonly name: string;
  readonly arn: string;
  readonly secretArn: string;
  readonly createdAt: number;
  changedAt: number;
  description: string | undefined;
  authorization: 'API_KEY' | 'BASIC';
  parameters: Readonly<Record<string, unknown>>;
}

export interface ApiDestination {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  changedAt: number;
  description: string | undefined;
  connectionArn: string;
  endpoint: string;
  method: string;
  perSecond: number;
  /** When the next request may start, so that a second has no more than `perSecond`. */
  freeAt: number;
}

/** An event on its way to a target. */
export interface Delivery {
  readonly ruleArn: string;
  readonly target: EventTarget;
  /** The event as JSON: the text that arrives, shared by all targets. */
  readonly event: string;
  readonly firstAt: number;
  attempts: number;
}
