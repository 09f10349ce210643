import { ContinueServiceDeploymentCommand, type DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService } from '../support/read.ts';
import {
  control,
  deploy,
  FUNCTION,
  follow,
  HOUR,
  MINUTE,
  readDeployment,
  SECOND,
  withService,
} from '../support/rollout.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const LAMBDA: DeploymentLifecycleHook = {
  hookTargetArn: FUNCTION,
  roleArn: 'arn:aws:iam::123456789012:role/hooks',
  lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
};
const PAUSE: DeploymentLifecycleHook = { targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] };

async function pausedAt(s: SandboxUnderTest, hook: DeploymentLifecycleHook): Promise<{ arn: string; hookId: string }> {
  await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [hook] });
  const arn = await deploy(s);
  s.sandbox.clock.advance(5 * MINUTE);
  const { lifecycleHookDetails = [] } = await readDeployment(s, arn);
  return { arn, hookId: lifecycleHookDetails.at(-1)?.hookId ?? '' };
}

async function answer(
  s: SandboxUnderTest,
  arn: string,
  hookId: string,
  action?: 'CONTINUE' | 'ROLLBACK',
): Promise<void> {
  await s.ecs.send(
    new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId, ...(action && { action }) }),
  );
}

describe('a pause hook', () => {
  it('holds the deployment for a day by default, and lets it go on when it is continued', async () => {
    await using s = await withSandbox();
    const { arn, hookId } = await pausedAt(s, PAUSE);
    expect(hookId).toMatch(/^ecs-pause-[\w-]{43}$/);
    s.sandbox.clock.advance(20 * HOUR);
    const paused = await readDeployment(s, arn);
    expect(paused).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      lifecycleHookDetails: [{ hookId, targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' }],
    });
    const [detail] = paused.lifecycleHookDetails ?? [];
    expect(detail?.expiresAt?.getTime()).toBeGreaterThan(s.sandbox.clock.now() + 3 * HOUR);
    await answer(s, arn, hookId);
    expect((await follow(s, arn)).at(-1)).toBe('SUCCESSFUL CLEAN_UP 100/100');
    expect((await readDeployment(s, arn)).lifecycleHookDetails).toMatchObject([{ hookId, status: 'SUCCEEDED' }]);
  });

  it('takes the deployment back when it is answered with ROLLBACK', async () => {
    await using s = await withSandbox();
    const { arn, hookId } = await pausedAt(s, PAUSE);
    const before = (await readService(s)).deployments?.[1]?.id;
    await answer(s, arn, hookId, 'ROLLBACK');
    expect(await follow(s, arn)).toEqual([
      'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 0/100',
      'ROLLBACK_IN_PROGRESS TEST_TRAFFIC_SHIFT 0/0',
      'ROLLBACK_IN_PROGRESS CLEAN_UP 0/0',
      'ROLLBACK_SUCCESSFUL CLEAN_UP 0/0',
    ]);
    expect(await readDeployment(s, arn)).toMatchObject({
      statusReason: `Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. Pause hook ${hookId} was answered with ROLLBACK.`,
      lifecycleHookDetails: [{ status: 'FAILED' }],
    });
    const service = await readService(s);
    expect(service.deployments).toMatchObject([{ id: before, status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
  });

  it.each([
    ['ROLLBACK', 'ROLLBACK_SUCCESSFUL'],
    ['CONTINUE', 'SUCCESSFUL'],
  ] as const)('that times out with %s ends %s', async (action, status) => {
    await using s = await withSandbox();
    const { arn } = await pausedAt(s, { ...PAUSE, timeoutConfiguration: { timeoutInMinutes: 30, action } });
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'IN_PROGRESS' });
    s.sandbox.clock.advance(30 * MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({ status, lifecycleHookDetails: [{ status: 'TIMED_OUT' }] });
  });

  it('may wait for longer than a stage may take', async () => {
    await using s = await withSandbox();
    const { arn, hookId } = await pausedAt(s, { ...PAUSE, timeoutConfiguration: { timeoutInMinutes: 20_160 } });
    s.sandbox.clock.advance(13 * 24 * HOUR);
    await answer(s, arn, hookId);
    expect((await follow(s, arn)).at(-1)).toMatch(/^SUCCESSFUL/);
  });

  it('ends a deployment that it has held for 30 days in all', async () => {
    await using s = await withSandbox();
    const long = { timeoutInMinutes: 20_160, action: 'CONTINUE' as const };
    const lifecycleStages: DeploymentLifecycleHook['lifecycleStages'] = [
      'PRE_SCALE_UP',
      'POST_SCALE_UP',
      'POST_TEST_TRAFFIC_SHIFT',
    ];
    const { arn } = await pausedAt(s, { ...PAUSE, lifecycleStages, timeoutConfiguration: long });
    s.sandbox.clock.advance(31 * 24 * HOUR);
    expect(await readDeployment(s, arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: expect.stringMatching(/took longer than 30 days/),
    });
  });

  it('stops a linear deployment before each step, under a new id', async () => {
    await using s = await withSandbox();
    await withService(s, {
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }],
    });
    const arn = await deploy(s);
    const ids = new Set<string>();
    for (const weight of [0, 50]) {
      s.sandbox.clock.advance(5 * MINUTE);
      const paused = await readDeployment(s, arn);
      expect(paused.targetServiceRevision?.requestedProductionTrafficWeight).toBe(weight);
      const hookId = paused.lifecycleHookDetails?.at(-1)?.hookId ?? '';
      ids.add(hookId);
      await answer(s, arn, hookId, 'CONTINUE');
    }
    expect(ids.size).toBe(2);
    expect((await follow(s, arn)).at(-1)).toMatch(/^SUCCESSFUL/);
  });

  it('also holds a rolling deployment, before it starts anything', async () => {
    await using s = await withSandbox();
    await withService(s, {
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP', 'POST_SCALE_UP'] }],
    });
    const arn = await deploy(s);
    for (const [stage, runningTaskCount] of [
      ['PRE_SCALE_UP', 0],
      ['POST_SCALE_UP', 2],
    ] as const) {
      s.sandbox.clock.advance(10 * MINUTE);
      const paused = await readDeployment(s, arn);
      expect(paused).toMatchObject({ lifecycleStage: stage, targetServiceRevision: { runningTaskCount } });
      await answer(s, arn, paused.lifecycleHookDetails?.at(-1)?.hookId ?? '');
    }
    s.sandbox.clock.advance(MINUTE);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'SUCCESSFUL' });
  });

  it('is answered once, by its own id, and only while the deployment is under way', async () => {
    await using s = await withSandbox();
    const { arn, hookId } = await pausedAt(s, PAUSE);
    const refused = { name: 'InvalidParameterException' };
    await expect(answer(s, arn, 'ecs-pause-none')).rejects.toMatchObject(refused);
    await expect(answer(s, `${arn}x`, hookId)).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' });
    await answer(s, arn, hookId);
    await expect(answer(s, arn, hookId)).rejects.toMatchObject(refused);
    s.sandbox.clock.advance(10 * MINUTE);
    await expect(answer(s, arn, hookId)).rejects.toMatchObject({ message: /SUCCESSFUL/ });
  });
});

