import { deepStrictEqual } from 'node:assert/strict';
import * as sdk from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedWrites } from '../../../src/ecs/consistency/idempotency-keys.ts';
import { MemoryIdempotencyStore } from '../../../src/ecs/consistency/memory-idempotency-store.ts';
import { fromText, toText } from '../../../src/ecs/consistency/output-text.ts';
import { EcsError, OutcomeUnknownError } from '../../../src/ecs/core/errors.ts';
import { WRITE_CHECKS } from '../../../src/ecs/outcomes/table.ts';
import { LeanJsonDeserializer } from '../../../src/ecs/sdk/json-protocol.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { toText as toWire, wireValue } from '../sdk/wire-values.ts';

const TTL = 600_000;
const ROOM = { ttlMs: TTL, mostKeys: 1_000, mostBytes: 10_000_000 };

function setting(limits: Partial<typeof ROOM> = {}) {
  const timers = new FakeTimers();
  const store = new MemoryIdempotencyStore({ ...ROOM, ...limits }, timers);
  const writes = new KeyedWrites(store);
  let sent = 0;
  const send = async () => {
    sent += 1;
    return { service: { serviceName: `web-${sent}`, createdAt: new Date(sent) } };
  };
  const findOut = () => Promise.reject(unknown());
  const once = (key: string, over: Partial<Parameters<typeof writes.once>[0]> = {}) =>
    writes.once({
      name: ['me', 'UpdateService', key],
      input: { a: 1 },
      prepare: async () => ({ key }),
      send,
      findOut,
      ...over,
    });
  return { timers, store, once, sent: () => sent };
}

function unknown(sentAt = 5): OutcomeUnknownError {
  return new OutcomeUnknownError(new EcsError('UPSTREAM_TIMEOUT', 'UpdateService', 'late'), {
    sentAt,
    check: undefined,
  });
}

