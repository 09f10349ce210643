import type { Service, ServiceEvent } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { clusterEventsTopic } from '../../../src/live/feeds/cluster-events-topic.ts';
import { readEventsMark, writeEventsMark } from '../../../src/live/feeds/events-mark.ts';
import { CLUSTER, T0 } from '../support/fixtures.ts';

const topic = clusterEventsTopic('scope', CLUSTER);

let made = 0;
function event(at: number): ServiceEvent {
  made += 1;
  const id = `00000000-0000-4000-8000-${made.toString(16).padStart(12, '0')}`;
  return { id, createdAt: new Date(T0 + at), message: `event ${made}` };
}

/** A service with events, newest first as in ECS. */
const service = (serviceName: string, events: readonly ServiceEvent[]): Service => ({
  serviceName,
  serviceArn: `${CLUSTER.replace(':cluster/', ':service/')}/${serviceName}`,
  events: [...events].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0)).slice(0, 100),
});

type State = ReturnType<typeof topic.step>['state'];
const look = (state: State | undefined, ...services: Service[]) =>
  topic.step(state, services, T0, { askedAt: 0, confirmMs: 0 });
const idsOf = (news: { readonly changes: readonly { readonly field: string }[] } | undefined) =>
  news?.changes.map(({ field }) => field.replace('event/', ''));

describe('the events of a cluster, behind a cursor of another process', () => {
  it('are the ones that were not reported, even if older ones were seen later', () => {
    const [first, early, late] = [event(0), event(9_000), event(10_000)];
    const begun = look(undefined, service('a', [first]), service('b', []));
    // The look at `b` came a moment too soon for its event, and the process goes before the next look.
    const seen = look(begun.state, service('a', [first, late]), service('b', []));
    expect(seen.news.map(idsOf)).toEqual([[late.id]]);
    const mark = seen.news.at(-1)?.mark ?? '';
    const next = event(60_000);
    const again = look(undefined, service('a', [first, late, next]), service('b', [early]));
    expect(idsOf(topic.since?.(again.state, mark, T0))).toEqual([early.id, next.id]);
    expect(idsOf(topic.since?.(again.state, topic.whole(again.state, T0).mark ?? '', T0))).toEqual([]);
  });

  it('are reported completely if ECS may have dropped some of any service', () => {
    const begun = look(undefined, service('a', [event(0)]), service('b', [event(0)]));
    const mark = topic.whole(begun.state, T0).mark ?? '';
    const many = Array.from({ length: 130 }, (_, i) => event(60_000 + i * 1_000));
    const lost = look(undefined, service('a', [event(60_000)]), service('b', many));
    expect(topic.since?.(lost.state, mark, T0)).toBeUndefined();
    const kept = look(undefined, service('a', [event(60_000)]), service('b', many.slice(0, 99)));
    expect(idsOf(topic.since?.(kept.state, mark, T0))).toHaveLength(100);
  });

  it('follow the event that a cursor of old names', () => {
    const events = [event(0), event(1_000), event(2_000)];
    const { state } = look(undefined, service('a', events));
    expect(idsOf(topic.since?.(state, events[1]?.id ?? '', T0))).toEqual([events[2]?.id]);
    expect(topic.since?.(state, 'nothing of the kind', T0)).toBeUndefined();
  });
});

describe('the mark in such a cursor', () => {
  it('stays short however much happens', () => {
    const events = Array.from({ length: 500 }, (_, i) => ({
      eventId: event(0).id ?? '',
      createdAt: new Date(T0 + i),
      message: '',
    }));
    const mark = writeEventsMark(events);
    expect(mark.length).toBeLessThan(330);
    const read = readEventsMark(mark);
    expect(events.every((each) => read?.isReported(each))).toBe(true);
    const other = { eventId: event(0).id ?? '', createdAt: new Date(T0 + 499), message: '' };
    expect(read?.isReported(other)).toBe(false);
  });

  it.each(['', 'x', '1', '1 abc', '-1 ', '1.5 abcde'])('is not %j', (text) => {
    expect(readEventsMark(text)).toBeUndefined();
  });
});
