import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { deploy, follow, HOUR, MINUTE, readDeployment, withService } from '../support/rollout.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const UP = [
  'PENDING - 0/0',
  'IN_PROGRESS PRE_SCALE_UP 0/0',
  'IN_PROGRESS SCALE_UP 0/0',
  'IN_PROGRESS POST_SCALE_UP 0/0',
  'IN_PROGRESS TEST_TRAFFIC_SHIFT 0/100',
  'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 0/100',
];

describe('a blue/green deployment', () => {
  it('goes through every stage, moves all traffic at once, bakes and cleans up', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 });
    const arn = await deploy(s);
    expect(await follow(s, arn)).toEqual([
      ...UP,
      'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 0/100',
      'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 100/100',
      'IN_PROGRESS POST_PRODUCTION_TRAFFIC_SHIFT 100/100',
      'IN_PROGRESS BAKE_TIME 100/100',
      'IN_PROGRESS CLEAN_UP 100/100',
      'SUCCESSFUL CLEAN_UP 100/100',
    ]);
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 2, deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] });
    expect(messagesOf(service).at(-1)).toBe('(service web) has reached a steady state.');
  });

  it('keeps both revisions at the full count until it cleans up', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 });
    const arn = await deploy(s);
    s.sandbox.clock.advance(10 * MINUTE);
    const baking = await readDeployment(s, arn);
    expect(baking).toMatchObject({
      lifecycleStage: 'BAKE_TIME',
      targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2, requestedProductionTrafficWeight: 100 },
      sourceServiceRevisions: [{ requestedTaskCount: 2, runningTaskCount: 2, requestedProductionTrafficWeight: 0 }],
    });
    expect(await readService(s)).toMatchObject({
      runningCount: 4,
      deployments: [
        { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
        { status: 'ACTIVE', rolloutState: 'COMPLETED' },
      ],
    });
    s.sandbox.clock.advance(30 * MINUTE);
    expect(await readTasks(s)).toHaveLength(2);
  });

  it('is also how a service that has it from the start comes up', async () => {
    await using s = await withSandbox();
    await withService(s, {}, { deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } });
    expect(await readService(s)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  it('reconciles first when it interrupts another deployment, which ends STOPPED', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 });
    const first = await deploy(s);
    s.sandbox.clock.advance(10 * MINUTE);
    const second = await deploy(s);
    expect(await readDeployment(s, first)).toMatchObject({ status: 'STOP_REQUESTED' });
    expect((await follow(s, second, { most: MINUTE }))[1]).toBe('IN_PROGRESS RECONCILE_SERVICE 0/0');
    s.sandbox.clock.advance(HOUR);
    expect(await readDeployment(s, second)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(await readDeployment(s, first)).toMatchObject({ status: 'STOPPED' });
    expect(await readService(s)).toMatchObject({ runningCount: 2 });
  });

  it('fails and rolls back when a stage takes longer than 24 hours', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 });
    const arn = await deploy(s, { labels: { 'sandbox.pull-error': 'true' } });
    s.sandbox.clock.advance(23 * HOUR);
    expect(await readDeployment(s, arn)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' });
    s.sandbox.clock.advance(2 * HOUR);
    expect(await readDeployment(s, arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the SCALE_UP lifecycle stage took longer than 24 hours.',
    });
    expect(await readService(s)).toMatchObject({ runningCount: 2, pendingCount: 0 });
  });
});

describe('a linear deployment', () => {
  it('shifts a step at a time and bakes after each but the last', async () => {
    await using s = await withSandbox();
    const linearConfiguration = { stepPercent: 40, stepBakeTimeInMinutes: 7 };
    await withService(s, { strategy: 'LINEAR', linearConfiguration, bakeTimeInMinutes: 1 });
    const arn = await deploy(s);
    const stands = await follow(s, arn, { most: HOUR });
    expect(stands.filter((stand) => / (PRE_)?PRODUCTION_/.test(stand))).toEqual([
      'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 0/100',
      'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 40/100',
      'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 40/100',
      'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 80/100',
      'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 80/100',
      'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 100/100',
    ]);
    const { startedAt, finishedAt } = await readDeployment(s, arn);
    const took = ((finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)) / MINUTE;
    expect(took).toBeGreaterThan(15);
    expect(took).toBeLessThan(20);
  });

  it('has ten steps of ten percent by default', async () => {
    await using s = await withSandbox();
    await withService(s, { strategy: 'LINEAR' });
    const arn = await deploy(s);
    expect((await readDeployment(s, arn)).deploymentConfiguration?.linearConfiguration).toEqual({
      stepPercent: 10,
      stepBakeTimeInMinutes: 6,
    });
    const stands = await follow(s, arn, { step: 10_000, most: 2 * HOUR });
    const weights = stands.filter((stand) => stand.includes(' PRODUCTION_')).map((stand) => stand.split(' ')[2]);
    expect(weights).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((weight) => `${weight}/100`));
  });
});

describe('a canary deployment', () => {
  it('shifts a little, waits, and shifts the rest', async () => {
    await using s = await withSandbox();
    const canaryConfiguration = { canaryPercent: 2.5, canaryBakeTimeInMinutes: 15 };
    await withService(s, { strategy: 'CANARY', canaryConfiguration });
    const arn = await deploy(s);
    s.sandbox.clock.advance(10 * MINUTE);
    const waiting = await readDeployment(s, arn);
    expect(waiting).toMatchObject({
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      targetServiceRevision: { requestedProductionTrafficWeight: 2.5 },
      sourceServiceRevisions: [{ requestedProductionTrafficWeight: 97.5 }],
    });
    const stands = await follow(s, arn, { most: HOUR });
    expect(stands).toContain('IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 100/100');
    expect(stands.at(-1)).toBe('SUCCESSFUL CLEAN_UP 100/100');
  });
});
