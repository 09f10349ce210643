/** How a load balancer sees a task. */
export interface TargetState {
  readonly health: 'initial' | 'healthy' | 'unhealthy';
  readonly targetGroupArn: string;
  readonly port: number | undefined;
  /** Why it is unhealthy, in the load balancer's words. */
  readonly reason: string | undefined;
}
