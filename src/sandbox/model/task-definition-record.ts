import type * as aws from '@aws-sdk/client-ecs';
import type { Timings } from '../time/timings.ts';
import type { Tags, Wire } from '../util/wire-types.ts';
import type { BaseRecord } from './base-record.ts';
import type { Demand } from './instances/instance-capacity.ts';
import type { ServiceRecord } from './services/service-record.ts';
import type { ContainerRecipe } from './tasks/container-recipe.ts';
import type { Containers } from './tasks/containers.ts';

export interface TaskDefinitionRecord extends BaseRecord {
  readonly kind: 'taskDefinition';
  readonly family: string;
  readonly revision: number;
  readonly definition: Wire<aws.TaskDefinition>;
  readonly recipes: readonly ContainerRecipe[];
  /** Whether container health checks decide the health of its tasks. */
  readonly isChecked: boolean;
  /**
   * Whether its containers wait for each other or are restarted; tasks of other definitions start and stop all
   * containers at once.
   */
  readonly isPlayed: boolean;
  /** The containers of a new task without overrides. */
  readonly containers: Containers;
  readonly demand: Demand;
  /** How long its tasks take, if that is known better than for all tasks of the world. */
  readonly timings: Timings | undefined;
  status: string;
  deregisteredAt: number | undefined;
  deleteRequestedAt: number | undefined;
  tags: Tags;
  /**
   * Services that use it, and the number of its tasks that are not STOPPED: it cannot be deleted while there are any.
   */
  readonly services: Set<ServiceRecord>;
  liveTasks: number;
}
