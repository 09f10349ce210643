/** Durations in virtual milliseconds. AWS publishes only the ones marked as such; the others are our choice. */
export interface Timings {
  /** Waiting for an ENI (awsvpc on EC2) or for Fargate capacity. */
  readonly provisionEc2: number;
  readonly provisionFargate: number;
  /** From a task's placement to the agent's first pull. */
  readonly accept: number;
  /** The same on Fargate, where the task is connected meanwhile (four tasks in recordings: 7.7 to 10 s). */
  readonly acceptFargate: number;
  readonly pullEc2: number;
  readonly pullFargate: number;
  /** Creating and starting containers, and registering targets. */
  readonly activate: number;
  /** From RUNNING to HEALTHY for a container with a health check that passes. */
  readonly firstHealthy: number;
  /** AWS: a running task without health checks counts as healthy after 40 s. */
  readonly presumedHealthy: number;
  /** From StopTask until the agent acts on it. */
  readonly agentNotices: number;
  /** Deregistering targets, if a service has load balancers. */
  readonly deactivate: number;
  /** How long a well-behaved container takes to exit on SIGTERM. */
  readonly exitOnSigterm: number;
  /** AWS: the default of stopTimeout. */
  readonly stopTimeout: number;
  readonly deprovision: number;
  /** AWS: stopped tasks are kept at least an hour. */
  readonly keepStopped: number;
  readonly keepInactiveCluster: number;
  readonly keepInactiveInstance: number;
  readonly keepInactiveService: number;
  /** From the call that creates a deployment to the scheduler's first plan for it; a recording of 2026-04 has 17 s. */
  readonly firstLook: number;
  /** Between a change and the service scheduler's reaction to it. */
  readonly schedulerReaction: number;
  /** Between attempts to place a task that found no room. */
  readonly placementRetry: number;
  /** How often a steady service repeats its event. */
  readonly steadyRepeat: number;
  readonly registerInstance: number;
  /** From RUNNING until a load balancer reports a target as healthy. */
  readonly targetHealthy: number;
  /** Minimum duration of a lifecycle stage, and of a shift of traffic. */
  readonly lifecycleStage: number;
  readonly trafficShift: number;
  /** From the last change of a steady service or its instances to a check of its zone balance. */
  readonly rebalanceCheck: number;
  /** How long a Lambda function of a lifecycle hook runs. */
  readonly lambdaHook: number;
  /** How long a rolling deployment with alarms watches them; AWS computes it from the alarms. */
  readonly alarmBake: number;
  /** From a task without room until its capacity provider launches instances, and until these have registered. */
  readonly scaleOut: number;
  readonly instanceBoot: number;
  /** Between checks of a draining instance that managed scaling wants to terminate. */
  readonly managedDrain: number;
  /** AWS: from the warning of a Spot interruption until the instance is gone. */
  readonly spotWarning: number;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;

export const DEFAULT_TIMINGS: Timings = {
  provisionEc2: 4 * SECOND,
  provisionFargate: 6 * SECOND,
  accept: 1 * SECOND,
  acceptFargate: 8 * SECOND,
  pullEc2: 3 * SECOND,
  pullFargate: 7 * SECOND,
  activate: 2 * SECOND,
  firstHealthy: 15 * SECOND,
  presumedHealthy: 40 * SECOND,
  agentNotices: 1 * SECOND,
  deactivate: 5 * SECOND,
  exitOnSigterm: 2 * SECOND,
  stopTimeout: 30 * SECOND,
  deprovision: 8 * SECOND,
  keepStopped: HOUR,
  keepInactiveCluster: HOUR,
  keepInactiveInstance: HOUR,
  keepInactiveService: HOUR,
  firstLook: 15 * SECOND,
  schedulerReaction: 1 * SECOND,
  placementRetry: 60 * SECOND,
  steadyRepeat: 6 * HOUR,
  registerInstance: 2 * SECOND,
  targetHealthy: 15 * SECOND,
  lifecycleStage: 5 * SECOND,
  trafficShift: 10 * SECOND,
  rebalanceCheck: 60 * SECOND,
  lambdaHook: 3 * SECOND,
  alarmBake: 5 * 60 * SECOND,
  scaleOut: 60 * SECOND,
  instanceBoot: 60 * SECOND,
  managedDrain: 30 * SECOND,
  spotWarning: 120 * SECOND,
};
