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

/** What came with 1.4.0 of Linux. */
function needsLatest({ definition }: TaskDefinitionRecord): boolean {
  const volumes = definition.volumes ?? [];
  return (
    definition.ephemeralStorage !== undefined ||
    volumes.some((volume) => volume.efsVolumeConfiguration !== undefined || volume.configuredAtLaunch === true)
  );
}

/** Whether Fargate has a platform version, and it can run the task definition. */
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

/** That of a service's tasks: its deployments and revisions name it, where the service itself says LATEST. */
export function resolvedPlatform({ taskDefinition, platformVersion }: ServiceSpec): string | undefined {
  if (platformVersion === undefined || taskDefinition === undefined) return platformVersion;
  return platformVersionOf(taskDefinition, platformVersion);
}

/** What a service says of its platform: something on Fargate, nothing elsewhere. */
export function platformFor(
  taskDefinition: TaskDefinitionRecord | undefined,
  isFargate: boolean,
  platformVersion: string = LATEST,
): Pick<ServiceSpec, 'platformVersion' | 'platformFamily'> {
  if (!isFargate) return { platformVersion: undefined, platformFamily: undefined };
  const family = taskDefinition?.definition.runtimePlatform?.operatingSystemFamily ?? 'LINUX';
  return { platformVersion, platformFamily: family === 'LINUX' ? 'Linux' : family };
}
