import type { EcsGraph } from '../graph/ecs-graph.ts';
import { addDeployImages } from './deploy-images.ts';
import { addRestartService } from './restart-service.ts';
import { addRollBackService } from './roll-back-service.ts';
import { addScaleService } from './scale-service.ts';

/** Adds purpose-built mutations that read, check and write, beside the operations of ECS. */
export function addWrites(graph: EcsGraph): void {
  addScaleService(graph);
  addDeployImages(graph);
  addRestartService(graph);
  addRollBackService(graph);
}
