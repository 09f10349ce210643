import { describe, expect, it } from 'vitest';
import { observeDeployment } from '../../../src/live/deployment/deployment-snapshot.ts';
import { leastAtOnce, mostAtOnce, type Span } from '../../../src/live/deployment/task-history.ts';
import { at, deployment, failedTask, look, NEW, OLD, service, T0, TARGET, task } from '../support/fixtures.ts';

const span = (from: number, to = Number.POSITIVE_INFINITY): Span => ({ from, to });

describe('the numbers of tasks over time', () => {
  it.each([
    ['no task', [], { count: 0, at: undefined }],
    ['tasks from before', [span(-5), span(-3)], { count: 2, at: undefined }],
    ['one after the other', [span(1), span(3), span(7)], { count: 3, at: 7 }],
    ['a loop, by its first turn', [span(1, 4), span(2, 5), span(6, 9), span(7, 10)], { count: 2, at: 2 }],
    ['an end and a start at one moment', [span(1, 4), span(4, 8)], { count: 1, at: 1 }],
    ['a span that was over before', [span(-9, -1), span(2)], { count: 1, at: 2 }],
  ] as const)('have a highest value: %s', (_name, spans, expected) => {
    expect(mostAtOnce(spans, 0)).toEqual(expected);
  });

  it.each([
    ['no task', [], { count: 0, at: undefined }],
    ['none that left', [span(-5), span(-3)], { count: 2, at: undefined }],
    ['two that left', [span(-5, 3), span(-3, 6), span(-1)], { count: 1, at: 6 }],
    ['one that left and was replaced', [span(-5, 3), span(-3), span(5)], { count: 1, at: 3 }],
  ] as const)('have a lowest value: %s', (_name, spans, expected) => {
    expect(leastAtOnce(spans, 0)).toEqual(expected);
  });
});

describe('a deployment that is found in the middle', () => {
  const old = (runningCount: number) => deployment(OLD, { status: 'ACTIVE', runningCount, rolloutState: 'COMPLETED' });
  const oldTask = (stopped?: number) =>
    task({
      startedBy: OLD,
      startedAt: at(-600),
      ...(stopped !== undefined && {
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        stoppingAt: at(stopped),
        stoppedAt: at(stopped + 5),
      }),
    });
  const found = (runningCount: number, sourceCount: number, tasks: ReturnType<typeof task>[], now: number) => {
    const deployments = [deployment(NEW, { runningCount }), old(sourceCount)];
    const { advance, reachedPercent } = observeDeployment(
      undefined,
      TARGET,
      look({ service: service({ deployments }), tasks }),
      T0 + now * 1_000,
    );
    return { since: (advance.at - T0) / 1_000, percent: reachedPercent };
  };
  /** Two healthy new tasks and two replaced old ones of four, which is half of it. */
  const half = [
    ...[20, 30].map((second) => task({ startedAt: at(second) })),
    ...[60, 80].map((second) => oldTask(second)),
    ...[1, 2].map(() => oldTask()),
  ];

  it('has come as far as one that was followed from its start', () => {
    expect(found(2, 2, half, 900)).toEqual({ since: 80, percent: 50 });
  });

  it('counts what was reached before tasks exited, once', () => {
    const exited = (second: number) =>
      failedTask({ startedAt: at(second), stoppingAt: at(second + 60), stoppedAt: at(second + 65) });
    const loop = [20, 25, 110, 120, 210, 220].map(exited);
    const olds = Array.from({ length: 4 }, () => oldTask());
    expect(found(0, 4, [...loop, ...olds], 400)).toEqual({ since: 65, percent: 25 });
    // A task that has just started again is no progress.
    expect(found(1, 4, [...loop, task({ startedAt: at(395) }), ...olds], 400)).toEqual({ since: 65, percent: 25 });
  });

  it('began to stall with its start where no task was ever healthy and none was replaced', () => {
    const failing = Array.from({ length: 5 }, () => failedTask({ startedAt: at(20), stoppingAt: at(40) }));
    expect(found(0, 4, [...failing, ...Array.from({ length: 4 }, () => oldTask())], 900)).toEqual({
      since: 3,
      percent: 0,
    });
  });
});
