import { describe, expect, it } from 'vitest';
import { type EcsEvent, toEcsEvent } from '../../../src/inventory/core/ecs-event.ts';
import type { EcsEventSource, EventSink } from '../../../src/inventory/core/event-source.ts';
import { type EventRelay, RelayedSources } from '../../../src/inventory/sources/relayed-sources.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { taskEvent } from './events.ts';

type Listener = Parameters<EventRelay['follow']>[0];

/** A relay in memory between replicas. */
class FakeBus {
  readonly listeners: Listener[] = [];
  published = 0;
  isAway = false;

  replica(timers: FakeTimers) {
    let own: Listener | undefined;
    const bus = this;
    const relay: EventRelay & { lastReadAt: number | undefined } = {
      lastReadAt: timers.monotonic(),
      follow(listener) {
        own = listener;
        bus.listeners.push(listener);
      },
      async publish(texts) {
        if (bus.isAway) throw new Error('away');
        bus.published += texts.length;
        for (const listener of bus.listeners) if (listener !== own) listener.onTexts(texts);
      },
      close: async () => undefined,
    };
    return relay;
  }
}

class FakeSource implements EcsEventSource {
  deliver: EventSink = () => undefined;
  lastContactAt: number | undefined = 0;
  region = 'us-east-1';

  start(sink: EventSink): void {
    this.deliver = sink;
  }

  state() {
    return { name: 'fake', region: this.region, lastContactAt: this.lastContactAt, backlogMs: 0 };
  }

  async close(): Promise<void> {}
}

const event = (id: string) => toEcsEvent(taskEvent({ id }));

function start() {
  const timers = new FakeTimers();
  const bus = new FakeBus();
  const replicas = [0, 1].map(() => {
    const source = new FakeSource();
    const relay = bus.replica(timers);
    const relayed = new RelayedSources([source], relay, timers);
    const merged: string[] = [];
    relayed.start((events: readonly EcsEvent[]) => {
      merged.push(...events.map(({ id }) => id));
    });
    return { source, relay, relayed, merged };
  });
  const [one, other] = replicas;
  if (one === undefined || other === undefined) throw new Error('two replicas');
  /** Lets time pass, in which the relay answers. */
  const pass = async (ms: number) => {
    await timers.pass(ms);
    for (const { relay } of replicas) relay.lastReadAt = timers.monotonic();
  };
  return { timers, bus, one, other, pass };
}

describe('events of which each replica gets a part', () => {
  it('reach every replica once, and are not passed on again', async () => {
    const { bus, one, other, pass } = start();
    await one.source.deliver([event('a')]);
    await other.source.deliver([event('b'), event('c')]);
    await pass(0);
    expect(one.merged.sort()).toEqual(['a', 'b', 'c']);
    expect(other.merged.sort()).toEqual(['a', 'b', 'c']);
    expect(bus.published).toBe(3);
  });

  it('wait while the relay is away, and the others say how far behind they may be', async () => {
    const { timers, bus, one, other, pass } = start();
    bus.isAway = true;
    await one.source.deliver([event('a')]);
    await timers.pass(20_000);
    expect(one.merged).toEqual(['a']);
    expect(other.relayed.state()).toMatchObject({
      backlogMs: 20_000,
      trouble: 'events of other replicas do not arrive',
    });
    bus.isAway = false;
    await pass(500);
    expect(other.merged).toEqual(['a']);
    expect(other.relayed.state()).toMatchObject({ backlogMs: 0, trouble: undefined });
  });

  it('are a gap if too many wait: every other replica lists anew', async () => {
    const { timers, bus, one, other, pass } = start();
    bus.isAway = true;
    for (let each = 0; each < 5_001; each += 1) await one.source.deliver([event(`e${each}`)]);
    await timers.pass(0);
    bus.isAway = false;
    await pass(500);
    expect(other.merged).toEqual([]);
    expect(other.relayed.state().backlogMs).toBe(Number.POSITIVE_INFINITY);
    await pass(3_000);
    expect(other.relayed.state().backlogMs).toBe(0);
    await one.source.deliver([event('later')]);
    await pass(0);
    expect(other.merged).toEqual(['later']);
  });

  it('that the relay lost are a gap', async () => {
    const { bus, other, pass } = start();
    bus.listeners[1]?.onGap();
    expect(other.relayed.state().backlogMs).toBe(Number.POSITIVE_INFINITY);
    await pass(3_000);
    expect(other.relayed.state().backlogMs).toBe(0);
  });

  it('are of the Region of their sources, if all have the same', () => {
    const [timers, bus] = [new FakeTimers(), new FakeBus()];
    const [one, other] = [new FakeSource(), new FakeSource()];
    const relayed = new RelayedSources([one, other], bus.replica(timers), timers);
    expect(relayed.state().region).toBe('us-east-1');
    other.region = 'eu-west-1';
    expect(relayed.state().region).toBeUndefined();
  });

  it('are out of reach before the relay has answered', () => {
    const { one } = start();
    one.relay.lastReadAt = undefined;
    expect(one.relayed.state().backlogMs).toBe(Number.POSITIVE_INFINITY);
  });
});
