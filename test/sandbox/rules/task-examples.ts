import { type Example, onEc2, onFargate } from './container-examples.ts';

const TROUBLESHOOTING = ' For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';
const AWSVPC = { networkMode: 'awsvpc' };
const HOST = { networkMode: 'host' };
const EFS = { fileSystemId: 'fs-1' };

function ports(...portMappings: object[]): object {
  return { portMappings };
}

function mounting(sourceVolume: string): object {
  return { mountPoints: [{ sourceVolume, containerPath: '/x' }] };
}

function unsupported(refused: object, passes: object, what: string): Example {
  return { refused, passes, text: `Fargate compatible task definitions do not support ${what}` };
}

/** A member of linuxParameters that only instances have. */
function linux(parameters: object, what: string): Example {
  const [given] = Object.keys(parameters);
  return unsupported(
    onFargate([{ linuxParameters: parameters }]),
    onEc2([{ linuxParameters: parameters }]),
    given ?? what,
  );
}

export const OF_TASKS: Readonly<Record<string, Example>> = {
  family: {
    refused: onEc2([{}], { family: 'f/1' }),
    passes: onEc2([{}]),
    text: 'Family contains invalid characters.',
  },
  'task-cpu': {
    refused: onEc2([{}], { cpu: 'much' }),
    passes: onEc2([{}], { cpu: '.25 vCPU' }),
    text: `Invalid 'cpu' setting for task.${TROUBLESHOOTING}`,
  },
  'task-memory': {
    refused: onEc2([{}], { memory: 'much' }),
    passes: onEc2([{}], { memory: '0.5 GB' }),
    text: `Invalid 'memory' setting for task.${TROUBLESHOOTING}`,
  },
};

export const OF_NETWORKS: Readonly<Record<string, Example>> = {
  'host-ports': {
    refused: onEc2([ports({ containerPort: 80, hostPort: 0 })], AWSVPC),
    passes: onEc2([ports({ containerPort: 80, hostPort: 80 })], AWSVPC),
    text: 'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
  },
  'ports-twice': {
    refused: onEc2([ports({ containerPort: 80 }), { name: 'b', ...ports({ containerPort: 80 }) }], HOST),
    passes: onEc2(
      [ports({ containerPort: 80 }), { name: 'b', ...ports({ containerPort: 80, protocol: 'udp' }) }],
      HOST,
    ),
    text: 'container port is used multiple times in task.',
  },
  'host-ports-twice': {
    refused: onEc2([ports({ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 80 })]),
    passes: onEc2([ports({ containerPort: 80, hostPort: 0 }, { containerPort: 81, hostPort: 0 })]),
    text: 'host port is used multiple times in task.',
  },
  'port-names': {
    refused: onEc2([ports({ containerPort: 80, name: 'http' }, { containerPort: 81, name: 'http' })]),
    passes: onEc2([ports({ containerPort: 80, name: 'http' }, { containerPort: 81, name: 'admin' })]),
    text: 'port mapping name is already used.',
  },
  'port-range-form': {
    refused: onEc2([ports({ containerPortRange: '200-100' })]),
    passes: onEc2([ports({ containerPortRange: '100-200' })]),
    text: "Invalid 'containerPortRange' setting.",
  },
  'port-or-range': {
    refused: onEc2([ports({ containerPortRange: '100-200', containerPort: 80 })]),
    passes: onEc2([ports({ containerPortRange: '100-200' }, { containerPort: 80 })]),
    text: 'cannot specify both single port and port range.',
  },
  'awsvpc-links': {
    refused: onEc2([{ links: ['b'] }, { name: 'b' }], AWSVPC),
    passes: onEc2([{ links: ['b'] }, { name: 'b' }]),
    text: 'Links are not supported when networkMode=awsvpc.',
  },
  'awsvpc-dnsServers': {
    refused: onEc2([{ dnsServers: ['1.1.1.1'] }], AWSVPC),
    passes: onEc2([{ dnsServers: ['1.1.1.1'] }]),
    text: 'DNS servers are not supported on container when networkMode=awsvpc.',
  },
  'awsvpc-dnsSearchDomains': {
    refused: onEc2([{ dnsSearchDomains: ['x'] }], AWSVPC),
    passes: onEc2([{ dnsSearchDomains: ['x'] }]),
    text: 'DNS search domains are not supported on container when networkMode=awsvpc.',
  },
  'awsvpc-extraHosts': {
    refused: onEc2([{ extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] }], AWSVPC),
    passes: onEc2([{ extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] }]),
    text: 'Extra hosts are not supported on container when networkMode=awsvpc.',
  },
  'awsvpc-hostname': {
    refused: onEc2([{ hostname: 'h' }], AWSVPC),
    passes: onEc2([{ hostname: 'h' }]),
    text: 'hostname is not supported on container when networkMode=awsvpc.',
  },
  'awsvpc-networking': {
    refused: onEc2([{ disableNetworking: true }], AWSVPC),
    passes: onEc2([{ disableNetworking: false }], AWSVPC),
    text: 'Disable Networking is not supported on container when networkMode=awsvpc.',
  },
  'none-ports': {
    refused: onEc2([ports({ containerPort: 80 })], { networkMode: 'none' }),
    passes: onEc2([ports({ containerPort: 80 })], { networkMode: 'bridge' }),
    text: 'Port mappings are not supported when networkMode=none.',
  },
  'proxy-network': {
    refused: onEc2([{}], { proxyConfiguration: { containerName: 'a' } }),
    passes: onEc2([{}], { proxyConfiguration: { containerName: 'a' }, ...AWSVPC }),
    text: 'APPMESH proxy configuration is only supported in networkMode=awsvpc.',
  },
  'proxy-container': {
    refused: onEc2([{}], { proxyConfiguration: { containerName: 'envoy' }, ...AWSVPC }),
    passes: onEc2([{ name: 'envoy' }], { proxyConfiguration: { containerName: 'envoy' }, ...AWSVPC }),
    text: 'Proxy container [envoy] does not exist.',
  },
  'external-network': {
    refused: onEc2([{}], { requiresCompatibilities: ['EXTERNAL'], ...AWSVPC }),
    passes: onEc2([{}], { requiresCompatibilities: ['EXTERNAL'], ...HOST }),
    text: 'Tasks using the EXTERNAL launch type do not support networkMode=awsvpc.',
  },
};

