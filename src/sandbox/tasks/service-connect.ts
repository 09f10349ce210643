import { createHash } from 'node:crypto';
import type {
  Attachment,
  ServiceConnectConfiguration,
  ServiceConnectServiceResource,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter } from '../checks/ecs-errors.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { World } from '../model/world.ts';
import type { Wire } from '../util/wire-types.ts';
import { SERVICE_CONNECT } from './task-attachments.ts';

type Configuration = Wire<ServiceConnectConfiguration> | undefined;

/** The container port of a named port mapping. */
export function portOf({ definition }: TaskDefinitionRecord, portName: string | undefined): number | undefined {
  const mappings = (definition.containerDefinitions ?? []).flatMap((container) => container.portMappings ?? []);
  return mappings.find((mapping) => mapping.name !== undefined && mapping.name === portName)?.containerPort;
}

/** Namespaces with such names do not exist; all others do. */
const MISSING = /(^|\/)sandbox-missing[^/]*$/;

export function checkNamespace(namespace: string | undefined): void {
  if (namespace === undefined || !MISSING.test(namespace)) return;
  throw new EcsError('NamespaceNotFoundException', "The specified namespace wasn't found.");
}

/** Whether the namespace exists in which ports are to be named. */
export function checkServiceConnect(cluster: ClusterRecord, configuration: Configuration): void {
  if (configuration?.enabled !== true) return;
  const namespace = configuration.namespace ?? cluster.serviceConnectDefaults?.namespace;
  checkNamespace(namespace);
}

export function checkLattice(
  taskDefinition: TaskDefinitionRecord,
  configurations: readonly Wire<VpcLatticeConfiguration>[] | undefined,
): void {
  for (const { portName } of configurations ?? []) {
    if (portOf(taskDefinition, portName) !== undefined) continue;
    throw invalidParameter(
      `portName(${portName}) does not refer to any named PortMapping in the container definitions.`,
    );
  }
}

/** The proxy beside the containers of a task with Service Connect. */
export function createProxy(world: World, configuration: Configuration): Wire<Attachment>[] {
  if (configuration?.enabled !== true) return [];
  const value = `ecs-service-connect-${world.random.hex(5)}`;
  const details = [{ name: 'ContainerName', value }];
  return [{ id: world.random.uuid(), type: SERVICE_CONNECT, status: 'PRECREATED', details }];
}

/** The Cloud Map services that ECS creates for a deployment's ports; equal names have equal ARNs. */
export function serviceConnectResources(
  configuration: Configuration,
  serviceArn: string,
): Wire<ServiceConnectServiceResource>[] | undefined {
  if (configuration?.enabled !== true) return undefined;
  const [, partition, , region, account] = serviceArn.split(':');
  return (configuration.services ?? []).map(({ discoveryName, portName = '' }) => {
    const name = discoveryName ?? portName;
    const id = createHash('sha256').update(`${serviceArn} ${name}`).digest('hex').slice(0, 16);
    return {
      discoveryName: name,
      discoveryArn: `arn:${partition}:servicediscovery:${region}:${account}:service/srv-${id}`,
    };
  });
}
