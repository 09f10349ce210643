import { intervalAfterFailure, nextInterval, nextOnGrid, type Pulse } from '../pace/poll-interval.ts';
import { Rest } from '../pace/rest.ts';
import type { SharedLife } from '../sharing/topic-sharing.ts';
import { audienceOf, EndClaim, type LookMoment } from './confirmation.ts';
import type { LiveCursor } from './cursor.ts';
import type { Follower } from './follower.ts';
import type { Pollable } from './pollable.ts';
import { type LinkParts, TopicLink } from './topic-link.ts';
import type { TopicSpec, Wakes } from './topic-spec.ts';
import { TopicStream } from './topic-stream.ts';
import type { TopicSurroundings } from './topic-surroundings.ts';

/**
 * One life of a followed resource: it is polled, and its events go to its stream. A life ends with its ENDED event, or
 * when it had no followers for a while. What is followed under the same name afterwards is another topic.
 */
export class Topic<Session, State, Look, Body> implements Pollable<Session> {
  readonly key: string;
  readonly group: string | undefined;
  readonly wakes: Wakes | undefined;
  isWoken = false;
  dueAt = 0;
  isPolling = false;
  idleSince: number | undefined;
  readonly #spec: TopicSpec<Session, State, Look, Body>;
  readonly #around: TopicSurroundings;
  readonly #stream: TopicStream<State, Body>;
  /** The id of the life that was shared last. */
  #life: string | undefined;
  /** The sequence up to which others know what followers here have received. */
  #shared = 0;
  /** Connects with a life once the running poll has ended. */
  #onPolled: (() => void) | undefined;
  #ticks = 1;
  /** Number of started polls, and when the last one and the one before it began. */
  #looks = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #askedBefore = Number.NEGATIVE_INFINITY;
  /** An end that the last look found and a later one has to find, too. */
  readonly #claim: EndClaim;
  /** When the next poll is needed while changes are announced. */
  readonly #rest: Rest;

  constructor(spec: TopicSpec<Session, State, Look, Body>, around: TopicSurroundings) {
    this.key = spec.key;
    this.group = spec.group;
    this.wakes = spec.wakes;
    this.#rest = new Rest(around.pace);
    this.#spec = spec;
    this.#around = around;
    this.#claim = new EndClaim(around.confirmMs, around.pace.tickMs / 2, around.monotonic);
    this.#stream = new TopicStream(spec, around, this.#claim, () => this.#noteIdle());
  }

  get epochs(): Iterable<string> {
    return this.#stream.kept.epochs;
  }

  hasEpoch(epoch: string): boolean {
    return this.#stream.kept.has(epoch);
  }

  get sequence(): number {
    return this.#stream.sequence;
  }

  get followerCount(): number {
    return this.#stream.followers.size;
  }

  get hasState(): boolean {
    return this.#stream.state !== undefined;
  }

  get isMirror(): boolean {
    return this.#stream.isMirror;
  }

  /** Whether other processes may follow this life. */
  get isShared(): boolean {
    return this.#stream.link !== undefined;
  }

  get pulse(): Pulse {
    const { state } = this.#stream;
    return state === undefined ? 'active' : this.#spec.pulse(state.value);
  }

