import { EcsError } from '../../ecs/core/errors.ts';

/** Whether an error means that the cluster itself is gone, not just a resource in it. */
export function isClusterGone(error: unknown): boolean {
  return error instanceof EcsError && error.awsCode === 'ClusterNotFoundException';
}
