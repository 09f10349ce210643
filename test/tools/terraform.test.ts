import {
  CreateServiceCommand,
  type Deployment,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeploymentBrief,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerTaskDefinition, withCluster } from '../sandbox/support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../sandbox/support/start-sandbox.ts';

/** The conclusion of Terraform's provider from one look at a service (`statusServiceWaitForStable`). */
type Look = { readonly status: 'STABLE' | 'PENDING' | 'INACTIVE' | 'DRAINING'; readonly way: 'deployment' | 'counts' };

/**
 * The wait of `wait_for_steady_state`, call by call as terraform-provider-aws makes it (internal/service/ecs/service.go, newest stored
 * version, 116,596 characters): it follows the service deployment if the PRIMARY deployment is younger than the call by Terraform's own
 * clock, and else waits for one deployment with all tasks running.
 */
function createWait({ ecs }: SandboxUnderTest, operationTime: Date): () => Promise<Look> {
  const names = { cluster: 'main', service: 'web' };
  let primary: Deployment | undefined;
  let deploymentArn: string | undefined;

  async function findDeployment({ id = '' }: Deployment): Promise<string | undefined> {
    const number = id.split('/')[1] ?? '';
    const found: ServiceDeploymentBrief[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ecs.send(
        new ListServiceDeploymentsCommand({ ...names, createdAt: { after: operationTime }, nextToken }),
      );
      found.push(...(page.serviceDeployments ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found.find((item) => item.targetServiceRevisionArn?.includes(number))?.serviceDeploymentArn;
  }

  return async () => {
    const { services, failures } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    const service = services?.[0];
    if (service === undefined || failures?.length !== 0) throw new Error('couldn’t find resource');
    if (service.status !== 'ACTIVE') return { status: service.status as 'DRAINING' | 'INACTIVE', way: 'counts' };
    primary ??= service.deployments?.find(({ status }) => status === 'PRIMARY');
    const isNew = (primary?.createdAt?.getTime() ?? 0) > operationTime.getTime();
    if (service.deploymentController?.type === 'ECS' && isNew && primary !== undefined) {
      deploymentArn ??= await findDeployment(primary);
      if (deploymentArn === undefined) return { status: 'PENDING', way: 'deployment' };
      const input = { serviceDeploymentArns: [deploymentArn] };
      const { serviceDeployments } = await ecs.send(new DescribeServiceDeploymentsCommand(input));
      const { status = '', statusReason = 'Deployment failed' } = serviceDeployments?.[0] ?? {};
      if (status === 'SUCCESSFUL') return { status: 'STABLE', way: 'deployment' };
      if (['STOPPED', 'ROLLBACK_FAILED', 'ROLLBACK_SUCCESSFUL'].includes(status)) throw new Error(statusReason);
      return { status: 'PENDING', way: 'deployment' };
    }
    const isStable = service.deployments?.length === 1 && service.desiredCount === service.runningCount;
    return { status: isStable ? 'STABLE' : 'PENDING', way: 'counts' };
  };
}

/** Looks every ten virtual seconds; gives up after half an hour. */
async function waitForStable(s: SandboxUnderTest, operationTime: Date): Promise<{ looks: number; way: Look['way'] }> {
  const look = createWait(s, operationTime);
  for (let looks = 1; looks <= 180; looks += 1) {
    const { status, way } = await look();
    if (status === 'STABLE') return { looks, way };
    s.sandbox.clock.advance(10_000);
  }
  throw new Error('timeout while waiting for state to become tfSTABLE');
}

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };

async function create(s: SandboxUnderTest): Promise<void> {
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
      deploymentConfiguration: BREAKER,
      // The provider sends it, for a retry that finds the service made already.
      clientToken: 'terraform-20260301120000000000000001',
    }),
  );
}

/** Terraform's clock beside virtual time: a moment before it, as with `--start now`, or days ahead, as by default. */
describe.each([
  ['behind virtual time', -1_000, 'deployment'],
  ['ahead of virtual time', 90 * 3600_000, 'counts'],
] as const)('Terraform, its clock %s', (_, ahead, way) => {
  const operationTime = ({ sandbox }: SandboxUnderTest): Date => new Date(sandbox.clock.now() + ahead);

  it('waits for a new service and for an update of it to the end', async () => {
    await using s = await withSandbox();
    const before = operationTime(s);
    await create(s);
    const created = await waitForStable(s, before);
    expect(created.way).toBe(way);
    // Never at 0 of 0: the scheduler has to have looked, and the tasks to run.
    expect(created.looks).toBeGreaterThan(3);

    s.sandbox.clock.advance(3600_000);
    const update = operationTime(s);
    await registerTaskDefinition(s, { fargate: true, container: { image: 'web:2' } });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }));
    const updated = await waitForStable(s, update);
    expect(updated.way).toBe(way);
    expect(updated.looks).toBeGreaterThan(3);
    const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    expect(services?.[0]?.deployments).toMatchObject([
      { taskDefinition: expect.stringMatching(/web:2$/), runningCount: 2 },
    ]);
  });

  it('learns why a deployment failed, or that the service is unchanged', async () => {
    await using s = await withSandbox();
    await create(s);
    s.sandbox.clock.advance(3600_000);
    const update = operationTime(s);
    await registerTaskDefinition(s, { fargate: true, labels: { 'sandbox.exit-code': '1' } });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }));
    const end = waitForStable(s, update);
    if (way === 'deployment') await expect(end).rejects.toThrow(/circuit breaker/);
    else expect((await end).way).toBe('counts');
  });
});
