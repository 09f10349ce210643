import { describe, expect, it } from 'vitest';
import { deploymentEnding } from '../../../src/live/deployment/deployment-outcome.ts';
import { serviceEventsTopic } from '../../../src/live/feeds/service-events-topic.ts';
import { encodeLiveCursor } from '../../../src/live/topic/cursor.ts';
import type { TopicSpec } from '../../../src/live/topic/topic-spec.ts';
import { at, CLUSTER, deployment, event, look, NEWER, observed, SERVICE, service, T0 } from '../support/fixtures.ts';
import {
  breathe,
  Counter,
  collect,
  type HubUnderTest,
  hubUnderTest,
  short,
  TransientError,
} from '../support/live-support.ts';

/** A topic that ends when another thing has the name: a look by itself does not show that. */
function lifeTopic(thing: { readonly life: number }): TopicSpec<unknown, number, number, number> {
  const toUpdate = (life: number, outcome: string | null) => ({
    body: life,
    changes: [],
    summary: `life ${life}`,
    outcome,
  });
  return {
    key: 'thing',
    read: () => Promise.resolve(thing.life),
    step: (state = thing.life, life) => ({ state: life, news: state === life ? [] : [toUpdate(life, 'DELETED')] }),
    whole: (life) => toUpdate(life, null),
    pulse: () => 'quiet',
    timedOut: (life) => toUpdate(life, 'TIMED_OUT'),
  };
}

const CONFIRMED = { confirms: new Set(['SUCCEEDED']) };

describe('what has ended', () => {
  it('reaches only subscribers that resume with a cursor of that life, however often others ask', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const first = collect(hub.follow(counter.topic()));
    await advance(20);
    counter.value = -1;
    await advance(5_000);
    expect(short(first.events)).toEqual(['SNAPSHOT 0', 'ENDED -1']);
    counter.value = 5;
    for (let minute = 0; minute < 20; minute += 4) {
      const reads = counter.reads;
      const follower = hub.follow(counter.topic());
      const next = collect(follower);
      await advance(20);
      expect(short(next.events)).toEqual(['SNAPSHOT 5']);
      expect(counter.reads).toBe(reads + 1);
      if (minute < 4) {
        const behind = collect(hub.follow(counter.topic(), { after: first.events[0]?.cursor }));
        await advance(20);
        expect(behind.events).toEqual(first.events.slice(1));
      }
      await follower.return();
      await advance(240_000);
    }
    // The first incarnation is forgotten by now; a read shows the current state.
    const late = collect(hub.follow(counter.topic(), { after: first.events[0]?.cursor }));
    await advance(20);
    expect(short(late.events)).toEqual(['RESYNC 5']);
  });

  it('does not answer requests that come while it is being read', async () => {
    const { hub, advance, timers } = hubUnderTest(() => ({}));
    const counter = new Counter('counter', CONFIRMED);
    const first = collect(hub.follow(counter.topic()));
    await advance(20);
    counter.value = -1;
    while (counter.reads < 2) await advance(5);
    // The second look, which is to confirm the end, is not answered yet.
    let release: () => void = () => undefined;
    counter.held = new Promise((resolve) => {
      release = resolve;
    });
    while (counter.reads < 3) await timers.pass(5, breathe);
    const during = collect(hub.follow(counter.topic()));
    const resumed = collect(hub.follow(counter.topic(), { after: first.events[0]?.cursor }));
    counter.held = undefined;
    release();
    await breathe();
    counter.value = 8;
    await advance(20);
    expect(short(first.events)).toEqual(['SNAPSHOT 0', 'ENDED -1']);
    expect(short(resumed.events)).toEqual(['ENDED -1']);
    expect(short(during.events)).toEqual(['SNAPSHOT 8']);
  });

  it.each([
    ['had nobody follow it', false],
    ['is followed by others', true],
  ])(
    'is not sent to a follower that comes after it and before the poll that finds it, where the topic %s',
    async (_, isFollowed) => {
      const thing = { life: 1 };
      const { hub, advance } = hubUnderTest(() => ({}));
      const follower = hub.follow(lifeTopic(thing));
      const first = collect(follower);
      await advance(20);
      if (!isFollowed) await follower.return();
      thing.life = 2;
      const shown = collect(hub.follow(lifeTopic(thing)));
      await advance(8_000);
      thing.life = 3;
      const later = collect(hub.follow(lifeTopic(thing)));
      await advance(8_000);
      expect(short(first.events)).toEqual(isFollowed ? ['SNAPSHOT 1', 'ENDED 2'] : ['SNAPSHOT 1']);
      // This subscriber was shown the last state, which was read a moment ago, and begins again with the next life.
      expect(short(shown.events)).toEqual(['SNAPSHOT 1', 'SNAPSHOT 2', 'ENDED 3']);
      expect(short(later.events).at(-1)).toBe('SNAPSHOT 3');
      expect(later.isDone).toBe(false);
    },
  );

  it('reaches new followers if the poll that finds it shows it on its own', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    collect(hub.follow(counter.topic()));
    await advance(20);
    counter.value = -1;
    const newcomer = collect(hub.follow(counter.topic()));
    await advance(8_000);
    expect(short(newcomer.events)).toEqual(['SNAPSHOT 0', 'ENDED -1']);
    expect(counter.reads).toBe(2);
  });

  it('is reported only when a second poll finds the same', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter('counter', CONFIRMED);
    const received = collect(hub.follow(counter.topic()));
    await advance(20);
    for (const [value, lines] of [
      [-1, []],
      [3, ['CHANGED 3']],
    ] as const) {
      const reads = counter.reads;
      counter.value = value;
      while (counter.reads === reads) await advance(10);
      expect(short(received.events).slice(1)).toEqual(lines);
    }
    counter.value = -2;
    const reads = counter.reads;
    await advance(8_000);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'CHANGED 3', 'ENDED -2']);
    expect(counter.reads - reads).toBeLessThanOrEqual(4);
  });

  it('is read twice, some seconds apart, where it is over at the first look', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter('counter', CONFIRMED);
    counter.value = -1;
    const received = collect(hub.follow(counter.topic()));
    await advance(5_000);
    expect([counter.reads, short(received.events)]).toEqual([1, []]);
    await advance(1_000);
    expect(short(received.events)).toEqual(['ENDED -1']);
    expect([counter.reads, hub.activeTopics, hub.isIdle]).toEqual([2, 0, true]);
  });
});

