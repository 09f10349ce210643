import { CreateServiceCommand, UpdateServiceCommand, UpdateTaskProtectionCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { deploy, HOUR, MINUTE, readDeployment, withService } from '../support/rollout.ts';
import { registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

async function countByZone(s: SandboxUnderTest): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { availabilityZone = '' } of await readTasks(s)) {
    counts[availabilityZone] = (counts[availabilityZone] ?? 0) + 1;
  }
  return counts;
}

async function protect(s: SandboxUnderTest, count: number, expiresInMinutes = 60): Promise<void> {
  const tasks = (await readTasks(s)).slice(0, count).map((task) => task.taskArn ?? '');
  await s.ecs.send(
    new UpdateTaskProtectionCommand({ cluster: 'main', tasks, protectionEnabled: true, expiresInMinutes }),
  );
}

/** Six tasks in two zones, and nothing in a third. */
async function withTwoZones(s: SandboxUnderTest): Promise<void> {
  await withCluster(s);
  for (const zone of ['a', 'b']) await registerInstance(s, zone, `i-${zone}`);
  const taskDefinition = await registerTaskDefinition(s);
  await s.ecs.send(new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 6 }));
  s.sandbox.clock.advance(5 * MINUTE);
}

describe('balance over zones', () => {
  it('is restored task by task, starting before it stops, once another zone can take some', async () => {
    await using s = await withSandbox();
    await withTwoZones(s);
    expect(await countByZone(s)).toEqual({ 'eu-west-1a': 3, 'eu-west-1b': 3 });
    await registerInstance(s, 'c', 'i-c');
    for (let look = 0; look < 50; look += 1) {
      s.sandbox.clock.advance(12_000);
      expect((await readService(s)).runningCount).toBeGreaterThanOrEqual(6);
    }
    expect(await countByZone(s)).toEqual({ 'eu-west-1a': 2, 'eu-west-1b': 2, 'eu-west-1c': 2 });
    const said = messagesOf(await readService(s)).slice(3);
    expect(said).toEqual([
      '(service web) is not AZ balanced with 3 tasks in eu-west-1a, 3 tasks in eu-west-1b, 0 tasks in eu-west-1c. AZ Rebalancing in progress.',
      expect.stringMatching(/^\(service web\) has started 1 tasks in eu-west-1c to AZ Rebalance: \(task \w{32}\)\.$/),
      expect.stringMatching(/^\(service web\) has stopped 1 running tasks in eu-west-1a due to AZ rebalancing: /),
      expect.stringMatching(/has started 1 tasks in eu-west-1c/),
      expect.stringMatching(/has stopped 1 running tasks in eu-west-1b/),
      '(service web) is AZ balanced with 2 tasks in eu-west-1a, 2 tasks in eu-west-1b, 2 tasks in eu-west-1c.',
    ]);
    const [stopped] = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(stopped?.stoppedReason).toMatch(/^Availability-zone rebalancing initiated by \(deployment ecs-svc\/\d+\)$/);
  });

  it('starts the next one only when the one before has gone, where there is room for one more', async () => {
    await using s = await withSandbox();
    await withTwoZones(s);
    const deploymentConfiguration = { maximumPercent: 117 };
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration }));
    await registerInstance(s, 'c', 'i-c');
    let most = 0;
    for (const until = s.sandbox.clock.now() + 10 * MINUTE; s.sandbox.clock.now() < until; ) {
      s.sandbox.clock.advanceToNext();
      const { runningCount = 0, pendingCount = 0 } = await readService(s);
      most = Math.max(most, runningCount + pendingCount);
    }
    expect(most).toBe(7);
    expect(await countByZone(s)).toEqual({ 'eu-west-1a': 2, 'eu-west-1b': 2, 'eu-west-1c': 2 });
  });

  it('is left as it is where that is not wanted, and stopped by a deployment', async () => {
    await using s = await withSandbox();
    await withTwoZones(s);
    const switchTo = (availabilityZoneRebalancing: 'ENABLED' | 'DISABLED') =>
      s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', availabilityZoneRebalancing }));
    await switchTo('DISABLED');
    await registerInstance(s, 'c', 'i-c');
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await countByZone(s)).toEqual({ 'eu-west-1a': 3, 'eu-west-1b': 3 });
    await switchTo('ENABLED');
    s.sandbox.clock.advance(70_000);
    expect(await readTasks(s)).toHaveLength(7);
    const forced = new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true });
    await s.ecs.send(forced);
    s.sandbox.clock.advance(10 * MINUTE);
    expect(messagesOf(await readService(s))).toContain('(service web) stopped AZ Rebalancing.');
    expect(await readService(s)).toMatchObject({ runningCount: 6, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  it('waits for protected tasks', async () => {
    await using s = await withSandbox();
    await withTwoZones(s);
    await protect(s, 6);
    await registerInstance(s, 'c', 'i-c');
    s.sandbox.clock.advance(10 * MINUTE);
    expect(messagesOf(await readService(s)).at(-1)).toMatch(/was unable to AZ Rebalance .* due to task protection\.$/);
    s.sandbox.clock.advance(HOUR);
    expect(await countByZone(s)).toEqual({ 'eu-west-1a': 2, 'eu-west-1b': 2, 'eu-west-1c': 2 });
  });

  it('is how Fargate places the tasks of a service from the start', async () => {
    await using s = await withSandbox();
    await withService(s, {}, { desiredCount: 6 });
    expect(Object.values(await countByZone(s))).toEqual([2, 2, 2]);
  });
});

describe('protected tasks', () => {
  it('are not scaled in until the protection ends, which is reported once', async () => {
    await using s = await withSandbox();
    await withService(s, {}, { desiredCount: 4 });
    await protect(s, 3);
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 1 }));
    s.sandbox.clock.advance(30 * MINUTE);
    const service = await readService(s);
    expect(service.runningCount).toBe(3);
    const emitted = messagesOf(service).filter((text) => text.includes('number of protected tasks'));
    expect(emitted).toHaveLength(1);
    s.sandbox.clock.advance(40 * MINUTE);
    expect((await readService(s)).runningCount).toBe(1);
  });

  it.each(['ROLLING', 'BLUE_GREEN'] as const)('hold up a %s deployment', async (strategy) => {
    await using s = await withSandbox();
    await withService(s, { strategy, bakeTimeInMinutes: 0 });
    await protect(s, 1);
    const arn = await deploy(s);
    s.sandbox.clock.advance(50 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({
      status: 'IN_PROGRESS',
      targetServiceRevision: { runningTaskCount: 2 },
      sourceServiceRevisions: [{ runningTaskCount: 1 }],
    });
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'SUCCESSFUL' });
  });
});
