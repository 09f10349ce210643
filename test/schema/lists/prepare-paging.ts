import { autoScalingGroupArn, container, onFargate, type Write } from './paging-kinds.ts';

/** Creates what the lists of `KINDS` need. */
export async function preparePaging(past: Write): Promise<void> {
  for (const clusterName of ['c', 'attributes']) await past('CreateCluster', { clusterName });
  for (let count = 0; count < 6; count += 1) await registerWithFewAttributes(past);
  const size = { cpu: '256', memory: '512', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] };
  for (const family of ['web', 'shared'])
    await past('RegisterTaskDefinition', { family, containerDefinitions: [container], ...size });
  await past('RegisterDaemonTaskDefinition', {
    family: 'agent',
    containerDefinitions: [{ name: 'agent', image: 'agent', memory: 64 }],
  });
  await past('CreateCapacityProvider', { name: 'own', autoScalingGroupProvider: { autoScalingGroupArn } });
  await past('CreateService', { ...onFargate, serviceName: 'deployed', desiredCount: 0, launchType: 'FARGATE' });
  await past('CreateGateway', {
    name: 'edge',
    infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
    configuration: { hostSharedAlb: {} },
    deletionProtection: false,
  });
  await past('AssociateGatewayWithCluster', { gateway: 'edge', cluster: 'c' });
  await past('CreateDaemon', {
    daemonName: 'deployed',
    clusterArn: 'c',
    daemonTaskDefinitionArn: 'agent:1',
    capacityProviderArns: ['own'],
  });
}

/** Removes the agent's operations, because the list is read many times. */
async function registerWithFewAttributes(past: Write): Promise<void> {
  const cluster = 'attributes';
  const { containerInstance } = await past('RegisterContainerInstance', { cluster });
  const { containerInstanceArn: targetId, attributes } = containerInstance as {
    containerInstanceArn: string;
    attributes: { name: string }[];
  };
  const capabilities = attributes.filter(({ name }) => /capability/.test(name)).map(({ name }) => ({ name, targetId }));
  while (capabilities.length > 0) await past('DeleteAttributes', { cluster, attributes: capabilities.splice(0, 10) });
}
