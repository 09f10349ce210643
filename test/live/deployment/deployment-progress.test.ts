import { describe, expect, it } from 'vitest';
import type { BlockReason } from '../../../src/live/core/blockers.ts';
import { deploymentProgress } from '../../../src/live/deployment/deployment-progress.ts';
import type { DeploymentLook } from '../../../src/live/deployment/deployment-state.ts';
import { deploymentFacts, deploymentSummary, startedSummary } from '../../../src/live/deployment/deployment-summary.ts';
import { changesBetween } from '../../../src/live/hub/changes.ts';
import {
  at,
  deployment,
  event,
  failedTask,
  look,
  NEW,
  OLD,
  observed,
  service,
  serviceDeployment,
  T0,
  task,
} from '../support/fixtures.ts';

const NOW = T0 + 120_000;
const old = (runningCount: number) => deployment(OLD, { status: 'ACTIVE', runningCount, rolloutState: 'COMPLETED' });
const rollout = (
  minimumHealthyPercent: number,
  maximumPercent: number,
  desiredCount: number,
  running: number,
): DeploymentLook =>
  look({
    service: service({
      desiredCount,
      deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
      deployments: [deployment(NEW, { desiredCount }), old(running)],
    }),
    tasks: Array.from({ length: running }, () => task({ startedBy: OLD, startedAt: at(-600) })),
  });
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
    // What ECS says in an event goes with our own cause, it does not replace it.
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

