import { type RunTaskCommandInput, StopTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type TaskVerdict, verdictOf } from '../../../src/live/core/task-verdict.ts';
import { observeTasks, type TasksSnapshot, tasksProgress, tasksSummary } from '../../../src/live/task/task-progress.ts';
import { CLUSTER, failedTask, T0, task } from '../support/fixtures.ts';
import { liveWorld } from '../support/live-world.ts';
import { createCluster, registerRevision, runTask } from '../support/setting.ts';

const stopped = (more: Partial<Task>) => failedTask({ startedBy: 'me', group: 'family:web', ...more });
const exits = (...codes: (number | undefined)[]) => ({
  containers: codes.map((exitCode, i) => ({ name: i === 0 ? 'app' : 'sidecar', lastStatus: 'STOPPED', exitCode })),
});
const APP: ReadonlySet<string> = new Set(['app']);
const BOTH: ReadonlySet<string> = new Set(['app', 'sidecar']);

const VERDICTS: readonly (readonly [string, Task, ReadonlySet<string> | undefined, TaskVerdict | undefined])[] = [
  ['still running', task(), APP, undefined],
  ['stopping', task({ desiredStatus: 'STOPPED', lastStatus: 'DEPROVISIONING' }), APP, undefined],
  ['exit 0', stopped(exits(0)), APP, 'SUCCEEDED'],
  ['exit 1', stopped(exits(1)), APP, 'FAILED'],
  ["a sidecar's 0 hides no failure", stopped(exits(3, 0)), BOTH, 'FAILED'],
  ["a sidecar's failure does not count when it is not essential", stopped(exits(0, 1)), APP, 'SUCCEEDED'],
  ['all containers count when the task definition is not known', stopped(exits(0, 1)), undefined, 'FAILED'],
  ['exit 0 within a second, never seen RUNNING', stopped({ ...exits(0), startedAt: undefined }), APP, 'SUCCEEDED'],
  ['exit 0 of all, never seen RUNNING', stopped({ ...exits(0, 0), startedAt: undefined }), BOTH, 'SUCCEEDED'],
  [
    'exit 0, definition unknown, never seen RUNNING',
    stopped({ ...exits(0), startedAt: undefined }),
    undefined,
    'SUCCEEDED',
  ],
  ['exit 2 within a second, never seen RUNNING', stopped({ ...exits(2), startedAt: undefined }), APP, 'FAILED'],
  [
    'one ended before another began',
    stopped({ ...exits(0, undefined), startedAt: undefined }),
    BOTH,
    'FAILED_TO_START',
  ],
  [
    'a sidecar that never began is not essential',
    stopped({ ...exits(0, undefined), startedAt: undefined }),
    APP,
    'SUCCEEDED',
  ],
  ['exit 0 without a stop code', stopped({ ...exits(0), stopCode: undefined, startedAt: undefined }), APP, 'SUCCEEDED'],
  ['exit 0 with a stop code of tomorrow', stopped({ ...exits(0), stopCode: 'Unheard' as never }), APP, 'SUCCEEDED'],
  ['no container shown, once RUNNING', stopped({ containers: [] }), APP, 'FAILED'],
  ['no container shown, never RUNNING', stopped({ containers: [], startedAt: undefined }), APP, 'FAILED_TO_START'],
  ['DELETED is as good as STOPPED', stopped({ ...exits(0), lastStatus: 'DELETED' }), APP, 'SUCCEEDED'],
  [
    'stopped by a person who wrote of health checks',
    stopped({ ...exits(0), stopCode: 'UserInitiated', stoppedReason: 'its health checks failed' }),
    APP,
    'STOPPED_BY_USER',
  ],
  [
    'a person stopped it before it ran',
    stopped({ ...exits(undefined), startedAt: undefined, stopCode: 'UserInitiated' }),
    APP,
    'STOPPED_BY_USER',
  ],
  ['killed without a code', stopped(exits(undefined)), APP, 'FAILED'],
  [
    'never started',
    stopped({ ...exits(undefined), startedAt: undefined, stopCode: 'TaskFailedToStart' }),
    APP,
    'FAILED_TO_START',
  ],
  ['ended before RUNNING', stopped({ ...exits(undefined), startedAt: undefined }), APP, 'FAILED_TO_START'],
  ['stopped by a person', stopped({ ...exits(0), stopCode: 'UserInitiated' }), APP, 'STOPPED_BY_USER'],
  [
    'scaled in',
    stopped({ ...exits(0), stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Scaling activity' }),
    APP,
    'STOPPED_BY_SERVICE',
  ],
  [
    'failed its health checks',
    stopped({
      ...exits(0),
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
    }),
    APP,
    'UNHEALTHY',
  ],
  ['spot', stopped({ ...exits(143), stopCode: 'SpotInterruption' }), APP, 'INTERRUPTED'],
  ['instance ends', stopped({ ...exits(143), stopCode: 'TerminationNotice' }), APP, 'INTERRUPTED'],
  ['hardware', stopped({ ...exits(undefined), stopCode: 'InfrastructureHealth' }), APP, 'INFRASTRUCTURE_FAILED'],
];

describe('the verdict on a task', () => {
  it.each(VERDICTS)('%s', (_name, given, essential, expected) => {
    expect(verdictOf(given, essential)).toBe(expected);
  });
});

describe('several tasks', () => {
  const essential = new Map([[task().taskDefinitionArn ?? '', APP]]);
  const run = (given: readonly Task[], ...looks: (readonly Task[])[]): TasksSnapshot => {
    const target = { clusterArn: CLUSTER, taskArns: given.map(({ taskArn }) => taskArn ?? '') };
    let snapshot: TasksSnapshot | undefined;
    for (const tasks of looks) snapshot = observeTasks(snapshot, target, { tasks, essential }, T0);
    return snapshot as TasksSnapshot;
  };

  it('end with the last, and as badly as the worst', () => {
    const [good, bad, running] = [stopped(exits(0)), stopped(exits(1)), task()];
    expect(tasksProgress(run([good, running], [good, running]))).toMatchObject({ stoppedTaskCount: 1, outcome: null });
    expect(tasksProgress(run([good, bad], [good, bad])).outcome).toBe('FAILED');
    expect(tasksSummary(tasksProgress(run([good, bad], [good, bad])), T0)).toBe(
      '2 tasks in prod: FAILED: Essential container in task exited; app exited with 1',
    );
  });

  it('are gone only when they are missing twice in a row, and keep their verdict when ECS forgets them', () => {
    const running = task();
    expect(tasksProgress(run([running], [running], [])).outcome).toBeNull();
    expect(tasksProgress(run([running], [running], [], [])).outcome).toBe('GONE');
    const ending = {
      desiredStatus: 'STOPPED',
      lastStatus: 'DEPROVISIONING',
      stopCode: 'EssentialContainerExited',
    } as const;
    const ended = task({ ...ending, ...exits(0) });
    expect(tasksProgress(run([ended], [ended])).outcome).toBeNull();
    expect(tasksProgress(run([ended], [ended], [], [])).outcome).toBe('SUCCEEDED');
    const failed = task({ ...ending, ...exits(5) });
    expect(tasksProgress(run([failed], [failed], [], [])).outcome).toBe('FAILED');
    // How these end was not to be seen yet.
    for (const unclear of [task({ ...ending, ...exits(undefined) }), task({ ...ending, containers: [] })]) {
      expect(tasksProgress(run([unclear], [unclear], [], [])).outcome).toBe('GONE');
    }
    const done = stopped(exits(0));
    expect(tasksProgress(run([done], [done], [], [])).outcome).toBe('SUCCEEDED');
    expect(tasksProgress(run([done], [done], [{ ...done, lastStatus: 'RUNNING', version: 2 }])).outcome).toBe(
      'SUCCEEDED',
    );
  });
});

interface Update {
  readonly type: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly progress: {
    readonly tasks: {
      readonly verdict: string | null;
      readonly containers: { exitCode: number | null; essential: boolean }[];
    }[];
  };
}

const QUERY = `subscription ($tasks: [ID!]!) { taskProgress(cluster: "prod", tasks: $tasks) {
  type outcome summary changes { field after } progress { stoppedTaskCount tasks { verdict reason task { lastStatus } containers { name essential exitCode } } } } }`;
const NETWORK: Partial<RunTaskCommandInput> = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
};

describe('taskProgress, end to end', () => {
  it('follows a task to its exit code, and gives the same at one look', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world, 'sandbox/exit-after:30-3');
    const arn = await runTask(world, NETWORK);
    const stream = await world.subscribe<Update>(QUERY, { tasks: [arn] });
    await world.until(() => stream.isDone);
    expect(stream.errors).toEqual([]);
    expect(stream.events.length).toBeGreaterThan(3);
    expect(stream.events.at(-1)).toMatchObject({
      outcome: 'FAILED',
      progress: { tasks: [{ verdict: 'FAILED', containers: [{ essential: true, exitCode: 3 }] }] },
    });
    expect(stream.events.at(-1)?.summary).toMatch(/^task \w{8} \(web:1\) in prod: FAILED after .*app exited with 3/);
    const look = await world.run<{ task: { ending: { verdict: string } } }>(
      'query ($task: ID!) { task(cluster: "prod", task: $task) { ending { verdict containers { exitCode } } } }',
      { task: arn },
    );
    expect(look.task.ending).toEqual({ verdict: 'FAILED', containers: [{ exitCode: 3 }] });
  });

  it.each([
    ['sandbox/exit:0', 'SUCCEEDED'],
    ['sandbox/exit:7', 'FAILED'],
    ['sandbox/exit-after:0-0', 'SUCCEEDED'],
  ])('reports how a task of %s ended, which is over at once: %s', async (image, outcome) => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world, image);
    const arn = await runTask(world, NETWORK);
    const stream = await world.subscribe<Update>(QUERY, { tasks: [arn] });
    await world.until(() => stream.isDone);
    expect(stream.events.at(-1)?.outcome).toBe(outcome);
    // A subscriber that comes when it is over.
    const late = await world.subscribe<Update>(QUERY, { tasks: [arn] });
    await world.until(() => late.isDone);
    expect(late.events.map((event) => event.outcome)).toEqual([outcome]);
  });

  it('recognises a task that a person stopped, and costs one DescribeTasks a poll', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    const arns = [await runTask(world, NETWORK), await runTask(world, NETWORK)];
    const streams = [
      await world.subscribe<Update>(QUERY, { tasks: [arns[0]] }),
      await world.subscribe<Update>(QUERY, { tasks: [arns[1]] }),
    ];
    await world.pass(100_000);
    world.sandbox.resetCalls();
    await world.pass(40_000);
    expect(world.sandbox.calls()).toEqual({ DescribeTasks: 10 });
    for (const task of arns) await world.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    await world.until(() => streams.every(({ isDone }) => isDone));
    expect(streams.map(({ events }) => events.at(-1)?.outcome)).toEqual(['STOPPED_BY_USER', 'STOPPED_BY_USER']);
  });

  it('refuses a task that does not exist', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await expect(world.subscribe(QUERY, { tasks: ['0123456789abcdef0123456789abcdef'] })).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
    await expect(world.subscribe(QUERY, { tasks: [] })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});
