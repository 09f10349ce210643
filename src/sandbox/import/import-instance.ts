import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { addInstance } from '../instances/instance-lifecycle.ts';
import { hasManualAgent } from '../instances/manual-agents.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import { InstanceRecord } from '../model/instances/instance-record.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import type { World } from '../model/world.ts';
import { readResources, roomBeside } from '../store/instance-resources.ts';
import { newRecord } from '../store/new-record.ts';
import { nameOf, timeOf } from './cluster-state.ts';

const ZONE = 'ecs.availability-zone';
/** The simulated agents serve a copy. */
const MANUAL = 'sandbox.agent';

/** Adds a container instance, still without tasks. */
export function importInstance(world: World, cluster: ClusterRecord, shown: ContainerInstance): InstanceRecord {
  const { containerInstanceArn: arn = '', ec2InstanceId = '', status = 'ACTIVE', version = 1 } = shown;
  const now = world.clock.now();
  const registeredAt = timeOf(shown.registeredAt) ?? now;
  const attributes = (shown.attributes ?? []).filter(({ name }) => name !== MANUAL);
  const registered = readResources(shown.registeredResources);
  const instance = new InstanceRecord({
    ...newRecord(world),
    bornAt: registeredAt,
    id: nameOf(arn),
    arn,
    cluster,
    ec2InstanceId,
    availabilityZone: attributes.find(({ name }) => name === ZONE)?.value ?? '',
    capacityProviderName: shown.capacityProviderName,
    registeredAt,
    registered,
    tasks: new TaskList(),
    version,
    status,
    agentConnected: shown.agentConnected ?? true,
    connectivityAt: registeredAt,
    ...roomBeside(registered, []),
    statusReason: shown.statusReason,
    agentUpdateStatus: undefined,
    versionInfo: shown.versionInfo ?? {},
    attributes,
    hasManualAgent: hasManualAgent(attributes),
    attachments: [],
    tags: [],
  });
  addInstance(instance);
  return instance;
}

/**
 * The room that ECS says is left, once the tasks are there: it knows of tasks and reservations that its answers do not
 * show.
 */
export function settleRoom(cluster: ClusterRecord, shown: ContainerInstance): void {
  const instance = cluster.instances.get(nameOf(shown.containerInstanceArn ?? ''));
  const { remainingResources } = shown;
  if (instance === undefined || remainingResources === undefined) return;
  const { cpu, memory } = readResources(remainingResources);
  instance.remainingCpu = cpu;
  instance.remainingMemory = memory;
}
