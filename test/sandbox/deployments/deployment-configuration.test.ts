import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { completeConfiguration } from '../../../src/sandbox/deployments/deployment-configuration.ts';
import { planRollback, planStages } from '../../../src/sandbox/model/services/deployment-stages.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:verify';

const REFUSED: [string, DeploymentConfiguration][] = [
  ['an unknown strategy', { strategy: 'SLOW' as 'ROLLING' }],
  ['a negative bake time', { bakeTimeInMinutes: -1 }],
  ['a bake time of more than a day', { bakeTimeInMinutes: 1441 }],
  ['half a minute', { bakeTimeInMinutes: 0.5 }],
  ['a step of less than 3 %', { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }],
  ['a step bake time of more than a day', { linearConfiguration: { stepBakeTimeInMinutes: 1441 } }],
  ['a canary of nothing', { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } }],
  ['a hook without a function', { lifecycleHooks: [{ lifecycleStages: ['PRE_SCALE_UP'] }] }],
  ['a hook without a stage', { lifecycleHooks: [{ hookTargetArn: FUNCTION, lifecycleStages: [] }] }],
  [
    'a hook at BAKE_TIME',
    { lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['BAKE_TIME' as 'PRE_SCALE_UP'] }] },
  ],
  [
    'a pause while traffic shifts',
    { lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['TEST_TRAFFIC_SHIFT'] }] },
  ],
  [
    'a pause of more than two weeks',
    {
      lifecycleHooks: [
        { targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'], timeoutConfiguration: { timeoutInMinutes: 20_161 } },
      ],
    },
  ],
  [
    'eleven hooks of a type',
    { lifecycleHooks: Array.from({ length: 11 }, () => ({ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] })) },
  ],
  ['a minimum above the maximum', { minimumHealthyPercent: 150, maximumPercent: 100 }],
];

describe('a deployment configuration', () => {
  it.each(REFUSED)('is refused with %s', (_what, configuration) => {
    expect(() => completeConfiguration(configuration, 'REPLICA')).toThrow(/must|Invalid|cannot|not supported|At most/);
  });

  it('is completed with the defaults of its strategy, and rid of those of others', () => {
    expect(completeConfiguration(undefined, 'REPLICA')).toMatchObject({ strategy: 'ROLLING', maximumPercent: 200 });
    const configuration = { strategy: 'CANARY' as const, linearConfiguration: { stepPercent: 20 } };
    const completed = completeConfiguration(configuration, 'REPLICA');
    expect(completed.canaryConfiguration).toEqual({ canaryPercent: 5, canaryBakeTimeInMinutes: 10 });
    expect(completed).not.toHaveProperty('linearConfiguration');
  });

  it('of a daemon is always rolling', () => {
    expect(() => completeConfiguration({ strategy: 'BLUE_GREEN' }, 'DAEMON')).toThrow(/ROLLING/);
  });
});

describe('the plan of a deployment', () => {
  it('is empty for a rolling one without hooks', () => {
    expect(planStages({ strategy: 'ROLLING' }, 1)).toEqual([]);
  });

  it('reaches exactly 100 % whatever the step', () => {
    for (const stepPercent of [3, 3.3, 7.7, 33.3, 50, 99.9, 100]) {
      const plan = planStages({ strategy: 'LINEAR', linearConfiguration: { stepPercent } }, 1);
      const weights = plan.flatMap(({ production }) => (production === undefined ? [] : [production]));
      expect(weights.at(-1)).toBe(100);
      expect(weights).toEqual([...new Set(weights)].sort((a, b) => a - b));
      expect(weights).toHaveLength(Math.ceil(100 / stepPercent));
    }
  });

  it('goes back only through what it has shifted', () => {
    expect(planRollback({ production: 0, test: 0 })).toEqual([{ stage: 'CLEAN_UP' }]);
    expect(planRollback({ production: 40, test: 100 }).map(({ stage }) => stage)).toEqual([
      'PRODUCTION_TRAFFIC_SHIFT',
      'TEST_TRAFFIC_SHIFT',
      'CLEAN_UP',
    ]);
  });
});
