import { CreateServiceCommand, type CreateServiceCommandInput } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const GROUP = 'arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-0f4e2d1c0b9a87654';
const ROLE = 'arn:aws:iam::123456789012:role/ecsInfrastructureRole';

async function create(
  s: SandboxUnderTest,
  input: Partial<CreateServiceCommandInput>,
  labels: Record<string, string> = {},
): Promise<void> {
  await withCluster(s);
  const container = { portMappings: [{ containerPort: 8080, name: 'http' }] };
  const taskDefinition = await registerTaskDefinition(s, { fargate: true, container, labels });
  const service = {
    cluster: 'main',
    serviceName: 'web',
    taskDefinition,
    desiredCount: 2,
    launchType: 'FARGATE' as const,
  };
  await s.ecs.send(new CreateServiceCommand({ ...service, networkConfiguration: NETWORK, ...input }));
}

describe('Service Connect', () => {
  it('puts a proxy beside the containers and names the ports in Cloud Map', async () => {
    await using s = await withSandbox();
    const services = [{ portName: 'http', discoveryName: 'shop' }];
    await create(s, { serviceConnectConfiguration: { enabled: true, namespace: 'internal', services } });
    s.sandbox.clock.advance(2 * MINUTE);
    for (const { attachments } of await readTasks(s)) {
      expect(attachments?.map(({ type, status }) => [type, status])).toEqual([
        ['ElasticNetworkInterface', 'ATTACHED'],
        ['ServiceConnect', 'ATTACHED'],
      ]);
    }
    const { deployments } = await readService(s);
    expect(deployments?.[0]?.serviceConnectResources).toEqual([
      { discoveryName: 'shop', discoveryArn: expect.stringMatching(/^arn:aws:servicediscovery:eu-west-1:.*srv-/) },
    ]);
  });

  it.each([
    [
      { enabled: true, namespace: 'internal', services: [{ portName: 'grpc' }] },
      /^portName\(grpc\) does not refer to any named PortMapping/,
    ],
    [{ enabled: true }, 'Namespace is missing.'],
  ])('is refused without its port or its namespace', async (serviceConnectConfiguration, message) => {
    await using s = await withSandbox();
    await expect(create(s, { serviceConnectConfiguration })).rejects.toThrow(message);
  });
});

describe('VPC Lattice', () => {
  const vpcLatticeConfigurations = [{ roleArn: ROLE, targetGroupArn: GROUP, portName: 'http' }];

  it('shows which tasks are healthy, as a load balancer does', async () => {
    await using s = await withSandbox();
    await create(s, { vpcLatticeConfigurations });
    s.sandbox.clock.advance(3 * MINUTE);
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
    const registered = messagesOf(service).filter((text) => text.endsWith(`targets in (target-group ${GROUP})`));
    expect(registered.length).toBeGreaterThan(0);
  });

  it('replaces what it reports as unhealthy, with an event', async () => {
    await using s = await withSandbox();
    await create(s, { vpcLatticeConfigurations }, { 'sandbox.target-unhealthy-after': '5' });
    s.sandbox.clock.advance(2 * MINUTE);
    const emitted = messagesOf(await readService(s));
    expect(emitted.some((text) => text.includes(`(port 8080) is unhealthy in (target-group ${GROUP})`))).toBe(true);
    const names = s.sandbox
      .events('eu-west-1')
      .events.map(({ detail }) => (detail as { eventName?: string }).eventName);
    expect(names).toContain('VPC_LATTICE_TARGET_UNHEALTHY');
  });

  it('is refused without its port', async () => {
    await using s = await withSandbox();
    const [lattice] = vpcLatticeConfigurations;
    const made = create(s, { vpcLatticeConfigurations: [{ ...lattice, portName: 'grpc' } as typeof lattice & object] });
    await expect(made).rejects.toThrow(/^portName\(grpc\)/);
  });
});
