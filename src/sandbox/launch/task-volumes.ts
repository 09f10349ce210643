import type { Attachment, TaskManagedEBSVolumeConfiguration } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { VolumeConfiguration } from '../model/tasks/task-origin.ts';
import type { World } from '../model/world.ts';
import { VOLUME } from '../tasks/task-attachments.ts';
import type { Wire } from '../util/wire-types.ts';

type Volume = Wire<TaskManagedEBSVolumeConfiguration>;

/** AWS: sizes in GiB of each volume type, and IOPS if they can be set. */
const TYPES: Readonly<Record<string, { readonly size: Range; readonly iops?: Range; readonly needsIops?: true }>> = {
  gp2: { size: [1, 16_384], iops: [100, 16_000] },
  gp3: { size: [1, 16_384], iops: [3000, 16_000] },
  io1: { size: [4, 16_384], iops: [100, 64_000], needsIops: true },
  io2: { size: [4, 16_384], iops: [100, 256_000], needsIops: true },
  st1: { size: [125, 16_384] },
  sc1: { size: [125, 16_384] },
  standard: { size: [1, 1024] },
};
type Range = readonly [least: number, most: number];

const DEFAULT_TYPE = 'gp3';
/** A sandbox tag on a volume: it cannot be attached, and the tag's value is the reason. */
const FAILS_TAG = 'sandbox.attach-error';
const FAILS_BY_DEFAULT = 'ECS timed out while configuring EBS volume attachments to your Task.';

function checkRange(name: string, value: number | undefined, [least, most]: Range): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw invalidParameter(`${name} must be between ${least} and ${most}.`);
}

function checkVolume(volume: Volume, isFargate: boolean): void {
  const { volumeType = DEFAULT_TYPE, sizeInGiB, snapshotId, iops, throughput, volumeInitializationRate } = volume;
  const type = Object.hasOwn(TYPES, volumeType) ? TYPES[volumeType] : undefined;
  if (type === undefined) throw invalidParameter(`Invalid volume type: ${volumeType}`);
  if (isFargate && volumeType === 'standard') {
    throw invalidParameter('The volume type standard is not supported on FARGATE.');
  }
  if (sizeInGiB === undefined && snapshotId === undefined) {
    throw invalidParameter('Either sizeInGiB or snapshotId must be specified for a managed EBS volume.');
  }
  if (volumeInitializationRate !== undefined && snapshotId === undefined) {
    throw invalidParameter('volumeInitializationRate needs a snapshotId.');
  }
  checkRange('sizeInGiB', sizeInGiB, type.size);
  if (type.needsIops && iops === undefined)
    throw invalidParameter(`iops is required for the volume type ${volumeType}.`);
  if (iops !== undefined && type.iops === undefined) {
    throw invalidParameter(`iops is not supported for the volume type ${volumeType}.`);
  }
  if (type.iops !== undefined) checkRange('iops', iops, type.iops);
  if (throughput !== undefined && volumeType !== 'gp3') {
    throw invalidParameter('throughput is only supported for the volume type gp3.');
  }
  checkRange('throughput', throughput, [125, 1000]);
}

/** Checks that the configured volume is the one that the task definition configures at launch: at most one. */
export function checkVolumes(
  { definition }: TaskDefinitionRecord,
  configurations: readonly VolumeConfiguration[] | undefined,
  isFargate: boolean,
): void {
  const left = (definition.volumes ?? []).filter((volume) => volume.configuredAtLaunch === true);
  const given = configurations ?? [];
  if (given.length > 1) throw invalidParameter('At most one volume can be configured at launch.');
  for (const { name, managedEBSVolume } of given) {
    if (!left.some((volume) => volume.name === name)) {
      throw invalidParameter(`The volume ${name} is not configured at launch in the task definition.`);
    }
    if (managedEBSVolume === undefined) throw invalidParameter(`managedEBSVolume must be specified for ${name}.`);
    checkVolume(managedEBSVolume, isFargate);
  }
  const missing = left.find((volume) => !given.some(({ name }) => name === volume.name));
  if (missing !== undefined) {
    throw invalidParameter(`volumeConfigurations must be specified for the volume ${missing.name}.`);
  }
}

/** Creates an EBS volume for a task if one is configured. Volumes of services are always deleted with their tasks. */
export function createVolumes(
  world: World,
  configurations: readonly VolumeConfiguration[] | undefined,
): Wire<Attachment>[] {
  return (configurations ?? []).map(({ name, managedEBSVolume }): Wire<Attachment> => {
    const { roleArn, terminationPolicy, tagSpecifications } = (managedEBSVolume ?? {}) as Partial<Volume>;
    const tags = (tagSpecifications ?? []).flatMap((specification) => specification.tags ?? []);
    const failure = tags.find((tag) => tag.key === FAILS_TAG);
    return {
      id: world.random.uuid(),
      type: VOLUME,
      status: 'CREATED',
      details: [
        { name: 'roleArn', value: roleArn },
        { name: 'volumeName', value: name },
        { name: 'deleteOnTermination', value: String(terminationPolicy?.deleteOnTermination ?? true) },
        { name: 'volumeId', value: `vol-${world.random.hex(17)}` },
        ...(failure === undefined ? [] : [{ name: 'statusReason', value: failure.value || FAILS_BY_DEFAULT }]),
      ],
    };
  });
}