describe('the progress of a deployment', () => {
  it('counts its own tasks, and as healthy those that ECS would', () => {
    const tasks = [
      task({ startedAt: at(0) }),
      task({ startedAt: at(100) }),
      task({ startedAt: at(110), healthStatus: 'HEALTHY', containers: [{ name: 'app', healthStatus: 'HEALTHY' }] }),
      task({ startedAt: at(0), healthStatus: 'UNHEALTHY', containers: [{ name: 'app', healthStatus: 'UNHEALTHY' }] }),
      task({ startedBy: OLD, startedAt: at(-500) }),
      task({ startedBy: OLD, desiredStatus: 'STOPPED', lastStatus: 'DEPROVISIONING' }),
      failedTask(),
      failedTask({ stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' }),
      failedTask({
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
      }),
    ];
    const deployments = [deployment(NEW, { runningCount: 4 }), old(1)];
    const progress = deploymentProgress(observed([look({ tasks, service: service({ deployments }) })]), NOW);
    expect(progress).toMatchObject({
      desiredCount: 4,
      runningCount: 4,
      healthyTaskCount: 2,
      failedTaskCount: 2,
      stoppingTaskCount: 1,
      sourceRunningTaskCount: 1,
    });
  });

  it.each([
    ['rolling, nothing done', look(), 0],
    [
      'rolling, half',
      look({ service: service({ deployments: [deployment(NEW), old(2)] }), tasks: [task(), task()] }),
      50,
    ],
    [
      'blue/green, scaling up',
      stage({ lifecycleStage: 'SCALE_UP', deploymentConfiguration: { strategy: 'BLUE_GREEN' } }),
      5,
    ],
    [
      'blue/green, before ECS tells how many it asks for',
      stage({
        lifecycleStage: 'SCALE_UP',
        deploymentConfiguration: { strategy: 'BLUE_GREEN' },
        targetServiceRevision: { requestedTaskCount: 0 },
      }),
      5,
    ],
    [
      'linear, at half the traffic',
      stage({
        lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
        deploymentConfiguration: { strategy: 'LINEAR' },
        targetServiceRevision: { requestedProductionTrafficWeight: 50 },
      }),
      71,
    ],
    ['baking', stage({ lifecycleStage: 'BAKE_TIME', deploymentConfiguration: { strategy: 'CANARY' } }), 88],
    [
      'a stage that the SDK does not know',
      stage({ lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', deploymentConfiguration: { strategy: 'LINEAR' } }),
      55,
    ],
    ['over', stage({ status: 'SUCCESSFUL' }), 100],
  ] as const)('in percent: %s', (_name, seen, expected) => {
    const first = look({ service: service({ deployments: [deployment(NEW), old(4)] }) });
    expect(deploymentProgress(observed([first, seen]), NOW).percent).toBe(expected);
  });

  it('of a new service is 0 before ECS shows how many tasks it wants', () => {
    const first = look({
      service: service({ deployments: [deployment(NEW, { desiredCount: 0 })] }),
      serviceDeployment: serviceDeployment({ targetServiceRevision: { requestedTaskCount: 0 } }),
    });
    expect(deploymentProgress(observed([first]), NOW)).toMatchObject({ percent: 0, desiredCount: 4, ending: null });
  });

  // The state that recordings of CreateService and UpdateService show (2024-02, 2026-04): ECS has planned nothing yet.
  it('of a redeployment that ECS has not planned yet is nothing of what the service wants, whatever happens to old tasks', () => {
    const unplanned = (running: number) =>
      look({
        service: service({ deployments: [deployment(NEW, { desiredCount: 0 }), old(running)] }),
        serviceDeployment: serviceDeployment({ status: 'PENDING', targetServiceRevision: { requestedTaskCount: 0 } }),
      });
    const progress = deploymentProgress(observed([unplanned(4)]), NOW);
    expect(progress).toMatchObject({ percent: 0, desiredCount: 4, runningCount: 0, ending: null, blockedBy: [] });
    expect(deploymentSummary(progress, NOW)).toContain('0 of 4 healthy');
    expect(deploymentProgress(observed([unplanned(4), unplanned(3)]), NOW)).toMatchObject({
      percent: 12,
      ending: null,
    });
  });

  it('falls in a rollback alone', () => {
    const half = look({ service: service({ deployments: [deployment(NEW), old(2)] }), tasks: [task(), task()] });
    const none = look({ service: service({ deployments: [deployment(NEW), old(4)] }) });
    const back = {
      ...none,
      serviceDeployment: serviceDeployment({ status: 'ROLLBACK_IN_PROGRESS', updatedAt: at(50) }),
    };
    const healthy = { ...half, tasks: [task({ healthStatus: 'HEALTHY' }), task({ healthStatus: 'HEALTHY' })] };
    expect(deploymentProgress(observed([none, healthy, none]), NOW).percent).toBe(50);
    expect(deploymentProgress(observed([none, healthy, back]), NOW).percent).toBe(0);
  });

  it('undoes its progress in a rollback, and shows what is left of it', () => {
    const undone = (running: number, oldRunning: number) => ({
      ...look({
        service: service({
          deployments: [deployment(NEW, { runningCount: running, desiredCount: 0, pendingCount: 0 }), old(oldRunning)],
        }),
        serviceDeployment: serviceDeployment({
          status: 'ROLLBACK_IN_PROGRESS',
          updatedAt: at(50),
          targetServiceRevision: { requestedTaskCount: 0 },
        }),
      }),
    });
    const half = look({
      service: service({ deployments: [deployment(NEW, { runningCount: 2 }), old(2)] }),
      tasks: [task({ healthStatus: 'HEALTHY' }), task({ healthStatus: 'HEALTHY' })],
    });
    const looks = [half, undone(3, 1), undone(2, 2), undone(1, 3), undone(0, 4)];
    const reached = looks.map((_look, i) => deploymentProgress(observed(looks.slice(0, i + 1)), NOW));
    expect(reached.map(({ percent }) => percent)).toEqual([33, 33, 33, 25, 0]);
    expect(reached.slice(1).map(({ estimate }) => estimate)).toEqual([null, null, null, null]);
    expect(reached.slice(2).map((progress) => deploymentSummary(progress, NOW))).toEqual([
      'web in prod: 33 % (rolling back, 2 new left, 2 old running)',
      'web in prod: 25 % (rolling back, 1 new left, 3 old running)',
      'web in prod: 0 % (rolling back, 0 new left, 4 old running)',
    ]);
  });

  it('goes by what runs where the tasks are not read', () => {
    const seen = look({
      service: service({
        desiredCount: 4,
        runningCount: 4,
        deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
        deployments: [deployment(NEW, { runningCount: 2, desiredCount: 4, pendingCount: 0 }), old(2)],
      }),
      tasks: null,
    });
    const first = look({
      service: service({ deployments: [deployment(NEW, { runningCount: 0 }), old(4)] }),
      tasks: null,
    });
    const progress = deploymentProgress(observed([first, seen]), NOW);
    expect(progress).toMatchObject({ percent: 50, healthyTaskCount: 0, blockedBy: [] });
    expect(deploymentSummary(progress, NOW)).toMatch(/^web in prod: 50 % \(2 of 4 running, 2 old running\)/);
  });

  it('starts with a line of its own, without the end', () => {
    const over = look({ serviceDeployment: serviceDeployment({ status: 'ROLLBACK_SUCCESSFUL' }) });
    expect(startedSummary(deploymentProgress(observed([over]), NOW), NOW)).toBe('web in prod (web:2)');
  });

  it.each([
    [
      'linear: six more steps of 4 min',
      stage({
        lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
        deploymentConfiguration: {
          strategy: 'LINEAR',
          bakeTimeInMinutes: 1,
          linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 4 },
        },
        targetServiceRevision: { requestedProductionTrafficWeight: 40 },
      }),
      { basis: 'TRAFFIC_STEPS', remainingMs: 25 * 60_000 },
    ],
    [
      'canary: its bake',
      stage({
        lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
        deploymentConfiguration: { strategy: 'CANARY' },
        targetServiceRevision: { requestedProductionTrafficWeight: 5 },
      }),
      { basis: 'TRAFFIC_STEPS', remainingMs: 600_000 },
    ],
    [
      'baking since we looked',
      stage({ lifecycleStage: 'BAKE_TIME', deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } }),
      { basis: 'BAKE_TIME', remainingMs: 200_000 },
    ],
    [
      'rolling: as long again',
      look({ service: service({ deployments: [deployment(NEW), old(2)] }), tasks: [task(), task()] }),
      { basis: 'PACE_SO_FAR', remainingMs: 117_000 },
    ],
    ['blocked: nothing can be said', rollout(100, 100, 4, 4), null],
    ['over', stage({ status: 'SUCCESSFUL' }), null],
  ] as const)('estimates %s', (_name, seen, expected) => {
    const first = look({ service: service({ deployments: [deployment(NEW), old(4)] }) });
    expect(deploymentProgress(observed([first, seen]), NOW).estimate).toEqual(expected);
  });

  it('computes the threshold of the breaker if ECS does not return it', () => {
    const breaker = (desiredCount: number, more = {}) => {
      const configured = service({
        desiredCount,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false, ...more } },
      });
      return deploymentProgress(observed([look({ service: configured, serviceDeployment: null })]), NOW).circuitBreaker
        ?.threshold;
    };
    expect([1, 25, 400, 800].map((desired) => breaker(desired))).toEqual([3, 13, 200, 200]);
    expect(breaker(10, { thresholdConfiguration: { type: 'COUNT', value: 7 } })).toBe(7);
    expect(breaker(1_000, { thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 50 } })).toBe(500);
  });
});

describe('the changes of a deployment', () => {
  const facts = (looks: DeploymentLook[]) => deploymentFacts(deploymentProgress(observed(looks), NOW));

  it('are reported once, with the failure and its message', () => {
    const first = look();
    const failed = failedTask();
    const second = look({ service: service({ events: [event('has started 1 tasks: (task abc).')] }), tasks: [failed] });
    const fields = changesBetween(facts([first]), facts([first, second])).map(({ field }) => field);
    expect(fields).toEqual(['failedTaskCount', expect.stringMatching(/^failedTask\//), 'event/15-32']);
    expect(changesBetween(facts([first, second]), facts([first, second, second]))).toEqual([]);
    // The answer without the event was stale: the event is not reported again when it comes back.
    expect(changesBetween(facts([first, second]), facts([first, second, first]))).toEqual([]);
  });
});
