import { ABSENCES_TO_BELIEVE } from './absences.ts';
import { encodeLiveCursor, type LiveCursor } from './cursor.ts';
import type { Follower } from './follower.ts';
import { intervalAfterFailure, nextInterval, nextOnGrid } from './poll-interval.ts';
import type { Pollable } from './pollable.ts';
import { Ring } from './replay-buffer.ts';
import { Gaps } from './resume-gaps.ts';
import { type ShareEvents, shareEvents } from './share-events.ts';
import { Stalls } from './stalls.ts';
import type { Degraded, LiveEvent, LiveEventType, News, Pulse, TopicSpec } from './topic-spec.ts';
import type { TopicSurroundings } from './topic-surroundings.ts';

/**
 * One life of a thing that is followed: its last state, its latest events, and who follows. A life ends with its ENDED event, or
 * when nobody has followed it for a while; what is followed under the same name after that is another topic.
 */
export class Topic<Session, State, Look, Body> implements Pollable<Session> {
  readonly key: string;
  readonly epoch: string;
  readonly group: string | undefined;
  dueAt = 0;
  isPolling = false;
  idleSince: number | undefined;
  readonly #spec: TopicSpec<Session, State, Look, Body>;
  readonly #around: TopicSurroundings;
  readonly #followers = new Set<Follower<Body>>();
  readonly #ring: Ring<LiveEvent<Body>>;
  readonly #gaps: Gaps<Follower<Body>>;
  readonly #stalls = new Stalls<Body>();
  /** ECS's time of the first look, or of the last news. */
  #newsAt = 0;
  #state: { readonly value: State; readonly readAt: number; readonly observedAt: number } | undefined;
  #opening: { readonly state: unknown; readonly once: ShareEvents<Body> } | undefined;
  #sequence = 0;
  #ticks = 1;
  #degraded: Degraded | null = null;
  #ended: LiveEvent<Body> | undefined;
  #failures = 0;
  #absences = 0;
  /** Looks that were begun. */
  #looks = 0;
  /** Set while the last look found an end that the next one has to find, too. */
  #isConfirming = false;

  constructor(spec: TopicSpec<Session, State, Look, Body>, around: TopicSurroundings) {
    this.key = spec.key;
    this.epoch = around.epoch;
    this.group = spec.group;
    this.#spec = spec;
    this.#around = around;
    this.#ring = new Ring(around.ringSize, 0, around.replay);
    this.#gaps = new Gaps(spec.since !== undefined);
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
    return this.#isConfirming;
  }

  /** Whether whoever comes without a cursor of this life may join it: it goes on, and is followed or was read a moment ago. */
  get takesNewFollowers(): boolean {
    return this.#ended === undefined && (this.#followers.size > 0 || this.#isFresh(false));
  }

