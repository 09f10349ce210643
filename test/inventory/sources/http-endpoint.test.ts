import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { EventSink } from '../../../src/inventory/core/event-source.ts';
import { HttpSource } from '../../../src/inventory/sources/http-endpoint.ts';
import type { Trusts } from '../../../src/inventory/sources/intake.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { AT, taskEvent } from './events.ts';

function start(sink: EventSink = () => {}, trusts: Trusts = () => true) {
  const timers = new FakeTimers();
  const source = new HttpSource({ trusts, timers, now: () => AT, log: pino({ level: 'silent' }) });
  const merged: string[] = [];
  source.start(async (events) => {
    await sink(events);
    merged.push(...events.map(({ id }) => id));
  });
  const take = (event: unknown) => source.take(JSON.stringify(event));
  return { source, timers, take, merged, counts: () => Object.fromEntries(source.counts()) };
}

describe('a delivery of EventBridge', () => {
  it('is merged and answered with 200', async () => {
    const { take, merged, source, timers } = start();
    await timers.pass(7);
    expect(await take(taskEvent())).toEqual({ status: 200 });
    expect(merged).toEqual(['9bcdac79-b31f-4d3d-9410-fbd727c29fab']);
    expect(source.state()).toEqual({ name: 'https', lastContactAt: 7, backlogMs: undefined, trouble: undefined });
    expect(timers.pending).toBe(0);
  });

  it('is merged once within the replay window', async () => {
    const { take, merged, counts, timers } = start();
    await take(taskEvent());
    expect(await take(taskEvent())).toEqual({ status: 200 });
    expect(merged).toHaveLength(1);
    expect(counts()).toEqual({ taken: 1, duplicate: 1 });
    // Ids are forgotten after ten minutes, when others come; merging again changes nothing.
    await timers.pass(600_000);
    await take(taskEvent({ id: 'later' }));
    await take(taskEvent());
    expect(merged).toHaveLength(3);
  });

  it.each([
    ['older than EventBridge repeats', '2026-11-27T04:59:00Z', 400],
    ['as old as EventBridge repeats', '2026-11-27T05:30:00Z', 200],
    ['a little ahead of this clock', '2026-11-28T06:04:00Z', 200],
    ['of the future', '2026-11-28T06:06:00Z', 400],
  ])('with an event %s', async (_, time, status) => {
    const { take, merged } = start();
    expect(await take(taskEvent({ time }))).toEqual({ status });
    expect(merged).toHaveLength(status === 200 ? 1 : 0);
  });

  it('that is not an event is answered with 400, one without use with 200', async () => {
    const { take, merged, counts } = start();
    expect(await take('text')).toEqual({ status: 400 });
    expect(await take(taskEvent({ source: 'aws.ec2' }))).toEqual({ status: 200 });
    expect(await take(taskEvent({ 'detail-type': 'ECS Hook State Change' }))).toEqual({ status: 200 });
    expect(merged).toEqual([]);
    expect(counts()).toEqual({ invalid: 1, other_source: 1, unknown_type: 1 });
  });

  it('of another account is dropped; while the own account is unknown it comes again', async () => {
    let isTrusted: boolean | undefined;
    const { take, merged, counts } = start(undefined, async () => {
      if (isTrusted === undefined) throw new Error('ECS does not answer');
      return isTrusted;
    });
    expect(await take(taskEvent())).toEqual({ status: 503, retryAfter: 1 });
    isTrusted = false;
    expect(await take(taskEvent())).toEqual({ status: 200 });
    expect(merged).toEqual([]);
    expect(counts()).toEqual({ failed: 1, untrusted: 1 });
  });

  it('comes again if it cannot be merged', async () => {
    let fails = true;
    const { take, source, merged } = start(() => {
      if (fails) throw new Error('no room');
    });
    expect(await take(taskEvent())).toEqual({ status: 503, retryAfter: 1 });
    expect(source.state().trouble).toBe('the last event could not be merged');
    fails = false;
    expect(await take(taskEvent())).toEqual({ status: 200 });
    expect(source.state().trouble).toBeUndefined();
    expect(merged).toHaveLength(1);
  });

  it('is answered before EventBridge gives up, and at most 64 are merged at a time', async () => {
    const finish: (() => void)[] = [];
    const { take, timers, source } = start(() => new Promise<void>((resolve) => void finish.push(resolve)));
    const answers = Array.from({ length: 65 }, (_, at) => take(taskEvent({ id: `e${at}` })));
    expect(await answers[64]).toEqual({ status: 429, retryAfter: 1 });
    await timers.pass(4_000);
    expect(await answers[0]).toEqual({ status: 503, retryAfter: 1 });
    let isClosed = false;
    const closed = source.close().then(() => {
      isClosed = true;
    });
    await timers.pass(0);
    expect(isClosed).toBe(false);
    for (const each of finish) each();
    await closed;
    expect(await take(taskEvent())).toEqual({ status: 503, retryAfter: 1 });
  });
});
