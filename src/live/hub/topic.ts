import { type Audience, audienceOf, EndClaim, isAmong, type LookMoment } from './confirmation.ts';
import { encodeLiveCursor, type LiveCursor } from './cursor.ts';
import type { Follower } from './follower.ts';
import { LookFailures } from './look-failures.ts';
import { intervalAfterFailure, nextInterval, nextOnGrid } from './poll-interval.ts';
import type { Pollable } from './pollable.ts';
import { Ring } from './replay-buffer.ts';
import { beginning, Gaps } from './resume-gaps.ts';
import { type ShareEvents, shareEvents } from './share-events.ts';
import { Stalls } from './stalls.ts';
import type { LiveEvent, LiveEventType, Pulse, TopicSpec, Update } from './topic-spec.ts';
import type { TopicSurroundings } from './topic-surroundings.ts';

/**
 * One life of a followed resource: its last state, its latest events, and its followers. A life ends with its ENDED
 * event, or when it had no followers for a while. What is followed under the same name afterwards is another topic.
 */
export class Topic<Session, State, Look, Body> implements Pollable<Session> {
  readonly key: string;
  readonly epoch: string;
  readonly group: string | undefined;
  dueAt = 0;
  isPolling = false;
  idleSince: number | undefined;
  /** The sequence of the latest event. */
  sequence = 0;
  readonly #spec: TopicSpec<Session, State, Look, Body>;
  readonly #around: TopicSurroundings;
  readonly #followers = new Set<Follower<Body>>();
  readonly #ring: Ring<LiveEvent<Body>>;
  readonly #gaps: Gaps<Follower<Body>>;
  readonly #stalls = new Stalls<Body>();
  /** ECS's time of the first poll, or of the last update. */
  #newsAt = 0;
  #state: { readonly value: State; readonly readAt: number; readonly observedAt: number } | undefined;
  #opening: { readonly state: unknown; readonly once: ShareEvents<Body> } | undefined;
  #ticks = 1;
  #ended: LiveEvent<Body> | undefined;
  readonly #failures = new LookFailures();
  /** Number of started polls. */
  #looks = 0;
  /** An end that the last look found and a later one has to find, too. */
  readonly #claim: EndClaim;

  constructor(spec: TopicSpec<Session, State, Look, Body>, around: TopicSurroundings) {
    this.key = spec.key;
    this.epoch = around.epoch;
    this.group = spec.group;
    this.#spec = spec;
    this.#around = around;
    this.#ring = new Ring(around.ringSize, 0, around.replay);
    this.#gaps = new Gaps(spec.since !== undefined);
    this.#claim = new EndClaim(around.confirmMs, around.pace.tickMs / 2);
  }

  get followerCount(): number {
    return this.#followers.size;
  }

  get hasState(): boolean {
    return this.#state !== undefined;
  }

