import type { Attribute } from '@aws-sdk/client-ecs';
import type { World } from '../model/world.ts';
import type { Wire } from '../util/wire-types.ts';

const AMI = 'ami-0a1b2c3d4e5f60718';
const VPC = 'vpc-0a1b2c3d4e5f60718';

function numbered(prefix: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => `${prefix}${first + at}`);
}

const AMAZON = [
  // Docker 25.
  ...numbered('docker-remote-api.1.', 17, 44),
  'ecr-auth',
  'logging-driver.awsfirelens',
  'logging-driver.awslogs',
  'logging-driver.fluentd',
  'logging-driver.json-file',
  'logging-driver.none',
  'logging-driver.syslog',
  'privileged-container',
  'task-iam-role',
  'task-iam-role-network-host',
];
const ECS = [
  'aws-appmesh',
  'container-health-check',
  'container-ordering',
  'container-restart-policy',
  'docker-plugin.amazon-ecs-volume-plugin',
  'docker-plugin.local',
  'ecr-endpoint',
  'efs',
  'efsAuth',
  'env-files.s3',
  'execute-command',
  'execution-role-awslogs',
  'execution-role-ecr-pull',
  'fault-injection',
  'firelens.fluentbit',
  'firelens.fluentd',
  'firelens.options.config.file',
  'firelens.options.config.s3',
  'full-sync',
  'increased-task-cpu-limit',
  'logging-driver.awsfirelens.log-driver-buffer-limit',
  'network.container-port-range',
  'pid-ipc-namespace-sharing',
  'private-registry-authentication.secretsmanager',
  'secrets.asm.bootstrap.log-driver',
  'secrets.asm.environment-variables',
  'secrets.ssm.bootstrap.log-driver',
  'secrets.ssm.environment-variables',
  'service-connect-v1',
  'storage.ebs-task-attach',
  'task-cpu-mem-limit',
  'task-eni',
  'task-eni-trunking',
  'task-eni.ipv6',
];

/**
 * The capabilities of the agent of a current ECS-optimized AMI: a recording of 2023 (agent 1.68.2), without Elastic
 * Inference, which AWS has ended, and with the capabilities of newer agents.
 */
const CAPABILITIES: readonly Wire<Attribute>[] = [
  ...AMAZON.map((name) => ({ name: `com.amazonaws.ecs.capability.${name}` })),
  ...ECS.map((name) => ({ name: `ecs.capability.${name}` })),
  { name: 'ecs.capability.branch-cni-plugin-version', value: 'unknown-' },
  { name: 'ecs.capability.cni-plugin-version', value: 'unknown-2020.09.0' },
  { name: 'ecs.os-family', value: 'LINUX' },
  { name: 'ecs.os-type', value: 'linux' },
];

/** The machine of an agent, as far as its attributes describe it. */
export interface Machine {
  readonly availabilityZone: string;
  readonly instanceType: string | undefined;
  readonly imageId: string | undefined;
  readonly architecture: string | undefined;
}

/** One subnet for each zone, by the rule that maps subnets to zones. */
function subnetIn(zone: string): string {
  return `subnet-0a1b2c3d4e5f6000${Math.max(0, zone.charCodeAt(zone.length - 1) - 97) % 36}`;
}

function attributesOf({ availabilityZone, instanceType, imageId, architecture }: Machine): Wire<Attribute>[] {
  return [
    { name: 'ecs.availability-zone', value: availabilityZone },
    ...(instanceType === undefined ? [] : [{ name: 'ecs.instance-type', value: instanceType }]),
    { name: 'ecs.cpu-architecture', value: architecture ?? 'x86_64' },
    { name: 'ecs.ami-id', value: imageId ?? AMI },
    { name: 'ecs.vpc-id', value: VPC },
    { name: 'ecs.subnet-id', value: subnetIn(availabilityZone) },
    ...CAPABILITIES,
  ];
}

const LISTS = new WeakMap<World, Map<string, Wire<Attribute>[]>>();

/** The attributes that an agent registers. Machines of one kind share one list. */
export function agentAttributes(world: World, machine: Machine): Wire<Attribute>[] {
  const lists = LISTS.get(world) ?? new Map<string, Wire<Attribute>[]>();
  LISTS.set(world, lists);
  const key = JSON.stringify([machine.availabilityZone, machine.instanceType, machine.imageId, machine.architecture]);
  const list = lists.get(key) ?? attributesOf(machine);
  lists.set(key, list);
  return list;
}
