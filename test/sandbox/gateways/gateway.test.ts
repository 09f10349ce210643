import {
  AssociateGatewayWithClusterCommand,
  CreateGatewayCommand,
  CreateServiceCommand,
  DeleteGatewayCommand,
  DescribeGatewayCommand,
  DescribeGatewayResourcesCommand,
  DescribeGatewayRouteCommand,
  DisassociateGatewayFromClusterCommand,
  ListGatewayClusterAssociationsCommand,
  ListGatewayRoutesCommand,
  ListGatewaysCommand,
  UpdateGatewayCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const SECOND = 1000;
const infrastructureRoleArn = 'arn:aws:iam::123456789012:role/x';

async function withGateway(s: SandboxUnderTest): Promise<void> {
  await withCluster(s);
  const configuration = { hostSharedAlb: {} };
  const created = await s.ecs.send(new CreateGatewayCommand({ name: 'edge', infrastructureRoleArn, configuration }));
  expect(created).toMatchObject({ name: 'edge', status: 'ACTIVE' });
}

async function readRoutes(s: SandboxUnderTest) {
  return (await s.ecs.send(new ListGatewayRoutesCommand({ gateway: 'edge' }))).gatewayRoutes ?? [];
}

describe('a gateway', () => {
  it('has the defaults of AWS, is updated in time, and deleted once nothing holds it', async () => {
    await using s = await withSandbox();
    await withGateway(s);
    const read = async () => (await s.ecs.send(new DescribeGatewayCommand({ gateway: 'edge' }))).gateway;
    expect(await read()).toMatchObject({
      status: 'ACTIVE',
      accessType: 'PUBLIC',
      deletionProtection: true,
      propagateTags: 'GATEWAY',
      configuration: { hostSharedAlb: { port: 443, protocol: 'HTTPS', maxAlbCount: 10, currentAlbCount: 0 } },
    });
    const refused = s.ecs.send(new DeleteGatewayCommand({ gateway: 'edge' }));
    await expect(refused).rejects.toMatchObject({ name: 'ClientException' });
    const update = { gateway: 'edge', deletionProtection: false, configuration: { hostSharedAlb: { maxAlbCount: 2 } } };
    expect((await s.ecs.send(new UpdateGatewayCommand(update))).status).toBe('UPDATE_IN_PROGRESS');
    s.sandbox.clock.advance(20 * SECOND);
    expect(await read()).toMatchObject({
      status: 'UPDATE_COMPLETE',
      configuration: { hostSharedAlb: { maxAlbCount: 2, scheme: 'internet-facing' } },
    });
    expect((await s.ecs.send(new DeleteGatewayCommand({ gateway: 'edge' }))).status).toBe('DELETED');
    await expect(read()).rejects.toMatchObject({ name: 'GatewayNotFoundException' });
    expect((await s.ecs.send(new ListGatewaysCommand({}))).gateways).toEqual([]);
  });

  it('has a route for each service with a connector in its clusters, as long as both want it', async () => {
    await using s = await withSandbox();
    await withGateway(s);
    const container = { portMappings: [{ containerPort: 80, name: 'http' }] };
    const taskDefinition = await registerTaskDefinition(s, { fargate: true, container });
    const pair = { gateway: 'edge', cluster: 'main' };
    expect((await s.ecs.send(new AssociateGatewayWithClusterCommand(pair))).status).toBe('ACTIVE');
    await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition,
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        gatewayConnectors: [{ portName: 'http' }],
      }),
    );
    expect(await readRoutes(s)).toMatchObject([{ status: 'CREATE_IN_PROGRESS', serviceContainerPortName: 'http' }]);
    s.sandbox.clock.advance(30 * SECOND);
    const [route] = await readRoutes(s);
    const { gatewayRouteArn } = route ?? {};
    const { gatewayRoute } = await s.ecs.send(new DescribeGatewayRouteCommand({ gatewayRouteArn }));
    expect(gatewayRoute).toMatchObject({ status: 'ACTIVE', serviceUrl: expect.stringMatching(/^https:/) });
    const { gatewayResources } = await s.ecs.send(new DescribeGatewayResourcesCommand({ gateway: 'edge' }));
    expect(gatewayResources?.resources?.hostSharedAlb).toMatchObject([{ gatewayRouteArns: [gatewayRouteArn] }]);
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', gatewayConnectors: [] }));
    s.sandbox.clock.advance(30 * SECOND);
    expect(await readRoutes(s)).toEqual([]);
    const connectors = { cluster: 'main', service: 'web', gatewayConnectors: [{ portName: 'http' }] };
    await s.ecs.send(new UpdateServiceCommand(connectors));
    s.sandbox.clock.advance(30 * SECOND);
    expect(await readRoutes(s)).toMatchObject([{ status: 'ACTIVE' }]);
    const ended = await s.ecs.send(new DisassociateGatewayFromClusterCommand(pair));
    expect(ended.status).toBe('DISASSOCIATING');
    s.sandbox.clock.advance(30 * SECOND);
    const { gatewayClusterAssociations } = await s.ecs.send(new ListGatewayClusterAssociationsCommand(pair));
    expect(gatewayClusterAssociations).toEqual([]);
  });
});
