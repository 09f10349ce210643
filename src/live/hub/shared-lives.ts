import type { Timers } from '../../ecs/core/timers.ts';
import type { LiveCursor } from '../topic/cursor.ts';
import type { Follower } from '../topic/follower.ts';
import type { Pollable } from '../topic/pollable.ts';
import type { Topic } from '../topic/topic.ts';
import { type LinkParts, TopicLink } from '../topic/topic-link.ts';
import type { TopicSpec } from '../topic/topic-spec.ts';

/** The parts of a hub that its shared lives need. */
export interface SharingHub<Session> {
  readonly timers: Timers;
  /** The topic of a life, or the current one of a key, if this process follows it. */
  find<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    cursor: LiveCursor | undefined,
  ): Topic<Session, State, Look, Body> | undefined;
  /** The topic of a shared life, if this process knows it, or else a new one. */
  topicOf<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    life: string | undefined,
  ): Topic<Session, State, Look, Body>;
  /** Lets a follower join a topic. */
  join<State, Look, Body>(
    topic: Topic<Session, State, Look, Body>,
    follower: Follower<Body>,
    cursor: LiveCursor | undefined,
  ): void;
  /** Topics that are followed here. */
  readonly active: Iterable<SharedTopic>;
}

/** A topic of any kind. */
type SharedTopic = Pick<Pollable<never>, 'isShared' | 'hasEnded' | 'share' | 'unlink'>;

/** A life without followers may be joined if it was read no longer ago than this. */
const FRESH_MS = 1_000;
/** A topic that went on by itself joins others again after this time. */
const REJOIN_MS = 300;
/**
 * A follower that resumes waits for other processes for this long, in milliseconds: they may know the events after its cursor, and can
 * often be reached again soon.
 */
const PATIENCE_MS = 5_000;
const LOOK_MS = 100;
/** When other processes can be reached again, topics join them within this time, one after the other. */
const SPREAD_MS = 3_000;

/** Connects the topics of one hub with those of other processes. */
export class SharedLives<Session> {
  readonly #parts: LinkParts;
  readonly #hub: SharingHub<Session>;
  /** By key: opening a life waits for the one before. */
  readonly #opening = new Map<string, Promise<void>>();
  readonly #waiting = new Set<{ cut(): void }>();
  readonly #joining = new Set<SharedTopic>();
  readonly #stop: () => void;

  constructor(parts: LinkParts, hub: SharingHub<Session>) {
    this.#parts = parts;
    this.#hub = hub;
    this.#stop = parts.sharing.onChange(() => this.#onChange());
  }

  get isAway(): boolean {
    return this.#parts.sharing.isAway;
  }

  /** How many processes poll the same. */
  get slowness(): number {
    return this.isAway ? this.#parts.sharing.replicas : 1;
  }

  /** Followers that do not know their topic yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Adds a follower to the life of its cursor, or else to the current one, as soon as that is known. */
  place<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    follower: Follower<Body>,
    cursor: LiveCursor | undefined,
  ): void {
    this.#waiting.add(follower);
    const until = this.#hub.timers.monotonic() + PATIENCE_MS;
    const opening = (this.#opening.get(spec.key) ?? Promise.resolve())
      .then(() => this.#place(spec, follower, cursor, until))
      .catch((error: unknown) => follower.fail(error))
      .finally(() => {
        this.#waiting.delete(follower);
        if (this.#opening.get(spec.key) === opening) this.#opening.delete(spec.key);
      });
    this.#opening.set(spec.key, opening);
  }

  /** Topics that went on by themselves join the others again, if those can be reached. */
  rejoin(): void {
    if (this.isAway) return;
    const alone = [...this.#hub.active].filter(
      (topic) => !topic.isShared && !topic.hasEnded && !this.#joining.has(topic),
    );
    alone.forEach((topic, index) => {
      this.#joining.add(topic);
      this.#hub.timers.schedule(REJOIN_MS + (SPREAD_MS * index) / alone.length, () => {
        void topic.share(this.#parts, FRESH_MS).finally(() => this.#joining.delete(topic));
      });
    });
  }

  dispose(): void {
    this.#stop();
    for (const follower of this.#waiting) follower.cut();
  }

  async #place<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    follower: Follower<Body>,
    cursor: LiveCursor | undefined,
    until: number,
  ): Promise<void> {
    if (follower.isDone) return;
    const { timers } = this.#hub;
    const isPatient = () => cursor !== undefined && !follower.isDone && timers.monotonic() < until;
    let topic = await this.#reach(spec, cursor);
    while (!topic.isShared && !topic.hasEpoch(cursor?.epoch ?? '') && isPatient()) {
      await new Promise<void>((resolve) => void timers.schedule(LOOK_MS, resolve));
      topic = await this.#reach(spec, cursor);
    }
    if (follower.isDone) {
      if (topic.followerCount === 0) topic.unlink();
      return;
    }
    const isOfThisLife = cursor !== undefined && topic.hasEpoch(cursor.epoch);
    if (isOfThisLife) await topic.reach(cursor);
    if (follower.isDone) {
      if (topic.followerCount === 0) topic.unlink();
      return;
    }
    // Such a number was given out before the log was lost.
    const isAhead = isOfThisLife && cursor.sequence > topic.sequence;
    this.#hub.join(topic, follower, isAhead ? { ...cursor, epoch: '' } : cursor);
  }

  /** The topic that a follower would join now. */
  async #reach<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    cursor: LiveCursor | undefined,
  ): Promise<Topic<Session, State, Look, Body>> {
    return this.#hub.find(spec, cursor) ?? (await this.#open(spec, cursor));
  }

  async #open<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    cursor: LiveCursor | undefined,
  ): Promise<Topic<Session, State, Look, Body>> {
    const link = new TopicLink<State, Body>(this.#parts, spec);
    const wish = { key: spec.key, life: cursor?.epoch, sequence: 0, freshMs: FRESH_MS };
    const life = await this.#parts.sharing.open(wish, link);
    const topic = this.#hub.topicOf(spec, life?.id);
    if (life === undefined) return topic;
    topic.connect(link, life);
    return topic;
  }

  #onChange(): void {
    if (this.isAway) for (const topic of [...this.#hub.active]) topic.unlink();
    else this.rejoin();
  }
}
