import { EcsError } from '../checks/ecs-errors.ts';

/** AWS's answer for a thrown error. */
export function toEcsError(error: unknown): EcsError {
  if (error instanceof EcsError) return error;
  // A defect of the sandbox itself: it looks like an AWS failure and says what broke.
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new EcsError('ServerException', `Service Unavailable. Please try again later. (sandbox: ${detail})`, 500);
}
