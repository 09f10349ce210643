import { EcsError } from '../checks/ecs-errors.ts';

/** What AWS would answer where something was thrown. */
export function toEcsError(error: unknown): EcsError {
  if (error instanceof EcsError) return error;
  // A defect of the sandbox itself: it reads as AWS's own failure would, and says what broke.
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new EcsError('ServerException', `Service Unavailable. Please try again later. (sandbox: ${detail})`, 500);
}
