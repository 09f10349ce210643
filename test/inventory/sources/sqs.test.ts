import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { EcsEvent } from '../../../src/inventory/core/ecs-event.ts';
import type { EventSink } from '../../../src/inventory/core/event-source.ts';
import type { Trusts } from '../../../src/inventory/sources/intake.ts';
import { SqsSource } from '../../../src/inventory/sources/sqs.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { AT, taskEvent } from './events.ts';
import { FakeQueue, message } from './fake-queue.ts';

function start(sink: EventSink = () => {}, trusts: Trusts = () => true) {
  const queue = new FakeQueue();
  const timers = new FakeTimers();
  const logs: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line) => logs.push(JSON.parse(line)) });
  const source = new SqsSource({ queue, region: 'eu-west-1', trusts, timers, now: () => AT, log });
  const merged: EcsEvent[] = [];
  source.start(async (events) => {
    await sink(events);
    merged.push(...events);
  });
  return { queue, timers, logs, source, merged };
}

const batch = (from: number) =>
  Array.from({ length: 10 }, (_, at) => message(`m${from + at}`, taskEvent({ id: `e${from + at}` })));

describe('events of a queue', () => {
  it('are merged in one delivery for each receipt, and deleted afterwards, ten at a time', async () => {
    const { queue, timers, source, merged } = start();
    queue.send(message('a', taskEvent()), message('b', taskEvent({ id: 'other' })));
    await timers.pass(0);
    expect(merged.map(({ id }) => id)).toEqual(['9bcdac79-b31f-4d3d-9410-fbd727c29fab', 'other']);
    expect(queue.deleted).toEqual([]);
    queue.send(message('c', taskEvent({ id: 'third' })));
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([['a', 'b', 'c']]);
    expect(Object.fromEntries(source.counts())).toEqual({ taken: 3 });
    await source.close();
  });

  it('come to more receivers while receipts are full, and to one when the queue is drained', async () => {
    const { queue, timers, source, merged } = start();
    await timers.pass(0);
    expect(queue.waiting).toBe(1);
    for (let from = 0; from < 200; from += 10) queue.send(...batch(from));
    await timers.pass(0);
    expect(merged).toHaveLength(200);
    expect(queue.waiting).toBe(8);
    expect(queue.deleted).toHaveLength(20);
    for (let each = 0; each < 8; each += 1) queue.send();
    await timers.pass(1_000);
    expect(queue.waiting).toBe(1);
    await source.close();
  });

  it('stay hidden from other receivers while they are merged', async () => {
    let finish = () => {};
    const { queue, timers, source } = start(() => new Promise<void>((resolve) => (finish = resolve)));
    queue.send(message('a', taskEvent()));
    await timers.pass(19_000);
    expect(queue.extended).toEqual([]);
    await timers.pass(22_000);
    expect(queue.extended).toEqual([['a'], ['a']]);
    finish();
    await timers.pass(60_000);
    expect(queue.extended).toHaveLength(2);
    expect(queue.deleted).toEqual([['a']]);
    await source.close();
  });

  it('are left in the queue if they cannot be merged, and the source waits before it goes on', async () => {
    let fails = true;
    const { queue, timers, source, logs } = start(() => {
      if (fails) throw new Error('no room');
    });
    queue.send(message('a', taskEvent()));
    await timers.pass(400);
    expect(queue.waiting).toBe(0);
    expect(source.state().trouble).toBe('Error: no room');
    await timers.pass(600);
    expect(queue.waiting).toBe(1);
    fails = false;
    queue.send(message('a', taskEvent(), { receives: 2 }));
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([['a']]);
    expect(source.state().trouble).toBeUndefined();
    expect(Object.fromEntries(source.counts())).toEqual({ failed: 1, taken: 1 });
    expect(logs.map(({ msg }) => msg)).toEqual([
      'events of the queue cannot be read or merged; trying again',
      'the events queue is read again',
    ]);
    await source.close();
  });

  it('of other accounts are deleted unread; while the own account is unknown they stay', async () => {
    let own: string | undefined;
    const { queue, timers, source, merged } = start(undefined, async (account) => {
      if (own === undefined) throw new Error('ECS does not answer');
      return account === own;
    });
    queue.send(message('a', taskEvent()));
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([]);
    own = '999988887777';
    queue.send(message('a', taskEvent()));
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([['a']]);
    expect(merged).toEqual([]);
    expect(Object.fromEntries(source.counts())).toEqual({ failed: 1, untrusted: 1 });
    await source.close();
  });

  it('of other services and unknown kinds are deleted', async () => {
    const { queue, timers, source } = start();
    queue.send(
      message('a', taskEvent({ source: 'aws.ec2' })),
      message('b', taskEvent({ 'detail-type': 'ECS Hook State Change' })),
    );
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([['a', 'b']]);
    expect(Object.fromEntries(source.counts())).toEqual({ other_source: 1, unknown_type: 1 });
    await source.close();
  });

  it('say how long the oldest of them waited', async () => {
    const { queue, timers, source } = start();
    expect(source.state()).toEqual({
      name: 'sqs',
      region: 'eu-west-1',
      lastContactAt: undefined,
      backlogMs: undefined,
      trouble: undefined,
    });
    await timers.pass(5);
    queue.send(message('a', taskEvent(), { sentAt: AT - 3_000 }), message('b', taskEvent(), { sentAt: AT - 90_000 }));
    await timers.pass(0);
    expect(source.state()).toMatchObject({ lastContactAt: 5, backlogMs: 90_000 });
    await timers.pass(20_000);
    queue.send();
    await timers.pass(0);
    expect(source.state()).toMatchObject({ lastContactAt: 20_005, backlogMs: 0 });
    await source.close();
  });
});

