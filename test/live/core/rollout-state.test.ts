import type { Service } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { type RolloutState, rolloutOf } from '../../../src/live/core/rollout-state.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 27, 12, minute));
const steady: Service = { status: 'ACTIVE', desiredCount: 2, runningCount: 2 };
const done = {
  id: 'ecs-svc/1',
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  createdAt: at(0),
  updatedAt: at(5),
} as const;
const newer = {
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  rolloutState: 'IN_PROGRESS',
  createdAt: at(10),
  updatedAt: at(12),
} as const;
const older = { ...done, status: 'ACTIVE' };
const failed = {
  ...newer,
  status: 'ACTIVE',
  rolloutState: 'FAILED',
  rolloutStateReason: 'why',
  updatedAt: at(20),
} as const;

/** The state that is seen, and when it began. */
const CASES: readonly (readonly [string, Service, RolloutState, Date | null])[] = [
  ['one completed deployment', { ...steady, deployments: [done] }, 'STEADY', at(5)],
  ['fewer tasks than desired', { ...steady, runningCount: 1, deployments: [done] }, 'UNDER_DESIRED', null],
  ['a new one beside a completed one', { ...steady, deployments: [newer, older] }, 'DEPLOYING', at(10)],
  // On AWS a new deployment wants 0 tasks at first: 0 of 0 is not steady.
  ['the first one, which wants nothing yet', { ...steady, runningCount: 0, deployments: [newer] }, 'DEPLOYING', at(10)],
  [
    'the older one, primary again',
    { ...steady, deployments: [{ ...done, rolloutState: 'IN_PROGRESS' }, failed] },
    'ROLLING_BACK',
    at(20),
  ],
  [
    'a new primary that the failed one names',
    {
      ...steady,
      deployments: [
        { ...newer, id: 'ecs-svc/3', createdAt: at(21) },
        { ...failed, rolloutStateReason: 'tasks failed to start. rolling back to deploymentId ecs-svc/3.' },
      ],
    },
    'ROLLING_BACK',
    at(20),
  ],
  [
    'one that superseded a failed one',
    { ...steady, deployments: [{ ...newer, id: 'ecs-svc/3', createdAt: at(21) }, failed] },
    'DEPLOYING',
    at(21),
  ],
  ['a failed one without a way back', { ...steady, deployments: [{ ...failed, status: 'PRIMARY' }] }, 'FAILED', at(20)],
  [
    'a completed rollback with the failed one still listed',
    { ...steady, deployments: [done, failed] },
    'STEADY',
    at(5),
  ],
  ['a deleted service', { ...steady, status: 'DRAINING', deployments: [done] }, 'DRAINING', null],
  ['a deleted service without tasks', { ...steady, status: 'INACTIVE' }, 'INACTIVE', null],
  ['a status of tomorrow', { ...steady, status: 'HOVERING' }, 'UNRECOGNIZED', null],
  [
    'a rollout state of tomorrow',
    { ...steady, deployments: [{ ...done, rolloutState: 'ORBIT' as never }] },
    'UNRECOGNIZED',
    null,
  ],
  [
    'a stabilizing task set',
    { ...steady, taskSets: [{ stabilityStatus: 'STABILIZING', createdAt: at(3) }] },
    'DEPLOYING',
    at(3),
  ],
  [
    'a stable task set',
    { ...steady, taskSets: [{ stabilityStatus: 'STEADY_STATE', createdAt: at(3) }] },
    'STEADY',
    at(3),
  ],
  [
    'two deployments behind a Classic Load Balancer',
    { ...steady, deployments: [{ status: 'PRIMARY', createdAt: at(9) }, { createdAt: at(1) }] },
    'DEPLOYING',
    at(9),
  ],
  ['a service without deployments', steady, 'STEADY', null],
];

it.each(CASES)('%s', (_name, service, state, since) => {
  expect(rolloutOf(service)).toEqual({ state, since });
});
