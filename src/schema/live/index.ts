import type { EnumRef } from '@pothos/core';
import type { TaskVerdict } from '../../live/core/task-verdict.ts';
import type { ComputedTypes } from '../computed/types.ts';
import type { Types } from '../core/builder.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { addDaemonProgress } from './daemon.ts';
import { addDeploymentProgress } from './deployment.ts';
import { addDrainProgress } from './drain.ts';
import { addDrainContainerInstances, type DrainResultRef } from './drain-container-instances.ts';
import { addDrainForecast } from './drain-forecast.ts';
import { addFeeds } from './feeds.ts';
import { addServiceDeploymentOutcome } from './service-deployment-outcome.ts';
import { addServiceEvents } from './service-events.ts';
import { addProgressTypes, type ProgressTypes } from './shared-types.ts';
import { addTaskProgress } from './tasks.ts';
import { addUpdateTypes, type UpdateTypes } from './updates.ts';

/** Types that fields outside of live progress have too. */
export interface LiveTypes {
  readonly taskVerdict: EnumRef<Types, TaskVerdict>;
  readonly errorCode: UpdateTypes['errorCode'];
  readonly drainResult: DrainResultRef;
  readonly progress: ProgressTypes;
}

/** Adds live progress: the subscription type and its fields. */
export function addLive(graph: EcsGraph, computed: ComputedTypes): LiveTypes {
  graph.builder.subscriptionType({
    description:
      'Live progress of deployments, drains and tasks. ECS has no push interface, so the gateway polls: once for each thing, however many subscribers it has, and only while it has some.',
  });
  const updates = addUpdateTypes(graph);
  const shared = addProgressTypes(graph);
  addServiceEvents(graph, updates);
  const deployments = addDeploymentProgress(graph, updates, shared, computed);
  const taskVerdict = addTaskProgress(graph, updates);
  const drains = addDrainProgress(graph, updates, shared);
  addDrainForecast(graph, drains, shared);
  const drainResult = addDrainContainerInstances(graph, updates);
  addFeeds(graph, updates, computed);
  addDaemonProgress(graph, updates, deployments);
  addServiceDeploymentOutcome(graph, deployments);
  return { taskVerdict, drainResult, errorCode: updates.errorCode, progress: shared };
}
