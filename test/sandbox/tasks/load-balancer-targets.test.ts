import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { control, deploy, HOUR, MINUTE, readDeployment, SECOND, withService } from '../support/rollout.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/6d0ecf831eec9f09';

const BALANCED = {
  desiredCount: 2,
  loadBalancers: [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 8080 }],
};

const CONTAINER = { portMappings: [{ containerPort: 8080 }] };

/** Two tasks behind a load balancer. */
async function withBalanced(
  s: SandboxUnderTest,
  input: { healthCheckGracePeriodSeconds?: number } = {},
): Promise<void> {
  await withService(s, {}, { ...BALANCED, ...input }, { container: CONTAINER });
}

describe('a task behind a load balancer', () => {
  it('is healthy when its target is, without a wait of 40 seconds', async () => {
    await using s = await withSandbox();
    await withBalanced(s);
    const said = messagesOf(await readService(s));
    const targets = said.flatMap((text) => /registered (\d) targets in/.exec(text)?.[1] ?? []);
    expect(targets.reduce((sum, number) => sum + Number(number), 0)).toBe(2);
    const arn = await deploy(s, { container: CONTAINER });
    let seconds = 0;
    while ((await readDeployment(s, arn)).status !== 'SUCCESSFUL') {
      s.sandbox.clock.advance(SECOND);
      seconds += 1;
    }
    expect(seconds).toBeLessThan(80);
    const stopped = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(stopped).toHaveLength(2);
    expect(messagesOf(await readService(s)).join('\n')).toMatch(/deregistered \d targets in \(target-group /);
  });

  it('is replaced when its target becomes unhealthy', async () => {
    await using s = await withSandbox();
    await withBalanced(s);
    const [task] = await readTasks(s);
    await control(s, 'accidents', { accident: 'target-unhealthy', task: task?.taskArn });
    s.sandbox.clock.advance(3 * MINUTE);
    const [stopped] = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(stopped).toMatchObject({
      taskArn: task?.taskArn,
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${GROUP})`,
    });
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 2, pendingCount: 0 });
    const id = task?.taskArn?.split('/').pop();
    expect(messagesOf(service)).toContain(
      `(service web) (task ${id}) (port 8080) is unhealthy in (target-group ${GROUP}) due to (reason Health checks failed with these codes: [503]).`,
    );
  });

  it('is left alone until its grace period is over', async () => {
    await using s = await withSandbox();
    await withBalanced(s, { healthCheckGracePeriodSeconds: 1800 });
    const [task] = await readTasks(s);
    // An id will do: the Region is the one that knows it.
    const id = task?.taskArn?.split('/').at(-1);
    await control(s, 'accidents', { accident: 'target-unhealthy', task: id, reason: 'Request timed out' });
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await readTasks(s, { desiredStatus: 'STOPPED' })).toEqual([]);
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readTasks(s, { desiredStatus: 'STOPPED' })).toHaveLength(1);
  });

  it('that never becomes a healthy target trips the circuit breaker', async () => {
    await using s = await withSandbox();
    await withBalanced(s);
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration }));
    const arn = await deploy(s, { container: CONTAINER, labels: { 'sandbox.target-unhealthy-after': '10' } });
    s.sandbox.clock.advance(HOUR);
    expect(await readDeployment(s, arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      deploymentCircuitBreaker: { status: 'TRIGGERED' },
    });
    expect(await readService(s)).toMatchObject({ runningCount: 2 });
  });

  it('needs a second target group for traffic to be shifted', async () => {
    await using s = await withSandbox();
    await withBalanced(s);
    const deploymentConfiguration = { strategy: 'BLUE_GREEN' as const, bakeTimeInMinutes: 0 };
    const update = new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration });
    await expect(s.ecs.send(update)).rejects.toMatchObject({ message: /^advancedConfiguration field is required/ });
    const advancedConfiguration = { alternateTargetGroupArn: `${GROUP}2`, productionListenerRule: 'arn:rule' };
    const loadBalancers = BALANCED.loadBalancers.map((balancer) => ({ ...balancer, advancedConfiguration }));
    await s.ecs.send(
      new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration, loadBalancers }),
    );
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
  });
});
