import type { Service, Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { BlockReason } from '../../../src/live/core/blockers.ts';
import { type ForecastInput, forecastDrain, type TaskFate } from '../../../src/live/drain/drain-forecast.ts';
import {
  changedTasks,
  type DrainProgress,
  drainProgress,
  joinChangedTasks,
} from '../../../src/live/drain/drain-progress.ts';
import {
  type DrainLook,
  type DrainOutcome,
  type DrainSnapshot,
  observeDrain,
} from '../../../src/live/drain/drain-snapshot.ts';
import { drainFacts, drainSummary } from '../../../src/live/drain/drain-summary.ts';
import type { DrainTask } from '../../../src/live/drain/drain-task.ts';
import { changesBetween } from '../../../src/live/topic/changes.ts';
import { at, CLUSTER, deployment, event, instance, NEW, service, T0, task } from '../support/fixtures.ts';

const NOW = T0 + 60_000;
const [A, B] = [instance('a', { status: 'DRAINING', version: 2 }), instance('b')];
const ARN = A.containerInstanceArn ?? '';
const TARGET = { clusterArn: CLUSTER, containerInstanceArns: [ARN] };

const onA = (more: Partial<Task> = {}) =>
  task({ containerInstanceArn: ARN, startedAt: at(-600), createdAt: at(-620), ...more });
const onB = (more: Partial<Task> = {}) =>
  task({ containerInstanceArn: B.containerInstanceArn, startedAt: at(-600), createdAt: at(-620), ...more });
const standalone = (more: Partial<Task> = {}) => onA({ group: 'family:job', startedBy: 'me', ...more });
const leaving = (given: Task) => ({ ...given, desiredStatus: 'STOPPED', lastStatus: 'DEACTIVATING', version: 9 });

function web(
  desiredCount: number,
  minimumHealthyPercent: number,
  maximumPercent: number,
  more: Partial<Service> = {},
): Service {
  return service({
    desiredCount,
    deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
    deployments: [deployment(NEW, { desiredCount, runningCount: desiredCount, rolloutState: 'COMPLETED' })],
    ...more,
  });
}

function look(more: Partial<DrainLook> = {}): DrainLook {
  const base = {
    instances: [A],
    tasks: [],
    services: [web(2, 100, 200)],
    serviceTasks: [],
    protectedTaskArns: new Set<string>(),
  };
  return { ...base, serviceTasks: more.tasks ?? [], ...more };
}

function observed(...looks: DrainLook[]): DrainSnapshot {
  let snapshot: DrainSnapshot | undefined;
  looks.forEach((next, i) => {
    snapshot = observeDrain(snapshot, TARGET, next, T0 + i * 10_000);
  });
  return snapshot as DrainSnapshot;
}

const progress = (...looks: DrainLook[]): DrainProgress => drainProgress(observed(...looks), NOW);

const active = look({ instances: [{ ...A, status: 'ACTIVE', version: 3 }], tasks: [onA()] });
const OUTCOMES: readonly (readonly [string, readonly DrainLook[], DrainOutcome | null])[] = [
  ['tasks run', [look({ tasks: [onA()] })], null],
  ['a task that is stopping still counts', [look({ tasks: [leaving(onA())] })], null],
  ['empty', [look()], 'DRAINED'],
  ['only stopped tasks', [look({ tasks: [onA({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })] })], 'DRAINED'],
  ['active and never seen to drain: waited for', [active], null],
  ['reactivated', [look({ tasks: [onA()] }), active], 'REACTIVATED'],
  ['drained, then reactivated', [look(), active], 'REACTIVATED'],
  ['drained, then with a task again', [look(), look({ tasks: [onA()] })], null],
  ['drained, then out of the cluster', [look(), look({ instances: [] }), look({ instances: [] })], 'DRAINED'],
  ['drained, then deregistered', [look(), look({ instances: [{ ...A, status: 'INACTIVE', version: 4 }] })], 'DRAINED'],
  [
    'deregistered',
    [look({ tasks: [onA()] }), look({ instances: [{ ...A, status: 'INACTIVE', version: 4 }] })],
    'DEREGISTERED',
  ],
  ['missing once', [look({ tasks: [onA()] }), look({ instances: [], tasks: [onA()] })], null],
  ['missing twice', [look({ tasks: [onA()] }), look({ instances: [] }), look({ instances: [] })], 'DEREGISTERED'],
  [
    'read late',
    [look({ tasks: [onA()] }), look({ instances: [{ ...A, status: 'ACTIVE', version: 1 }], tasks: [onA()] })],
    null,
  ],
];

describe('how a drain ends', () => {
  it.each(OUTCOMES)('%s', (_name, looks, expected) => {
    expect(progress(...looks).outcome).toBe(expected);
  });
});

const keep = onA();
const BLOCKERS: readonly (readonly [string, DrainLook, readonly BlockReason[]])[] = [
  ['nothing in the way', look({ tasks: [onA(), onA()] }), []],
  ['standalone tasks', look({ tasks: [standalone()] }), ['STANDALONE_TASKS']],
  ['standalone tasks that are stopping are not in the way', look({ tasks: [leaving(standalone())] }), []],
  ['protected tasks', look({ tasks: [keep], protectedTaskArns: new Set([keep.taskArn ?? '']) }), ['PROTECTED_TASKS']],
  ['100/100', look({ services: [web(2, 100, 100)], tasks: [onA(), onA()] }), ['PERCENTAGES_ALLOW_NOTHING']],
  ['50/100 may stop one', look({ services: [web(2, 50, 100)], tasks: [onA(), onA()] }), []],
  ['100/100 while one is stopping', look({ services: [web(2, 100, 100)], tasks: [onA(), leaving(onA())] }), []],
  [
    'no room elsewhere',
    look({
      services: [
        web(2, 100, 200, {
          events: [event('was unable to place a task because no container instance met all of its requirements.', 30)],
        }),
      ],
      tasks: [onA()],
    }),
    ['NO_CAPACITY'],
  ],
  [
    'replacements that do not start',
    look({
      services: [web(2, 100, 200, { events: [event('is unable to consistently start tasks successfully.', 30)] })],
      tasks: [onA()],
    }),
    ['TASKS_KEEP_FAILING'],
  ],
  [
    'a service at its floor whose new tasks fail',
    look({
      services: [web(2, 100, 200, { deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', failedTasks: 3 }] })],
      tasks: [onA(), onA()],
    }),
    ['TASKS_KEEP_FAILING'],
  ],
  [
    'the same with a floor of none',
    look({
      services: [web(2, 0, 200, { deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', failedTasks: 3 }] })],
      tasks: [onA(), onA()],
    }),
    [],
  ],
  ['a daemon alone', look({ services: [web(1, 0, 100, { schedulingStrategy: 'DAEMON' })], tasks: [onA()] }), []],
];

describe('what blocks a drain', () => {
  it.each(BLOCKERS)('%s', (_name, seen, expected) => {
    expect(progress(look({ tasks: [onA()] }), seen).blockedBy.map(({ reason }) => reason)).toEqual(expected);
  });
});

describe('the progress of a drain', () => {
  it('shows each task, what moves, and its probable replacement', () => {
    const [first, second, job] = [onA(), onA(), standalone()];
    const replacement = onB({ createdAt: at(5), startedAt: at(12) });
    const other = onB();
    const reported = progress(
      look({ tasks: [first, second, job], serviceTasks: [first, second, other] }),
      look({ tasks: [leaving(first), second, job], serviceTasks: [leaving(first), second, other, replacement] }),
    );
    const tasks = reported.instances[0]?.tasks ?? [];
    expect(tasks.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'SERVICE STOPPING',
      'SERVICE WAITING',
      'STANDALONE WAITING',
    ]);
    expect(tasks[0]).toMatchObject({
      probableReplacement: { taskArn: replacement.taskArn },
      isReplacementHealthy: true,
    });
    expect(tasks[1]?.probableReplacement).toBeNull();
    expect(reported).toMatchObject({
      remainingTaskCount: 3,
      stoppingTaskCount: 1,
      standaloneTaskCount: 1,
      movedTaskCount: 0,
      percent: 0,
    });
    expect(drainSummary(reported)).toBe(
      'i-a in prod: 0 % drained (3 of 3 tasks left, 1 stopping, 1 standalone); blocked: 1 task of no service: a drain never moves it; end or stop it',
    );
  });

  it('counts those that left as moved, even when ECS shows them no more', () => {
    const [first, second] = [onA(), onA()];
    const reported = progress(look({ tasks: [first, second] }), look({ tasks: [second] }));
    expect(reported).toMatchObject({ remainingTaskCount: 1, movedTaskCount: 1, percent: 50 });
    expect(progress(look({ tasks: [first] }), look()).outcome).toBe('DRAINED');
  });

  it('has no percentage while it is unknown whether tasks have left before it was followed', () => {
    const [first, second, gone] = [onA(), onA(), { ...onA(), lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }];
    const joined = progress(look({ tasks: [first, second, gone] }));
    expect(joined).toMatchObject({ remainingTaskCount: 2, movedTaskCount: null, percent: null, estimate: null });
    expect(joined.instances[0]).toMatchObject({ percent: null });
    expect(drainSummary(joined)).toBe('i-a in prod: draining (2 tasks left)');
    const moved = progress(look({ tasks: [first, second, gone] }), look({ tasks: [second, gone] }));
    expect(moved).toMatchObject({ movedTaskCount: 1, percent: 50 });
    // The drain began while it was followed, so that what had stopped before has nothing to do with it.
    const active = look({ instances: [{ ...A, status: 'ACTIVE', version: 1 }], tasks: [first, second, gone] });
    expect(progress(active, look({ tasks: [first, second, gone] }))).toMatchObject({ movedTaskCount: 0, percent: 0 });
    // The instance may have been empty before it was followed: the end is certain, the number of tasks is not.
    const ended = progress(look({ tasks: [gone] }));
    expect(ended).toMatchObject({ outcome: 'DRAINED', movedTaskCount: null, percent: 100 });
    expect(drainSummary(ended)).toBe('i-a in prod: drained');
  });

  it('has no percentage if it may be older than ECS shows stopped tasks', () => {
    const [old, older] = [onA({ createdAt: at(-3_700) }), onA({ createdAt: at(-90_000) })];
    const unknown = progress(look({ tasks: [old, older] }));
    expect(unknown).toMatchObject({ movedTaskCount: null, percent: null });
    expect(unknown.instances[0]?.percent).toBeNull();
    expect(progress(look({ tasks: [old, older] }), look({ tasks: [older] }))).toMatchObject({
      movedTaskCount: 1,
      percent: 50,
    });
    // No task comes to a draining instance: this one is older than the drain.
    const young = onA({ createdAt: at(-3_500) });
    expect(progress(look({ tasks: [older, young] }))).toMatchObject({ movedTaskCount: 0, percent: 0 });
    // A feed that looked before would have seen the drain then.
    const gone = (stoppedAt: number) =>
      onA({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt: at(stoppedAt) });
    const fed = (...tasks: Task[]) => progress({ ...look({ tasks }), completeSince: at(-60).getTime() });
    expect(fed(old, older)).toMatchObject({ movedTaskCount: 0, percent: 0 });
    expect(fed(old, older, gone(-61))).toMatchObject({ movedTaskCount: 0, percent: 0 });
    expect(fed(old, older, gone(-59))).toMatchObject({ movedTaskCount: null, percent: null });
  });

  it('does not say that no task is protected where the protection cannot be read', () => {
    const unread = progress(look({ tasks: [onA()], protectedTaskArns: null }));
    expect(unread).toMatchObject({ protectedTaskCount: null, blockedBy: [] });
    expect(unread.instances[0]?.tasks[0]?.isProtected).toBeNull();
    expect(drainSummary(unread)).toBe('i-a in prod: 0 % drained (1 of 1 task left)');
  });

  it('goes on with its percentage when it is followed anew', () => {
    const [first, second] = [onA(), onA()];
    const known = { version: A.version, drainingSince: 0, waiting: 2, remaining: 2, total: 4, isJoined: false, at: 0 };
    const reached = new Map([[A.containerInstanceArn ?? '', known]]);
    const stopped = { ...onA(), lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
    const again = { ...look({ tasks: [first, second, stopped] }), reached };
    expect(progress(again)).toMatchObject({ remainingTaskCount: 2, movedTaskCount: 2, percent: 50 });
    const another = { ...again, reached: new Map([[A.containerInstanceArn ?? '', { ...known, version: 99 }]]) };
    expect(progress(another).percent).toBeNull();
  });

  it('that was called off has not moved what is still there', () => {
    const [first, second] = [onA(), onA()];
    const back = look({ instances: [{ ...A, status: 'ACTIVE', version: 3 }], tasks: [second] });
    const calledOff = progress(look({ tasks: [first, second] }), back);
    expect(calledOff).toMatchObject({ outcome: 'REACTIVATED', remainingTaskCount: 1, movedTaskCount: 1, percent: 50 });
    expect(drainSummary(calledOff)).toBe(
      'i-a in prod: drain was called off (reactivated) (1 of 2 tasks off, 1 task left)',
    );
    // An instance whose drain has ended is not read any more, nor are tasks listed of one that is gone.
    const unread = { ...back, tasks: [] };
    expect(progress(look({ tasks: [first, second] }), back, unread)).toMatchObject({
      remainingTaskCount: 1,
      percent: 50,
    });
    const inactive = look({ instances: [{ ...A, status: 'INACTIVE', version: 4 }] });
    const gone = look({ instances: [] });
    for (const looks of [[inactive], [gone, gone]]) {
      expect(progress(look({ tasks: [first, second] }), ...looks)).toMatchObject({
        outcome: 'DEREGISTERED',
        remainingTaskCount: 2,
        movedTaskCount: 0,
        percent: 0,
      });
    }
  });

  it('shows the tasks that have changed since the previous event, and joins two events', () => {
    const [first, second, third] = [onA(), onA(), onA()];
    const ids = (tasks: readonly DrainTask[]) => tasks.map(({ task, state }) => [task.taskArn, state]);
    const before = progress(look({ tasks: [first, second, third] }));
    const after = progress(look({ tasks: [first, second, third] }), look({ tasks: [second, third] }));
    const stopping = leaving(second);
    const later = progress(look({ tasks: [first, second, third] }), look({ tasks: [stopping, third] }));
    expect(changedTasks(before, before)).toEqual([]);
    expect(ids(changedTasks(before, after))).toEqual([[first.taskArn, 'STOPPED']]);
    const steps = [
      { ...after, changedTasks: changedTasks(before, after) },
      { ...later, changedTasks: changedTasks(after, later) },
    ] as const;
    expect(ids(joinChangedTasks(...steps).changedTasks)).toEqual([
      [first.taskArn, 'STOPPED'],
      [second.taskArn, 'STOPPING'],
    ]);
  });

  it('changes only when something does', () => {
    const [first, second] = [onA(), onA()];
    const one = drainFacts(progress(look({ tasks: [first, second] })));
    const two = drainFacts(progress(look({ tasks: [first, second] }), look({ tasks: [leaving(first), second] })));
    expect(
      changesBetween(one, drainFacts(progress(look({ tasks: [first, second] }), look({ tasks: [first, second] })))),
    ).toEqual([]);
    expect(changesBetween(one, two).map(({ field, after }) => [field.replace(/\d{10,}/, 'id'), after])).toEqual([
      ['stoppingTaskCount', '1'],
      ['task/id', 'STOPPING'],
    ]);
  });
});

describe('a forecast', () => {
  const small = instance('b', {
    remainingResources: [
      { name: 'CPU', integerValue: 300 },
      { name: 'MEMORY', integerValue: 600 },
      { name: 'PORTS', stringSetValue: ['8080'] },
    ],
  });
  const forecast = (more: Partial<ForecastInput>) =>
    forecastDrain(
      {
        clusterArn: CLUSTER,
        drainArns: [ARN],
        instances: [{ ...A, status: 'ACTIVE' }, small],
        tasks: [onA()],
        services: [web(2, 100, 200)],
        serviceTasks: [],
        taskDefinitions: new Map(),
        protectedTaskArns: new Set(),
        ...more,
      },
      NOW,
    );
  const definition = (hostPort: number) =>
    new Map([
      [
        onA().taskDefinitionArn ?? '',
        {
          networkMode: 'bridge' as const,
          containerDefinitions: [{ name: 'app', portMappings: [{ containerPort: 80, hostPort }] }],
        },
      ],
    ]);

  it.each([
    ['room for one', forecast({}), ['WOULD_MOVE'], true],
    ['room for one of two', forecast({ tasks: [onA(), onA()] }), ['WOULD_MOVE', 'NO_ROOM'], false],
    ['no other instance', forecast({ instances: [A] }), ['NO_ROOM'], false],
    ['the other drains too', forecast({ instances: [A, { ...small, status: 'DRAINING' }] }), ['NO_ROOM'], false],
    [
      'the other has lost its agent',
      forecast({ instances: [A, { ...small, agentConnected: false }] }),
      ['NO_ROOM'],
      false,
    ],
    ['its host port is taken there', forecast({ taskDefinitions: definition(8080) }), ['NO_ROOM'], false],
    ['a dynamic port fits', forecast({ taskDefinitions: definition(0) }), ['WOULD_MOVE'], true],
    [
      'one task an instance, and one is there',
      forecast({
        services: [web(2, 100, 200, { placementConstraints: [{ type: 'distinctInstance' }] })],
        serviceTasks: [onB()],
      }),
      ['NO_ROOM'],
      false,
    ],
    ['100/100', forecast({ services: [web(2, 100, 100)] }), ['BLOCKED'], true],
    ['standalone', forecast({ tasks: [standalone()] }), ['WOULD_STAY'], true],
    ['a daemon', forecast({ services: [web(1, 0, 100, { schedulingStrategy: 'DAEMON' })] }), ['WOULD_STOP'], true],
  ] as const satisfies readonly (readonly [string, unknown, readonly TaskFate[], boolean])[])(
    '%s',
    (_name, reported, fates, hasRoom) => {
      expect(reported.tasks.map(({ fate }) => fate)).toEqual(fates);
      expect(reported.hasRoom).toBe(hasRoom);
    },
  );

  it('sums up, and names what it did not evaluate', () => {
    const constrained = web(2, 100, 200, {
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:a == b' }],
    });
    const reported = forecast({ services: [constrained], tasks: [onA(), standalone()] });
    expect(reported.summary).toBe('1 instance, 2 tasks: 1 would move, 1 would stay (standalone)');
    expect(reported.notEvaluated).toEqual(['memberOf attribute:a == b']);
    const unread = forecast({ protectedTaskArns: null });
    expect(unread.notEvaluated).toEqual(['scale-in protection']);
    expect(unread.tasks[0]?.isProtected).toBeNull();
    expect(reported.blockedBy.map(({ reason }) => reason)).toEqual(['STANDALONE_TASKS']);
  });
});
