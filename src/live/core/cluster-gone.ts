import { EcsError } from '../../ecs/core/errors.ts';

/** Whether an error means that the cluster is not there any more, and not just something in it. */
export function isClusterGone(error: unknown): boolean {
  return error instanceof EcsError && error.awsCode === 'ClusterNotFoundException';
}
