import type { Audience } from './confirmation.ts';
import type { LiveCursor } from './cursor.ts';
import type { Follower } from './follower.ts';
import { LookFailures } from './look-failures.ts';
import { KeptEvents, Ring } from './replay-buffer.ts';
import { beginning, missedSince } from './resume-gaps.ts';
import { type ShareEvents, shareEvents } from './share-events.ts';
import { Stalls } from './stalls.ts';
import { TopicEvents } from './topic-events.ts';
import { TopicFollowers } from './topic-followers.ts';
import type { LinkedStream, Outgoing, StateNotes, TopicLink } from './topic-link.ts';
import type { LiveEvent, LiveEventType, ShownSpec, Update } from './topic-spec.ts';
import type { TopicState } from './topic-state.ts';
import type { TopicSurroundings } from './topic-surroundings.ts';

/** The stream of one topic to its followers: its state, its latest events, and the events that time makes due for each follower. */
export class TopicStream<State, Body> implements LinkedStream<State, Body> {
  readonly followers: TopicFollowers<Body>;
  readonly failures = new LookFailures();
  readonly stalls = new Stalls<Body>();
  /** The sequence of the latest event. */
  sequence = 0;
  state: TopicState<State> | undefined;
  /** ECS's time of the first poll, or of the last update. */
  newsAt = 0;
  ended: LiveEvent<Body> | undefined;
  /** The processes that follow this life, too; undefined while it is this process's own. */
  link: TopicLink<State, Body> | undefined;
  /** Set while followers here have seen events that the next state will not build on. */
  isApart = false;
  readonly #spec: ShownSpec<State, Body>;
  readonly #around: TopicSurroundings;
  readonly #claim: { readonly isOpen: boolean };
  readonly #onEnd: () => void;
  readonly #events: TopicEvents<State, Body>;
  readonly kept: KeptEvents<LiveEvent<Body>>;
  /** The last event about the resource. */
  #last: LiveEvent<Body> | undefined;
  #opening: { readonly state: unknown; readonly once: ShareEvents<Body> } | undefined;
  /** Since when there is no progress, as the process that polls knows it. */
  #quietSince = 0;

  /**
   * @param claim open while an end waits for its confirmation: no follower begins then
   * @param onEnd called when the last event has been delivered
   */
  constructor(
    spec: ShownSpec<State, Body>,
    around: TopicSurroundings,
    claim: { readonly isOpen: boolean },
    onEnd: () => void,
  ) {
    this.#spec = spec;
    this.#around = around;
    this.#claim = claim;
    this.#onEnd = onEnd;
    this.#events = new TopicEvents(spec, around.epoch());
    this.followers = new TopicFollowers(spec.since !== undefined);
    this.kept = new KeptEvents(new Ring(around.ringSize, 0, around.replay));
    this.kept.begin(this.epoch, 0);
  }

  get epoch(): string {
    return this.#events.epoch;
  }

  set epoch(epoch: string) {
    this.#events.epoch = epoch;
    this.kept.begin(epoch, this.sequence);
  }

  /** Whether another process polls the topic. */
  get isMirror(): boolean {
    return this.link?.leads === false;
  }

  get isAwaited(): boolean {
    return this.followers.some((follower) => !follower.hasBegun);
  }

  get isSearching(): boolean {
    return this.state !== undefined && this.#spec.isSearching?.(this.state.value) === true;
  }