  /**
   * Adds a follower. Events that it missed and that are still held are sent at once; the present state as soon as it is read.
   * @param cursor the place behind which the follower goes on
   */
  add(follower: Follower<Body>, cursor?: LiveCursor): void {
    const isOfThisLife = cursor?.epoch === this.epoch;
    this.#followers.add(follower);
    follower.onLeave = () => this.#leave(follower);
    // An end that was read before somebody came is no answer to them, unless they go on with this very life.
    follower.firstLook = isOfThisLife ? 0 : this.#looks + 1;
    this.idleSince = undefined;
    const now = this.#around.now();
    if (cursor !== undefined) {
      const isGiven = isOfThisLife && cursor.sequence <= this.#sequence;
      const missed = isGiven ? this.#ring.after(cursor.sequence) : undefined;
      if (missed === undefined) this.#gaps.open(follower, cursor.mark);
      else if (this.#ended !== undefined && missed.length === 0) follower.complete();
      else {
        follower.startedAt = now;
        this.#replay(follower, missed, cursor.sequence, now);
      }
    }
    if (this.#ended !== undefined || (this.#isFresh(cursor !== undefined) && !this.#awaitsLook(follower)))
      this.#begin(follower, now, this.#openings());
    else if (!this.isPolling) this.dueAt = Math.min(this.dueAt, this.#around.monotonic());
  }

  #replay(follower: Follower<Body>, missed: readonly LiveEvent<Body>[], sequence: number, now: number): void {
    const { stallAfterMs } = follower.options;
    for (const event of missed) {
      const since = this.#stalls.atEvent(event, stallAfterMs);
      follower.isStalled = since !== undefined;
      follower.tell(this.#stalls.within(event, since), now);
    }
    const since = this.#stallOf(follower, now);
    if (since !== undefined && this.#stalls.hasTold(stallAfterMs, since, sequence)) follower.isStalled = true;
  }

  async poll(session: Session, signal: AbortSignal): Promise<void> {
    this.isPolling = true;
    this.#looks += 1;
    const asked = this.#around.monotonic();
    let next: number | undefined;
    try {
      const look = await this.#spec.read(session, this.#state?.value, this.#gaps.ask());
      this.#take(look, asked);
      if (this.#isConfirming) next = this.#around.monotonic();
    } catch (error) {
      // Ended because nobody followed: that says nothing of ECS, and whoever has come since waits for a look.
      if (signal.aborted) next = this.#around.monotonic();
      else this.#miss(error);
    } finally {
      this.isPolling = false;
      this.#tick();
      this.dueAt = next ?? nextOnGrid(this.#around.monotonic(), this.#ticks, this.#around.pace);
    }
  }

  fail(error: unknown): void {
    for (const follower of [...this.#followers]) follower.fail(error);
  }

  forget(): void {
    this.#ring.clear();
  }

  cut(): void {
    for (const follower of [...this.#followers]) follower.cut();
  }

  #take(look: Look, asked: number): void {
    const now = this.#around.now();
    const isFirst = this.#state === undefined;
    const { state, news } = this.#spec.step(this.#state?.value, look, now);
    const told = isFirst ? [] : news;
    const whole = isFirst ? this.#spec.whole(state, now) : undefined;
    this.#failures = 0;
    this.#absences = 0;
    const outcome = whole === undefined ? (told.at(-1)?.outcome ?? null) : whole.outcome;
    const mustConfirm = outcome !== null && this.#spec.confirms?.has(outcome) === true;
    this.#isConfirming = mustConfirm && !this.#isConfirming;
    if (this.#isConfirming) return;
    this.#state = { value: state, readAt: asked, observedAt: now };
    if (isFirst || told.length > 0) this.#newsAt = now;
    const isEager = isFirst || told.length > 0 || this.#isSearching || this.#spec.isEager?.(state) === true;
    this.#ticks = nextInterval(this.#ticks, isEager, this.#spec.pulse(state), this.#around.pace);
    const recovered = this.#degraded !== null;
    this.#degraded = null;
    if (recovered && told.length === 0) this.#announce('RECOVERED');
    const isEvident = isFirst || outcome === null || this.#shows(look, outcome, now);
    for (const item of told) this.#publish(item, now, isEvident);
    if (whole !== undefined && whole.outcome !== null) this.#publish(whole, now);
  }

  /** Whether a look shows an outcome by itself, without what was seen before. */
  #shows(look: Look, outcome: string, now: number): boolean {
    return this.#spec.whole(this.#spec.step(undefined, look, now).state, now).outcome === outcome;
  }

  /** @param isEvident whether the end, if it is one, may be told to those whose first look found it */
  #publish(news: News<Body>, now: number, isEvident = true): void {
    const type = news.outcome === null ? 'CHANGED' : 'ENDED';
    const event = this.#event(type, news, now, this.#nextSequence());
    this.#ring.push(event, 1 + (this.#spec.weigh?.(news.body) ?? 0));
    this.#stalls.keep(event, this.#quietSince(now));
    if (type === 'ENDED') this.#ended = event;
    const leaving = type === 'ENDED' ? this.#partWith(isEvident ? this.#looks + 1 : this.#looks) : [];
    for (const follower of [...this.#followers]) if (follower.hasBegun) this.#tell(follower, event, now);
    for (const follower of leaving) follower.rejoin();
    if (type === 'ENDED') this.#noteIdle();
  }

  /** Lets go of those whose first look is this one or a later one: what ended before they came is not what they follow. */
  #partWith(firstLook: number): Follower<Body>[] {
    const leaving = [...this.#followers].filter((follower) => follower.firstLook >= firstLook);
    for (const follower of leaving) {
      this.#followers.delete(follower);
      this.#gaps.close(follower);
    }
    return leaving;
  }

  /** A look failed: the followers are told once, and the next look comes later. Before the first event it may be an error. */
  #miss(error: unknown): void {
    const { code, message, retryable } = this.#around.describeError(error);
    this.#failures += 1;
    if (this.#endIfGone(error)) return;
    if (this.#state === undefined && (!retryable || this.#failures >= FAILURES_BEFORE_FIRST)) {
      this.fail(error);
      return;
    }
    this.#ticks = intervalAfterFailure(this.#ticks, this.pulse, this.#around.pace);
    if (this.#degraded !== null) return;
    this.#degraded = { since: new Date(this.#around.now()), code, message };
    this.#announce('DEGRADED');
  }

  /**
   * Whether the error says that what is followed is no more: ECS reads late, so it must say so several times. For those who never
   * saw it, it is an error.
   */
  #endIfGone(error: unknown): boolean {
    const news = this.#spec.gone?.(error);
    if (news === undefined) return false;
    if (this.#state === undefined)
      for (const follower of [...this.#followers]) if (!this.#gaps.has(follower)) follower.fail(error);
    this.#absences += 1;
    this.#ticks = 1;
    if (this.#absences < ABSENCES_TO_BELIEVE) return true;
    this.#degraded = null;
    this.#publish(news, this.#around.now());
    return true;
  }

  /** What tells nothing of the thing itself says so before it repeats how things stand. */
  #aside(prefix: string, state: State, at: number): News<Body> {
    const news = this.#spec.aside?.(state, at) ?? this.#spec.whole(state, at);
    return { ...news, changes: [], summary: `${prefix}: ${news.summary}` };
  }

  /** Tells what is no change of the thing itself; it is not kept for replay. */
  #announce(type: 'DEGRADED' | 'RECOVERED'): void {
    if (this.#state === undefined || this.#ended !== undefined) return;
    const now = this.#around.now();
    const { value, observedAt } = this.#state;
    const prefix =
      this.#degraded === null ? 'ECS can be seen again' : `cannot see ECS (${this.#degraded.code}), last known`;
    const event = this.#event(type, this.#aside(prefix, value, observedAt), now, this.#nextSequence());
    for (const follower of [...this.#followers]) if (follower.hasBegun) this.#tell(follower, event, now);
  }

  /** Sends an event. It ends a stall where something has moved; the beginning of one has an event of its own. */
  #tell(follower: Follower<Body>, event: LiveEvent<Body>, now: number): void {
    const since = follower.isStalled && this.#ended === undefined ? this.#stallOf(follower, now) : undefined;
    follower.isStalled = since !== undefined;
    follower.tell(this.#stalls.within(event, since), now);
  }

  /** Since when nothing has moved towards the goal. */
  #quietSince(now: number): number {
    const { value } = this.#state ?? {};
    return (value === undefined ? undefined : this.#spec.quietSince?.(value, now)) ?? this.#newsAt;
  }

  /** Since when there is a stall for a follower; undefined where there is none. */
  #stallOf({ options }: Follower<Body>, now: number): number | undefined {
    if (this.#state === undefined) return undefined;
    return this.#stalls.at(now, this.#quietSince(now), options.stallAfterMs);
  }

  /** What each follower is due by the time that has passed. */
  #tick(): void {
    const now = this.#around.now();
    const once = shareEvents<Body>();
    for (const follower of [...this.#followers]) {
      if (!follower.hasBegun) this.#begin(follower, now, once);
      if (follower.isDone || this.#state === undefined) continue;
      const { timeoutMs, stallAfterMs } = follower.options;
      if (timeoutMs !== undefined && now - (follower.startedAt ?? now) >= timeoutMs) {
        const { value } = this.#state;
        const end = () => this.#event('ENDED', this.#spec.timedOut(value, now), now, this.#nextSequence());
        this.#tell(follower, once('ENDED', end), now);
        continue;
      }
      if (stallAfterMs !== undefined && this.#degraded === null) this.#tellStall(follower, stallAfterMs, now, once);
      follower.flush(now);
    }
  }

  /** Tells of a stall that begins or ends without any other news. */
  #tellStall(follower: Follower<Body>, stallAfterMs: number, now: number, once: ShareEvents<Body>): void {
    if (this.#state === undefined || this.#ended !== undefined || this.#isConfirming) return;
    const { value } = this.#state;
    const since = this.#stallOf(follower, now);
    if ((since !== undefined) === follower.isStalled) return;
    if (since === undefined) {
      const whole = () =>
        this.#event('CHANGED', { ...this.#spec.whole(value, now), changes: [] }, now, this.#nextSequence());
      this.#tell(follower, once('not stalled', whole), now);
      return;
    }
    const stall = () => this.#event('STALLED', this.#aside('stalled', value, now), now, this.#nextSequence());
    const event = once(`STALLED ${stallAfterMs}`, stall);
    this.#stalls.begin(stallAfterMs, since, event.sequence);
    follower.isStalled = true;
    this.#tell(follower, event, now);
  }

  get #isSearching(): boolean {
    return this.#state !== undefined && this.#spec.isSearching?.(this.#state.value) === true;
  }

  /** Whether what a follower missed cannot be told yet. */
  #awaitsLook(follower: Follower<Body>): boolean {
    return this.#ended === undefined && this.#gaps.awaitsLook(follower, this.#isSearching);
  }

  /** The first event of a follower: how things stand, or how it all ended. */
  #begin(follower: Follower<Body>, now: number, once: ShareEvents<Body>): void {
    if (follower.isDone) return;
    if (this.#ended !== undefined) {
      const ended = this.#ended;
      this.#gaps.close(follower);
      follower.tell(
        once('ended', () => ({ ...ended, changes: [] })),
        now,
      );
      return;
    }
    if (this.#state === undefined || this.#isConfirming || follower.hasBegun || this.#awaitsLook(follower)) return;
    const gap = this.#gaps.close(follower);
    const { value } = this.#state;
    const since = gap?.mark === undefined ? undefined : this.#spec.since?.(value, gap.mark, now);
    const goesOn = since !== undefined && this.#spec.sinceIsWhole !== true;
    if (goesOn && since.changes.length === 0) {
      // Nothing was missed: the stream goes on as if it had not been away.
      follower.startedAt = now;
      return;
    }
    const type: LiveEventType = goesOn ? 'CHANGED' : gap === undefined ? 'SNAPSHOT' : 'RESYNC';
    const begin = () => {
      const news = since ?? { ...this.#spec.whole(value, now), changes: [] };
      return this.#event(type, news, now, this.#sequence);
    };
    // It tells of a stall that is under way.
    follower.isStalled = this.#stallOf(follower, now) !== undefined;
    this.#tell(follower, since === undefined ? once(type, begin) : begin(), now);
  }

  /** How the last look begins a stream, for those who join before the next. */
  #openings(): ShareEvents<Body> {
    if (this.#opening?.state !== this.#state) this.#opening = { state: this.#state, once: shareEvents() };
    return this.#opening?.once ?? shareEvents();
  }

  #event(type: LiveEventType, news: News<Body>, now: number, sequence: number): LiveEvent<Body> {
    return {
      ...news,
      type,
      sequence,
      cursor: encodeLiveCursor(this.key, { epoch: this.#around.epoch, sequence, mark: news.mark }),
      // What is repeated is as old as it is; an end is known now.
      observedAt: new Date(type === 'ENDED' ? now : (this.#state?.observedAt ?? now)),
      degraded: this.#degraded,
      stalledSince: news.stalledSince ?? null,
    };
  }

  #nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /**
   * Read so recently that whoever joins now need not wait for another look: the next one is under way, or comes soon. Who has
   * seen something already must not be shown what is older.
   */
  #isFresh(hasSeen: boolean): boolean {
    if (this.#state === undefined || this.#degraded !== null || this.#isConfirming) return false;
    const { tickMs, activeMostTicks } = this.#around.pace;
    return this.#around.monotonic() - this.#state.readAt < tickMs * (hasSeen ? 0.5 : activeMostTicks);
  }

  #leave(follower: Follower<Body>): void {
    this.#followers.delete(follower);
    this.#gaps.close(follower);
    this.#noteIdle();
  }

  #noteIdle(): void {
    if (this.#followers.size > 0 || this.idleSince !== undefined) return;
    this.#isConfirming = false;
    this.idleSince = this.#around.monotonic();
    this.#around.onIdle(this);
  }
}

/** With nothing to show yet, so many failed looks are an error. */
const FAILURES_BEFORE_FIRST = 3;
