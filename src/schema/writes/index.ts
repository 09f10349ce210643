import type { EnumRef, ObjectRef } from '@pothos/core';
import type { RevisionChange } from '../changes/revision-change.ts';
import type { Types } from '../core/builder.ts';
import type { ErrorCode } from '../core/error-codes.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import type { DrainResultRef } from '../live/drain-container-instances.ts';
import { addCleanUpTaskDefinitions } from './clean-up/clean-up-task-definitions.ts';
import { addReplaceContainerInstances } from './replacement/replace-container-instances.ts';
import { addDeployImages } from './service/deploy-images.ts';
import { addRestartService } from './service/restart-service.ts';
import { addRollBackService } from './service/roll-back-service.ts';
import { addRunJob } from './service/run-job.ts';
import { addScaleService } from './service/scale-service.ts';

/** Types of other areas that payloads have too. */
export interface WriteTypes {
  readonly revisionChange: ObjectRef<Types, RevisionChange>;
  readonly errorCode: EnumRef<Types, ErrorCode>;
  readonly drainResult: DrainResultRef;
}

/** Adds purpose-built mutations that read, check and write, beside the operations of ECS. */
export function addWrites(graph: EcsGraph, { revisionChange, errorCode, drainResult }: WriteTypes): void {
  addScaleService(graph);
  addDeployImages(graph, revisionChange);
  addRestartService(graph);
  addRollBackService(graph);
  addRunJob(graph);
  addCleanUpTaskDefinitions(graph, errorCode);
  addReplaceContainerInstances(graph, drainResult);
}
