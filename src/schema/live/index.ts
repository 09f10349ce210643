import type { EcsGraph } from '../graph/ecs-graph.ts';
import { addDaemonProgress } from './daemon.ts';
import { addDeploymentProgress } from './deployment.ts';
import { addDrainProgress } from './drain.ts';
import { addDrainContainerInstances } from './drain-container-instances.ts';
import { addDrainForecast } from './drain-forecast.ts';
import { addFeeds } from './feeds.ts';
import { addServiceEvents } from './service-events.ts';
import { addProgressTypes } from './shared-types.ts';
import { addTaskProgress } from './tasks.ts';
import { addUpdateTypes } from './updates.ts';

/** Adds live progress: the subscription type, and what follows things to their end. */
export function addLive(graph: EcsGraph): void {
  graph.builder.subscriptionType({
    description:
      'Follows things that take their time. ECS has no push, so the server polls: once for each thing, however many follow it, and only while somebody does.',
  });
  const updates = addUpdateTypes(graph);
  const shared = addProgressTypes(graph);
  addServiceEvents(graph, updates);
  const deployments = addDeploymentProgress(graph, updates, shared);
  addTaskProgress(graph, updates);
  const drains = addDrainProgress(graph, updates, shared);
  addDrainForecast(graph, drains, shared);
  addDrainContainerInstances(graph);
  addFeeds(graph, updates);
  addDaemonProgress(graph, updates, deployments);
}
