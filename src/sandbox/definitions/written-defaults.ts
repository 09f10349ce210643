import type { ContainerDefinition, PortMapping, Volume } from '@aws-sdk/client-ecs';
import type { Container } from '../rules/registration.ts';
import type { Input, Wire } from '../util/wire-types.ts';

const HEALTH_CHECK = { interval: 30, timeout: 5, retries: 3 };
/** AWS: seconds that a container must have run before it is restarted. */
const RESTART_PERIOD = 300;

function completePort(mapping: Input<PortMapping>, networkMode: string): Wire<PortMapping> {
  const { containerPortRange, protocol = 'tcp' } = mapping;
  if (containerPortRange !== undefined) return { ...mapping, protocol };
  const hostPort = networkMode === 'bridge' ? (mapping.hostPort ?? 0) : (mapping.hostPort ?? mapping.containerPort);
  return { ...mapping, ...(hostPort === undefined ? {} : { hostPort }), protocol };
}

/** A container definition with ECS's defaults. */
export function completeContainer(container: Container, networkMode: string): Wire<ContainerDefinition> {
  const { healthCheck, restartPolicy, firelensConfiguration, user } = container;
  return {
    ...container,
    cpu: container.cpu ?? 0,
    portMappings: (container.portMappings ?? []).map((mapping) => completePort(mapping, networkMode)),
    essential: container.essential ?? true,
    ...(restartPolicy?.enabled === true
      ? { restartPolicy: { restartAttemptPeriod: RESTART_PERIOD, ...restartPolicy } }
      : {}),
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    // A log router runs as root (hashicorp/terraform-provider-aws#11526).
    ...(firelensConfiguration !== undefined && user === undefined ? { user: '0' } : {}),
    ...(healthCheck === undefined ? {} : { healthCheck: { ...HEALTH_CHECK, ...healthCheck } }),
    systemControls: container.systemControls ?? [],
  };
}

/** A volume is a bind mount by default; EFS is mounted at its root. */
export function completeVolume(volume: Input<Volume>): Wire<Volume> {
  const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume;
  if (efs !== undefined)
    return { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory ?? '/' } };
  if (docker !== undefined) {
    const shared = docker.scope === 'shared' ? { autoprovision: false } : {};
    return { ...volume, dockerVolumeConfiguration: { scope: 'task', ...shared, driver: 'local', ...docker } };
  }
  const isOther = volume.configuredAtLaunch === true || Object.keys(volume).length > 1;
  return isOther ? volume : { ...volume, host: {} };
}
