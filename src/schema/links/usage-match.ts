import type { TaskDefinition } from '@aws-sdk/client-ecs';

/**
 * Whether an image is the one that is looked for: the same text, any tag of a repository that was named without one, or the same digest.
 * @param digest what ECS resolved the image to
 */
export function imageMatches(wanted: string, image: string | undefined, digest?: string): boolean {
  if (image === undefined) return false;
  if (image === wanted) return true;
  const { repository, version } = splitImage(wanted);
  if (repository === '') return digest === version || splitImage(image).version === version;
  if (splitImage(image).repository !== repository) return false;
  return version === undefined || (version.startsWith('sha256:') && version === digest);
}

/** `repository:tag`, `repository@digest` or a digest alone. A registry's port is no tag. */
function splitImage(image: string): { readonly repository: string; readonly version?: string | undefined } {
  if (image.startsWith('sha256:')) return { repository: '', version: image };
  const at = image.indexOf('@');
  if (at >= 0) return { repository: splitImage(image.slice(0, at)).repository, version: image.slice(at + 1) };
  const colon = image.indexOf(':', image.lastIndexOf('/') + 1);
  return colon < 0 ? { repository: image } : { repository: image.slice(0, colon), version: image.slice(colon + 1) };
}

/** Whether a reference is to the secret that is looked for: after the ARN of a secret, key, stage and version may follow. */
export function secretMatches(wanted: string, valueFrom: string): boolean {
  return valueFrom === wanted || (wanted.includes(':secret:') && valueFrom.startsWith(`${wanted}:`));
}

/** The secrets and parameters that a task definition names, but for registry credentials, which are secrets themselves. */
export function secretsOf({ containerDefinitions = [], volumes = [] }: TaskDefinition): string[] {
  const inContainers = containerDefinitions.flatMap(({ secrets = [], logConfiguration }) =>
    [...secrets, ...(logConfiguration?.secretOptions ?? [])].map(({ valueFrom }) => valueFrom),
  );
  const inVolumes = volumes.map(
    (volume) => volume.fsxWindowsFileServerVolumeConfiguration?.authorizationConfig?.credentialsParameter,
  );
  return [...inContainers, ...inVolumes].flatMap((name) => name ?? []);
}
