import type { Attribute, RegisterContainerInstanceRequest } from '@aws-sdk/client-ecs';
import type { ClusterRecord } from '../model/cluster-record.ts';
import { type InstancePatch, InstanceRecord } from '../model/instances/instance-record.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import type { World } from '../model/world.ts';
import { containerInstanceArn } from '../store/arns.ts';
import { announce, beginChange, endInstanceChange } from '../store/eventual-consistency.ts';
import { readResources, roomBeside } from '../store/instance-resources.ts';
import { newRecord } from '../store/new-record.ts';
import { dueAction } from '../time/due-action.ts';
import type { Input, Tags, Wire } from '../util/wire-types.ts';
import { wakeCluster } from '../wakeups/wake-services.ts';
import { agentAttributes, type Machine } from './agent-attributes.ts';
import { hasManualAgent } from './manual-agents.ts';

export const LATEST_AGENT = '1.98.0';
const DOCKER = 'DockerVersion: 25.0.8';
/** A sandbox attribute: the capacity provider whose Auto Scaling group the instance belongs to. */
const CAPACITY_PROVIDER_ATTRIBUTE = 'sandbox.capacity-provider';

interface Identity extends Machine {
  readonly instanceId: string;
}

/**
 * Reads an EC2 identity document. Missing parts are made up, or everything if it is not JSON. Any instance id is
 * accepted.
 */
function readIdentity(world: World, document: string | undefined, attributes: readonly Wire<Attribute>[]): Identity {
  let parsed: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(document ?? '{}');
    if (typeof value === 'object' && value !== null) parsed = value as Record<string, unknown>;
  } catch {
    // An unreadable document is treated as an empty one.
  }
  const text = (key: string): string | undefined => (typeof parsed[key] === 'string' ? parsed[key] : undefined);
  const attribute = (name: string): string | undefined => attributes.find((item) => item.name === name)?.value;
  return {
    instanceId: text('instanceId') ?? `i-${world.random.hex(17)}`,
    availabilityZone: text('availabilityZone') ?? attribute('ecs.availability-zone') ?? `${world.region}a`,
    instanceType: text('instanceType') ?? attribute('ecs.instance-type'),
    imageId: text('imageId'),
    architecture: text('architecture'),
  };
}

function completeAttributes(world: World, given: readonly Wire<Attribute>[], identity: Identity): Wire<Attribute>[] {
  const standard = agentAttributes(world, identity);
  if (given.length === 0) return standard;
  const own = given.map(({ name, value }) => ({ name, ...(value === undefined ? {} : { value }) }));
  const names = new Set(own.map((attribute) => attribute.name));
  return [...standard.filter((attribute) => !names.has(attribute.name)), ...own];
}

/** Puts an instance into its cluster and its zone. */
export function addInstance(instance: InstanceRecord): void {
  const { instances, zones } = instance.cluster;
  instances.set(instance.id, instance);
  const zone = zones.get(instance.availabilityZone) ?? [];
  zone.push(instance);
  zones.set(instance.availabilityZone, zone);
}

function dropInstance(instance: InstanceRecord): void {
  const { instances, zones } = instance.cluster;
  if (!instances.delete(instance.id)) return;
  const zone = zones.get(instance.availabilityZone) ?? [];
  zone.splice(zone.indexOf(instance), 1);
}

/** Adds a container instance to a cluster, ACTIVE with a connected agent, or re-registers an existing one. */
export function registerInstance(
  world: World,
  cluster: ClusterRecord,
  input: Input<RegisterContainerInstanceRequest>,
  tags: Tags,
  longArn: boolean,
): InstanceRecord {
  const given = input.attributes ?? [];
  const identity = readIdentity(world, input.instanceIdentityDocument, given);
  const attributes = completeAttributes(world, given, identity);
  const registered = readResources(input.totalResources, input.platformDevices);
  const id = longArn ? world.random.hex(32) : world.random.uuid();
  const instance = new InstanceRecord({
    ...newRecord(world),
    id,
    arn: containerInstanceArn(world, cluster.name, id, longArn),
    cluster,
    ec2InstanceId: identity.instanceId,
    availabilityZone: identity.availabilityZone,
    capacityProviderName: given.find((attribute) => attribute.name === CAPACITY_PROVIDER_ATTRIBUTE)?.value,
    registeredAt: world.clock.now(),
    registered,
    tasks: new TaskList(),
    version: 1,
    status: 'ACTIVE',
    agentConnected: true,
    connectivityAt: world.clock.now(),
    ...roomBeside(registered, []),
    statusReason: undefined,
    agentUpdateStatus: undefined,
    versionInfo: input.versionInfo ?? { agentVersion: LATEST_AGENT, agentHash: 'b4e9d0c', dockerVersion: DOCKER },
    attributes,
    hasManualAgent: hasManualAgent(attributes),
    attachments: [],
    tags,
  });
  addInstance(instance);
  wakeCluster(world, cluster);
  announce(world, instance);
  return instance;
}

/** An agent registers again, perhaps with another version and other attributes. */
export function reconnectInstance(
  world: World,
  instance: InstanceRecord,
  { versionInfo, attributes = [] }: Input<RegisterContainerInstanceRequest>,
): void {
  const given = new Map(
    attributes.map(({ name, value }) => [name, { name, ...(value === undefined ? {} : { value }) }]),
  );
  const kept = instance.attributes.filter(({ name = '' }) => !given.has(name));
  changeInstance(world, instance, {
    agentConnected: true,
    attributes: [...kept, ...given.values()],
    ...(versionInfo === undefined ? {} : { versionInfo }),
  });
}

/** Gives an instance its next version, and wakes every service and daemon that it concerns. */
export function changeInstance(world: World, instance: InstanceRecord, patch: InstancePatch): void {
  const before = beginChange(world, instance);
  const wasConnected = instance.agentConnected;
  Object.assign(instance, patch);
  instance.version += 1;
  instance.hasManualAgent = hasManualAgent(instance.attributes);
  if (instance.agentConnected !== wasConnected) instance.connectivityAt = world.clock.now();
  endInstanceChange(world, instance, before);
  wakeCluster(world, instance.cluster);
}

/** INACTIVE instances can be described for a while and are then removed. */
export function retireInstance(world: World, instance: InstanceRecord): void {
  changeInstance(world, instance, { status: 'INACTIVE', agentConnected: false });
  world.clock.after(world.timings.keepInactiveInstance, forgetInstance, world, instance);
}

const forgetInstance = dueAction('instance.forget', (_: World, instance: InstanceRecord) => dropInstance(instance));
