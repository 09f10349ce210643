import type { ContainerInstance, Resource, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { serviceNameOf } from '../core/task-owner.ts';

/** The resources that a task needs on an instance. */
export interface Need {
  readonly cpu: number;
  readonly memory: number;
  /** Fixed host ports; dynamic ports fit anywhere. */
  readonly ports: readonly string[];
  /** Set if the service allows one task on each instance. */
  readonly distinctService: string | undefined;
}

/** The free resources of an instance. They change as tasks are placed. */
export interface Room {
  readonly containerInstanceArn: string;
  cpu: number;
  memory: number;
  readonly portsInUse: Set<string>;
  readonly services: Set<string>;
}

export function roomOf(instance: ContainerInstance, tasks: readonly Task[]): Room {
  const arn = instance.containerInstanceArn ?? '';
  const resource = (name: string): Resource | undefined =>
    instance.remainingResources?.find((item) => item.name === name);
  const ports = (name: string, protocol: string) =>
    (resource(name)?.stringSetValue ?? []).map((port) => `${port}/${protocol}`);
  return {
    containerInstanceArn: arn,
    cpu: resource('CPU')?.integerValue ?? 0,
    memory: resource('MEMORY')?.integerValue ?? 0,
    // For ports, ECS returns the ones in use; for everything else, the remaining amount.
    portsInUse: new Set([...ports('PORTS', 'tcp'), ...ports('PORTS_UDP', 'udp')]),
    services: new Set(
      tasks.filter((task) => task.containerInstanceArn === arn).flatMap((task) => serviceNameOf(task) ?? []),
    ),
  };
}

interface Rules {
  readonly services: readonly Service[];
  readonly taskDefinitions: ReadonlyMap<string, TaskDefinition>;
}

/** The task's own size, else the sum of its containers. */
export function needOf(task: Task, { services, taskDefinitions }: Rules): Need {
  const definition = taskDefinitions.get(task.taskDefinitionArn ?? '');
  const containers = definition?.containerDefinitions ?? [];
  const sum = (of: (container: (typeof containers)[number]) => number | undefined) =>
    containers.reduce((total, container) => total + (of(container) ?? 0), 0);
  const service = services.find(({ serviceName }) => serviceName !== undefined && serviceName === serviceNameOf(task));
  const isDistinct = service?.placementConstraints?.some(({ type }) => type === 'distinctInstance') ?? false;
  const ports = containers.flatMap(({ portMappings }) =>
    (portMappings ?? []).flatMap(({ hostPort, protocol = 'tcp' }) => (hostPort ? `${hostPort}/${protocol}` : [])),
  );
  return {
    cpu: Number(task.cpu ?? 0) || sum(({ cpu }) => cpu),
    memory: Number(task.memory ?? 0) || sum(({ memory, memoryReservation }) => memoryReservation ?? memory),
    // Tasks with their own network interfaces use no host ports.
    ports: definition?.networkMode === 'awsvpc' ? [] : ports,
    distinctService: isDistinct ? service?.serviceName : undefined,
  };
}

export function fits(room: Room, need: Need): boolean {
  return (
    room.cpu >= need.cpu &&
    room.memory >= need.memory &&
    !need.ports.some((port) => room.portsInUse.has(port)) &&
    !(need.distinctService !== undefined && room.services.has(need.distinctService))
  );
}

export function occupy(room: Room, need: Need): void {
  room.cpu -= need.cpu;
  room.memory -= need.memory;
  for (const port of need.ports) room.portsInUse.add(port);
  if (need.distinctService !== undefined) room.services.add(need.distinctService);
}