describe('a keyed write', () => {
  it('is done once, and answered alike afterwards, dates included', async () => {
    const { once, sent } = setting();
    const first = await once('a');
    const again = await once('a');
    expect(first).toMatchObject({ replayed: false, output: { service: { serviceName: 'web-1' } } });
    expect(again).toMatchObject({ replayed: true, output: { service: { createdAt: new Date(1) } } });
    expect(sent()).toBe(1);
    expect((await once('b')).replayed).toBe(false);
  });

  it('has its key for itself: of each caller and operation', async () => {
    const { once, sent } = setting();
    await once('a');
    await once('a', { name: ['you', 'UpdateService', 'a'] });
    await once('a', { name: ['me', 'StopTask', 'a'] });
    await once('a', { name: ['me UpdateService', 'a', ''] });
    expect(sent()).toBe(4);
  });

  it('with another input is refused; the order of members does not matter', async () => {
    const { once, sent } = setting();
    await once('a', { input: { a: 1, b: [{ c: 2, d: 3 }] } });
    expect((await once('a', { input: { b: [{ d: 3, c: 2 }], a: 1 } })).replayed).toBe(true);
    await expect(once('a', { input: { a: 2, b: [{ c: 2, d: 3 }] } })).rejects.toThrow('another input');
    expect(sent()).toBe(1);
  });

  it('that comes twice at once waits for the first', async () => {
    const { once, sent } = setting();
    const [first, second] = await Promise.all([once('a'), once('a')]);
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(second.output).toMatchObject({ service: { serviceName: 'web-1' } });
    expect(sent()).toBe(1);
  });

  it('that ECS refused may be done under the same key, also with another input', async () => {
    const { once, sent, store } = setting();
    const refuse = () => Promise.reject(new EcsError('UPSTREAM_THROTTLED', 'UpdateService', 'throttled'));
    const [first, second] = await Promise.allSettled([once('a', { send: refuse }), once('a')]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    expect(sent()).toBe(1);
    await expect(once('b', { send: refuse })).rejects.toThrow('throttled');
    expect(store.size).toBe(1);
    expect((await once('b', { input: { other: true } })).replayed).toBe(false);
  });

  it('whose outcome is unknown is not done again, but looked up each time', async () => {
    const { once, sent } = setting();
    await expect(once('a', { send: () => Promise.reject(unknown(7)) })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    const since: number[] = [];
    const findOut = async (sent: object, sentAt: number) => {
      expect(sent).toEqual({ key: 'a' });
      since.push(sentAt);
      if (since.length === 1) throw unknown(sentAt);
      return { service: { serviceName: 'found' } };
    };
    await expect(once('a', { findOut })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await once('a', { findOut })).toMatchObject({
      replayed: true,
      output: { service: { serviceName: 'found' } },
    });
    expect(await once('a', { findOut })).toMatchObject({
      replayed: true,
      output: { service: { serviceName: 'found' } },
    });
    expect([since, sent()]).toEqual([[7, 7], 0]);
  });

  it('is identified by its caller’s input, although names may mean something else by now', async () => {
    const { once, sent } = setting();
    let prepared = 0;
    const prepare = async () => {
      prepared += 1;
      if (prepared > 1) throw new Error('there is no such thing any more');
      return { arn: 'arn:1' };
    };
    expect(await once('a', { prepare })).toMatchObject({ replayed: false, sent: { arn: 'arn:1' } });
    expect(await once('a', { prepare })).toMatchObject({ replayed: true, sent: { arn: 'arn:1' } });
    await expect(once('b', { prepare })).rejects.toThrow('no such thing');
    expect((await once('b')).replayed).toBe(false);
    expect(sent()).toBe(2);
  });

  it('that fails for a reason of ours is taken for one that may have been done', async () => {
    const { once, sent } = setting();
    await expect(once('a', { send: () => Promise.reject(new TypeError('a fault')) })).rejects.toThrow('a fault');
    await expect(once('a')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(sent()).toBe(0);
  });
});

describe('the keys that are kept', () => {
  it('stay for their time, used or not, and are gone then', async () => {
    const { timers, once, store, sent } = setting();
    await once('a');
    await timers.pass(TTL / 2);
    await once('b');
    await timers.pass(TTL / 2 - 1);
    expect((await once('a')).replayed).toBe(true);
    await timers.pass(1);
    expect(store.size).toBe(1);
    expect((await once('a')).replayed).toBe(false);
    await timers.pass(TTL);
    expect([store.size, store.bytes, timers.pending, sent()]).toEqual([0, 0, 0, 3]);
  });

  it('are as many as may be: the next is refused before it is sent, until there is room', async () => {
    const { timers, once, sent } = setting({ mostKeys: 2 });
    await once('a');
    await timers.pass(1_000);
    await once('b');
    await expect(once('c')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEYS_EXHAUSTED', retryAfterMs: TTL - 1_000 });
    expect(sent()).toBe(2);
    expect((await once('a')).replayed).toBe(true);
    await timers.pass(TTL - 1_000);
    expect((await once('c')).replayed).toBe(false);
  });

  it('stay within their limit of bytes, without dropping one for another', async () => {
    const mostBytes = 1_000_000;
    const { once, store } = setting({ mostBytes, mostKeys: 100_000 });
    const noise = () => ({ text: Array.from({ length: 4_000 }, () => Math.random().toString(36)).join('') });
    let kept = 0;
    const fill = async () => {
      for (;;) {
        await once(`key-${kept}`, { send: async () => noise() });
        kept += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEYS_EXHAUSTED' });
    expect(kept).toBeGreaterThan(10);
    expect(store.bytes).toBeLessThanOrEqual(mostBytes);
    for (let index = 0; index < kept; index += 1) expect((await once(`key-${index}`)).replayed).toBe(true);
  });

  it('leave room for the writes that are being done', async () => {
    const { once } = setting({ mostBytes: 100_000 });
    const [first, second] = await Promise.allSettled([once('a'), once('b')]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    expect((await once('b')).replayed).toBe(false);
  });
});

describe('an output as text', () => {
  const schemas: ReadonlyMap<string, unknown> = new Map(Object.entries(sdk));
  it.each(Object.keys(WRITE_CHECKS))('is the same afterwards: %s', async (operation) => {
    const [, , , , , output] = schemas.get(`${operation}$`) as readonly [9, string, string, never, never, never];
    const schema = NormalizedSchema.of(output);
    const deserializer = new LeanJsonDeserializer({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });
    await fc.assert(
      fc.asyncProperty(wireValue(schema), async (value) => {
        const text = new TextEncoder().encode(toWire(value));
        const decoded = await deserializer.read(schema, text).catch(() => undefined);
        if (decoded === undefined) return;
        const again = fromText(toText(decoded as object));
        deepStrictEqual(JSON.stringify(again), JSON.stringify(decoded));
        expect(again).toEqual(decoded);
      }),
      { numRuns: 10 },
    );
  });
});
