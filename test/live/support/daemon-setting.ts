import {
  CreateCapacityProviderCommand,
  CreateDaemonCommand,
  PutClusterCapacityProvidersCommand,
  RegisterContainerInstanceCommand,
  RegisterDaemonTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import type { LiveWorld } from './live-world.ts';
import { createCluster } from './setting.ts';

/** Registers a revision of the daemon's task definition. */
export async function definition({ ecs }: LiveWorld, image: string): Promise<string> {
  const containerDefinitions = [{ name: 'agent', image, memory: 64 }];
  const answer = await ecs.send(new RegisterDaemonTaskDefinitionCommand({ family: 'agent', containerDefinitions }));
  return answer.daemonTaskDefinitionArn ?? '';
}

/** The daemon `logs` on three instances; gives the ARNs of it and of its first deployment. */
export async function createDaemon(world: LiveWorld, image = 'agent:1') {
  const { ecs } = world;
  await createCluster(world);
  const autoScalingGroupProvider = { autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:x:y' };
  await ecs.send(new CreateCapacityProviderCommand({ name: 'own', autoScalingGroupProvider }));
  const providers = { capacityProviders: ['own'], defaultCapacityProviderStrategy: [] };
  await ecs.send(new PutClusterCapacityProvidersCommand({ cluster: 'prod', ...providers }));
  const attributes = [{ name: 'sandbox.capacity-provider', value: 'own' }];
  for (let i = 0; i < 3; i += 1) await ecs.send(new RegisterContainerInstanceCommand({ cluster: 'prod', attributes }));
  const daemonTaskDefinitionArn = await definition(world, image);
  const created = await ecs.send(
    new CreateDaemonCommand({
      daemonName: 'logs',
      clusterArn: 'prod',
      daemonTaskDefinitionArn,
      capacityProviderArns: ['own'],
    }),
  );
  return { daemonArn: created.daemonArn ?? '', arn: created.deploymentArn ?? '' };
}
