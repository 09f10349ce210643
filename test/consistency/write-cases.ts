import type { OperationName } from '../../src/ecs/core/operations.ts';
import type { World } from '../support/gateway/world.ts';

export type Call = (operation: OperationName, input: object) => Promise<Record<string, unknown>>;

/** Names that a case made up, or that ECS gave out before the write. */
export type Names = Readonly<Record<string, string>>;

/** One write, and what reads show at once after it although ECS itself shows everything late. */
export interface WriteCase {
  readonly operation: OperationName;
  /** Calls ECS past the gateway, before reads are late: what the write needs. */
  readonly prepare?: (call: Call, name: string) => Promise<Names | undefined>;
  /** Writes through the gateway before it, when reads are late already. */
  readonly before?: (call: Call, names: Names) => Promise<Names | undefined>;
  readonly input: (names: Names) => object;
  /** The selection of the payload; its leaves become names. */
  readonly payload?: string;
  /** The reads that show it, in words for the docs, with a query and its answer. */
  readonly shows: Readonly<Record<string, (names: Names) => readonly [query: string, data: unknown]>>;
  /** Why nothing shows it, or what shows late. */
  readonly note?: string;
}

const container = { name: 'main', image: 'web:1', memory: 64, portMappings: [{ containerPort: 80, name: 'http' }] };
const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } };
export const ON_FARGATE = { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration };
export const ASG = 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/own';
export const ROLE = 'arn:aws:iam::123456789012:role/x';
export const DAEMON_CONTAINERS = [{ name: 'agent', image: 'agent', memory: 64 }];

/** The setting that all cases share. */
export async function prepareWorld(call: Call): Promise<void> {
  await call('CreateCluster', { clusterName: 'base' });
  const size = { cpu: '256', memory: '512', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] };
  await call('RegisterTaskDefinition', { family: 'web', containerDefinitions: [container], ...size });
  await call('RegisterTaskDefinition', {
    family: 'plain',
    containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }],
  });
  await call('RegisterDaemonTaskDefinition', { family: 'agent', containerDefinitions: DAEMON_CONTAINERS });
  await call('RegisterDaemonTaskDefinition', { family: 'agent', containerDefinitions: DAEMON_CONTAINERS });
  await call('CreateCapacityProvider', { name: 'own', autoScalingGroupProvider: { autoScalingGroupArn: ASG } });
}

/** A service with its tasks running, on Fargate. */
export async function service(call: Call, serviceName: string, desiredCount = 0): Promise<Names> {
  const output = await call('CreateService', { cluster: 'base', serviceName, desiredCount, ...ON_FARGATE });
  return { name: serviceName, arn: String((output.service as { serviceArn: string }).serviceArn) };
}

export async function cluster(call: Call, clusterName: string): Promise<Names> {
  const output = await call('CreateCluster', { clusterName });
  return { name: clusterName, arn: String((output.cluster as { clusterArn: string }).clusterArn) };
}

export async function instance(call: Call, _name = '', inCluster = 'base'): Promise<Names> {
  const output = await call('RegisterContainerInstance', { cluster: inCluster });
  return { arn: String((output.containerInstance as { containerInstanceArn: string }).containerInstanceArn) };
}

export async function capacityProvider(call: Call, name: string): Promise<Names> {
  await call('CreateCapacityProvider', { name, autoScalingGroupProvider: { autoScalingGroupArn: ASG } });
  return { name };
}

export async function taskSets(call: Call, name: string, count: number): Promise<Names> {
  const controlled = { serviceName: name, desiredCount: 0, deploymentController: { type: 'EXTERNAL' } };
  await call('CreateService', { cluster: 'base', ...controlled });
  const arns: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const set = { cluster: 'base', service: name, taskDefinition: 'plain', scale: { value: 50, unit: 'PERCENT' } };
    arns.push(String(((await call('CreateTaskSet', set)).taskSet as { taskSetArn: string }).taskSetArn));
  }
  const [first = '', second = ''] = arns;
  if (count > 1) await call('UpdateServicePrimaryTaskSet', { cluster: 'base', service: name, primaryTaskSet: first });
  return { name, first, second };
}

export async function gateway(call: Call, name: string): Promise<Names> {
  const made = { name, infrastructureRoleArn: ROLE, configuration: { hostSharedAlb: {} }, deletionProtection: false };
  return { name, arn: String((await call('CreateGateway', made)).gatewayArn) };
}

export async function daemon(call: Call, daemonName: string): Promise<Names> {
  const clusterArn = (await cluster(call, daemonName)).arn ?? '';
  const made = { daemonName, clusterArn, daemonTaskDefinitionArn: 'agent:1', capacityProviderArns: ['own'] };
  return { name: daemonName, clusterArn, arn: String((await call('CreateDaemon', made)).daemonArn) };
}

export async function express(call: Call, serviceName: string): Promise<Names> {
  const output = await call('CreateExpressGatewayService', expressInput(serviceName));
  return { name: serviceName, arn: String((output.service as { serviceArn: string }).serviceArn) };
}

export const expressInput = (serviceName: string) => ({
  cluster: 'base',
  serviceName,
  infrastructureRoleArn: ROLE,
  executionRoleArn: ROLE,
  primaryContainer: { image: 'web:1' },
});

/** A list of which only the item that matters is looked at: `has` and its negation say whether one of them is there. */
export const list = (field: string, member: string) => `{ list: ${field} { nodes { ${member} } } }`;
export const has = (node: object) => ({ has: node });
export const hasNot = (node: object) => ({ hasNot: node });

export type { World };