  get pulse(): Pulse {
    return this.#state === undefined ? 'active' : this.#spec.pulse(this.#state.value);
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  get isUrgent(): boolean {
    const from = this.#claim.from(this.#claimedInState);
    return from !== undefined && this.#around.monotonic() >= from;
  }

  /**
   * Whether a subscriber without a cursor of this life may join it: it has not ended, and it has followers or was read
   * recently.
   */
  get takesNewFollowers(): boolean {
    return this.#ended === undefined && (this.#followers.size > 0 || this.#isFresh(false));
  }

  /**
   * Adds a follower. Missed events that are still kept are sent at once, the current state as soon as it is read.
   * @param cursor the position after which the follower resumes
   */
  add(follower: Follower<Body>, cursor?: LiveCursor): void {
    const isOfThisLife = cursor?.epoch === this.epoch;
    this.#followers.add(follower);
    follower.onLeave = () => this.#leave(follower);
    // An end that was read before a subscriber came does not apply to it, unless it resumes this very life.
    follower.firstLook = isOfThisLife ? 0 : this.#looks + 1;
    follower.joinedAt = isOfThisLife ? Number.NEGATIVE_INFINITY : this.#around.monotonic();
    follower.usableFrom = this.#around.usableFrom();
    this.idleSince = undefined;
    const now = this.#around.now();
    if (cursor !== undefined) {
      const missed = isOfThisLife ? this.#ring.after(cursor.sequence) : undefined;
      if (missed === undefined) this.#gaps.open(follower, cursor.mark);
      else if (this.#ended !== undefined && missed.length === 0) follower.complete();
      else {
        follower.startedAt = now;
        this.#stalls.replay(follower, missed, { sequence: cursor.sequence, now, since: this.#stallOf(follower, now) });
      }
    }
    if (this.#ended !== undefined || (this.#isFresh(cursor !== undefined) && !this.#awaitsLook(follower)))
      this.#begin(follower, now, this.#openings());
    else if (!this.isPolling) this.dueAt = Math.min(this.dueAt, this.#around.monotonic());
  }

  async poll(session: Session, signal: AbortSignal): Promise<void> {
    this.isPolling = true;
    this.#looks += 1;
    const asked = this.#around.monotonic();
    let isAtOnce = false;
    let isAnswered = false;
    try {
      const look = await this.#spec.read(session, this.#state?.value, this.#gaps.ask());
      this.#take(look, { askedAt: asked, confirmMs: this.#around.confirmMs });
      isAnswered = true;
    } catch (error) {
      // Aborted because there were no followers. That says nothing about ECS, and new followers wait for a poll.
      if (signal.aborted) isAtOnce = true;
      else this.#miss(error);
    } finally {
      this.isPolling = false;
      this.#tick();
      const { monotonic, pace } = this.#around;
      const usual = nextOnGrid(monotonic(), this.#ticks, pace);
      this.dueAt = isAnswered ? this.#claim.dueAt(this.#claimedInState, usual) : usual;
      if (isAtOnce || (isAnswered && this.#isAwaited)) this.dueAt = monotonic();
    }
  }

  forget(): void {
    this.#ring.clear();
  }

  cut(): void {
    for (const follower of [...this.#followers]) follower.cut();
  }

  get #claimedInState(): number | undefined {
    return this.#state === undefined ? undefined : this.#spec.claimedAt?.(this.#state.value);
  }

  /** Whether a follower waits for a poll that starts later than the last one. */
  get #isAwaited(): boolean {
    const { readAt } = this.#state ?? {};
    if (readAt === undefined || this.#claim.isOpen || this.#ended !== undefined) return false;
    return [...this.#followers].some((follower) => !follower.hasBegun && !follower.mayBeginWith(readAt));
  }

  #take(look: Look, moment: LookMoment): void {
    const now = this.#around.now();
    const isFirst = this.#state === undefined;
    const { state, news } = this.#spec.step(this.#state?.value, look, now, moment);
    const updates = isFirst ? [] : news;
    const whole = isFirst ? this.#spec.whole(state, now) : undefined;
    this.#failures.clear();
    for (const follower of this.#followers) follower.isPatient = true;
    const outcome = whole === undefined ? (updates.at(-1)?.outcome ?? null) : whole.outcome;
    const isFinal = this.#spec.isFinalSince?.(state, now - moment.confirmMs) === true;
    const mustConfirm = outcome !== null && this.#spec.confirms?.has(outcome) === true && !isFinal;
    if (this.#claim.take(mustConfirm, moment)) return;
    this.#state = { value: state, readAt: moment.askedAt, observedAt: now };
    if (isFirst || updates.length > 0) this.#newsAt = now;
    const isEager = isFirst || updates.length > 0 || this.#isSearching;
    this.#ticks = nextInterval(this.#ticks, isEager, this.#spec.pulse(state), this.#around.pace);
    if (this.#failures.recover() && updates.length === 0) this.#announce('RECOVERED');
    const isEvident = isFirst || outcome === null || this.#shows(look, outcome, now, moment);
    const to = audienceOf(isEvident ? this.#looks : this.#looks - 1, mustConfirm ? moment : undefined);
    for (const item of updates) this.#publish(item, now, to);
    if (whole !== undefined && whole.outcome !== null) this.#publish(whole, now, to);
  }

  /** Whether a poll shows an outcome on its own, without earlier polls. */
  #shows(look: Look, outcome: string, now: number, moment: LookMoment): boolean {
    return this.#spec.whole(this.#spec.step(undefined, look, now, moment).state, now).outcome === outcome;
  }

  /** @param to the followers that may receive it, if it is an end */
  #publish(news: Update<Body>, now: number, to: Audience): void {
    const type = news.outcome === null ? 'CHANGED' : 'ENDED';
    const event = this.#event(type, news, now, this.#nextSequence());
    this.#ring.push(event, 1 + (this.#spec.weigh?.(news.body) ?? 0));
    this.#stalls.keep(event, this.#quietSince(now));
    if (type === 'ENDED') this.#ended = event;
    const leaving = type === 'ENDED' ? this.#partWith(to) : [];
    for (const follower of [...this.#followers]) if (follower.hasBegun) this.#send(follower, event, now);
    for (const follower of leaving) follower.rejoin();
    if (type === 'ENDED') this.#noteIdle();
  }

  /** Removes the followers that may not receive an end: what ended before they came is not what they follow. */
  #partWith(to: Audience): Follower<Body>[] {
    const leaving = [...this.#followers].filter((follower) => !isAmong(to, follower));
    for (const follower of leaving) {
      this.#followers.delete(follower);
      this.#gaps.close(follower);
    }
    return leaving;
  }

  /**
   * A poll failed. Followers are notified once, and the next poll comes later. Before the first event it may be an
   * error.
   */
  #miss(error: unknown): void {
    const { code, message, retryable } = this.#around.describeError(error);
    this.#failures.add();
    if (this.#endIfGone(error)) return;
    if (this.#state === undefined && this.#failures.isError(retryable))
      for (const follower of [...this.#followers]) if (!retryable || !follower.isPatient) follower.fail(error);
    this.#ticks = intervalAfterFailure(this.#ticks, this.pulse, this.#around.pace);
    if (this.#failures.degraded !== null) return;
    this.#failures.degraded = { since: new Date(this.#around.now()), code, message };
    this.#announce('DEGRADED');
  }

  /** Whether the error means that the followed resource is gone. For followers that never saw it, it is an error. */
  #endIfGone(error: unknown): boolean {
    const news = this.#spec.gone?.(error);
    if (news === undefined) return false;
    if (this.#state === undefined)
      for (const follower of [...this.#followers]) if (!this.#gaps.has(follower)) follower.fail(error);
    this.#ticks = 1;
    if (!this.#failures.isGone()) return true;
    this.#failures.recover();
    this.#publish(news, this.#around.now(), audienceOf(this.#looks));
    return true;
  }

  /** For STALLED, DEGRADED and RECOVERED events: the last known state, with a prefix that says why it is repeated. */
  #aside(prefix: string, state: State, at: number): Update<Body> {
    const news = this.#spec.aside?.(state, at) ?? this.#spec.whole(state, at);
    return { ...news, changes: [], summary: `${prefix}: ${news.summary}` };
  }

  /** Sends an event that is no change of the resource. It is not kept for replay. */
  #announce(type: 'DEGRADED' | 'RECOVERED'): void {
    if (this.#state === undefined || this.#ended !== undefined) return;
    const now = this.#around.now();
    const { value, observedAt } = this.#state;
    const { degraded } = this.#failures;
    const prefix = degraded === null ? 'ECS can be seen again' : `cannot see ECS (${degraded.code}), last known`;
    const event = this.#event(type, this.#aside(prefix, value, observedAt), now, this.#nextSequence());
    for (const follower of [...this.#followers]) if (follower.hasBegun) this.#send(follower, event, now);
  }

  /** Sends an event. Progress ends a stall; its start has an event of its own. */
  #send(follower: Follower<Body>, event: LiveEvent<Body>, now: number): void {
    const since = follower.isStalled && this.#ended === undefined ? this.#stallOf(follower, now) : undefined;
    follower.isStalled = since !== undefined;
    follower.push(this.#stalls.within(event, since), now);
  }

  /** Since when there has been no progress. */
  #quietSince(now: number): number {
    const { value } = this.#state ?? {};
    return (value === undefined ? undefined : this.#spec.quietSince?.(value, now)) ?? this.#newsAt;
  }

  /** Since when there is a stall for a follower; undefined without one. */
  #stallOf({ options }: Follower<Body>, now: number): number | undefined {
    if (this.#state === undefined) return undefined;
    return this.#stalls.at(now, this.#quietSince(now), options.stallAfterMs);
  }

  /** Sends each follower what time alone makes due. */
  #tick(): void {
    const now = this.#around.now();
    const once = shareEvents<Body>();
    for (const follower of [...this.#followers]) {
      if (!follower.hasBegun) this.#begin(follower, now, once);
      if (follower.isDone || this.#state === undefined) continue;
      const { timeoutMs, stallAfterMs } = follower.options;
      // An outcome that was found in time is reported when it is confirmed, even if that is later.
      if (timeoutMs !== undefined && !this.#claim.isOpen && now - (follower.startedAt ?? now) >= timeoutMs) {
        const { value } = this.#state;
        const end = () => this.#event('ENDED', this.#spec.timedOut(value, now), now, this.#nextSequence());
        this.#send(follower, once('ENDED', end), now);
        continue;
      }
      if (stallAfterMs !== undefined && this.#failures.degraded === null)
        this.#sendStall(follower, stallAfterMs, now, once);
      follower.flush(now);
    }
  }

  /** Reports a stall that starts or ends without any other change. */
  #sendStall(follower: Follower<Body>, stallAfterMs: number, now: number, once: ShareEvents<Body>): void {
    if (this.#state === undefined || this.#ended !== undefined || this.#claim.isOpen) return;
    const { value } = this.#state;
    const since = this.#stallOf(follower, now);
    if ((since !== undefined) === follower.isStalled) return;
    if (since === undefined) {
      const whole = () =>
        this.#event('CHANGED', { ...this.#spec.whole(value, now), changes: [] }, now, this.#nextSequence());
      this.#send(follower, once('not stalled', whole), now);
      return;
    }
    const stall = () => this.#event('STALLED', this.#aside('stalled', value, now), now, this.#nextSequence());
    const event = once(`STALLED ${stallAfterMs}`, stall);
    this.#stalls.begin(stallAfterMs, since, event.sequence);
    follower.isStalled = true;
    this.#send(follower, event, now);
  }

  get #isSearching(): boolean {
    return this.#state !== undefined && this.#spec.isSearching?.(this.#state.value) === true;
  }

  /** Whether a follower's missed events are not known yet. */
  #awaitsLook(follower: Follower<Body>): boolean {
    return this.#ended === undefined && this.#gaps.awaitsLook(follower, this.#isSearching);
  }

  /** The first event of a follower: the current state, or the end. */
  #begin(follower: Follower<Body>, now: number, once: ShareEvents<Body>): void {
    if (follower.isDone) return;
    if (this.#ended !== undefined) {
      const ended = this.#ended;
      this.#gaps.close(follower);
      follower.push(
        once('ended', () => ({ ...ended, changes: [] })),
        now,
      );
      return;
    }
    if (this.#state === undefined || this.#claim.isOpen || follower.hasBegun || this.#awaitsLook(follower)) return;
    const { value, readAt } = this.#state;
    if (this.#failures.degraded === null && !follower.mayBeginWith(readAt)) return;
    const { type, since } = beginning(this.#spec, value, this.#gaps.close(follower), now);
    if (type === undefined) {
      // Nothing was missed: the stream continues as if it had not been interrupted.
      follower.startedAt = now;
      return;
    }
    const begin = () => {
      const news = since ?? { ...this.#spec.whole(value, now), changes: [] };
      return this.#event(type, news, now, this.sequence);
    };
    // The event reports a stall in progress.
    follower.isStalled = this.#stallOf(follower, now) !== undefined;
    this.#send(follower, since === undefined ? once(type, begin) : begin(), now);
  }

  /** The first events that the last poll gives to followers that join before the next. */
  #openings(): ShareEvents<Body> {
    if (this.#opening?.state !== this.#state) this.#opening = { state: this.#state, once: shareEvents() };
    return this.#opening?.once ?? shareEvents();
  }

  #event(type: LiveEventType, news: Update<Body>, now: number, sequence: number): LiveEvent<Body> {
    return {
      ...news,
      type,
      sequence,
      cursor: encodeLiveCursor(this.key, { epoch: this.#around.epoch, sequence, mark: news.mark }),
      // A repeated state keeps its time; an end is known now.
      observedAt: new Date(type === 'ENDED' ? now : (this.#state?.observedAt ?? now)),
      degraded: this.#failures.degraded,
      stalledSince: news.stalledSince ?? null,
    };
  }

  #nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }

  /**
   * Whether the last poll is so recent that new followers need not wait for another: a query would return the same. A
   * follower that has already seen events must not get older ones.
   */
  #isFresh(hasSeen: boolean): boolean {
    if (this.#state === undefined || this.#failures.degraded !== null || this.#claim.isOpen) return false;
    const { readAt } = this.#state;
    const { pace, monotonic, usableFrom } = this.#around;
    return readAt > usableFrom() && (!hasSeen || monotonic() - readAt < pace.tickMs / 2);
  }

  #leave(follower: Follower<Body>): void {
    this.#followers.delete(follower);
    this.#gaps.close(follower);
    this.#noteIdle();
  }

  #noteIdle(): void {
    if (this.#followers.size > 0 || this.idleSince !== undefined) return;
    this.#claim.drop();
    this.idleSince = this.#around.monotonic();
    this.#around.onIdle(this);
  }
}
