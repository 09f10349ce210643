import { realTimers } from '../../../src/ecs/core/timers.ts';
import { Hub } from '../../../src/live/hub/hub.ts';
import type { FollowOptions } from '../../../src/live/topic/follower.ts';
import type { LiveEvent, TopicSpec } from '../../../src/live/topic/topic-spec.ts';
import { openShared } from '../../../src/shared/redis/open-shared.ts';
import type { SharedStore } from '../../../src/shared/store.ts';
import { SharedTopics } from '../../../src/shared-topics/shared-topics.ts';
import { type Collected, collect, TransientError } from '../../live/support/live-support.ts';
import { eventually } from '../../support/programs/redis-server.ts';

const SCOPE = { account: 'default', region: 'eu-west-1' };
/** The shortest interval that a hub allows. */
const PACE = { tickMs: 100, activeMostTicks: 2, quietMostTicks: 4 };

type Stream = Collected<LiveEvent<number>> & { readonly leave: () => void };

/** A replica of a gateway, as far as topics go: a hub, and its connection to Redis. */
export class Replica {
  readonly hub: Hub<object>;
  readonly store: SharedStore;
  readonly topics: SharedTopics;
  /** Polls that this replica has made. */
  polls = 0;

  private constructor(store: SharedStore, isStrict: boolean) {
    const timers = realTimers();
    this.store = store;
    this.topics = new SharedTopics({ store, timers, version: 'test' });
    this.hub = new Hub<object>({
      timers,
      openSession: () => {
        this.polls += 1;
        return {};
      },
      now: () => Date.now(),
      describeError: (error) => ({
        code: 'UPSTREAM_THROTTLED',
        message: String(error),
        retryable: error instanceof TransientError,
      }),
      pace: PACE,
      ...(isStrict && { usableFrom: () => timers.monotonic() }),
      confirmMs: 300,
      sharing: this.topics.of(SCOPE),
    });
  }

  /** @param isStrict whether no follower begins with a reading from before it came */
  static async open(url: string, isStrict = false): Promise<Replica> {
    const log = { info: () => undefined, warn: () => undefined };
    const store = await openShared({ url, leastReplicas: 2, timers: realTimers(), log });
    if (store === undefined) throw new Error('a store was expected');
    const replica = new Replica(store, isStrict);
    await eventually(() => !replica.topics.isAway, 'Redis is connected');
    return replica;
  }

  follow(spec: TopicSpec<object, number, number, number>, options: FollowOptions = {}): Stream {
    const follower = this.hub.follow(spec, options);
    return Object.assign(collect(follower), { leave: () => void follower.return() });
  }

  async close(): Promise<void> {
    this.hub.dispose();
    await this.topics.close();
    await this.store.close();
  }
}