describe('a message that is not an event', () => {
  it('stays for the redrive policy, beside others that are deleted', async () => {
    const { queue, timers, source, logs } = start();
    queue.send(message('a', 'no JSON'), message('b', taskEvent()));
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([['b']]);
    expect(logs).toMatchObject([{ messageId: 'a', receives: 1 }]);
    await source.close();
  });

  it('is deleted at the tenth receipt, because the queue has no redrive policy', async () => {
    const { queue, timers, source, logs } = start();
    queue.send(message('a', 'no JSON', { receives: 10 }));
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([['a']]);
    expect(logs[0]?.msg).toContain('it is deleted');
    await source.close();
  });
});

describe('a queue', () => {
  it('that fails is tried again after growing pauses', async () => {
    const { queue, timers, source, logs } = start();
    await timers.pass(0);
    queue.failures.push(...Array.from({ length: 8 }, () => new Error('AccessDenied')));
    queue.send();
    await timers.pass(120_000);
    // Pauses of 1, 2, 4, 8, 16, 30, 30 and 30 s, each shortened by up to a half at random.
    expect(queue.failures).toEqual([]);
    const first = queue.receipts;
    await timers.pass(60_000);
    expect(queue.receipts).toBeLessThanOrEqual(first + 1);
    expect(logs.filter(({ level }) => level === 40)).toHaveLength(1);
    await source.close();
  });

  it('is polled shortly at first and after an error, to know soon that it can be read', async () => {
    const { queue, timers, source } = start();
    queue.send();
    await timers.pass(0);
    queue.failures.push(new Error('unreachable'));
    queue.send(message('a', taskEvent()));
    await timers.pass(2_000);
    queue.send(message('b', taskEvent()));
    await timers.pass(2_000);
    expect(queue.waits).toEqual([1_000, 20_000, 20_000, 1_000, 20_000]);
    await source.close();
  });

  it('that answers at once with nothing is not asked more than once a second', async () => {
    const { queue, timers, source } = start();
    for (let each = 0; each < 5; each += 1) queue.send();
    await timers.pass(3_000);
    // The first poll is short on purpose.
    expect(queue.receipts).toBe(5);
    await source.close();
  });

  it('that does not delete a message is asked once more', async () => {
    const { queue, timers, source } = start();
    queue.undeletable = ['b'];
    queue.send(message('a', taskEvent()), message('b', taskEvent()));
    await timers.pass(1_000);
    expect(queue.deleted).toEqual([['a', 'b'], ['b']]);
    await source.close();
  });
});

describe('the end of the source', () => {
  it('ends the polls, deletes what was merged, and closes the connections', async () => {
    const { queue, timers, source } = start();
    queue.send(message('a', taskEvent()));
    await timers.pass(0);
    expect(queue.waiting).toBe(1);
    await source.close();
    expect(queue.waiting).toBe(0);
    expect(queue.deleted).toEqual([['a']]);
    expect(queue.isDestroyed).toBe(true);
    expect(timers.pending).toBe(0);
  });

  it('does not wait for a pause', async () => {
    const { queue, timers, source } = start();
    queue.failures.push(new Error('throttled'), new Error('throttled'));
    queue.send();
    await timers.pass(1_500);
    await source.close();
    expect(timers.pending).toBe(0);
  });
});
