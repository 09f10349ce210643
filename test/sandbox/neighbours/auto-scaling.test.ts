import { CreateServiceCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { callJson } from '../support/aws-json.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const TARGET = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/main/web',
  ScalableDimension: 'ecs:service:DesiredCount',
};
const CPU = 'ECSServiceAverageCPUUtilization';

function call({ sandbox }: SandboxUnderTest, operation: string, input: object) {
  return callJson(sandbox, 'application-autoscaling', operation, input);
}

async function withService(s: SandboxUnderTest, desiredCount = 4): Promise<void> {
  await withCluster(s);
  await registerTaskDefinition(s, { fargate: true });
  const fargate = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;
  await s.ecs.send(
    new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount, ...fargate }),
  );
  s.sandbox.clock.advance(3 * MINUTE);
}

async function desired(s: SandboxUnderTest): Promise<number | undefined> {
  const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
  return services?.[0]?.desiredCount;
}

async function metric({ sandbox }: SandboxUnderTest, body: object): Promise<unknown> {
  const response = await fetch(`${sandbox.url}/_sandbox/metrics`, {
    method: 'POST',
    body: JSON.stringify({ region: 'eu-west-1', ...body }),
  });
  return response.json();
}

function track(s: SandboxUnderTest, more: object = {}) {
  return call(s, 'PutScalingPolicy', {
    ...TARGET,
    PolicyName: 'cpu',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 50,
      PredefinedMetricSpecification: { PredefinedMetricType: CPU },
      ScaleOutCooldown: 60,
      ScaleInCooldown: 60,
      ...more,
    },
  });
}

