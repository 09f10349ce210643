import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { toImageReference } from '../computed/image-reference.ts';

/**
 * Whether an image matches the sought one: the same text, any tag of a repository that was named without one, or the
 * same digest.
 * @param digest the digest to which ECS resolved the image
 */
export function imageMatches(wanted: string, image: string | undefined, digest?: string): boolean {
  if (image === undefined) return false;
  if (image === wanted) return true;
  const [sought, found] = [toImageReference(wanted), toImageReference(image)];
  if (sought.repository === '') return digest === sought.digest || found.digest === sought.digest;
  if (found.repository !== sought.repository || found.registry !== sought.registry) return false;
  if (sought.digest !== null) return sought.digest === (found.digest ?? digest);
  return sought.tag === null;
}

/** Whether a reference is to the sought secret: key, stage and version may follow its ARN. */
export function secretMatches(wanted: string, valueFrom: string): boolean {
  return valueFrom === wanted || (wanted.includes(':secret:') && valueFrom.startsWith(`${wanted}:`));
}

/**
 * The secrets and parameters that a task definition names, except registry credentials, which are secrets themselves.
 */
export function secretsOf({ containerDefinitions = [], volumes = [] }: TaskDefinition): string[] {
  const inContainers = containerDefinitions.flatMap(({ secrets = [], logConfiguration }) =>
    [...secrets, ...(logConfiguration?.secretOptions ?? [])].map(({ valueFrom }) => valueFrom),
  );
  const inVolumes = volumes.map(
    (volume) => volume.fsxWindowsFileServerVolumeConfiguration?.authorizationConfig?.credentialsParameter,
  );
  return [...inContainers, ...inVolumes].flatMap((name) => name ?? []);
}