export const OF_VOLUMES: Readonly<Record<string, Example>> = {
  'volume-names-unique': {
    refused: onEc2([{}], { volumes: [{ name: 'v' }, { name: 'v' }] }),
    passes: onEc2([{}], { volumes: [{ name: 'v' }, { name: 'w' }] }),
    text: 'Volume names must be unique within a task definition.',
  },
  'volume-one-kind': {
    refused: onEc2([{}], { volumes: [{ name: 'v', host: {}, efsVolumeConfiguration: EFS }] }),
    passes: onEc2([{}], { volumes: [{ name: 'v', efsVolumeConfiguration: EFS }] }),
    text: 'When the volume parameter is specified, only one volume configuration type should be used.',
  },
  'volume-source-path': {
    refused: onEc2([{}], { volumes: [{ name: 'v', host: { sourcePath: '' } }] }),
    passes: onEc2([{}], { volumes: [{ name: 'v', host: { sourcePath: '/x' } }] }),
    text: 'host.sourcePath should not be blank.',
  },
  'mount-unknown-volume': {
    refused: onEc2([mounting('v')]),
    passes: onEc2([mounting('v')], { volumes: [{ name: 'v' }] }),
    text: "Unknown volume 'v'.",
  },
  'volumes-from-unknown': {
    refused: onEc2([{ volumesFrom: [{ sourceContainer: 'b' }] }]),
    passes: onEc2([{ volumesFrom: [{ sourceContainer: 'b' }] }, { name: 'b' }]),
    text: "Invalid 'volumesFrom' setting. Unknown container: 'b'.",
  },
  'volume-not-mounted': {
    refused: onEc2([{}], { volumes: [{ name: 'v', configuredAtLaunch: true }] }),
    passes: onEc2([mounting('v')], { volumes: [{ name: 'v', configuredAtLaunch: true }] }),
    text: 'Volumes [v] are not referenced by any of the containers.',
  },
  'efs-iam': {
    refused: onEc2([{}], {
      volumes: [{ name: 'v', efsVolumeConfiguration: { ...EFS, authorizationConfig: { iam: 'ENABLED' } } }],
    }),
    passes: onEc2([{}], {
      volumes: [
        {
          name: 'v',
          efsVolumeConfiguration: { ...EFS, transitEncryption: 'ENABLED', authorizationConfig: { iam: 'ENABLED' } },
        },
      ],
    }),
    text: 'EFS IAM authorization requires TransitEncryption to be enabled.',
  },
  'efs-port': {
    refused: onEc2([{}], { volumes: [{ name: 'v', efsVolumeConfiguration: { ...EFS, transitEncryptionPort: 2049 } }] }),
    passes: onEc2([{}], {
      volumes: [
        { name: 'v', efsVolumeConfiguration: { ...EFS, transitEncryption: 'ENABLED', transitEncryptionPort: 2049 } },
      ],
    }),
    text: 'TransitEncryptionPort requires that TransitEncryption is enabled.',
  },
  'efs-root': {
    refused: onEc2([{}], {
      volumes: [
        {
          name: 'v',
          efsVolumeConfiguration: { ...EFS, rootDirectory: '/x', authorizationConfig: { accessPointId: 'fsap-1' } },
        },
      ],
    }),
    passes: onEc2([{}], {
      volumes: [
        {
          name: 'v',
          efsVolumeConfiguration: { ...EFS, rootDirectory: '/', authorizationConfig: { accessPointId: 'fsap-1' } },
        },
      ],
    }),
    text: 'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
  },
};

