import { describe, expect, it } from 'vitest';
import { realTimers } from '../../src/ecs/core/timers.ts';
import { fleetKey } from '../../src/shared/keys.ts';
import { openShared } from '../../src/shared/redis/open-shared.ts';
import { SharedEvents } from '../../src/shared/shared-events.ts';
import { BUSY_MS } from '../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';

const QUIET = { info: () => undefined, warn: () => undefined };

/** A replica that keeps what it hears. */
async function openReplica(url: string) {
  const store = await openShared({ url, leastReplicas: 2, timers: realTimers(), log: QUIET, commandMs: BUSY_MS });
  if (store === undefined) throw new Error('a store was expected');
  const events = new SharedEvents(store, realTimers());
  const heard: string[] = [];
  let gaps = 0;
  events.follow({
    onTexts: (texts) => void heard.push(...texts),
    onGap: () => {
      gaps += 1;
    },
  });
  await eventually(() => events.lastReadAt !== undefined, 'the stream answers');
  return {
    store,
    events,
    heard,
    gaps: () => gaps,
    async [Symbol.asyncDispose]() {
      await events.close();
      await store.close();
    },
  };
}

describe.runIf(HAS_REDIS)(withRedis('texts in a stream of Redis'), () => {
  it('reach the other replicas in order, from the moment that they follow', async () => {
    const server = await RedisServer.start();
    try {
      await using one = await openReplica(server.url);
      await one.events.publish(['before']);
      await using other = await openReplica(server.url);
      const texts = Array.from({ length: 450 }, (_, at) => `text ${at} é`);
      for (let from = 0; from < texts.length; from += 50) await one.events.publish(texts.slice(from, from + 50));
      await other.events.publish(['back']);
      await eventually(() => other.heard.length === texts.length && one.heard.length === 1, 'all texts are there');
      expect(other.heard).toEqual(texts);
      expect(one.heard).toEqual(['back']);
      expect([one.gaps(), other.gaps()]).toEqual([0, 0]);
    } finally {
      await server.kill();
    }
  });

  it('that cannot be read are a gap, and the others come', async () => {
    const server = await RedisServer.start();
    try {
      await using one = await openReplica(server.url);
      await using other = await openReplica(server.url);
      const key = fleetKey('events', 'log');
      await one.store.command('XADD', key, '*', 'r', 'of another key', 'e', '!AAAA');
      await one.events.publish(['readable']);
      await eventually(() => other.heard.length === 1 && other.gaps() === 1, 'both are noticed');
      expect(other.heard).toEqual(['readable']);
      expect(other.store.stats().failures.get('UNREADABLE')).toBe(1);
    } finally {
      await server.kill();
    }
  });

  it('that a restart of Redis lost are a gap, after which new texts come', async () => {
    const server = await RedisServer.start();
    try {
      await using one = await openReplica(server.url);
      await using other = await openReplica(server.url);
      await one.events.publish(['first']);
      await eventually(() => other.heard.length === 1, 'the first text is there');
      await server.kill();
      await server.restart();
      await eventually(() => other.gaps() === 1, 'the gap is noticed');
      await eventually(async () => {
        await one.events.publish(['second']).catch(() => undefined);
        return other.heard.includes('second');
      }, 'a new text is there');
      expect(other.gaps()).toBe(1);
    } finally {
      await server.kill();
    }
  });
});
