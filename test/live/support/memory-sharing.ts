import type {
  LifeEntry,
  LifeListener,
  LifeReport,
  LifeState,
  LifeWish,
  Published,
  SharedLife,
  TopicSharing,
} from '../../../src/live/sharing/topic-sharing.ts';

interface Member {
  readonly listener: LifeListener;
  position: number;
}

/** A life in the memory of the test. The first process that opens it polls, until it leaves. */
class Life {
  readonly log: LifeEntry[] = [];
  readonly members: Member[] = [];
  state: LifeState = { sequence: 0, texts: undefined };
  isAsked = true;

  add(by: Member | undefined, entries: readonly LifeEntry[]): void {
    this.log.push(...entries);
    for (const member of this.members) {
      member.position = this.log.length;
      // As over a network: later, and never to the process that has written them.
      if (member !== by) setImmediate(() => member.listener.onEntries(entries));
      else if (entries.some(({ kind }) => kind === 'ask')) setImmediate(() => member.listener.onEntries(entries));
    }
  }

  publish(by: Member, { entries, sequence, texts }: LifeReport): Published | 'refused' {
    if (this.members[0] !== by) return 'refused';
    const before = Math.max(this.state.sequence, sequence);
    let next = before;
    const numbered = entries.map((entry) => (entry.kind === 'event' ? { ...entry, sequence: ++next } : entry));
    const answers: LifeEntry[] = texts !== undefined && this.isAsked ? [{ kind: 'read' }] : [];
    if (answers.length > 0) this.isAsked = false;
    this.state = { sequence: next, texts: texts ?? this.state.texts };
    this.add(by, [...numbered, ...answers]);
    return { before };
  }
}

/** Whether one hub can reach the others. */
export class Reach {
  #isAway = false;
  readonly #listeners = new Set<() => void>();

  get isAway(): boolean {
    return this.#isAway;
  }

  set isAway(isAway: boolean) {
    this.#isAway = isAway;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Shares topics among hubs of one test, by its own clock instead of a Redis. */
export function createMemorySharing(): (reach?: Reach) => TopicSharing {
  const lives = new Map<string, Life>();
  return (reach = new Reach()) => ({
    replicas: 2,
    get isAway() {
      return reach.isAway;
    },
    toShared: (monotonic) => monotonic,
    toMonotonic: (shared) => shared,
    onChange: (listener) => reach.onChange(listener),
    open: async ({ key }: LifeWish, listener) => {
      if (reach.isAway) return undefined;
      const life = lives.get(key) ?? new Life();
      lives.set(key, life);
      const member: Member = { listener, position: life.log.length };
      life.members.push(member);
      const shared: SharedLife = {
        id: `life-of-${key}`,
        get leads() {
          return life.members[0] === member;
        },
        hasEnded: false,
        opened: life.state,
        spans: [],
        get position() {
          return member.position;
        },
        setSpans: () => undefined,
        publish: async (report) => life.publish(member, report),
        ask: async (marks) => {
          life.isAsked = true;
          life.add(member, [{ kind: 'ask', marks }]);
          return life.log.length;
        },
        sync: async () => life.state,
        history: async (after) => life.log.filter((entry) => entry.kind === 'event' && entry.sequence > after),
        leave: () => {
          const wasFirst = life.members[0] === member;
          life.members.splice(life.members.indexOf(member), 1);
          // After everything that the process before has published.
          const [next] = life.members;
          if (wasFirst && next !== undefined) setImmediate(() => next.listener.onLead(life.state));
        },
      };
      return shared;
    },
  });
}
