/** Descriptions of the fields of an ECS container instance. */
export const CONTAINER_INSTANCE_WORDS = {
  containerInstanceArn: 'The ARN of the container instance. Never null.',
  ec2InstanceId: 'The EC2 instance id, or the managed instance id of an external one.',
  capacityProviderName: 'The capacity provider whose Auto Scaling group it belongs to. Null if it belongs to none.',
  version: 'Increases with every change of the instance. Of two readings, the higher version is newer.',
  versionInfo: 'Versions of the ECS agent and of Docker.',
  remainingResources:
    'CPU units, MiB of memory and GPUs that are free. For PORTS and PORTS_UDP, which `usedPorts` and `usedUdpPorts` name: the ports in use.',
  registeredResources: 'CPU units, MiB of memory, ports and GPUs that the agent registered.',
  status:
    'ACTIVE accepts tasks. DRAINING accepts no tasks, and its service tasks are replaced elsewhere. Other values occur while it registers or deregisters.',
  statusReason: 'Why registration failed. Null otherwise.',
  agentConnected: 'Whether the agent is connected. Only a connected instance takes tasks.',
  runningTasksCount: 'Tasks on it whose desired and last status are RUNNING.',
  pendingTasksCount: 'Tasks on it whose last status is PENDING.',
  agentUpdateStatus: 'The progress of an agent update. Null if no update was requested.',
  attributes: 'Built-in and custom attributes, which placement constraints can refer to.',
  registeredAt: 'When it registered.',
  attachments: 'Network interfaces attached for awsvpc trunking.',
  tags: 'The tags of the instance. Requested from ECS only when selected.',
  health: 'Health checks of the instance, such as its container runtime. Requested from ECS only when selected.',
  gpuDevices: 'Its GPUs and how they are shared.',
} as const;