describe('a follower that named no certain resource', () => {
  const follow = async (find: () => Promise<TopicSpec<object, number, number, number> | undefined>) => {
    const made = hubUnderTest<object>(() => ({}));
    const shown = new Counter('shown');
    shown.value = -1;
    let asked = 0;
    const received = collect(
      made.hub.follow(shown.topic(), {}, () => {
        asked += 1;
        return find();
      }),
    );
    await made.advance(4_900);
    expect([asked, received.events]).toEqual([0, []]);
    return { ...made, received, asked: () => asked };
  };

  it('gets no end before the target is read again, and follows the target that is found then', async () => {
    const meant = new Counter('meant');
    const { hub, received, asked, advance, timers } = await follow(() => Promise.resolve(meant.topic()));
    await advance(2_000);
    expect([asked(), short(received.events)]).toEqual([1, ['SNAPSHOT 0']]);
    meant.value = -2;
    await advance(20_000);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'ENDED -2']);
    expect([asked(), hub.activeTopics, timers.pending]).toEqual([1, 0, 0]);
  });

  it('follows the resource that was shown if no other is found, or if no process will answer', async () => {
    const answers = [() => Promise.resolve(undefined), () => Promise.reject(new Error('gone'))];
    for (const find of answers) {
      const { received, asked, advance, timers } = await follow(find);
      await advance(20_000);
      expect([asked(), short(received.events), timers.pending]).toEqual([1, ['ENDED -1'], 0]);
    }
  });

  it('is asked again while ECS cannot be read, and not any more once it has left', async () => {
    let isAway = true;
    const { hub, received, asked, advance, timers } = await follow(() =>
      isAway ? Promise.reject(new TransientError('away')) : Promise.resolve(undefined),
    );
    await advance(20_000);
    expect([asked() > 2, received.events]).toEqual([true, []]);
    isAway = false;
    await advance(20_000);
    expect([short(received.events), timers.pending]).toEqual([['ENDED -1'], 0]);
    const leaving = hub.follow(new Counter('other').topic(), {}, () => Promise.reject(new TransientError('away')));
    await advance(2_000);
    await leaving.return();
    expect([timers.pending, hub.isIdle]).toEqual([0, true]);
  });
});

