import { describe, expect, it } from 'vitest';
import { Describer, type DescriberOptions } from '../../../src/ecs/batching/describe-batcher.ts';
import type { CallContext } from '../../../src/ecs/core/call-context.ts';
import type { Caller } from '../../../src/ecs/core/ecs-port.ts';
import { EcsError } from '../../../src/ecs/core/errors.ts';
import { callContext } from '../../support/ecs/call-context.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const arn = (id: string) => `arn:aws:ecs:eu-west-1:123456789012:task/prod/${id}`;

/** Answers DescribeTasks from `known`, and remembers what it was asked. */
function fakeEcs(
  known: readonly string[],
  refuse: (ids: readonly string[]) => EcsError | undefined = () => undefined,
  options: DescriberOptions = {},
) {
  const asked: { ids: string[]; cluster: string | undefined; include: string[]; signal: AbortSignal }[] = [];
  const contexts: CallContext[] = [];
  const caller = {
    async call(
      _operation: string,
      input: { tasks: string[]; cluster?: string; include: string[] },
      context: CallContext,
    ) {
      contexts.push(context);
      asked.push({ ids: input.tasks, cluster: input.cluster, include: input.include, signal: context.signal });
      const refusal = refuse(input.tasks);
      if (refusal !== undefined) throw refusal;
      return { tasks: input.tasks.filter((id) => known.includes(id)).map((taskArn) => ({ taskArn })) };
    },
  };
  return { describer: new Describer(caller as unknown as Caller, undefined, options), asked, contexts };
}

/** Everything that needs no time. */
const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
};

const request = (id: string, include: string[] = []) => ({ kind: 'Task' as const, id, cluster: 'prod', include });

