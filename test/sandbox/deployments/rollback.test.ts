import { StopServiceDeploymentCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { control, deploy, follow, HOUR, MINUTE, readDeployment, SECOND, withService } from '../support/rollout.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

async function stop(s: SandboxUnderTest, arn: string, stopType?: 'ABORT' | 'ROLLBACK'): Promise<void> {
  await s.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, ...(stopType && { stopType }) }));
}

const ALARMS = { enable: true, rollback: true, alarmNames: ['too-slow', 'errors'] };

describe('StopServiceDeployment', () => {
  it('rolls a rolling deployment back: ROLLBACK_REQUESTED, IN_PROGRESS, SUCCESSFUL', async () => {
    await using s = await withSandbox();
    await withService(s, {});
    const arn = await deploy(s);
    s.sandbox.clock.advance(20 * SECOND);
    await stop(s, arn);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'ROLLBACK_REQUESTED' });
    expect((await follow(s, arn)).map((stand) => stand.split(' ')[0])).toEqual([
      'ROLLBACK_REQUESTED',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_SUCCESSFUL',
    ]);
    expect(await readDeployment(s, arn)).toMatchObject({
      statusReason: 'Service deployment rolled back because of a StopServiceDeployment request.',
    });
  });

  it('shifts the production traffic of a blue/green deployment back before its tasks go', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 });
    const arn = await deploy(s);
    s.sandbox.clock.advance(10 * MINUTE);
    await stop(s, arn, 'ROLLBACK');
    expect(await follow(s, arn)).toEqual([
      'ROLLBACK_REQUESTED BAKE_TIME 100/100',
      'ROLLBACK_IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100',
      'ROLLBACK_IN_PROGRESS TEST_TRAFFIC_SHIFT 0/0',
      'ROLLBACK_IN_PROGRESS CLEAN_UP 0/0',
      'ROLLBACK_SUCCESSFUL CLEAN_UP 0/0',
    ]);
    expect(await readService(s)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  it('brings the old tasks back first when they had begun to go', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 });
    const arn = await deploy(s);
    while ((await readDeployment(s, arn)).lifecycleStage !== 'CLEAN_UP') s.sandbox.clock.advance(SECOND);
    s.sandbox.clock.advance(SECOND);
    await stop(s, arn);
    const stands = await follow(s, arn);
    expect(stands.slice(1, 3)).toEqual([
      'ROLLBACK_IN_PROGRESS SCALE_UP 100/100',
      'ROLLBACK_IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100',
    ]);
    expect(stands.at(-1)).toMatch(/^ROLLBACK_SUCCESSFUL/);
    expect(await readService(s)).toMatchObject({ runningCount: 2, pendingCount: 0 });
  });

  it('takes a call on what is being rolled back already as done, and refuses one on what has ended', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 });
    const arn = await deploy(s);
    await stop(s, arn);
    s.sandbox.clock.advance(2 * SECOND);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' });
    await stop(s, arn);
    s.sandbox.clock.advance(10 * MINUTE);
    await expect(stop(s, arn)).rejects.toMatchObject({ name: 'ConflictException', resourceIds: [arn] });
    await expect(stop(s, `${arn}x`)).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' });
  });

  it('with ABORT stops without a way back', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'CANARY' });
    const arn = await deploy(s);
    s.sandbox.clock.advance(8 * MINUTE);
    await stop(s, arn, 'ABORT');
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'STOP_REQUESTED' });
    s.sandbox.clock.advance(HOUR);
    const stopped = await readDeployment(s, arn);
    expect(stopped).toMatchObject({
      status: 'STOPPED',
      targetServiceRevision: { requestedProductionTrafficWeight: 5 },
    });
    expect(stopped.finishedAt).toBeUndefined();
    expect(await readService(s)).toMatchObject({ runningCount: 4 });
  });
});

