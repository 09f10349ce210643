import { describe, expect, it } from 'vitest';
import type { BlockReason } from '../../../src/live/core/blockers.ts';
import { deploymentProgress } from '../../../src/live/deployment/deployment-progress.ts';
import type { DeploymentLook } from '../../../src/live/deployment/deployment-state.ts';
import { deploymentSummary } from '../../../src/live/deployment/deployment-summary.ts';
import {
  at,
  deployment,
  event,
  failedTask,
  look,
  NEW,
  observed,
  old,
  rollout,
  service,
  serviceDeployment,
  T0,
} from '../support/fixtures.ts';

const NOW = T0 + 120_000;
const reportedBy = (...events: ReturnType<typeof event>[]) => look({ service: service({ events: events.reverse() }) });
const stage = (more: object) => look({ serviceDeployment: serviceDeployment(more) });

const NO_ROOM =
  'was unable to place a task because no container instance met all of its requirements. The closest matching container-instance abc has insufficient CPU units available.';

const BLOCKERS: readonly (readonly [string, DeploymentLook, readonly BlockReason[]])[] = [
  ['nothing in the way', look(), []],
  ['100/100', rollout(100, 100, 4, 4), ['PERCENTAGES_ALLOW_NOTHING']],
  ['75/100 of 2: the floor is rounded up', rollout(75, 100, 2, 2), ['PERCENTAGES_ALLOW_NOTHING']],
  ['100/125 of 3: the ceiling is rounded down', rollout(100, 125, 3, 3), ['PERCENTAGES_ALLOW_NOTHING']],
  ['100/125 of 4 may start one', rollout(100, 125, 4, 4), []],
  ['50/100 of 4 may stop two', rollout(50, 100, 4, 4), []],
  ['100/100 of a service that has nothing running', rollout(100, 100, 4, 0), []],
  [
    '100/100, as ECS says it',
    reportedBy(
      event('was unable to stop or start tasks during a deployment because of the service deployment configuration.'),
    ),
    ['PERCENTAGES_ALLOW_NOTHING'],
  ],
  [
    'a role that cannot be assumed',
    reportedBy(
      event("failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/none')."),
    ),
    ['TASK_CONFIGURATION_FAILURE'],
  ],
  [
    'the same, mended',
    reportedBy(
      event('failed to launch a task with (error ECS was unable to assume the role).', 15),
      event('has started 1 tasks: (task a).', 16),
    ),
    [],
  ],
  [
    'health that ECS cannot tell',
    reportedBy(event('was unable to describe the health data for tasks.')),
    ['HEALTH_UNKNOWN'],
  ],
  ['no capacity', reportedBy(event(NO_ROOM)), ['NO_CAPACITY']],
  [
    'no capacity, until a task was started',
    reportedBy(event(NO_ROOM, 15), event('has started 1 tasks: (task abc).', 16)),
    [],
  ],
  ['no capacity before the deployment began', reportedBy(event(NO_ROOM, 1)), []],
  [
    'tasks that cannot start',
    reportedBy(event('is unable to consistently start tasks successfully.')),
    ['TASKS_KEEP_FAILING'],
  ],
  ['unhealthy tasks', reportedBy(event('(task abc) failed container health checks.')), ['TASKS_UNHEALTHY']],
  [
    'protected tasks',
    reportedBy(
      event(
        'was unable to reach steady state because task set (x) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks',
      ),
    ),
    ['PROTECTED_TASKS'],
  ],
  [
    'throttled scheduler',
    reportedBy(event('operations are being throttled. Will try again later.')),
    ['SERVICE_THROTTLED'],
  ],
  [
    'failures in a row',
    look({
      service: service({ deployments: [deployment(NEW, { failedTasks: 2 }), old(4)] }),
      tasks: [failedTask({ startedAt: undefined }), failedTask({ startedAt: undefined })],
    }),
    ['TASKS_KEEP_FAILING'],
  ],
  [
    'tasks that run and exit, which ECS does not count as failures',
    look({ service: service({ deployments: [deployment(NEW), old(4)] }), tasks: [failedTask(), failedTask()] }),
    ['TASKS_KEEP_EXITING'],
  ],
  [
    'one task that ran and exited',
    look({ service: service({ deployments: [deployment(NEW), old(4)] }), tasks: [failedTask()] }),
    [],
  ],
  [
    'tasks that exited long ago',
    look({
      service: service({ deployments: [deployment(NEW), old(4)] }),
      tasks: [failedTask({ stoppedAt: at(-700) }), failedTask({ stoppedAt: at(-800) })],
    }),
    [],
  ],
  [
    'a hook that waits',
    stage({
      lifecycleStage: 'POST_SCALE_UP',
      lifecycleHookDetails: [
        { hookId: 'h1', status: 'AWAITING_ACTION', expiresAt: at(600), timeoutAction: 'ROLLBACK' },
      ],
    }),
    ['AWAITING_HOOK'],
  ],
];

describe('what blocks a deployment', () => {
  it.each(BLOCKERS)('%s', (_name, seen, expected) => {
    const { blockedBy } = deploymentProgress(observed([seen]), NOW);
    expect(blockedBy.map(({ reason }) => reason)).toEqual(expected);
  });

  it('says why in words, and whether it was concluded', () => {
    const [percentages] = deploymentProgress(observed([rollout(100, 100, 4, 4)]), NOW).blockedBy;
    expect(percentages).toMatchObject({ inferred: true, latitude: { healthyFloor: 4, taskCeiling: 4 } });
    expect(percentages?.message).toContain(
      'minimumHealthyPercent 100 keeps 4 healthy (4 are) and maximumPercent 100 allows 4',
    );
    const [room] = deploymentProgress(observed([reportedBy(event(NO_ROOM))]), NOW).blockedBy;
    expect(room).toMatchObject({ inferred: false, message: `web ${NO_ROOM}`, since: at(15) });
    const failing = look({
      serviceDeployment: serviceDeployment({
        deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 2, threshold: 3 },
      }),
      tasks: [
        failedTask({
          containers: [
            { name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
          ],
        }),
      ],
    });
    // ECS's text in an event goes beside our own cause, and does not replace it.
    const { service: impaired } = reportedBy(event('is unable to consistently start tasks successfully.'));
    expect(deploymentProgress(observed([{ ...failing, service: impaired }]), NOW).blockedBy[0]?.message).toMatch(
      /^web is unable to consistently start tasks successfully; 2 tasks failed in a row: .*app exited with 137/,
    );
    expect(deploymentProgress(observed([failing]), NOW).blockedBy[0]?.message).toBe(
      '2 tasks failed in a row: Essential container in task exited; app exited with 137; OutOfMemoryError: Container killed due to memory usage',
    );
  });
});

describe('the summary of what is blocked', () => {
  it('has neither ids nor milliseconds in it, and says how much more there is', () => {
    const snapshot = observed([
      look({
        service: service({ events: [event(NO_ROOM)] }),
        serviceDeployment: serviceDeployment({
          lifecycleStage: 'POST_SCALE_UP',
          lifecycleHookDetails: [
            { hookId: 'h1', status: 'AWAITING_ACTION', expiresAt: at(600), timeoutAction: 'ROLLBACK' },
          ],
        }),
      }),
    ]);
    expect(deploymentSummary(deploymentProgress(snapshot, NOW), NOW)).toMatch(
      /; blocked: paused at POST_SCALE_UP until its hook gets an answer; without one ECS will ROLLBACK at 2026-03-01 12:10 UTC \(and 1 more\)$/,
    );
  });
});
