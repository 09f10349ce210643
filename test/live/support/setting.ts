import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { type LiveWorld, type LiveWorldOptions, liveWorld } from './live-world.ts';

/** An empty cluster `prod`. */
export async function createCluster({ ecs }: LiveWorld): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
}

/** Registers the next revision of `web`; what its container does is read from its image (`sandbox/exit:1`, ...). */
export async function registerRevision(
  { ecs }: LiveWorld,
  image = 'web:1',
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): Promise<void> {
  const command = new RegisterTaskDefinitionCommand({
    family: 'web',
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: [{ name: 'app', image, essential: true }],
    ...more,
  });
  await ecs.send(command);
}

/** A Fargate service `web` of the latest revision. */
export async function createService(
  { ecs }: LiveWorld,
  more: Partial<CreateServiceCommandInput> = {},
): Promise<string> {
  const command = new CreateServiceCommand({
    cluster: 'prod',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 3,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    ...more,
  });
  return (await ecs.send(command)).service?.serviceArn ?? '';
}

export async function updateService(
  { ecs }: LiveWorld,
  more: Partial<UpdateServiceCommandInput> = { taskDefinition: 'web' },
): Promise<void> {
  await ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', ...more }));
}

export async function deleteService({ ecs }: LiveWorld): Promise<void> {
  await ecs.send(new DeleteServiceCommand({ cluster: 'prod', service: 'web', force: true }));
}

/** Adds EC2 instances to `prod`, each with this much room. */
export async function registerInstances({ ecs }: LiveWorld, count: number, cpu = 1_024): Promise<string[]> {
  const arns: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const document = { instanceId: `i-${String(i).padStart(17, '0')}`, region: 'eu-west-1' };
    const command = new RegisterContainerInstanceCommand({
      cluster: 'prod',
      instanceIdentityDocument: JSON.stringify(document),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: cpu },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 4_096 },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: [] },
        { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
      ],
    });
    arns.push((await ecs.send(command)).containerInstance?.containerInstanceArn ?? '');
  }
  return arns;
}

/** A revision of `web` and a service `web` of it on the cluster's instances. */
export async function createServiceOnInstances(
  world: LiveWorld,
  more: Partial<CreateServiceCommandInput> = {},
): Promise<string> {
  await registerRevision(world, 'web:1', { networkMode: 'bridge', requiresCompatibilities: ['EC2'] });
  const command = new CreateServiceCommand({
    cluster: 'prod',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 4,
    launchType: 'EC2',
    ...more,
  });
  return (await world.ecs.send(command)).service?.serviceArn ?? '';
}

export async function runTask({ ecs }: LiveWorld, more: Partial<RunTaskCommandInput> = {}): Promise<string> {
  const answer = await ecs.send(new RunTaskCommand({ cluster: 'prod', taskDefinition: 'web', ...more }));
  return answer.tasks?.[0]?.taskArn ?? '';
}

export async function setStatus({ ecs }: LiveWorld, instances: string[], status: 'ACTIVE' | 'DRAINING'): Promise<void> {
  const input = { cluster: 'prod', containerInstances: instances, status };
  await ecs.send(new UpdateContainerInstancesStateCommand(input));
}

/** Steers the sandbox over its control path. */
export async function control({ sandbox }: LiveWorld, path: string, body: object): Promise<void> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
}

/**
 * Services `web-0`, `web-1`, ... of which each runs as many tasks of an old revision as of a new one that bakes for a
 * day: deployments are in progress, and nothing happens.
 */
export async function bakingServices(
  services: number,
  desiredCount: number,
  options?: LiveWorldOptions,
): Promise<LiveWorld> {
  const world = await liveWorld(options);
  await createCluster(world);
  await registerRevision(world);
  const names = Array.from({ length: services }, (_, i) => `web-${i}`);
  for (const serviceName of names) await createService(world, { serviceName, desiredCount });
  await world.pass(300_000);
  const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1_440 } as const;
  for (const service of names)
    await updateService(world, { service, forceNewDeployment: true, deploymentConfiguration });
  await world.pass(300_000);
  return world;
}