describe('later subscribers', () => {
  it.each([
    ['was read a moment ago', 500, 0, 1],
    ['was read longer ago than a query may be answered from', 1_500, 0, 2],
    ['may have been changed by a write since', 500, 400, 2],
  ])('is shown what %s: %i ms ago, a write %i ms ago', async (_, age, writeAge, reads) => {
    let lastWriteAt = Number.NEGATIVE_INFINITY;
    const { hub, timers, advance }: HubUnderTest<object> = hubUnderTest(() => ({}), {
      usableFrom: (): number => Math.max(timers.monotonic() - 1_000, lastWriteAt),
      pace: { tickMs: 4_000, activeMostTicks: 1, quietMostTicks: 1 },
    });
    const counter = new Counter();
    collect(hub.follow(counter.topic()));
    await advance(10 + age);
    if (writeAge > 0) lastWriteAt = timers.monotonic() - writeAge;
    const second = collect(hub.follow(counter.topic()));
    await advance(20);
    expect([short(second.events), counter.reads]).toEqual([['SNAPSHOT 0'], reads]);
  });

  it('is not shown what was read by a look that began before, if that is too old', async () => {
    const { hub, timers, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    collect(hub.follow(counter.topic()));
    await advance(20);
    let release: () => void = () => undefined;
    counter.held = new Promise((resolve) => {
      release = resolve;
    });
    while (counter.reads < 2) await timers.pass(5, breathe);
    await timers.pass(3_000, breathe);
    const late = collect(hub.follow(counter.topic()));
    counter.held = undefined;
    release();
    await breathe();
    expect([short(late.events), counter.reads]).toEqual([[], 2]);
    await advance(50);
    expect([short(late.events), counter.reads]).toEqual([['SNAPSHOT 0'], 3]);
  });
});

describe('a topic that has had no followers for a while', () => {
  it('goes on for those who were there, and says nothing to others', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const follower = hub.follow(counter.topic());
    const first = collect(follower);
    await advance(20);
    await follower.return();
    await advance(60_000);
    counter.value = 4;
    const fresh = collect(hub.follow(counter.topic()));
    await advance(20);
    const back = collect(hub.follow(counter.topic(), { after: first.events[0]?.cursor }));
    await advance(20);
    expect([short(fresh.events), short(back.events)]).toEqual([['SNAPSHOT 4'], ['CHANGED 4']]);
    expect(hub.activeTopics).toBe(2);
  });

  it('is continued by others too, once one follower has come back', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const follower = hub.follow(counter.topic());
    const first = collect(follower);
    await advance(20);
    await follower.return();
    await advance(60_000);
    collect(hub.follow(counter.topic(), { after: first.events[0]?.cursor }));
    await advance(20);
    const fresh = collect(hub.follow(counter.topic()));
    await advance(20);
    expect(short(fresh.events)).toEqual(['SNAPSHOT 0']);
    expect(hub.activeTopics).toBe(1);
  });
});

describe('a cursor that was never given out', () => {
  const given = async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const received = collect(hub.follow(counter.topic()));
    await advance(20);
    const [, , epoch, sequence] = JSON.parse(Buffer.from(received.events[0]?.cursor ?? '', 'base64url').toString());
    return { hub, counter, epoch: String(epoch), sequence: Number(sequence) };
  };

  it.each([0.5, -1, 2 ** 53, Number.MAX_VALUE])('is refused if its sequence is invalid: %s', async (sequence) => {
    const { hub, counter, epoch } = await given();
    const after = encodeLiveCursor(counter.key, { epoch, sequence });
    expect(() => hub.follow(counter.topic(), { after })).toThrow('is not a cursor of a live event');
  });

  it.each([1, 9e9])('is refused if its sequence is ahead of the latest event by %d', async (ahead) => {
    const { hub, counter, epoch, sequence } = await given();
    const after = encodeLiveCursor(counter.key, { epoch, sequence: sequence + ahead });
    expect(() => hub.follow(counter.topic(), { after })).toThrow('is not a cursor of a live event');
    expect(hub.followers).toBe(1);
  });
});

describe('a service that was deleted and created again between two looks', () => {
  const before = service({ createdAt: at(-600), events: [event('has started 1 tasks', 5)] });
  const after = service({
    createdAt: at(60),
    deployments: [deployment(NEWER, { createdAt: at(60) })],
    events: [event('has started 1 tasks', 61)],
  });

  it('ends its events, without events of the other service', () => {
    const topic = serviceEventsTopic('scope', { clusterArn: CLUSTER, serviceArn: SERVICE, serviceName: 'web' });
    const moment = { askedAt: 0, confirmMs: 0 };
    const { state } = topic.step(undefined, before, T0, moment);
    expect(topic.step(state, { ...before }, T0, moment).news).toEqual([]);
    const { news } = topic.step(state, after, T0 + 70_000, moment);
    expect(news.map(({ outcome, body }) => [outcome, body.events])).toEqual([['SERVICE_DELETED', []]]);
  });

  it.each([
    ['seen before', [look({ service: before }), look({ service: after, serviceDeployment: null })]],
    ['seen only now', [look({ service: after })]],
  ])('ends its deployment: %s', (_name, looks) => {
    const last = looks.at(-1) ?? look();
    expect(deploymentEnding(observed([...looks, last]))?.outcome).toBe('SERVICE_DELETED');
  });
});
