import type { EnumRef, ObjectRef } from '@pothos/core';
import type { RevisionChange } from '../changes/revision-change.ts';
import type { Types } from '../core/builder.ts';
import type { ErrorCode } from '../core/error-codes.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { addCleanUpTaskDefinitions } from './clean-up-task-definitions.ts';
import { addDeployImages } from './deploy-images.ts';
import { addRestartService } from './restart-service.ts';
import { addRollBackService } from './roll-back-service.ts';
import { addRunJob } from './run-job.ts';
import { addScaleService } from './scale-service.ts';

/** Types of other areas that payloads have too. */
export interface WriteTypes {
  readonly revisionChange: ObjectRef<Types, RevisionChange>;
  readonly errorCode: EnumRef<Types, ErrorCode>;
}

/** Adds purpose-built mutations that read, check and write, beside the operations of ECS. */
export function addWrites(graph: EcsGraph, { revisionChange, errorCode }: WriteTypes): void {
  addScaleService(graph);
  addDeployImages(graph, revisionChange);
  addRestartService(graph);
  addRollBackService(graph);
  addRunJob(graph);
  addCleanUpTaskDefinitions(graph, errorCode);
}
