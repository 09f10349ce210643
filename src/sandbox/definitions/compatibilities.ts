import type { Compatibility } from '@aws-sdk/client-ecs';
import { FARGATE_NEEDS } from '../rules/fargate-rules.ts';
import { type Draft, isAwsvpc, isWindows } from '../rules/registration.ts';
import { keeps } from '../rules/rule.ts';

/** Managed Instances support awsvpc, host, and Linux (ManagedInstances.md). */
function runsOnManagedInstances(draft: Draft): boolean {
  return (isAwsvpc(draft) || draft.registration.networkMode === 'host') && !isWindows(draft);
}

/** ECS Anywhere supports no ENIs, EFS, App Mesh or attached volumes (ecs-anywhere.md). */
function runsOutside(draft: Draft): boolean {
  const { volumes = [], proxyConfiguration } = draft.registration;
  const isLocal = volumes.every((volume) => volume.efsVolumeConfiguration === undefined && !volume.configuredAtLaunch);
  return !isAwsvpc(draft) && isLocal && proxyConfiguration === undefined;
}

/** Where tasks of a definition can run, whatever it requires. */
export function compatibilitiesOf(draft: Draft): Compatibility[] {
  return [
    ...(runsOutside(draft) ? (['EXTERNAL'] as const) : []),
    'EC2',
    ...(runsOnManagedInstances(draft) ? (['MANAGED_INSTANCES'] as const) : []),
    ...(keeps(FARGATE_NEEDS, draft) ? (['FARGATE'] as const) : []),
  ];
}
