/** Targets that came and went, by target group, since the service last told of them. */
export interface TargetNews {
  readonly registered: Map<string, number>;
  readonly deregistered: Map<string, number>;
  /** Tasks that finish what they have begun, by the id of their deployment or task set. */
  readonly draining: Map<string, number>;
}