describe('CloudWatch alarms', () => {
  it('keep a rolling deployment open until it has been watched, and roll it back', async () => {
    await using s = await withSandbox();
    await withService(s, { alarms: ALARMS });
    const arn = await deploy(s);
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await readService(s)).toMatchObject({
      runningCount: 2,
      deployments: [{ rolloutState: 'IN_PROGRESS' }, { rolloutState: 'COMPLETED', runningCount: 0 }],
    });
    await control(s, 'alarms', { name: 'errors', state: 'ALARM' });
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] },
    });
  });

  it('roll a deployment back while the old one is still there', async () => {
    await using s = await withSandbox();
    await withService(s, { alarms: ALARMS, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 });
    const arn = await deploy(s);
    s.sandbox.clock.advance(10 * MINUTE);
    await control(s, 'alarms', { name: 'too-slow', state: 'ALARM' });
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason:
        'Service deployment rolled back because CloudWatch alarm(s) were detected in ALARM state: too-slow.',
      rollback: { reason: 'ECS deployment failed: alarm detected.' },
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['too-slow'] },
    });
    expect(messagesOf(await readService(s)).join('\n')).toMatch(/deployment failed: alarm detected\./);
  });

  it('only stop it where no rollback is wanted: STOP_REQUESTED, then STOPPED', async () => {
    await using s = await withSandbox();
    await withService(s, { alarms: { ...ALARMS, rollback: false } });
    const arn = await deploy(s);
    s.sandbox.clock.advance(20 * SECOND);
    await control(s, 'alarms', { name: 'errors', state: 'ALARM' });
    expect((await follow(s, arn, { step: 500 })).map((stand) => stand.split(' ')[0])).toEqual([
      'IN_PROGRESS',
      'STOP_REQUESTED',
      'STOPPED',
    ]);
    expect(await readService(s)).toMatchObject({ deployments: [{ rolloutState: 'FAILED' }, { status: 'ACTIVE' }] });
  });

  it('are not watched by a deployment that starts while one is in ALARM', async () => {
    await using s = await withSandbox();
    await control(s, 'alarms', { name: 'errors', state: 'ALARM' });
    await withService(s, { alarms: ALARMS });
    const arn = await deploy(s);
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'DISABLED' } });
  });
});

describe('the circuit breaker', () => {
  it('also watches a blue/green deployment, whose old revision never stops serving', async () => {
    await using s = await withSandbox();
    const deploymentCircuitBreaker = { enable: true, rollback: true };
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, deploymentCircuitBreaker });
    const arn = await deploy(s, { labels: { 'sandbox.pull-error': 'true' } });
    s.sandbox.clock.advance(30 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
    });
    expect(await readService(s)).toMatchObject({ runningCount: 2, pendingCount: 0 });
  });
});

describe('early success', () => {
  const early = { enable: true, healthyPercent: 50 };

  it('DEFERRED completes at the share of healthy tasks; the old ones go afterwards', async () => {
    await using s = await withSandbox();
    const earlySuccessCriteria = { ...early, sourceServiceRevisionCleanup: 'DEFERRED' as const };
    await withService(s, { minimumHealthyPercent: 50, maximumPercent: 125, earlySuccessCriteria }, { desiredCount: 4 });
    const arn = await deploy(s);
    await follow(s, arn);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'SUCCESSFUL' });
    expect((await readService(s)).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'COMPLETED' },
      { status: 'ACTIVE' },
    ]);
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 4, deployments: [{ runningCount: 4 }] });
  });

  it('BLOCKING completes when the old tasks are gone, however many are still to come', async () => {
    await using s = await withSandbox();
    const earlySuccessCriteria = { ...early, sourceServiceRevisionCleanup: 'BLOCKING' as const };
    await withService(s, { minimumHealthyPercent: 50, maximumPercent: 125, earlySuccessCriteria }, { desiredCount: 4 });
    const arn = await deploy(s);
    await follow(s, arn);
    const service = await readService(s);
    expect(service.deployments).toHaveLength(1);
    expect(service.runningCount).toBeLessThan(4);
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readTasks(s)).toHaveLength(4);
  });

  it('needs the rolling strategy and a share not below the minimum', async () => {
    await using s = await withSandbox();
    await withService(s, {});
    const earlySuccessCriteria = { ...early, sourceServiceRevisionCleanup: 'DEFERRED' as const };
    const update = (deploymentConfiguration: UpdateServiceCommand['input']['deploymentConfiguration']) =>
      s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration }));
    const refused = { name: 'InvalidParameterException' };
    await expect(update({ earlySuccessCriteria })).rejects.toMatchObject(refused);
    await expect(update({ earlySuccessCriteria: { enable: true } })).rejects.toMatchObject(refused);
    const strategy = 'BLUE_GREEN';
    await expect(update({ strategy, minimumHealthyPercent: 50, earlySuccessCriteria })).rejects.toMatchObject(refused);
  });
});