describe('a Lambda hook', () => {
  it('succeeds unless set otherwise', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [LAMBDA] });
    const arn = await deploy(s);
    expect((await follow(s, arn)).at(-1)).toMatch(/^SUCCESSFUL/);
    expect((await readDeployment(s, arn)).lifecycleHookDetails).toMatchObject([
      {
        hookId: expect.stringMatching(/^ecs-lambda-/),
        targetType: 'AWS_LAMBDA',
        targetArn: FUNCTION,
        status: 'SUCCEEDED',
      },
    ]);
  });

  it('that returns FAILED rolls the deployment back', async () => {
    await using s = await withSandbox();
    await control(s, 'hooks', { function: 'verify', status: 'FAILED', seconds: 10 });
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [LAMBDA] });
    const arn = await deploy(s);
    expect((await follow(s, arn)).at(-1)).toBe('ROLLBACK_SUCCESSFUL CLEAN_UP 0/0');
    const { statusReason } = await readDeployment(s, arn);
    expect(statusReason).toBe(
      `Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. Lifecycle hook target ${FUNCTION} returned FAILED status.`,
    );
    expect(messagesOf(await readService(s)).join('\n')).toContain(`deployment failed: ${statusReason}`);
  });

  it('that says IN_PROGRESS is asked again until it has something else to say', async () => {
    await using s = await withSandbox();
    await control(s, 'hooks', { function: FUNCTION, status: 'IN_PROGRESS', callBackDelay: 60 });
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [LAMBDA] });
    const arn = await deploy(s);
    s.sandbox.clock.advance(2 * HOUR);
    expect(await readDeployment(s, arn)).toMatchObject({
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      lifecycleHookDetails: [{ status: 'IN_PROGRESS' }],
    });
    await control(s, 'hooks', { function: 'verify', status: 'SUCCEEDED' });
    s.sandbox.clock.advance(70 * SECOND);
    expect(await readDeployment(s, arn)).toMatchObject({ lifecycleHookDetails: [{ status: 'SUCCEEDED' }] });
  });

  it('can carry its own result, and when it fails in the rollback that fails too', async () => {
    await using s = await withSandbox();
    const hook: DeploymentLifecycleHook = {
      ...LAMBDA,
      lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'],
      hookDetails: { sandbox: { status: 'FAILED', seconds: 1 } },
    };
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [hook] });
    const arn = await deploy(s);
    // The hook runs for a second: slower polls may miss it.
    const stands = await follow(s, arn, { step: SECOND / 2 });
    expect(stands.slice(-2)).toEqual([
      'ROLLBACK_IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100',
      'ROLLBACK_FAILED PRODUCTION_TRAFFIC_SHIFT 0/100',
    ]);
    s.sandbox.clock.advance(HOUR);
    expect(await readService(s)).toMatchObject({ runningCount: 4, deployments: [{ rolloutState: 'FAILED' }, {}] });
  });

  it('that fails as the service is made leaves nothing to roll back to', async () => {
    await using s = await withSandbox();
    s.sandbox.setFunction('verify', { status: 'FAILED' });
    const lifecycleHooks = [{ ...LAMBDA, lifecycleStages: ['PRE_SCALE_UP' as const] }];
    await withService(
      s,
      {},
      { deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks } },
    );
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 0, deployments: [{ rolloutState: 'FAILED' }] });
    expect(service.currentServiceDeployment).toBeUndefined();
  });
});
