import type { CapacityProvider, Cluster, ContainerInstance, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Fate } from '../model/tasks/simulated-behavior.ts';
import type { Timings } from '../time/timings.ts';

/** The facts about the tasks of one task definition, beside the definition itself. */
export interface TaskOutlook {
  /** How long they take; absent members are those of `ClusterState.timings`. */
  readonly timings?: Partial<Timings>;
  /** The fate of new tasks. By default they start, pass their checks and keep running. */
  readonly fate?: Partial<Fate>;
}

/** A cluster as ECS describes it: the answers of its Describe calls. */
export interface ClusterState {
  /** The time of the answers, in epoch milliseconds. */
  readonly now: number;
  readonly region: string;
  readonly account: string;
  readonly cluster: Cluster;
  readonly services: readonly Service[];
  /** Tasks that are not STOPPED; stopped ones are ignored. */
  readonly tasks: readonly Task[];
  readonly containerInstances: readonly ContainerInstance[];
  /** Every task definition of the tasks and of the services' deployments. */
  readonly taskDefinitions: readonly TaskDefinition[];
  readonly capacityProviders: readonly CapacityProvider[];
  /** Until when tasks are protected from scale-in, in epoch milliseconds, by ARN. */
  readonly protectedUntil: ReadonlyMap<string, number>;
  /** How long everything takes; absent members are the sandbox's own. */
  readonly timings?: Partial<Timings>;
  /** By the ARN of the task definition. */
  readonly outlooks?: ReadonlyMap<string, TaskOutlook>;
}

/** A time of the SDK in epoch milliseconds. */
export function timeOf(date: Date | undefined): number | undefined {
  return date?.getTime();
}

/** The last part of an ARN, or of a name. */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