describe('Describer', () => {
  it('fills batches of 100 and sends the rest when nothing else is under way', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => arn(`t${index}`));
    const { describer, asked } = fakeEcs(ids);
    const context = callContext();
    const tasks = await Promise.all(ids.map((id) => describer.load(request(id), context)));
    expect(asked.map(({ ids }) => ids.length)).toEqual([100, 100, 50]);
    expect(tasks.map((task) => task?.taskArn)).toEqual(ids);
  });

  it('holds a partial batch back while the request has a call under way on the cluster', async () => {
    const { describer, asked } = fakeEcs([arn('a'), arn('b')]);
    const context = callContext();
    const listed = context.activity.begin('prod');
    const first = describer.load(request(arn('a')), context);
    await new Promise(setImmediate);
    expect(asked).toHaveLength(0);
    const second = describer.load(request(arn('b')), context);
    listed();
    await Promise.all([first, second]);
    expect(asked.map(({ ids }) => ids)).toEqual([[arn('a'), arn('b')]]);
  });

  it('holds the batches of a query back for one window at most, all of them together', async () => {
    const ids = [arn('a'), arn('b'), arn('c')];
    const timers = new FakeTimers();
    const { describer, asked } = fakeEcs(ids, () => undefined, { windowMs: 100, timers });
    const context = callContext();
    const listed = context.activity.begin('prod');
    const idsAsked = () => asked.map((each) => each.ids);
    const first = describer.load(request(arn('a')), context);
    await timers.pass(60, turns);
    expect(idsAsked()).toEqual([]);
    const second = describer.load(request(arn('b')), context);
    await timers.pass(39, turns);
    expect(idsAsked()).toEqual([]);
    await timers.pass(1, turns);
    expect(idsAsked()).toEqual([[arn('a'), arn('b')]]);
    // The window is used up.
    const third = describer.load(request(arn('c')), context);
    await turns();
    expect(idsAsked()).toEqual([[arn('a'), arn('b')], [arn('c')]]);
    expect(await Promise.all([first, second, third])).toHaveLength(3);
    listed();
    expect(timers.pending).toBe(0);
  });

  it('counts only the time in which a batch waits', async () => {
    const timers = new FakeTimers();
    const { describer, asked } = fakeEcs([arn('a'), arn('b')], () => undefined, { windowMs: 100, timers });
    const context = callContext();
    const listed = context.activity.begin('prod');
    const first = describer.load(request(arn('a')), context);
    await timers.pass(70, turns);
    listed();
    await first;
    await timers.pass(10_000, turns);
    const again = context.activity.begin('prod');
    const second = describer.load(request(arn('b')), context);
    await timers.pass(29, turns);
    expect(asked).toHaveLength(1);
    await timers.pass(1, turns);
    expect(asked).toHaveLength(2);
    again();
    await second;
  });

  it('holds back the batches of polls while they may get more ids', async () => {
    const timers = new FakeTimers();
    const { describer, asked } = fakeEcs([arn('a')], () => undefined, { windowMs: 100, timers });
    const context = callContext({ lane: 'poll' });
    const listed = context.activity.begin('prod');
    const polled = describer.load(request(arn('a')), context);
    await timers.pass(10_000, turns);
    expect(asked).toHaveLength(0);
    listed();
    await polled;
    expect(asked).toHaveLength(1);
  });

  it('lets a request wait for nothing more because a neighbour has sent what it asked for', async () => {
    const asked: string[] = [];
    let answer: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const caller = {
      async call(operation: string) {
        asked.push(operation);
        if (operation === 'DescribeTasks') await slow;
        return {};
      },
    };
    const describer = new Describer(caller as unknown as Caller);
    const [one, neighbour] = [callContext(), callContext()];
    // Alone it would wait with both batches for its list.
    const listed = one.activity.begin('prod');
    const reads = [
      describer.load(request(arn('a')), one),
      describer.load({ kind: 'Service', id: 'web', cluster: 'prod', include: [] }, one),
      describer.load(request(arn('b')), neighbour),
    ];
    while (asked.length === 0) await new Promise(setImmediate);
    expect(asked).toEqual(['DescribeTasks']);
    listed();
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(asked).toEqual(['DescribeTasks', 'DescribeServices']);
    answer();
    await Promise.all(reads);
  });

  it('joins no call that was sent for others to the requests that read apart', async () => {
    const { describer, asked } = fakeEcs([arn('a')]);
    const before = describer.load(request(arn('a')), callContext());
    while (asked.length === 0) await new Promise(setImmediate);
    const apart = [1, 2].map(() => describer.load(request(arn('a')), { ...callContext(), apart: 'confirms' }));
    const after = describer.load(request(arn('a')), callContext());
    await Promise.all([before, after, ...apart]);
    expect(asked.map(({ ids }) => ids)).toEqual([[arn('a')], [arn('a')]]);
  });

  it('merges the keys of different requests and joins equal ones', async () => {
    const { describer, asked } = fakeEcs([arn('a'), arn('b')]);
    const [one, two] = [callContext(), callContext()];
    await Promise.all([
      describer.load(request(arn('a')), one),
      describer.load(request(arn('a')), two),
      describer.load(request(arn('b')), two),
    ]);
    expect(asked.map(({ ids }) => ids)).toEqual([[arn('a'), arn('b')]]);
    expect(two.meter.read().fromMemory).toBe(1);
  });

  it('sends a batch when any of its requests is idle, even if its first one still waits', async () => {
    const { describer, asked } = fakeEcs([arn('a'), arn('b')]);
    const [first, other] = [callContext({ lane: 'poll' }), callContext()];
    const listed = first.activity.begin('prod');
    const polled = describer.load(request(arn('a')), first);
    await new Promise(setImmediate);
    expect(asked).toHaveLength(0);
    expect(await describer.load(request(arn('a')), other)).toEqual({ taskArn: arn('a') });
    expect(asked.map(({ ids }) => ids)).toEqual([[arn('a')]]);
    listed();
    await polled;
  });

  it('waits for no batch of others to be sent', async () => {
    const { describer, asked } = fakeEcs([arn('a')]);
    const [other, mine] = [callContext(), callContext()];
    const listed = other.activity.begin('prod');
    const load = describer.load(request(arn('a')), other);
    await describer.whenSent({ kind: 'Task', cluster: 'prod' }, mine);
    expect(asked).toHaveLength(0);
    listed();
    await load;
  });

  it('goes in the best lane, and has the time, of all who wait, those who joined others too', async () => {
    const late: Promise<unknown>[] = [];
    const { describer, contexts } = fakeEcs([arn('a')], () => {
      // On its way already, but perhaps not yet through the pacer.
      const { lane, deadline } = contexts[0]?.demand ?? {};
      expect({ lane, deadline }).toEqual({ lane: 'query', deadline: 9_000 });
      late.push(describer.load(request(arn('a')), callContext({ lane: 'write', deadline: 5_000 })));
      return undefined;
    });
    const poll = callContext({ lane: 'poll', deadline: 1_000 });
    const polled = describer.load(request(arn('a')), poll);
    const joined = describer.load(request(arn('a')), callContext({ lane: 'query', deadline: 9_000 }));
    expect(await Promise.all([polled, joined])).toEqual([{ taskArn: arn('a') }, { taskArn: arn('a') }]);
    expect(await Promise.all(late)).toEqual([{ taskArn: arn('a') }]);
    expect(contexts).toHaveLength(1);
    expect([contexts[0]?.lane, contexts[0]?.demand?.lane]).toEqual(['query', 'write']);
  });

  it('asks once for all that the ids of a batch need', async () => {
    const { describer, asked } = fakeEcs([arn('a'), arn('b')]);
    const context = callContext();
    await Promise.all([
      describer.load(request(arn('a')), context),
      describer.load(request(arn('a'), ['TAGS']), context),
      describer.load(request(arn('b')), context),
    ]);
    expect(asked).toMatchObject([{ ids: [arn('a'), arn('b')], include: ['TAGS'] }]);
  });

  it('reads what is missing, and everything in a missing cluster, as null', async () => {
    const { describer } = fakeEcs([arn('a')]);
    const context = callContext();
    expect(await Promise.all([arn('a'), arn('gone')].map((id) => describer.load(request(id), context)))).toEqual([
      { taskArn: arn('a') },
      null,
    ]);
    const noCluster = fakeEcs([], () => new EcsError('NOT_FOUND', 'DescribeTasks', 'Cluster not found.'));
    expect(await noCluster.describer.load(request(arn('a')), context)).toBeNull();
  });

  it('reads nothing as missing for an error about the cluster of another id', async () => {
    const gone = `arn:aws:ecs:eu-west-1:123456789012:service-deployment/gone/web/a`;
    const known = [1, 2, 3].map((number) => `arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/${number}`);
    const caller = {
      async call(operation: string, { serviceDeploymentArns: arns }: { serviceDeploymentArns: string[] }) {
        if (arns.includes(gone)) throw new EcsError('NOT_FOUND', operation as never, 'Cluster not found.');
        return { serviceDeployments: arns.map((serviceDeploymentArn) => ({ serviceDeploymentArn })) };
      },
    };
    const describer = new Describer(caller as unknown as Caller);
    const context = callContext();
    const load = (id: string) => describer.load({ kind: 'ServiceDeployment', id, include: [] }, context);
    const read = await Promise.all([known[0], gone, known[1], known[2]].map((id) => load(id ?? '')));
    expect(read.map((item) => item?.serviceDeploymentArn)).toEqual([known[0], undefined, known[1], known[2]]);
    expect(read[1]).toBeNull();
  });

  it('reads only what ECS calls missing as missing', async () => {
    const failures = [
      { arn: arn('a'), reason: 'MISSING' },
      { arn: arn('b'), reason: 'ACCESS_DENIED', detail: 'arn:aws:iam::123456789012:role/reader may not' },
    ];
    const caller = { call: async () => ({ tasks: [{ taskArn: arn('c') }], failures }) };
    const describer = new Describer(caller as unknown as Caller);
    const context = callContext();
    const read = await Promise.allSettled(['a', 'b', 'c', 'd'].map((id) => describer.load(request(arn(id)), context)));
    expect(read).toMatchObject([
      { status: 'fulfilled', value: null },
      {
        status: 'rejected',
        reason: { code: 'UPSTREAM_REJECTED', message: 'ECS cannot describe b: ACCESS_DENIED: (an ARN of IAM) may not' },
      },
      { status: 'fulfilled', value: { taskArn: arn('c') } },
      { status: 'fulfilled', value: null },
    ]);
  });

  it('halves a call that one id spoils, so that only this id fails', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => arn(`t${index}`));
    const bad = arn('t5');
    const { describer, asked } = fakeEcs(ids, (asked) =>
      asked.includes(bad) ? new EcsError('INVALID_PARAMETER', 'DescribeTasks', 'Invalid identifier') : undefined,
    );
    const outcomes = await Promise.allSettled(ids.map((id) => describer.load(request(id), callContext())));
    expect(outcomes.map(({ status }) => status)).toEqual(ids.map((id) => (id === bad ? 'rejected' : 'fulfilled')));
    expect(asked).toHaveLength(7);
  });

  it('tries few ids of a call that is not allowed at all, and each where some are', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => arn(`t${index}`));
    const denied = new EcsError('FORBIDDEN_UPSTREAM', 'DescribeTasks', 'not allowed');
    const load = async (allowed: readonly string[], callers: number) => {
      const refuse = (asked: readonly string[]) => (asked.every((id) => allowed.includes(id)) ? undefined : denied);
      const { describer, asked } = fakeEcs(ids, refuse);
      const contexts = Array.from({ length: callers }, () => callContext());
      const of = (index: number) => contexts[index % callers] ?? callContext();
      const tasks = await Promise.allSettled(ids.map((id, index) => describer.load(request(id), of(index))));
      return { calls: asked.length, described: ids.filter((_id, index) => tasks[index]?.status === 'fulfilled') };
    };
    expect(await load([], 1)).toEqual({ calls: 6, described: [] });
    const [half, few] = [ids.slice(50), [arn('t0'), arn('t7'), arn('t99')]];
    expect(await load(half, 1)).toMatchObject({ described: half });
    expect(await load(few, 1)).toMatchObject({ described: few });
    // A request with all permissions is not refused because of others.
    const ofOne = ids.filter((_id, index) => index % 10 === 3);
    expect(await load(ofOne, 10)).toMatchObject({ described: ofOne });
  });

  it.each([
    ['does not exist', new EcsError('NOT_FOUND', 'DescribeTasks', 'Cluster not found.')],
    ['could not be asked for', new EcsError('UPSTREAM_UNAVAILABLE', 'DescribeTasks', 'ECS is away')],
  ])('refuses no other caller because an id that was tried alone %s', async (_name, error) => {
    const ids = Array.from({ length: 100 }, (_, index) => arn(`t${index}`));
    const secret = arn('t97');
    // Evenly spread: those that are tried alone at first.
    const tried = ids.filter((_id, index) => index % 20 === 0);
    const denied = new EcsError('FORBIDDEN_UPSTREAM', 'DescribeTasks', 'not allowed');
    const { describer } = fakeEcs(ids, (asked) => {
      if (asked.includes(secret)) return denied;
      return asked.length === 1 && tried.includes(asked[0] ?? '') ? error : undefined;
    });
    const context = callContext();
    const tasks = await Promise.allSettled(ids.map((id) => describer.load(request(id), context)));
    const refused = ids.filter((_id, index) => {
      const task = tasks[index];
      return task?.status === 'rejected' && task.reason === denied;
    });
    expect(refused).toEqual([secret]);
  });

  it('sends nothing on behalf of those who have gone while a call failed', async () => {
    const ids = Array.from({ length: 4 }, (_, index) => arn(`t${index}`));
    const client = new AbortController();
    const { describer, asked } = fakeEcs(ids, (asked) => {
      client.abort(new Error('client gone'));
      return asked.length > 2 ? new EcsError('INVALID_PARAMETER', 'DescribeTasks', 'Invalid identifier') : undefined;
    });
    const gone = ids.slice(2).map((id) => describer.load(request(id), callContext({ signal: client.signal })));
    const stays = ids.slice(0, 2).map((id) => describer.load(request(id), callContext()));
    const outcomes = await Promise.allSettled([...gone, ...stays]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
    expect(asked.map(({ ids }) => ids.length)).toEqual([4, 1, 1]);
  });

  it('halves no further for those who have gone, and ends the half that was theirs', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const ids = ['a', 'b', 'c', 'd'].map(arn);
    const asked: [string[], AbortSignal][] = [];
    const caller = {
      async call(_operation: string, { tasks }: { tasks: string[] }, { signal }: { signal: AbortSignal }) {
        asked.push([tasks, signal]);
        if (tasks.length === 1 && tasks[0] === arn('b')) two.abort(new Error('client gone'));
        await new Promise(setImmediate);
        if (tasks.length > 1) throw new EcsError('INVALID_PARAMETER', 'DescribeTasks', 'Invalid identifier');
        return { tasks: tasks.map((taskArn) => ({ taskArn })) };
      },
    };
    const describer = new Describer(caller as unknown as Caller);
    const context = { one: callContext({ signal: one.signal }), two: callContext({ signal: two.signal }) };
    const loads = (['one', 'two', 'two', 'one'] as const).map((who, index) =>
      describer.load(request(ids[index] ?? ''), context[who]),
    );
    const outcomes = await Promise.allSettled(loads);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(asked.map(([tasks, { aborted }]) => [tasks.length, aborted])).toEqual([
      [4, false],
      [2, false],
      [2, false],
      [1, false],
      [1, true],
      [1, false],
    ]);
  });

  it('aborts a shared call only when the last who waits has gone', async () => {
    let release: () => void = () => undefined;
    const signals: AbortSignal[] = [];
    const caller = {
      async call(_operation: string, _input: unknown, { signal }: { signal: AbortSignal }) {
        signals.push(signal);
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return { tasks: [] };
      },
    };
    const describer = new Describer(caller as unknown as Caller);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = describer.load(request(arn('a')), callContext({ signal: one.signal }));
    const second = describer.load(request(arn('b')), callContext({ signal: two.signal }));
    await new Promise(setImmediate);
    one.abort(new Error('client gone'));
    await expect(first).rejects.toThrow(EcsError);
    expect(signals[0]?.aborted).toBe(false);
    two.abort(new Error('client gone too'));
    await expect(second).rejects.toThrow(EcsError);
    expect(signals[0]?.aborted).toBe(true);
    release();
  });
});