describe('Application Auto Scaling', () => {
  it('keeps a metric at its target, within the bounds of the service', async () => {
    await using s = await withSandbox();
    await withService(s);
    const { body } = await call(s, 'RegisterScalableTarget', { ...TARGET, MinCapacity: 2, MaxCapacity: 10 });
    expect(body.ScalableTargetARN).toMatch(/^arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target\//);
    const policy = await track(s);
    expect(policy.body.Alarms).toHaveLength(2);
    // 4 tasks at 90 % are 7.2 tasks at 50 %.
    await metric(s, { service: 'web', metric: CPU, value: 90 });
    s.sandbox.clock.advance(2 * MINUTE + 59_000);
    expect(await desired(s)).toBe(4);
    s.sandbox.clock.advance(1_000);
    expect(await desired(s)).toBe(8);
    s.sandbox.clock.advance(20 * MINUTE);
    // The load is the same, and is now at 45 %: neither too high nor low.
    expect(await desired(s)).toBe(8);
    await metric(s, { service: 'web', metric: CPU, value: 500 });
    s.sandbox.clock.advance(4 * MINUTE);
    expect(await desired(s)).toBe(10);
    await metric(s, { service: 'web', metric: CPU, value: 1 });
    s.sandbox.clock.advance(14 * MINUTE);
    expect(await desired(s)).toBe(10);
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await desired(s)).toBe(2);
    const { body: activities } = await call(s, 'DescribeScalingActivities', TARGET);
    expect(activities.ScalingActivities).toMatchObject([
      { Description: 'Setting desired count to 2.', StatusCode: 'Successful' },
      { Description: 'Setting desired count to 10.' },
      { Description: 'Setting desired count to 8.', Cause: expect.stringContaining('triggered policy cpu') },
    ]);
  });

  it('does not scale in where that is off, nor at all while it is suspended, nor in a cooldown', async () => {
    await using s = await withSandbox();
    await withService(s);
    const bounds = { MinCapacity: 1, MaxCapacity: 100 };
    await call(s, 'RegisterScalableTarget', {
      ...TARGET,
      ...bounds,
      SuspendedState: { DynamicScalingOutSuspended: true },
    });
    await track(s, { DisableScaleIn: true, ScaleOutCooldown: 600 });
    await metric(s, { service: 'web', metric: CPU, value: 100 });
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await desired(s)).toBe(4);
    await call(s, 'RegisterScalableTarget', { ...TARGET, SuspendedState: {} });
    s.sandbox.clock.advance(MINUTE);
    expect(await desired(s)).toBe(8);
    s.sandbox.clock.advance(2 * MINUTE);
    await metric(s, { service: 'web', metric: CPU, value: 100 });
    s.sandbox.clock.advance(7 * MINUTE);
    expect(await desired(s)).toBe(8);
    s.sandbox.clock.advance(MINUTE);
    expect(await desired(s)).toBe(16);
    await metric(s, { service: 'web', metric: CPU, value: 1 });
    s.sandbox.clock.advance(60 * MINUTE);
    expect(await desired(s)).toBe(16);
  });

  it.each([
    ['ChangeInCapacity', 15, 6],
    ['ChangeInCapacity', 25, 9],
    ['PercentChangeInCapacity', 15, 5],
    ['ExactCapacity', 25, 5],
  ])('carries out step scaling by %s with a breach of %d', async (AdjustmentType, breach, expected) => {
    await using s = await withSandbox();
    await withService(s);
    await call(s, 'RegisterScalableTarget', { ...TARGET, MinCapacity: 1, MaxCapacity: 20 });
    const steps = [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 2 },
      { MetricIntervalLowerBound: 20, ScalingAdjustment: 5 },
    ];
    await call(s, 'PutScalingPolicy', {
      ...TARGET,
      PolicyName: 'steps',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: { AdjustmentType, StepAdjustments: steps, Cooldown: 60 },
    });
    expect(await metric(s, { policy: 'steps', breach })).toEqual({ scaled: true });
    expect(await desired(s)).toBe(expected);
    expect(await metric(s, { policy: 'steps', breach: -1 })).toEqual({ scaled: false });
  });

  it('describes what was set, forgets what is cleared, and refuses the rest', async () => {
    await using s = await withSandbox();
    await withService(s);
    expect((await call(s, 'PutScalingPolicy', { ...TARGET, PolicyName: 'cpu' })).body.__type).toBe(
      'ObjectNotFoundException',
    );
    await call(s, 'RegisterScalableTarget', { ...TARGET, MinCapacity: 1, MaxCapacity: 3 });
    await track(s);
    const { body: targets } = await call(s, 'DescribeScalableTargets', { ServiceNamespace: 'ecs' });
    expect(targets.ScalableTargets).toMatchObject([{ ...TARGET, MinCapacity: 1, MaxCapacity: 3 }]);
    const { body: policies } = await call(s, 'DescribeScalingPolicies', {
      ServiceNamespace: 'ecs',
      PolicyNames: ['cpu'],
    });
    expect(policies.ScalingPolicies).toMatchObject([{ PolicyName: 'cpu', PolicyType: 'TargetTrackingScaling' }]);
    for (const [operation, input, code] of [
      ['RegisterScalableTarget', { ...TARGET, ServiceNamespace: 'dynamodb' }, 'ValidationException'],
      [
        'RegisterScalableTarget',
        { ...TARGET, ResourceId: 'service/main/none', MinCapacity: 1, MaxCapacity: 2 },
        'ValidationException',
      ],
      ['RegisterScalableTarget', { ...TARGET, MinCapacity: 5, MaxCapacity: 2 }, 'ValidationException'],
      ['RegisterScalableTarget', { ...TARGET, ResourceId: 'main/web' }, 'ValidationException'],
      ['PutScalingPolicy', { ...TARGET, PolicyName: 'x', PolicyType: 'TargetTrackingScaling' }, 'ValidationException'],
      ['DeleteScalingPolicy', { ...TARGET, PolicyName: 'none' }, 'ObjectNotFoundException'],
      ['PutScheduledAction', {}, 'UnknownOperationException'],
    ] as const) {
      const { status, body } = await call(s, operation, input);
      expect([operation, status, body.__type]).toEqual([operation, 400, code]);
    }
    expect((await call(s, 'DeleteScalingPolicy', { ...TARGET, PolicyName: 'cpu' })).body).toEqual({});
    expect((await call(s, 'DeregisterScalableTarget', TARGET)).body).toEqual({});
    expect((await call(s, 'DescribeScalableTargets', { ServiceNamespace: 'ecs' })).body).toEqual({
      ScalableTargets: [],
    });
    expect(await metric(s, { policy: 'cpu', breach: 1 })).toEqual({ error: 'no step scaling policy cpu in eu-west-1' });
    expect(await metric(s, { service: 'web', metric: CPU })).toEqual({ error: 'value must be a number' });
  });
});
