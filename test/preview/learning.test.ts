import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { learnFate } from '../../src/preview/outlook.ts';
import { Paces } from '../../src/preview/paces.ts';

const NOW = Date.UTC(2026, 0, 1);
const FAMILY = 'web';
const ARN = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3';

function at(seconds: number): Date {
  return new Date(NOW + seconds * 1000);
}

/** A task that was asked to stop: 4 s to the pull, 20 s of pull, 2 s to RUNNING, 11 s to stop. */
function stopped(from: number, more: Partial<Task> = {}): Task {
  return {
    taskDefinitionArn: ARN,
    launchType: 'FARGATE',
    group: 'service:web',
    createdAt: at(from),
    pullStartedAt: at(from + 4),
    pullStoppedAt: at(from + 24),
    startedAt: at(from + 26),
    stoppingAt: at(from + 600),
    executionStoppedAt: at(from + 611),
    stoppedAt: at(from + 617),
    lastStatus: 'STOPPED',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
    ...more,
  };
}

const DEFINITION = { family: FAMILY, taskDefinitionArn: ARN, containerDefinitions: [{ name: 'app' }] };

describe('durations', () => {
  const rangeOf = (tasks: readonly Task[], kind: string, launchType = 'FARGATE') =>
    new Paces(tasks, []).of(DEFINITION, launchType, []).assumptions.find((one) => one.kind === kind);

  it('are learned from tasks of the family, wider where there are few', () => {
    const one = rangeOf([stopped(0)], 'IMAGE_PULL');
    expect(one).toMatchObject({ sampleCount: 1, range: { usual: 20_000 } });
    const many = rangeOf(
      Array.from({ length: 10 }, (_, index) => stopped(index * 10)),
      'IMAGE_PULL',
    );
    expect(many).toMatchObject({ sampleCount: 10, range: { usual: 20_000 } });
    expect(many?.range?.slowest).toBeLessThan(one?.range?.slowest ?? 0);
    expect(many?.range?.fastest).toBeGreaterThan(one?.range?.fastest ?? 0);
    expect(rangeOf([stopped(0)], 'STOP')?.range?.usual).toBe(11_000);
    expect(rangeOf([stopped(0)], 'CLEAN_UP')?.range?.usual).toBe(6_000);
  });

  it('are those of other tasks of the launch type where the family has none, and else a default', () => {
    const other = stopped(0, { taskDefinitionArn: ARN.replace('web', 'api') });
    expect(rangeOf([other], 'IMAGE_PULL')).toMatchObject({
      sampleCount: 1,
      text: 'The pull of the images: learned from other FARGATE tasks of the cluster.',
    });
    expect(rangeOf([other], 'IMAGE_PULL', 'EC2')).toMatchObject({ sampleCount: 0, range: { usual: 10_000 } });
  });

  it('of a stop are not those of a container that ended by itself', () => {
    expect(rangeOf([stopped(0, { stopCode: 'EssentialContainerExited' })], 'STOP')?.sampleCount).toBe(0);
  });

  it('of a deregistration are from the event about it to SIGTERM', () => {
    const service = {
      serviceName: 'web',
      loadBalancers: [{ targetGroupArn: 'arn:tg' }],
      events: [{ createdAt: at(570), message: '(service web) has begun draining connections on 1 tasks.' }],
    };
    const pace = new Paces([stopped(0)], [service]).of(DEFINITION, 'FARGATE', [service]);
    expect(pace.assumptions.find(({ kind }) => kind === 'TARGET_DEREGISTRATION')).toMatchObject({
      sampleCount: 1,
      range: { usual: 30_000 },
    });
    expect(pace.timings.usual.deactivate).toBe(30_000);
  });
});

it('the health of targets is learned from a service that waited for them alone', () => {
  const event = (seconds: number, message: string) => ({ createdAt: at(seconds), message: `(service web) ${message}` });
  const service = {
    serviceName: 'web',
    loadBalancers: [{ targetGroupArn: 'arn:tg' }],
    events: [
      event(0, 'has started 1 tasks: (task 1).'),
      event(20, 'registered 1 targets in (target-group arn:tg)'),
      event(65, 'has reached a steady state.'),
      event(100, 'registered 1 targets in (target-group arn:tg)'),
      event(110, 'has stopped 1 running tasks: (task 2).'),
      event(500, 'deregistered 1 targets in (target-group arn:tg)'),
      event(560, 'has reached a steady state.'),
    ],
  };
  const { assumptions } = new Paces([], [service]).of(DEFINITION, 'FARGATE', [service]);
  expect(assumptions.find(({ kind }) => kind === 'TARGET_HEALTH')).toMatchObject({
    sampleCount: 1,
    range: { usual: 45_000 },
  });
});

describe('the fate of new tasks', () => {
  const failed = (from: number, more: Partial<Task> = {}) =>
    stopped(from, {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppingAt: at(from + 46),
      executionStoppedAt: at(from + 46),
      containers: [{ name: 'app', exitCode: 3 }],
      ...more,
    });
  const now = NOW + 1_000_000;

  it.each([
    ['nothing has failed', [stopped(0), stopped(10)], undefined],
    ['one has failed', [failed(0)], undefined],
    ['the last ones exited', [failed(0), failed(60)], { exitCode: 3, exitAfter: 20_000 }],
    [
      'an older one ran long and was stopped',
      [stopped(-900), failed(0), failed(60)],
      { exitCode: 3, exitAfter: 20_000 },
    ],
    ['a newer one ran long and was stopped', [failed(0), failed(60), stopped(200)], undefined],
    [
      'they never started',
      [0, 60].map((from) =>
        failed(from, { stopCode: 'TaskFailedToStart', stoppedReason: 'ResourceInitializationError: x' }),
      ),
      { startError: 'ResourceInitializationError: x' },
    ],
    [
      'their image cannot be pulled',
      [0, 60].map((from) =>
        failed(from, { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: x' }),
      ),
      { pullError: 'CannotPullContainerError: x' },
    ],
    [
      'their checks failed',
      [0, 60].map((from) =>
        failed(from, { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' }),
      ),
      { unhealthyAfter: 20_000 },
    ],
  ])('where %s', (_, tasks, fate) => {
    expect(learnFate(FAMILY, [], tasks, now)?.fate).toEqual(fate);
  });

  it('is good where one outlives those that failed', () => {
    const running = { lastStatus: 'RUNNING', startedAt: new Date(now - 300_000) };
    expect(learnFate(FAMILY, [running], [failed(0), failed(60)], now)).toBeUndefined();
    const young = { lastStatus: 'RUNNING', startedAt: new Date(now - 5_000) };
    expect(learnFate(FAMILY, [young], [failed(0), failed(60)], now)?.assumption).toEqual({
      kind: 'TASK_FATE',
      family: FAMILY,
      range: null,
      sampleCount: 2,
      text: 'New tasks fail as the last 2 tasks of web did: Essential container in task exited; app exited with 3.',
    });
  });
});
