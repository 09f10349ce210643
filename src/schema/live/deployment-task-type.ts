import type { ObjectRef } from '@pothos/core';
import type { DeploymentTask, DeploymentTaskState } from '../../live/deployment/deployment-task.ts';
import type { Types } from '../core/builder.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

const STATES: Readonly<Record<DeploymentTaskState, string>> = {
  STARTING: 'The task does not run yet.',
  RUNNING: 'The task runs, and does not count as healthy yet.',
  HEALTHY: 'The task counts as healthy: HEALTHY by its health check, or running for 40 s without one.',
  STOPPING: 'The task is on its way to STOPPED.',
};

/** Adds the type `DeploymentTask`. */
export function addDeploymentTask(graph: EcsGraph): ObjectRef<Types, DeploymentTask> {
  const { builder } = graph;
  const state = ownEnum(builder, 'DeploymentTaskState', 'The state of a task during a deployment.', STATES);
  return builder.objectRef<DeploymentTask>('DeploymentTask').implement({
    description: 'A task of a service during a deployment.',
    fields: (t) => ({
      task: t.expose('task', {
        type: graph.noun('Task').ref,
        nullable: false,
        description: 'The task as last read.',
      }),
      state: t.expose('state', { type: state, nullable: false, description: 'How far it has come.' }),
      isOld: t.exposeBoolean('isOld', {
        nullable: false,
        description: 'Whether an older revision started it, so that the deployment replaces it.',
      }),
    }),
  });
}