export const OF_FARGATE: Readonly<Record<string, Example>> = {
  'fargate-network': {
    refused: onFargate([{}], { networkMode: 'bridge' }),
    passes: onFargate([{}]),
    text: 'Fargate only supports network mode ‘awsvpc’.',
  },
  'fargate-cpu': {
    refused: onFargate([{}], { cpu: undefined }),
    also: ['fargate-size'],
    passes: onFargate([{}], { cpu: '256' }),
    text: "Fargate requires that 'cpu' be defined at the task level.",
  },
  'fargate-memory': {
    refused: onFargate([{ memory: 64 }], { memory: undefined }),
    also: ['fargate-size'],
    passes: onFargate([{ memory: 64 }], { memory: '512' }),
    text: "Fargate requires that 'memory' be defined at the task level.",
  },
  'fargate-size': {
    refused: onFargate([{}], { memory: '4096' }),
    passes: onFargate([{}], { memory: '2048' }),
    text: 'No Fargate configuration exists for given values: 256 CPU, 4096 memory.',
  },
  'fargate-pid': {
    refused: onFargate([{}], { pidMode: 'host' }),
    passes: onFargate([{}], { pidMode: 'task' }),
    text: "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
  },
  'fargate-ipc': {
    refused: onFargate([{}], { ipcMode: 'host' }),
    passes: onEc2([{}], { ipcMode: 'host' }),
    text: 'Tasks using the Fargate launch type do not support ipcMode.',
  },
  'fargate-constraints': unsupported(
    onFargate([{}], { placementConstraints: [{ type: 'memberOf', expression: 'attribute:x exists' }] }),
    onFargate([{}], { placementConstraints: [] }),
    'constraints',
  ),
  'fargate-source-path': unsupported(
    onFargate([{}], { volumes: [{ name: 'v', host: { sourcePath: '/x' } }] }),
    onFargate([{}], { volumes: [{ name: 'v', host: {} }] }),
    'sourcePath',
  ),
  'fargate-docker-volume': unsupported(
    onFargate([{}], { volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task' } }] }),
    onFargate([{}], { volumes: [{ name: 'v' }] }),
    'dockerVolumeConfiguration',
  ),
  'fargate-privileged': {
    refused: onFargate([{ privileged: true }]),
    passes: onFargate([{ privileged: false }]),
    text: "Fargate requires that the 'privileged' setting be 'false'.",
  },
  'fargate-security-options': unsupported(
    onFargate([{ dockerSecurityOptions: ['no-new-privileges'] }]),
    onFargate([{ dockerSecurityOptions: [] }]),
    'dockerSecurityOptions',
  ),
  'fargate-devices': linux({ devices: [{ hostPath: '/dev/x' }] }, 'devices'),
  'fargate-sharedMemorySize': linux({ sharedMemorySize: 64 }, 'sharedMemorySize'),
  'fargate-tmpfs': linux({ tmpfs: [{ containerPath: '/t', size: 1 }] }, 'tmpfs'),
  'fargate-maxSwap': linux({ maxSwap: 1 }, 'maxSwap'),
  'fargate-swappiness': linux({ swappiness: 1 }, 'swappiness'),
  'fargate-capabilities': {
    refused: onFargate([{ linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } }]),
    passes: onFargate([{ linuxParameters: { capabilities: { add: ['SYS_PTRACE'] } } }]),
    text: 'NET_ADMIN is not allowed on Fargate.',
  },
  'fargate-gpu': {
    refused: onFargate([{ resourceRequirements: [{ type: 'GPU', value: '1' }] }]),
    passes: onEc2([{ resourceRequirements: [{ type: 'GPU', value: '1' }] }]),
    text: 'Tasks using the Fargate launch type do not support GPU resource requirements.',
  },
  'fargate-ulimits': unsupported(
    onFargate([{ ulimits: [{ name: 'nproc', softLimit: 1, hardLimit: 1 }] }]),
    onFargate([{ ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 1 }] }]),
    'ulimits other than nofile',
  ),
  'fargate-timeouts': {
    refused: onFargate([{ stopTimeout: 1 }]),
    passes: onFargate([{ stopTimeout: 2 }]),
    text: 'The stopTimeout must be between 2 and 120 seconds on Fargate.',
  },
  'storage-without-fargate': {
    refused: onEc2([{}], { ephemeralStorage: { sizeInGiB: 21 } }),
    passes: onFargate([{}], { ephemeralStorage: { sizeInGiB: 21 } }),
    text: 'Tasks using the EC2 launch type do not support EphemeralStorage.',
  },
  'storage-size': {
    refused: onFargate([{}], { ephemeralStorage: { sizeInGiB: 20 } }),
    passes: onFargate([{}], { ephemeralStorage: { sizeInGiB: 21 } }),
    text: 'EphemeralStorage size should be at least 21.',
  },
  'windows-arm': {
    refused: onEc2([{}], {
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
    }),
    passes: onEc2([{}], { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } }),
    text: 'The ARM64 CPU architecture is not supported for Windows.',
  },
};

