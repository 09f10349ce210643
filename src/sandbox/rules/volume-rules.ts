import type { Volume } from '@aws-sdk/client-ecs';
import type { Input } from '../util/wire-types.ts';
import { type Draft, eachContainer, repeated, rule } from './registration.ts';
import type { Rule } from './rule.ts';

const KINDS = [
  'host',
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  's3filesVolumeConfiguration',
] as const satisfies readonly (keyof Volume)[];

function volumesOf({ registration }: Draft): readonly Input<Volume>[] {
  return registration.volumes ?? [];
}

function efsOf(draft: Draft) {
  return volumesOf(draft).flatMap(({ efsVolumeConfiguration }) => efsVolumeConfiguration ?? []);
}

/** Volumes and their mounts. */
export const VOLUME_RULES: readonly Rule<Draft>[] = [
  rule('volume-names-unique', 'API Volume.name; choice of text', (draft) =>
    repeated(volumesOf(draft).map(({ name }) => name)) === undefined
      ? undefined
      : 'Volume names must be unique within a task definition.',
  ),
  rule('volume-one-kind', 'cloudposse/terraform-aws-ecs-alb-service-task#185', (draft) => {
    const kindsOf = (volume: Input<Volume>) => KINDS.filter((kind) => volume[kind] !== undefined).length;
    return volumesOf(draft).some((volume) => kindsOf(volume) > 1)
      ? 'When the volume parameter is specified, only one volume configuration type should be used.'
      : undefined;
  }),
  rule('volume-source-path', 'aws/amazon-ecs-cli#11', (draft) =>
    volumesOf(draft).some(({ host }) => host?.sourcePath === '') ? 'host.sourcePath should not be blank.' : undefined,
  ),
  eachContainer('mount-unknown-volume', 'ansible/ansible#35751', ({ mountPoints = [] }, draft) => {
    const missing = mountPoints.find(({ sourceVolume }) => !volumesOf(draft).some(({ name }) => name === sourceVolume));
    return missing && `Unknown volume '${missing.sourceVolume}'.`;
  }),
  eachContainer(
    'volumes-from-unknown',
    'cdk-preflight pf-ecs-volumesfrom-source-container-missing',
    ({ volumesFrom = [] }, draft) => {
      const missing = volumesFrom.find(
        ({ sourceContainer }) => !draft.containers.some(({ name }) => name === sourceContainer),
      );
      return missing && `Invalid 'volumesFrom' setting. Unknown container: '${missing.sourceContainer}'.`;
    },
  ),
  rule('volume-not-mounted', 'cdk-preflight pf-ecs-volume-not-referenced', (draft) => {
    const mounted = draft.containers.flatMap(({ mountPoints = [] }) => mountPoints.map((item) => item.sourceVolume));
    const idle = volumesOf(draft).filter(
      ({ configuredAtLaunch, name }) => configuredAtLaunch && !mounted.includes(name),
    );
    const names = idle.map(({ name }) => name).join(', ');
    return idle.length > 0 ? `Volumes [${names}] are not referenced by any of the containers.` : undefined;
  }),
  rule('efs-iam', 'cdk-preflight pf-ecs-efs-iam-without-transit-encryption', (draft) =>
    efsOf(draft).some((efs) => efs.authorizationConfig?.iam === 'ENABLED' && efs.transitEncryption !== 'ENABLED')
      ? 'EFS IAM authorization requires TransitEncryption to be enabled.'
      : undefined,
  ),
  rule('efs-port', 'cdk-preflight pf-ecs-efs-transit-encryption-port-without-encryption', (draft) =>
    efsOf(draft).some((efs) => efs.transitEncryptionPort !== undefined && efs.transitEncryption !== 'ENABLED')
      ? 'TransitEncryptionPort requires that TransitEncryption is enabled.'
      : undefined,
  ),
  rule('efs-root', 'cdk-preflight pf-ecs-efs-access-point-with-root-directory', (draft) =>
    efsOf(draft).some(
      (efs) => efs.authorizationConfig?.accessPointId !== undefined && (efs.rootDirectory ?? '/') !== '/',
    )
      ? 'When using an EFS access point, the root directory must either be set to "/" or be omitted.'
      : undefined,
  ),
];
