import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerTaskDefinition, withCluster } from '../sandbox/support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../sandbox/support/start-sandbox.ts';

/**
 * One look of the waiter that `cdk deploy --hotswap` brings along for ECS services (aws-cdk v2, lib/api/hotswap/ecs-services.ts): a missing,
 * DRAINING or INACTIVE service and a FAILED rollout are failures, one deployment for each service is success.
 */
async function look({ ecs }: SandboxUnderTest, service: string): Promise<'failure' | 'success' | 'retry'> {
  const { services = [], failures = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'main', services: [service] }),
  );
  if (failures.some(({ reason }) => reason === 'MISSING')) return 'failure';
  if (services.some(({ status }) => status === 'DRAINING' || status === 'INACTIVE')) return 'failure';
  const deployments = services.flatMap((item) => item.deployments ?? []);
  if (deployments.some(({ rolloutState }) => rolloutState === 'FAILED')) return 'failure';
  return deployments.length === services.length ? 'success' : 'retry';
}

async function wait(s: SandboxUnderTest, service = 'web'): Promise<string> {
  for (let looks = 0; looks < 200; looks += 1) {
    const state = await look(s, service);
    if (state !== 'retry') return state;
    s.sandbox.clock.advance(6_000);
  }
  return 'timeout';
}

async function withService(s: SandboxUnderTest): Promise<void> {
  await withCluster(s);
  await registerTaskDefinition(s, { fargate: true });
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    }),
  );
  s.sandbox.clock.advance(180_000);
}

/** The update that a hotswap makes of a changed task definition. */
function hotswap(s: SandboxUnderTest, taskDefinition: string) {
  return s.ecs.send(
    new UpdateServiceCommand({
      cluster: 'main',
      service: 'web',
      taskDefinition,
      forceNewDeployment: true,
      deploymentConfiguration: { minimumHealthyPercent: 0 },
    }),
  );
}

describe('CDK hotswap', () => {
  it('waits until the new deployment is alone', async () => {
    await using s = await withSandbox();
    await withService(s);
    const arn = await registerTaskDefinition(s, { fargate: true, container: { image: 'web:2' } });
    await hotswap(s, arn);
    expect(await look(s, 'web')).toBe('retry');
    expect(await wait(s)).toBe('success');
    const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    expect(services?.[0]).toMatchObject({ taskDefinition: arn, runningCount: 2 });
  });

  it('fails with a deployment that fails', async () => {
    await using s = await withSandbox();
    await withService(s);
    await hotswap(s, await registerTaskDefinition(s, { fargate: true, labels: { 'sandbox.exit-code': '1' } }));
    expect(await wait(s)).toBe('failure');
  });

  it('fails with a service that is gone, going, or was never there', async () => {
    await using s = await withSandbox();
    await withService(s);
    expect(await wait(s, 'none')).toBe('failure');
    await s.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    expect(await wait(s)).toBe('failure');
    s.sandbox.clock.advance(120_000);
    expect(await wait(s)).toBe('failure');
  });
});
