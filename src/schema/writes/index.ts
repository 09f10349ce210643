import type { EcsGraph } from '../graph/ecs-graph.ts';
import { addDeployImages } from './deploy-images.ts';
import { addPlannedCall } from './planned-call.ts';
import { addScaleService } from './scale-service.ts';

/** Adds purpose-built mutations that read, check and write, beside the operations of ECS. */
export function addWrites(graph: EcsGraph): void {
  const plannedCall = addPlannedCall(graph);
  addScaleService(graph, plannedCall);
  addDeployImages(graph, plannedCall);
}
