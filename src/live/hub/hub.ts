import { randomUUID } from 'node:crypto';
import { inSpan } from '../../ecs/tracing/spans.ts';
import { GatheredKeys } from '../pace/gathered-keys.ts';
import { GroupRounds } from '../pace/group-rounds.ts';
import { DEFAULT_PACE, jitter, nextOnGrid, type PaceLimits } from '../pace/poll-interval.ts';
import { DEFAULT_CONFIRM_MS } from '../topic/confirmation.ts';
import { decodeLiveCursor, type LiveCursor, notGivenOut } from '../topic/cursor.ts';
import { Follower, type FollowOptions } from '../topic/follower.ts';
import type { Pollable } from '../topic/pollable.ts';
import type { ReplayBudget } from '../topic/replay-buffer.ts';
import { Topic } from '../topic/topic.ts';
import type { TopicSpec } from '../topic/topic-spec.ts';
import type { TopicSurroundings } from '../topic/topic-surroundings.ts';
import type { HubOptions } from './hub-options.ts';
import { KeptLives } from './kept-lives.ts';
import { LateReads } from './late-reads.ts';
import { type FindTarget, LateTarget } from './late-target.ts';
import { leads, type Round } from './round.ts';
import { SharedLives } from './shared-lives.ts';

/** The process already follows as many topics as it may. */
export class TooManyTopicsError extends Error {
  override readonly name = 'TooManyTopicsError';
}

/** Most ECS resources in the replay buffers of all topics. At 1 to 3 kB each, at most about 150 MB. */
const MOST_REPLAY_WEIGHT = 50_000;

/** How old, in ms, a poll may be that gives a new subscriber the current state, by default. */
const USABLE_MS = 1_000;

/**
 * Subscriptions that start within this many milliseconds share their first poll; those that ask again share their
 * reads.
 */
const GATHER_MS = 10;

/**
 * All followed topics. Each topic is polled once however many follow it, and not at all without followers. All topics
 * that are due are polled in one round, so that their Describe calls share batches. The topics of a group stay
 * together: when one of them is due, all topics of the group with something in progress are polled.
 */
export class Hub<Session> {
  readonly #options: HubOptions<Session>;
  readonly #pace: PaceLimits;
  readonly #wakes: GatheredKeys;
  readonly #epoch = randomUUID();
  readonly #lives = new KeptLives<Session>();
  readonly #active = new Set<Pollable<Session>>();
  readonly #rounds = new Set<Round<Session>>();
  /** Followers that must ask again what they follow. */
  readonly #late = new Set<{ dispose(): void }>();
  readonly #lateReads: LateReads<Session>;
  readonly #beats = new GroupRounds();
  readonly #shared: SharedLives<Session> | undefined;
  readonly #replay: ReplayBudget = { used: 0, most: MOST_REPLAY_WEIGHT };
  #epochsMade = 0;
  #looks = 0;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #disposed = false;

