import { EcsError } from '../checks/ecs-errors.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';

/** Fargate's platform versions; LATEST is the first. */
const LINUX = ['1.4.0', '1.3.0', '1.2.0', '1.1.0', '1.0.0'];
const WINDOWS = ['1.0.0'];
const LATEST = 'LATEST';

function isWindows({ definition }: TaskDefinitionRecord): boolean {
  return definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false;
}

/** Features that need Linux platform 1.4.0. */
function needsLatest({ definition }: TaskDefinitionRecord): boolean {
  const volumes = definition.volumes ?? [];
  return (
    definition.ephemeralStorage !== undefined ||
    volumes.some((volume) => volume.efsVolumeConfiguration !== undefined || volume.configuredAtLaunch === true)
  );
}

/** Checks that Fargate has the platform version, and that it can run the task definition. */
export function checkPlatform(taskDefinition: TaskDefinitionRecord, requested: string | undefined): void {
  if (requested === undefined || requested === LATEST) return;
  const versions = isWindows(taskDefinition) ? WINDOWS : LINUX;
  if (![...LINUX, ...WINDOWS].includes(requested)) {
    throw new EcsError('PlatformUnknownException', 'The specified platform does not exist.');
  }
  const fits = versions.includes(requested) && (requested === versions[0] || !needsLatest(taskDefinition));
  if (fits) return;
  throw new EcsError(
    'PlatformTaskDefinitionIncompatibilityException',
    'One or more of the requested capabilities are not supported.',
  );
}

export function platformVersionOf(taskDefinition: TaskDefinitionRecord, requested: string | undefined): string {
  if (requested !== undefined && requested !== LATEST) return requested;
  return (isWindows(taskDefinition) ? WINDOWS : LINUX)[0] ?? LATEST;
}

/**
 * The actual platform version of a service's tasks: its deployments and revisions show it, while the service shows
 * LATEST.
 */
export function resolvedPlatform({ taskDefinition, platformVersion }: ServiceSpec): string | undefined {
  if (platformVersion === undefined || taskDefinition === undefined) return platformVersion;
  return platformVersionOf(taskDefinition, platformVersion);
}

/** The platform that a service shows; undefined outside Fargate. */
export function platformFor(
  taskDefinition: TaskDefinitionRecord | undefined,
  isFargate: boolean,
  platformVersion: string = LATEST,
): Pick<ServiceSpec, 'platformVersion' | 'platformFamily'> {
  if (!isFargate) return { platformVersion: undefined, platformFamily: undefined };
  const family = taskDefinition?.definition.runtimePlatform?.operatingSystemFamily ?? 'LINUX';
  return { platformVersion, platformFamily: family === 'LINUX' ? 'Linux' : family };
}
