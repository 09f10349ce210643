import type { WatchKind } from './arguments.ts';
import { DEPLOYMENT_SCENE } from './deployment-scene.ts';
import { DRAIN_SCENE } from './drain-scene.ts';
import type { SceneOf } from './scene-types.ts';
import { TASK_SCENE } from './task-scene.ts';

/** The scene on a terminal, by kind. */
export const SCENES: Readonly<Record<WatchKind, SceneOf>> = {
  deployment: DEPLOYMENT_SCENE,
  drain: DRAIN_SCENE,
  task: TASK_SCENE,
};