  get hasEnded(): boolean {
    return this.#stream.ended !== undefined;
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
    return !this.hasEnded && (this.followerCount > 0 || this.#stream.isFresh(false));
  }

  /**
   * Adds a follower. Missed events that are still kept are sent at once, the current state as soon as it is read.
   * @param cursor the position after which the follower resumes
   */
  add(follower: Follower<Body>, cursor?: LiveCursor): void {
    const isOfThisLife = cursor !== undefined && this.hasEpoch(cursor.epoch);
    follower.topic = this;
    follower.spec = this.#spec;
    // An end that was read before a subscriber came does not apply to it, unless it resumes this very life.
    follower.firstLook = isOfThisLife ? 0 : this.#looks + 1;
    follower.joinedAt = isOfThisLife ? Number.NEGATIVE_INFINITY : this.#around.monotonic();
    follower.usableFrom = this.#around.usableFrom();
    this.idleSince = undefined;
    if (!this.#stream.join(follower, cursor)) return;
    if (this.isMirror) this.#stream.link?.refresh();
    else if (!this.isPolling) this.#makeDue();
  }

  /** Nothing that only a poll can find out is waited for, and changes are announced. */
  get isResting(): boolean {
    const { isAnnounced, monotonic } = this.#around;
    if (this.wakes === undefined || !this.hasState || !this.#rest.lastsAt(monotonic())) return false;
    return !this.#claim.isOpen && this.#claimedInState === undefined && isAnnounced(this.wakes.sources);
  }

  wake(): void {
    if (this.isMirror || !this.hasState) return;
    this.isWoken = true;
    this.#ticks = 1;
    if (!this.isPolling) this.#makeDue(this.#askedAt + (this.wakes?.everyMs ?? 0));
  }

  /** The next poll is not later than now, or than a time that lies ahead. */
  #makeDue(earliest = Number.NEGATIVE_INFINITY): void {
    this.#rest.end();
    this.dueAt = Math.min(this.dueAt, Math.max(this.#around.monotonic(), earliest));
  }

  async poll(session: Session, signal: AbortSignal): Promise<void> {
    this.isPolling = true;
    this.isWoken = false;
    this.#looks += 1;
    const asked = this.#around.monotonic();
    this.#askedBefore = this.#askedAt;
    this.#askedAt = asked;
    const { link, followers } = this.#stream;
    let isAtOnce = false;
    let isAnswered = false;
    try {
      const marks = link === undefined ? followers.gaps.ask() : [...followers.gaps.ask(), ...link.beginPoll()];
      const look = await this.#spec.read(session, this.#stream.state?.value, marks);
      this.#take(look, { askedAt: asked, confirmMs: this.#around.confirmMs });
      isAnswered = true;
    } catch (error) {
      // Aborted because there were no followers. That says nothing about ECS, and new followers wait for a poll.
      if (signal.aborted) isAtOnce = true;
      else this.#miss(error);
    } finally {
      if (link !== undefined) await this.#share(link, isAnswered);
      this.isPolling = false;
      this.#onPolled?.();
      this.#onPolled = undefined;
      this.#stream.tick();
      const { monotonic, pace, slowness } = this.#around;
      const usual = nextOnGrid(monotonic(), this.#ticks * slowness(), pace);
      this.dueAt = isAnswered ? this.#claim.dueAt(this.#claimedInState, usual) : usual;
      if (!isAnswered) this.#rest.end();
      if (isAtOnce || (isAnswered && this.#stream.waitsForLook)) this.#makeDue();
      if (this.isWoken) this.#makeDue(asked + (this.wakes?.everyMs ?? 0));
    }
  }

  watch(): void {
    this.#stream.tick();
    const { link } = this.#stream;
    // A request to the other process may have been lost.
    if (this.isMirror && this.#stream.isAwaited) link?.refresh();
    // A stall begins by time alone, for followers elsewhere, too.
    if (link?.leads === true && !this.#claim.isOpen) this.#stream.sendTurns(link);
    if (link?.leads === true && link.holdsAny) void this.#share(link, false);
    const { monotonic, pace } = this.#around;
    this.dueAt = nextOnGrid(monotonic(), this.isMirror ? 1 : nextInterval(1, false, this.pulse, pace), pace);
  }

  /** Drops the events kept for replay. */
  forget(): void {
    this.#stream.forget();
  }

  cut(): void {
    for (const follower of this.#stream.followers) follower.cut();
  }

  /** Finds the life that other processes follow, or begins one, and goes on with them. */
  async share(parts: LinkParts, freshMs: number): Promise<void> {
    const link = new TopicLink<State, Body>(parts, this.#spec);
    // After events of its own, followers need one that carries them to the state of the others: it needs a number.
    const sequence = this.sequence + Number(this.sequence > this.#shared);
    const wish = { key: this.key, life: this.#life, sequence, freshMs };
    const life = await parts.sharing.open(wish, link);
    if (life === undefined) return;
    if (this.followerCount === 0 || this.hasEnded || this.isShared) life.leave();
    else this.connect(link, life);
  }

  /** Shares this life with other processes from now on. */
  connect(link: TopicLink<State, Body>, life: SharedLife): void {
    if (this.isPolling) {
      this.#onPolled = () => this.connect(link, life);
      return;
    }
    this.#life = life.id;
    const stream = this.#stream;
    const isNew = this.followerCount === 0 && stream.state === undefined;
    stream.link = link;
    const owner = {
      onRole: () => this.#onRole(),
      hurry: () => this.#hurry(),
      onGone: () => this.unlink(),
      onClaim: this.#claim.waitUntil.bind(this.#claim),
    };
    link.connect(life, stream, owner, isNew ? undefined : this.#shared);
    stream.epoch = life.id;
    if (isNew) stream.restart();
    link.setSpans(stream.followers.spans());
    this.#onRole();
  }

  /** Goes on by itself: other processes cannot be reached, or it has no followers here any more. */
  unlink(): void {
    const { link } = this.#stream;
    if (link === undefined) return;
    if (!link.isSettled(this.#stream)) this.#stream.forgetState();
    this.#shared = link.shared;
    this.#stream.link = undefined;
    link.leave();
    this.#stream.epoch = this.#around.epoch();
    this.#onRole();
  }

  /** Makes the events after a cursor of this life available, as far as any process knows them. */
  async reach(cursor: LiveCursor): Promise<void> {
    await this.#stream.reach(cursor);
  }

  #onRole(): void {
    this.#claim.drop();
    this.#ticks = 1;
    this.#hurry();
  }

  #hurry(): void {
    if (!this.isPolling && !this.#claim.isOpen) this.#makeDue();
    this.#around.onChange();
  }

  get #claimedInState(): number | undefined {
    const { state } = this.#stream;
    return state === undefined || this.isMirror ? undefined : this.#spec.claimedAt?.(state.value);
  }

  #take(look: Look, moment: LookMoment): void {
    const stream = this.#stream;
    const now = this.#around.now();
    const isFirst = stream.state === undefined;
    const { state, news } = this.#spec.step(stream.state?.value, look, now, moment);
    const updates = isFirst ? [] : news;
    const whole = isFirst ? this.#spec.whole(state, now) : undefined;
    stream.failures.clear();
    for (const follower of stream.followers) follower.isPatient = true;
    const outcome = whole === undefined ? (updates.at(-1)?.outcome ?? null) : whole.outcome;
    const isFinal = this.#spec.isFinalSince?.(state, now - moment.confirmMs) === true;
    const mustConfirm = outcome !== null && this.#spec.confirms?.has(outcome) === true && !isFinal;
    const before = this.#claim.lastsUntil;
    const mustWait = this.#claim.take(mustConfirm, moment);
    if (before !== this.#claim.lastsUntil) stream.link?.holdClaim(this.#claim.lastsUntil);
    if (mustWait) return;
    stream.state = { value: state, readAt: moment.askedAt, observedAt: now };
    if (isFirst || updates.length > 0) stream.newsAt = now;
    const isEager = isFirst || updates.length > 0 || stream.isSearching;
    this.#ticks = nextInterval(this.#ticks, isEager, this.#spec.pulse(state), this.#around.pace);
    this.#rest.begin(isEager, this.#spec.pulse(state), this.#around.monotonic());
    if (stream.failures.recover() && updates.length === 0) stream.announce('RECOVERED');
    const isEvident = isFirst || outcome === null || this.#shows(look, outcome, now, moment);
    const to = {
      ...audienceOf(isEvident ? this.#looks : this.#looks - 1, mustConfirm ? moment : undefined),
      askedAt: isEvident ? this.#askedAt : this.#askedBefore,
    };
    for (const item of updates) stream.publish(item.outcome === null ? 'CHANGED' : 'ENDED', item, now, to);
    if (whole === undefined) return;
    if (whole.outcome !== null) stream.publish('ENDED', whole, now, to);
    else stream.resume(now, to);
  }

  /** Whether a poll shows an outcome on its own, without earlier polls. */
  #shows(look: Look, outcome: string, now: number, moment: LookMoment): boolean {
    return this.#spec.whole(this.#spec.step(undefined, look, now, moment).state, now).outcome === outcome;
  }

  /**
   * A poll failed. Followers are notified once, and the next poll comes later. Before the first event it may be an
   * error.
   */
  #miss(error: unknown): void {
    const { failures, state } = this.#stream;
    const { code, message, retryable } = this.#around.describeError(error);
    failures.add();
    if (this.#endIfGone(error)) return;
    if (state === undefined && failures.isError(retryable)) this.#fail(error, false);
    this.#ticks = intervalAfterFailure(this.#ticks, this.pulse, this.#around.pace);
    if (failures.degraded !== null) return;
    failures.degraded = { since: new Date(this.#around.now()), code, message };
    this.#stream.announce('DEGRADED');
  }

  /** Whether the error means that the followed resource is gone. For followers that never saw it, it is an error. */
  #endIfGone(error: unknown): boolean {
    const news = this.#spec.gone?.(error);
    if (news === undefined) return false;
    const { failures, state } = this.#stream;
    if (state === undefined) this.#fail(error, true);
    this.#ticks = 1;
    if (!failures.isGone()) return true;
    failures.recover();
    const to = { ...audienceOf(this.#looks), askedAt: this.#askedAt };
    this.#stream.publish('ENDED', news, this.#around.now(), to);
    return true;
  }

  /** A failed poll leaves followers without anything to show. */
  #fail(error: unknown, isGone: boolean): void {
    this.#stream.link?.holdFailure(error, isGone);
    this.#stream.fail(error, isGone);
  }

  /** Lets all processes know what a poll found, before followers here receive it. */
  async #share(link: TopicLink<State, Body>, isAnswered: boolean): Promise<void> {
    const stream = this.#stream;
    const isSettled = isAnswered && !this.#claim.isOpen;
    if (isSettled && stream.link === link) stream.sendTurns(link);
    if (!isSettled && !link.holdsAny) return;
    const { newsAt, failures, stalls } = stream;
    const quietSince = stream.quietSince(Number.POSITIVE_INFINITY);
    const notes = { newsAt, degraded: failures.degraded, quietSince, stalls: stalls.open };
    // A poll that found an end leaves the state as it was before.
    const state = isAnswered && this.#claim.isOpen ? undefined : stream.state;
    for (const outgoing of await link.publish(state, notes)) {
      const { event } = outgoing;
      // Alone meanwhile, it has cursors of its own.
      const cursor = stream.cursorOf(event.sequence, event.mark);
      stream.deliver(cursor === event.cursor ? outgoing : { ...outgoing, event: { ...event, cursor } });
    }
  }

  leave(follower: Follower<Body>): void {
    this.#stream.followers.delete(follower);
    this.#stream.link?.setSpans(this.#stream.followers.spans());
    this.#noteIdle();
  }

  #noteIdle(): void {
    if (this.followerCount > 0 || this.idleSince !== undefined) return;
    this.#claim.drop();
    this.idleSince = this.#around.monotonic();
    this.#around.onIdle(this);
  }
}