  /** Whether a follower waits for a poll that starts later than the last one. */
  get waitsForLook(): boolean {
    const { readAt } = this.state ?? {};
    if (readAt === undefined || this.#claim.isOpen || this.ended !== undefined) return false;
    return this.followers.some((follower) => !follower.hasBegun && !follower.mayBeginWith(readAt));
  }

  /**
   * Sends a new follower what it missed and, if it is known, the current state.
   * @returns whether it has to wait for a poll
   */
  join(follower: Follower<Body>, cursor: LiveCursor | undefined): boolean {
    this.followers.add(follower);
    const now = this.#around.now();
    if (cursor !== undefined) {
      const missed = this.kept.after(cursor);
      if (missed === undefined) this.followers.gaps.open(follower, cursor.mark);
      else if (this.ended !== undefined && missed.length === 0) follower.complete();
      else {
        follower.startedAt = now;
        this.stalls.replay(follower, missed, { sequence: cursor.sequence, now, since: this.#stallOf(follower, now) });
      }
    }
    this.link?.setSpans(this.followers.spans());
    if (this.ended === undefined && (!this.isFresh(cursor !== undefined) || this.#awaitsLook(follower))) return true;
    this.#begin(follower, now, this.#openings());
    return false;
  }

  /**
   * Whether the last poll is so recent that new followers need not wait for another: a query would return the same. A
   * follower that has already seen events must not get older ones.
   */
  isFresh(hasSeen: boolean): boolean {
    if (this.state === undefined || this.failures.degraded !== null || this.#claim.isOpen) return false;
    if (this.link?.isSettled(this) === false) return false;
    const { readAt } = this.state;
    const { pace, monotonic, usableFrom } = this.#around;
    return readAt > usableFrom() && (!hasSeen || monotonic() - readAt < pace.tickMs / 2);
  }

  /** Makes the events available that came after a cursor, as far as any process knows them. */
  async reach(cursor: LiveCursor): Promise<void> {
    if (this.link === undefined || cursor.epoch !== this.epoch) return;
    const lacksEnd = this.link.life.hasEnded && this.ended === undefined;
    if (!lacksEnd && this.kept.after(cursor) !== undefined) return;
    // The event of that sequence is read, too: it may be the end.
    const before = cursor.sequence - 1;
    const events = await this.link.history(before);
    if (events === undefined) return;
    const kept = events.flatMap(({ kind, event, quietSince }) => {
      if (kind !== 'news') return [];
      this.stalls.keep(event, quietSince);
      if (event.type === 'ENDED') this.ended = event;
      return [[event, this.#weigh(event)] as const];
    });
    this.kept.replace(cursor.epoch, before, kept);
  }

  restart(): void {
    this.kept.restart(this.sequence);
  }

  /** Drops the events kept for replay. */
  forget(): void {
    this.kept.clear();
  }

  cursorOf(sequence: number, mark: string | undefined): string {
    return this.#events.cursorOf(sequence, mark);
  }

  adopt(state: TopicState<State>, notes: StateNotes): TopicState<State> | undefined {
    const before = this.state;
    this.state = state;
    this.newsAt = notes.newsAt;
    this.stalls.open = notes.stalls;
    this.failures.degraded = notes.degraded;
    this.#quietSince = notes.quietSince;
    this.isApart = false;
    for (const follower of this.followers) follower.isPatient = true;
    return before;
  }

  forgetState(): void {
    this.isApart ||= this.state !== undefined;
    this.state = undefined;
  }

  beginAll(): void {
    const now = this.#around.now();
    const once = shareEvents<Body>();
    for (const follower of this.followers) if (!follower.hasBegun) this.#begin(follower, now, once);
  }

  catchUp(before: TopicState<State> | undefined): void {
    const now = this.#around.now();
    if (this.state === undefined || this.ended !== undefined) return;
    const seen = this.#last ?? (before && this.#spec.whole(before.value, now));
    const missed = missedSince(this.#spec, seen, this.state.value, now);
    if (missed !== undefined) this.deliver(this.#outgoing('news', this.make(missed.type, missed.news, now), now));
  }

  /** Publishes what followers here have not seen, after a first poll that builds on nothing. */
  resume(now: number, to: Audience): void {
    if (this.state === undefined || !this.isApart) return;
    this.isApart = false;
    const missed = missedSince(this.#spec, this.#last, this.state.value, now);
    if (missed !== undefined) this.publish(missed.type, missed.news, now, to);
  }

  fail(error: unknown, isGone: boolean): void {
    const { retryable } = this.#around.describeError(error);
    if (this.state === undefined) this.followers.fail(error, retryable, isGone);
  }

  /** Gives an event to the followers here. */
  deliver({ kind, event, to, quietSince, span }: Outgoing<Body>): void {
    const now = this.#around.now();
    if (kind === 'news') {
      this.kept.push(event, this.#weigh(event));
      this.stalls.keep(event, quietSince);
      this.#last = event;
    }
    if (this.isMirror) {
      this.#quietSince = quietSince;
      this.failures.degraded = event.degraded;
    }
    const isEnd = event.type === 'ENDED';
    if (isEnd) this.ended = event;
    const leaving = isEnd ? this.followers.partWith(to) : [];
    for (const follower of this.followers) {
      if (!follower.hasBegun) continue;
      if (kind === 'stall') this.stalls.giveTurn(follower, event, span, now);
      else this.#give(follower, event, now);
    }
    for (const follower of leaving) follower.rejoin();
    if (isEnd) this.#onEnd();
  }

  /** Delivers an event, once all processes that follow this life can know it. */
  send(outgoing: Outgoing<Body>): void {
    if (this.link === undefined) this.deliver(outgoing);
    else this.link.hold(outgoing);
  }

  /** @param to the followers that may receive it, if it is an end */
  publish(type: LiveEventType, news: Update<Body>, now: number, to: Audience): void {
    this.send({ ...this.#outgoing('news', this.make(type, news, now, this.#nextSequence()), now), to });
  }

  /** Sends an event that is no change of the resource. It is not kept for replay. */
  announce(type: 'DEGRADED' | 'RECOVERED'): void {
    if (this.state === undefined || this.ended !== undefined) return;
    const now = this.#around.now();
    const { value, observedAt } = this.state;
    const { degraded } = this.failures;
    const prefix = degraded === null ? 'ECS can be seen again' : `cannot see ECS (${degraded.code}), last known`;
    const event = this.make(type, this.#events.aside(prefix, value, observedAt), now, this.#nextSequence());
    this.send(this.#outgoing('aside', event, now));
  }

  /** Since when there has been no progress. */
  quietSince(now: number): number {
    if (this.isMirror) return Math.min(now, this.#quietSince);
    return (this.state && this.#spec.quietSince?.(this.state.value, now)) ?? this.newsAt;
  }

  /** Sends each follower what time alone makes due. */
  tick(): void {
    const now = this.#around.now();
    const once = shareEvents<Body>();
    for (const follower of this.followers) {
      if (!follower.hasBegun) this.#begin(follower, now, once);
      if (follower.isDone || this.state === undefined) continue;
      const { timeoutMs, stallAfterMs } = follower.options;
      // An outcome that was found in time is reported when it is confirmed, even if that is later.
      if (timeoutMs !== undefined && !this.#claim.isOpen && now - (follower.startedAt ?? now) >= timeoutMs) {
        const { value } = this.state;
        this.#give(
          follower,
          once('ENDED', () => this.#lastOfOne(value, now)),
          now,
        );
        continue;
      }
      if (stallAfterMs !== undefined && this.link === undefined && this.failures.degraded === null)
        this.#sendStall(follower, stallAfterMs, now, once);
      follower.flush(now);
    }
  }

  /** Reports for all processes which stalls began and ended without any other change. */
  sendTurns(link: TopicLink<State, Body>): void {
    if (this.state === undefined || this.ended !== undefined || this.failures.degraded !== null) return;
    const [value, now] = [this.state.value, this.#around.now()];
    const spans = [...this.followers.spans(), ...link.life.spans];
    for (const [span, since] of this.stalls.turns(spans, now, this.quietSince(now))) {
      // The change that ended a stall reports its end.
      if (since === undefined && link.holdsNews) continue;
      const news = since === undefined ? this.#unchanged(value, now) : this.#events.aside('stalled', value, now);
      const event = this.make(since === undefined ? 'CHANGED' : 'STALLED', news, now, this.#nextSequence());
      const stalledSince = since === undefined ? null : new Date(since);
      link.hold({ ...this.#outgoing('stall', { ...event, stalledSince }, now), span });
    }
  }

  make(type: LiveEventType, news: Update<Body>, now: number, sequence = this.sequence, cursorAt = sequence) {
    // A repeated state keeps its time; an end is known now.
    const observedAt = type === 'ENDED' ? now : (this.state?.observedAt ?? now);
    return this.#events.make(type, news, { sequence, cursorAt, observedAt, degraded: this.failures.degraded });
  }

  #outgoing(kind: Outgoing<Body>['kind'], event: LiveEvent<Body>, now: number): Outgoing<Body> {
    return { kind, event, to: ALL, quietSince: this.quietSince(now) };
  }

  #unchanged(state: State, now: number): Update<Body> {
    return { ...this.#spec.whole(state, now), changes: [] };
  }

  /** The end of a follower whose time is over. In a shared life it has no number of its own. */
  #lastOfOne(state: State, now: number): LiveEvent<Body> {
    const news = this.#spec.timedOut(state, now);
    return this.link === undefined
      ? this.make('ENDED', news, now, this.#nextSequence())
      : this.make('ENDED', news, now, this.sequence + 1, this.sequence);
  }

  /** Sends an event. Progress ends a stall; its start has an event of its own. */
  #give(follower: Follower<Body>, event: LiveEvent<Body>, now: number): void {
    const since = follower.isStalled && this.ended === undefined ? this.#stallOf(follower, now) : undefined;
    follower.isStalled = since !== undefined;
    follower.push(this.stalls.within(event, since), now);
  }

  /** Since when there is a stall for a follower; undefined without one. */
  #stallOf({ options }: Follower<Body>, now: number): number | undefined {
    if (this.state === undefined) return undefined;
    return this.stalls.at(now, this.quietSince(now), options.stallAfterMs);
  }

  /** Reports a stall that starts or ends without any other change. */
  #sendStall(follower: Follower<Body>, stallAfterMs: number, now: number, once: ShareEvents<Body>): void {
    if (this.state === undefined || this.ended !== undefined || this.#claim.isOpen) return;
    const { value } = this.state;
    const since = this.#stallOf(follower, now);
    if ((since !== undefined) === follower.isStalled) return;
    if (since === undefined) {
      const whole = () => this.make('CHANGED', this.#unchanged(value, now), now, this.#nextSequence());
      this.#give(follower, once('not stalled', whole), now);
      return;
    }
    const stall = () => this.make('STALLED', this.#events.aside('stalled', value, now), now, this.#nextSequence());
    const event = once(`STALLED ${stallAfterMs}`, stall);
    this.stalls.begin(stallAfterMs, since, event.sequence);
    follower.isStalled = true;
    this.#give(follower, event, now);
  }

  /** Whether a follower's missed events are not known yet. */
  #awaitsLook(follower: Follower<Body>): boolean {
    if (this.ended !== undefined) return false;
    const { gaps } = this.followers;
    return gaps.awaitsLook(follower, this.isSearching) || (gaps.has(follower) && this.link?.hasAnswer === false);
  }

  /** The first event of a follower: the current state, or the end. */
  #begin(follower: Follower<Body>, now: number, once: ShareEvents<Body>): void {
    if (follower.isDone) return;
    const { gaps } = this.followers;
    if (this.ended !== undefined) {
      const ended = this.ended;
      gaps.close(follower);
      follower.push(
        once('ended', () => ({ ...ended, changes: [] })),
        now,
      );
      return;
    }
    if (this.state === undefined || this.#claim.isOpen || follower.hasBegun || this.#awaitsLook(follower)) return;
    if (this.link?.isSettled(this) === false) return;
    const { value, readAt } = this.state;
    if (this.failures.degraded === null && !follower.mayBeginWith(readAt)) return;
    const { type, since } = beginning(this.#spec, value, gaps.close(follower), now);
    if (type === undefined) {
      // Nothing was missed: the stream continues as if it had not been interrupted.
      follower.startedAt = now;
      return;
    }
    const begin = () => this.make(type, since ?? this.#unchanged(value, now), now);
    // The event reports a stall in progress.
    follower.isStalled = this.#stallOf(follower, now) !== undefined;
    this.#give(follower, since === undefined ? once(type, begin) : begin(), now);
  }

  /** The first events that the last poll gives to followers that join before the next. */
  #openings(): ShareEvents<Body> {
    if (this.#opening?.state !== this.state) this.#opening = { state: this.state, once: shareEvents() };
    return this.#opening?.once ?? shareEvents();
  }

  #weigh({ body }: LiveEvent<Body>): number {
    return 1 + (this.#spec.weigh?.(body) ?? 0);
  }

  #nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }
}

/** Followers that may receive an event that is no end. */
const ALL: Audience = { firstLook: Number.POSITIVE_INFINITY, joinedAt: Number.POSITIVE_INFINITY };