function asking(...requirements: object[]): object {
  return { resourceRequirements: requirements };
}

const SHARED = { type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 1024 } } };
const WHOLE = { type: 'GPU', value: '1' };

export const OF_GPUS: Readonly<Record<string, Example>> = {
  'resource-value': {
    refused: onEc2([asking({ type: 'GPU' })]),
    passes: onEc2([asking(WHOLE)]),
    text: "Invalid setting for container 'a'. A value must be specified for the resource type GPU.",
  },
  'gpu-value-and-sharing': {
    refused: onEc2([asking({ ...SHARED, value: '1' })]),
    passes: onEc2([asking(SHARED)]),
    text: "Invalid setting for container 'a'. Specify either 'value' or 'sharingStrategy' for a GPU, but not both.",
  },
  'sharing-of-gpus-only': {
    refused: onEc2([asking({ ...SHARED, type: 'NeuronDevice' })]),
    passes: onEc2([asking(SHARED)]),
    text: "Invalid setting for container 'a'. A sharing strategy is only supported for the resource type GPU.",
  },
  'gpu-one-option': {
    refused: onEc2([asking(SHARED), { name: 'b', ...asking(WHOLE) }]),
    passes: onEc2([asking(SHARED), { name: 'b', ...asking(SHARED) }]),
    text: 'All containers of a task that request GPUs must use the same option.',
  },
  'gpu-sharing-external': {
    refused: onEc2([asking(SHARED)], { requiresCompatibilities: ['EXTERNAL'] }),
    passes: onEc2([asking(SHARED)], { requiresCompatibilities: ['EC2'] }),
    text: 'Tasks using the EXTERNAL launch type do not support GPU sharing.',
  },
};
