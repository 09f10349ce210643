import type { Attachment, NetworkBinding, NetworkConfiguration, NetworkInterface } from '@aws-sdk/client-ecs';
import type { ContainerRecipe } from '../model/tasks/container-recipe.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { ENI } from '../tasks/task-attachments.ts';
import { flat } from '../util/flat-string.ts';
import { hashOf } from '../util/random.ts';
import type { Wire } from '../util/wire-types.ts';

const DEFAULT_SUBNET = 'subnet-0a1b2c3d4e5f60001';
const EPHEMERAL_PORTS = { first: 32768, count: 28232 };

/** The domain of private names, which in the oldest Region does not name it (EC2 guide). */
function domainOf({ region }: World): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
}

/** The ENI of an awsvpc task before it is attached. Its address is in 10.0.0.0/16. */
export function createEni(
  world: World,
  configuration: Wire<NetworkConfiguration> | undefined,
  wanted?: string,
): Wire<Attachment> {
  const { random } = world;
  const subnets = configuration?.awsvpcConfiguration?.subnets ?? [];
  const subnet = wanted ?? subnets[random.integer(Math.max(1, subnets.length))] ?? DEFAULT_SUBNET;
  const address = flat(`10.0.${random.integer(256)}.${4 + random.integer(250)}`);
  return {
    id: random.uuid(),
    type: ENI,
    status: 'PRECREATED',
    details: [
      { name: 'subnetId', value: subnet },
      { name: 'networkInterfaceId', value: flat(`eni-${random.hex(17)}`) },
      { name: 'macAddress', value: flat(`0a:${(random.hex(10).match(/../g) ?? []).join(':')}`) },
      { name: 'privateDnsName', value: flat(`ip-${address.replaceAll('.', '-')}.${domainOf(world)}`) },
      { name: 'privateIPv4Address', value: address },
    ],
  };
}

/** The part of the shared ENI that each container of an awsvpc task shows. */
export function networkInterfacesOf(attachments: readonly Wire<Attachment>[]): Wire<NetworkInterface>[] {
  return attachments
    .filter((attachment) => attachment.type === ENI)
    .map(({ id, details }) => ({
      attachmentId: id,
      privateIpv4Address: details?.find((detail) => detail.name === 'privateIPv4Address')?.value,
    }));
}

/** Deterministic, so that every read shows the same port. */
function ephemeralPort(place: string): number {
  return EPHEMERAL_PORTS.first + (hashOf(place) % EPHEMERAL_PORTS.count);
}

/** The host ports of a bridge or host container; a host port of 0 becomes an ephemeral one. */
export function networkBindingsOf(
  { taskDefinition, id }: TaskRecord,
  { name, definition }: ContainerRecipe,
): Wire<NetworkBinding>[] {
  const { networkMode } = taskDefinition.definition;
  if (networkMode === 'awsvpc' || networkMode === 'none') return [];
  return (definition.portMappings ?? []).map((mapping, index) => ({
    bindIP: '0.0.0.0',
    containerPort: mapping.containerPort,
    hostPort: mapping.hostPort || ephemeralPort(`${id}/${name}/${index}`),
    protocol: mapping.protocol ?? 'tcp',
  }));
}
