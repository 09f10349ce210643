import * as ecs from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const SERVICE = { cluster: 'main', services: ['web'] };

/** Waits with the SDK's own waiter, which is to be content or to give up with its first look. */
async function wait(s: SandboxUnderTest, waiter: Waiter, input: object): Promise<string> {
  const result = await waiter({ client: s.ecs, maxWaitTime: 0.1, minDelay: 0.01, maxDelay: 0.02 }, input as never);
  return String(result.state);
}

type Waiter = (
  params: { client: ecs.ECSClient; maxWaitTime: number; minDelay: number; maxDelay: number },
  input: never,
) => Promise<{ state: unknown }>;

/** A service and a task of its family, both just made. */
async function withBoth(s: SandboxUnderTest): Promise<string> {
  await withCluster(s);
  await registerInstance(s, 'a');
  const taskDefinition = await registerTaskDefinition(s);
  await s.ecs.send(
    new ecs.CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 2 }),
  );
  const { tasks = [] } = await s.ecs.send(new ecs.RunTaskCommand({ cluster: 'main', taskDefinition }));
  return tasks[0]?.taskArn ?? '';
}

describe('the waiters of the SDK', () => {
  it('wait for services and tasks to come and to go', async () => {
    await using s = await withSandbox();
    const task = await withBoth(s);
    const tasks = { cluster: 'main', tasks: [task] };
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await wait(s, ecs.waitUntilServicesStable, SERVICE)).toBe('SUCCESS');
    expect(await wait(s, ecs.waitUntilTasksRunning, tasks)).toBe('SUCCESS');
    await s.ecs.send(new ecs.StopTaskCommand({ cluster: 'main', task }));
    await s.ecs.send(new ecs.DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    await expect(wait(s, ecs.waitUntilServicesStable, SERVICE)).rejects.toThrow(/FAILURE/);
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await wait(s, ecs.waitUntilTasksStopped, tasks)).toBe('SUCCESS');
    expect(await wait(s, ecs.waitUntilServicesInactive, SERVICE)).toBe('SUCCESS');
    await expect(wait(s, ecs.waitUntilServicesStable, SERVICE)).rejects.toThrow(/FAILURE/);
    await expect(wait(s, ecs.waitUntilTasksRunning, tasks)).rejects.toThrow(/FAILURE/);
  });

  it('give up on what does not exist', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await expect(wait(s, ecs.waitUntilServicesStable, SERVICE)).rejects.toThrow(/FAILURE/);
    await expect(wait(s, ecs.waitUntilServicesInactive, SERVICE)).rejects.toThrow(/FAILURE/);
    const tasks = { cluster: 'main', tasks: ['0123456789abcdef0123456789abcdef'] };
    await expect(wait(s, ecs.waitUntilTasksRunning, tasks)).rejects.toThrow(/FAILURE/);
  });
});

type Paginator = (config: { client: ecs.ECSClient; pageSize: number }, input: never) => AsyncIterable<object>;

describe('the paginators of the SDK', () => {
  const paginators = Object.entries(ecs).filter(([name]) => name.startsWith('paginate'));

  /** Everything of which there may be pages, more than one of each. */
  async function plant(s: SandboxUnderTest): Promise<void> {
    await withCluster(s);
    await s.ecs.send(new ecs.CreateClusterCommand({ clusterName: 'other' }));
    for (const zone of ['a', 'b', 'c']) await registerInstance(s, zone, `i-${zone}`);
    const serviceConnectConfiguration = { enabled: true, namespace: 'internal' };
    for (const serviceName of ['one', 'two', 'three']) {
      const taskDefinition = await registerTaskDefinition(s, { family: serviceName, fargate: true });
      await s.ecs.send(
        new ecs.CreateServiceCommand({
          cluster: 'main',
          serviceName,
          taskDefinition,
          desiredCount: 2,
          launchType: 'FARGATE',
          networkConfiguration: NETWORK,
          serviceConnectConfiguration,
        }),
      );
      const infrastructureRoleArn = 'arn:aws:iam::123456789012:role/infrastructure';
      await s.ecs.send(
        new ecs.CreateGatewayCommand({
          name: serviceName,
          infrastructureRoleArn,
          configuration: { hostSharedAlb: {} },
        }),
      );
    }
    s.sandbox.clock.advance(MINUTE);
    for (const gateway of ['one', 'two', 'three']) {
      for (const cluster of ['main', 'other']) {
        await s.ecs.send(new ecs.AssociateGatewayWithClusterCommand({ gateway, cluster }));
      }
    }
    s.sandbox.clock.advance(MINUTE);
  }

  it('read every list to its end, a thing a page, each thing once', { timeout: 20_000 }, async () => {
    await using s = await withSandbox();
    await plant(s);
    expect(paginators).toHaveLength(12);
    const inputs: Record<string, object> = {
      paginateListAccountSettings: { effectiveSettings: true },
      paginateListAttributes: { cluster: 'main', targetType: 'container-instance' },
      paginateListServicesByNamespace: { namespace: 'internal' },
    };
    for (const [name, paginate] of paginators) {
      const input = inputs[name] ?? (/Clusters$|Gateway|TaskDefinition/.test(name) ? {} : { cluster: 'main' });
      const seen: string[] = [];
      let pages = 0;
      for await (const page of (paginate as Paginator)({ client: s.ecs, pageSize: 1 }, input as never)) {
        const items = Object.entries(page).find(([key, value]) => key !== '$metadata' && Array.isArray(value))?.[1];
        for (const item of items as unknown[]) seen.push(JSON.stringify(item));
        pages += 1;
      }
      expect([name, new Set(seen).size]).toEqual([name, seen.length]);
      if (name !== 'paginateListGatewayRoutes')
        expect([name, seen.length > 1, pages]).toEqual([name, true, seen.length]);
    }
  });
});