  constructor(options: HubOptions<Session>) {
    this.#options = options;
    this.#pace = options.pace ?? DEFAULT_PACE;
    this.#wakes = new GatheredKeys(options.timers, (keys) => this.#wakeUp(keys));
    this.#lateReads = new LateReads(
      options.timers,
      GATHER_MS,
      () => options.openSession(new AbortController().signal, true),
      options.closeSession,
    );
    const { sharing, timers, errorToData = String, errorFromData = (data) => new Error(String(data)) } = options;
    if (sharing === undefined) return;
    const parts = { sharing, toData: errorToData, fromData: errorFromData };
    this.#shared = new SharedLives<Session>(parts, {
      timers,
      active: this.#active,
      find: (spec, cursor) => this.#find(spec, cursor),
      topicOf: (spec, life) => this.#topicOf(spec, life),
      join: (topic, follower, cursor) => this.#join(topic, follower, cursor),
    });
  }

  /** Number of polled topics. */
  get activeTopics(): number {
    return this.#active.size;
  }

  /** Number of kept topics: polled ones, and ones that a subscriber may still resume. */
  get keptTopics(): number {
    return this.#lives.size;
  }

  get followers(): number {
    let count = 0;
    for (const topic of this.#active) count += topic.followerCount;
    return count;
  }

  /** Number of polls since the start. */
  get looks(): number {
    return this.#looks;
  }

  /** Whether no timer is set and no poll is running. */
  get isIdle(): boolean {
    return this.#timer === undefined && this.#rounds.size + this.#lateReads.running.size === 0;
  }

  /**
   * Follows a topic until the follower returns or the topic ends.
   * @param find asks ECS again what is to be followed, if the caller did not name a resource and `spec` is what ECS
   * showed
   * @throws {CursorError} if `after` is not a cursor of this topic
   * @throws {TooManyTopicsError}
   */
  follow<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    options: FollowOptions = {},
    find?: FindTarget<Session, TopicSpec<Session, State, Look, Body>>,
  ): Follower<Body> {
    const follower = new Follower<Body>(options, spec, this);
    this.#place(spec, follower);
    if (find === undefined || follower.isDone) return follower;
    const { timers, confirmMs = DEFAULT_CONFIRM_MS } = this.#options;
    const late = new LateTarget(follower, spec, find, {
      // Followers that came in one tick ask together.
      schedule: (callback) => {
        const now = timers.monotonic();
        return timers.schedule(nextOnGrid(now + confirmMs, 1, this.#pace) - now, callback);
      },
      place: (target) => this.#placeOrFail(target, follower),
      isRetryable: (error) => this.#options.describeError(error).retryable,
      ask: (use) => this.#lateReads.ask(use),
      onEnd: (target) => this.#late.delete(target),
    });
    this.#late.add(late);
    return follower;
  }

  placeAgain<Body>(follower: Follower<Body>): void {
    this.#placeOrFail(follower.spec as TopicSpec<Session, unknown, unknown, Body>, follower);
  }

  #placeOrFail<State, Look, Body>(spec: TopicSpec<Session, State, Look, Body>, follower: Follower<Body>): void {
    try {
      this.#place(spec, follower);
    } catch (error) {
      follower.fail(error);
    }
  }

  /**
   * Adds a follower to the life of its cursor, or else to the current one. A life that has ended, or that had no
   * followers for a while, says nothing about the current resource of that name, so a new life starts.
   */
  #place<State, Look, Body>(spec: TopicSpec<Session, State, Look, Body>, follower: Follower<Body>): void {
    this.#forgetIdle();
    const { after } = follower.options;
    const cursor = after === undefined ? undefined : decodeLiveCursor(spec.key, after);
    const existing = this.#find(spec, cursor);
    if (existing === undefined && this.#active.size + (this.#shared?.waiting ?? 0) >= this.#mostTopics) {
      throw new TooManyTopicsError('this server follows as many things as it allows');
    }
    const isOfThisLife = cursor !== undefined && existing?.hasEpoch(cursor.epoch) === true;
    // Only other processes may know the events after a cursor.
    const isFound = existing !== undefined && (cursor === undefined || (isOfThisLife && !existing.isShared));
    if (this.#shared !== undefined && !isFound && (cursor !== undefined || !this.#shared.isAway)) {
      this.#shared.place(spec, follower, cursor);
      return;
    }
    if (isOfThisLife && cursor.sequence > existing.sequence) throw notGivenOut();
    this.#join(existing ?? this.#topicOf(spec, undefined), follower, cursor);
  }

  get #mostTopics(): number {
    return this.#options.mostTopics ?? 10_000;
  }

  /** The life of a cursor, or else the current one. */
  #find<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    cursor: LiveCursor | undefined,
  ): Topic<Session, State, Look, Body> | undefined {
    const found = this.#lives.get(cursor?.epoch) ?? this.#lives.current(spec.key);
    return found as Topic<Session, State, Look, Body> | undefined;
  }

  /** @param life the shared life that it belongs to */
  #topicOf<State, Look, Body>(
    spec: TopicSpec<Session, State, Look, Body>,
    life: string | undefined,
  ): Topic<Session, State, Look, Body> {
    return (
      (this.#lives.get(life) as Topic<Session, State, Look, Body> | undefined) ?? new Topic(spec, this.#surroundings())
    );
  }

  #join<State, Look, Body>(
    topic: Topic<Session, State, Look, Body>,
    follower: Follower<Body>,
    cursor: LiveCursor | undefined,
  ): void {
    this.#lives.keep(topic);
    topic.add(follower, cursor);
    if (this.#disposed) follower.cut();
    else if (!follower.isDone && !topic.hasEnded) this.#active.add(topic);
    this.#arm();
  }

  /** Something has changed: the topics that wait for one of these keys are polled at once. */
  wake(keys: readonly string[]): void {
    if (!this.#disposed && this.#active.size > 0) this.#wakes.add(keys);
  }

  #wakeUp(keys: ReadonlySet<string>): void {
    for (const topic of this.#active) if (topic.wakes?.keys.some((key) => keys.has(key)) === true) topic.wake();
    // The keys were gathered already: no timer need wait for more.
    this.#pollDue();
  }

  /** Ends every stream without an event, and aborts running polls. */
  dispose(): void {
    this.#disposed = true;
    this.#wakes.dispose();
    this.#cancelTimer();
    for (const round of this.#rounds) round.controller.abort();
    for (const topic of [...this.#active]) topic.cut();
    for (const target of [...this.#late]) target.dispose();
    this.#lateReads.cancel();
    this.#shared?.dispose();
    this.#active.clear();
    this.#lives.clear();
  }

  /** Resolves when no poll is running. */
  async settled(): Promise<void> {
    while (this.#rounds.size + this.#lateReads.running.size > 0)
      await Promise.all([...[...this.#rounds].map((round) => round.done), ...this.#lateReads.running]);
  }

  #surroundings(): TopicSurroundings {
    const { timers, now, describeError, ringSize = 1_000, confirmMs = DEFAULT_CONFIRM_MS } = this.#options;
    const { usableFrom = () => timers.monotonic() - USABLE_MS } = this.#options;
    return {
      epoch: () => {
        this.#epochsMade += 1;
        return `${this.#epoch}.${this.#epochsMade}`;
      },
      slowness: () => this.#shared?.slowness ?? 1,
      isAnnounced: this.#options.isAnnounced ?? (() => false),
      onChange: () => this.#onChange(),
      ringSize,
      replay: this.#replay,
      pace: this.#pace,
      confirmMs,
      usableFrom,
      now,
      monotonic: () => timers.monotonic(),
      describeError,
      onIdle: (topic) => this.#onIdle(topic as Pollable<Session>),
    };
  }

  #onIdle(topic: Pollable<Session>): void {
    this.#active.delete(topic);
    for (const round of this.#rounds) {
      if (round.topics.has(topic) && [...round.topics].every((polled) => polled.followerCount === 0)) {
        round.controller.abort();
      }
    }
    if (topic.isShared) {
      // Others may go on with it, so what is known here is soon out of date.
      topic.unlink();
      this.#lives.drop(topic);
    }
    if (this.#active.size === 0) this.#cancelTimer();
    this.#forgetIdle();
  }

  /** The role of a topic has changed, or it has become due. */
  #onChange(): void {
    if (this.#disposed) return;
    this.#shared?.rejoin();
    for (const topic of this.#active) {
      if (topic.hasEnded) this.#active.delete(topic);
      else if (topic.isShared || this.#shared !== undefined) this.#lives.keep(topic);
    }
    this.#arm();
  }

  /** Sets the timer for the next poll, unless an earlier one is set. */
  #arm(): void {
    if (this.#disposed) return;
    let next = Number.POSITIVE_INFINITY;
    for (const topic of this.#active) if (!topic.isPolling) next = Math.min(next, this.#nextLook(topic));
    if (this.#timer !== undefined && this.#timer.at <= next && next < Number.POSITIVE_INFINITY) return;
    this.#cancelTimer();
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = next - this.#options.timers.monotonic();
    const delay = wait <= 0 ? GATHER_MS : wait + jitter(this.#pace, this.#options.random ?? Math.random);
    const cancel = this.#options.timers.schedule(Math.max(0, delay), () => {
      this.#timer = undefined;
      this.#pollDue();
    });
    this.#timer = { at: next, cancel };
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** A poll waits for the running round of its group, unless it is the first one, confirms an end or was announced. */
  #nextLook(topic: Pollable<Session>): number {
    return topic.hasState && !topic.isUrgent && !topic.isWoken
      ? Math.max(topic.dueAt, this.#beats.freeAt(topic.group))
      : topic.dueAt;
  }

  #pollDue(): void {
    const now = this.#options.timers.monotonic();
    const until = now + this.#pace.tickMs / 4;
    const ready: Pollable<Session>[] = [];
    for (const topic of [...this.#active]) {
      if (topic.isPolling) continue;
      if (!topic.isMirror && !topic.isResting) ready.push(topic);
      else if (topic.dueAt <= until) topic.watch();
    }
    const due = new Set(ready.filter((topic) => this.#nextLook(topic) <= until));
    const beating = new Set([...due].filter(leads).map(({ group }) => group));
    for (const topic of ready) if (leads(topic) && beating.has(topic.group)) due.add(topic);
    // A confirmation reads alone: no call that was sent before for others may answer it.
    for (const confirms of [true, false]) {
      const topics = new Set([...due].filter((topic) => topic.isUrgent === confirms && !topic.isPolling));
      if (topics.size > 0) this.#startRound(topics, now, confirms);
    }
    this.#arm();
  }

  #startRound(due: ReadonlySet<Pollable<Session>>, now: number, confirms: boolean): void {
    this.#looks += due.size;
    const attributes = { 'ecs_graphql.topics': due.size, 'ecs_graphql.confirms': confirms };
    // The timer may have been set by a subscriber's operation, whose trace has ended.
    void inSpan('live poll', { attributes, isRoot: true }, () => this.#openRound(due, now, confirms));
  }

  /** Resolves when the round has ended. */
  #openRound(due: ReadonlySet<Pollable<Session>>, now: number, confirms: boolean): Promise<void> {
    const controller = new AbortController();
    const session = this.#options.openSession(controller.signal, confirms);
    const beats = new Map<string, Promise<void>[]>();
    const leading = new Set([...due].filter(leads));
    const polls = [...due].map(async (topic) => {
      await topic.poll(session, controller.signal);
      if (topic.hasEnded) this.#active.delete(topic);
      // Groups are independent: a slow topic delays no other group.
      this.#arm();
    });
    [...due].forEach((topic, index) => {
      const { group = '' } = topic;
      if (leading.has(topic)) beats.set(group, [...(beats.get(group) ?? []), polls[index] ?? Promise.resolve()]);
    });
    for (const [group, looks] of beats) void this.#keepInStep(group, looks, now);
    const done = Promise.all(polls).then(() => {
      this.#rounds.delete(round);
      this.#options.closeSession?.(session);
    });
    const round: Round<Session> = { controller, topics: due, done };
    this.#rounds.add(round);
    return done;
  }

  /** Holds a group until its round has ended. Topics that become due meanwhile start the next round together. */
  async #keepInStep(group: string, looks: readonly Promise<void>[], now: number): Promise<void> {
    const until = now + this.#pace.activeMostTicks * this.#pace.tickMs;
    this.#beats.begin(group, until);
    await Promise.all(looks);
    this.#beats.end(group, until);
    const next = nextOnGrid(this.#options.timers.monotonic(), 1, this.#pace);
    for (const topic of this.#active) {
      if (topic.group === group && topic.hasState && !topic.isUrgent && !topic.isWoken)
        topic.dueAt = Math.max(topic.dueAt, next);
    }
    this.#arm();
  }

  #forgetIdle(): void {
    const { keepIdleMs = 300_000, mostIdle = 1_000, timers } = this.#options;
    const surplus = this.#lives.size - this.#active.size - mostIdle;
    this.#lives.forgetIdle(timers.monotonic() - keepIdleMs, surplus, this.#replay);
  }
}
