import { describe, expect, it } from 'vitest';
import { deploymentProgress } from '../../../src/live/deployment/deployment-progress.ts';
import type { DeploymentLook } from '../../../src/live/deployment/deployment-state.ts';
import { deploymentFacts, deploymentSummary, startedSummary } from '../../../src/live/deployment/deployment-summary.ts';
import { changesBetween } from '../../../src/live/topic/changes.ts';
import {
  at,
  deployment,
  event,
  failedTask,
  look,
  NEW,
  OLD,
  observed,
  old,
  rollout,
  service,
  serviceDeployment,
  T0,
  task,
} from '../support/fixtures.ts';

const NOW = T0 + 120_000;
const stage = (more: object) => look({ serviceDeployment: serviceDeployment(more) });

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
