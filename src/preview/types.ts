import type { Blocker } from '../live/core/blockers.ts';

/** The change that a preview simulates. Container instances by ARN, a service by name. */
export type PreviewChange =
  | { readonly kind: 'drain'; readonly containerInstanceArns: readonly string[] }
  | { readonly kind: 'lose'; readonly containerInstanceArns: readonly string[]; readonly zone: string | undefined }
  | { readonly kind: 'scale'; readonly serviceName: string; readonly desiredCount: number }
  | {
      readonly kind: 'deploy';
      readonly serviceName: string;
      /** A family, family:revision or ARN; undefined for a new deployment of the revision in use. */
      readonly taskDefinition: string | undefined;
      readonly desiredCount: number | undefined;
      readonly minimumHealthyPercent: number | undefined;
      readonly maximumPercent: number | undefined;
    };

export interface PreviewRequest {
  readonly clusterArn: string;
  readonly change: PreviewChange;
  /** Virtual milliseconds to look ahead. */
  readonly horizon: number;
  readonly randomSeed: number;
}

export type PreviewOutcome = 'DONE' | 'DONE_DEGRADED' | 'BLOCKED' | 'UNFINISHED' | 'FAILED' | 'ROLLED_BACK';

/** Milliseconds in the run with fast, with usual and with slow assumptions. */
export interface PreviewRange {
  readonly fastest: number;
  readonly usual: number;
  readonly slowest: number | null;
}

export type AssumptionKind =
  | 'START'
  | 'IMAGE_PULL'
  | 'ACTIVATION'
  | 'HEALTH_CHECK'
  | 'TARGET_HEALTH'
  | 'TARGET_DEREGISTRATION'
  | 'STOP'
  | 'CLEAN_UP'
  | 'SCHEDULER'
  | 'SCALE_OUT'
  | 'TASK_FATE'
  | 'UNSEEN';

export interface PreviewAssumption {
  readonly kind: AssumptionKind;
  readonly text: string;
  /** The family of the task definition that it is about; null if it is about all. */
  readonly family: string | null;
  /** Null if it is not about a duration. */
  readonly range: PreviewRange | null;
  /** How many durations it was learned from; 0 for a default. */
  readonly sampleCount: number;
}

export interface PreviewedService {
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly serviceName: string;
  readonly desiredCount: number;
  readonly runningBefore: number;
  readonly healthyBefore: number;
  readonly runningAfter: number;
  readonly healthyAfter: number;
  /** Over all runs. */
  readonly lowestRunning: number;
  readonly lowestHealthy: number;
  readonly highestTasks: number;
}

export type PreviewedFate = 'STOPS' | 'STARTS' | 'FAILS' | 'WAITS' | 'STAYS';

export interface PreviewedTask {
  readonly key: string;
  readonly taskArn: string | null;
  readonly serviceArn: string | null;
  readonly clusterArn: string;
  readonly group: string;
  readonly taskDefinitionArn: string;
  readonly fate: PreviewedFate;
  readonly containerInstanceArn: string | null;
  readonly availabilityZone: string | null;
  readonly reason: string | null;
  readonly after: number | null;
}

export interface PreviewedCapacity {
  readonly missingTasks: number;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly instances: number;
  readonly instanceType: string | null;
  readonly addedInstances: number;
}

/** The result of a simulated change. */
export interface Preview {
  readonly outcome: PreviewOutcome;
  /** The outcomes of the fast and the slow run that differ from it. */
  readonly otherOutcomes: readonly PreviewOutcome[];
  /** Until it is done, failed or rolled back; null if that does not happen before the horizon. */
  readonly endsAfter: PreviewRange | null;
  readonly horizon: number;
  readonly services: readonly PreviewedService[];
  readonly tasks: readonly PreviewedTask[];
  readonly blockedBy: readonly Blocker[];
  readonly capacity: PreviewedCapacity;
  readonly assumptions: readonly PreviewAssumption[];
  /** The parts of the cluster that the simulation leaves out. */
  readonly notSimulated: readonly string[];
  readonly summary: string;
}

/** ECS would refuse the change. */
export class PreviewRefusedError extends Error {
  override readonly name = 'PreviewRefusedError';
  /** ECS's own name of the error. */
  readonly awsCode: string;

  constructor(awsCode: string, message: string) {
    super(message);
    this.awsCode = awsCode;
  }
}

/** The cluster is larger than a preview simulates. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** The subject of the change is not in the cluster. */
export class NothingThereError extends Error {
  override readonly name = 'NothingThereError';
  /** The argument that names it. */
  readonly argument: 'containerInstances' | 'zone';

  constructor(argument: 'containerInstances' | 'zone', message: string) {
    super(message);
    this.argument = argument;
  }
}
