import { fromText, toText } from '../sharing/codec.ts';
import type { LifeEntry, LifeListener, LifeState, SharedLife, TopicSharing } from '../sharing/topic-sharing.ts';
import type { Audience } from './confirmation.ts';
import type { Degraded, LiveEvent, ShownSpec } from './topic-spec.ts';
import { SharedState, type TopicState } from './topic-state.ts';

/** An event on its way to followers, in this process and in others. */
export interface Outgoing<Body> {
  /** `news` is kept for replay, `aside` goes to all followers, `stall` to those whose `stallAfter` is `span`. */
  readonly kind: 'news' | 'aside' | 'stall';
  readonly event: LiveEvent<Body>;
  /** The followers that may receive it, if it is an end. */
  readonly to: Audience;
  /** Since when there had been no progress. */
  readonly quietSince: number;
  readonly span?: number | undefined;
}

/** Facts about a state that followers elsewhere need without reading it. */
export interface StateNotes {
  readonly newsAt: number;
  readonly degraded: Degraded | null;
  /** Since when there is no progress; in the future while a wait is intended. */
  readonly quietSince: number;
  /** Stalls that were reported: `stallAfter`, and since when. */
  readonly stalls: readonly (readonly [number, number])[];
}

interface About extends StateNotes {
  /** By the common clock. */
  readonly readAt: number;
  readonly observedAt: number;
  /** The position in the log that the poll knew. */
  readonly heard: number;
}

/** The stream of a topic, as its link to other processes sees it. */
export interface LinkedStream<State, Body> {
  sequence: number;
  /** Whether followers wait for their first event. */
  readonly isAwaited: boolean;
  readonly followers: { readonly gaps: { ask(): string[] } };
  cursorOf(sequence: number, mark: string | undefined): string;
  /** Gives an event that has its place in the log to the followers here. */
  deliver(outgoing: Outgoing<Body>): void;
  /** Takes the state as another process has read it. Returns the state before. */
  adopt(state: TopicState<State>, notes: StateNotes): TopicState<State> | undefined;
  /** The last reading of this process is not the state that all have seen. */
  forgetState(): void;
  /** Gives followers their first event that wait for it. */
  beginAll(): void;
  /** Events are missing: followers continue with the differences between an earlier state and the current one. */
  catchUp(before: TopicState<State> | undefined): void;
  /** A poll failed before the first state was known. */
  fail(error: unknown, isGone: boolean): void;
}

/** The topic of a link. */
export interface LinkOwner {
  /** From now on another process polls, or this one. */
  onRole(): void;
  /** The next poll is due now. */
  hurry(): void;
  /** The link is useless. */
  onGone(): void;
  /** The process that polls has found an end, and confirms it by this time of the monotonic clock. */
  onClaim(until: number): void;
}

/** The parts of the hub that a link needs. */
export interface LinkParts {
  readonly sharing: TopicSharing;
  /** An error as plain data, and back. */
  readonly toData: (error: unknown) => unknown;
  readonly fromData: (data: unknown) => unknown;
}

/** An event as text. Its number and cursor follow from its place in the log. */
interface EventText<Body> extends Omit<Outgoing<Body>, 'to' | 'event'> {
  readonly event: Omit<LiveEvent<Body>, 'cursor' | 'sequence'>;
  /** By the common clock: an end is not for followers that came later. */
  readonly joinedBefore: number;
}

/** Two processes agree on the common clock up to this many milliseconds. */
const CLOCK_ERROR_MS = 50;

/** One topic's connection to its life that other processes follow, too. */
export class TopicLink<State, Body> implements LifeListener {
  readonly #parts: LinkParts;
  readonly #spec: Pick<ShownSpec<State, Body>, 'adopt'>;
  #life: SharedLife | undefined;
  #stream: LinkedStream<State, Body> | undefined;
  #owner: LinkOwner | undefined;
  #held: Outgoing<Body>[] = [];
  #failed: LifeEntry[] = [];
  #claim: LifeEntry[] = [];
  #marks = new Set<string>();
  #heard = 0;
  #isPublishing = false;
  #shared = 0;
  /** Whether the log lacks events that followers here have received. */
  #isBroken = false;
  /** Set while followers here have not seen what led to the current state. */
  #mustCatchUp = false;
  /** The state that they have seen last. */
  #before: { readonly state: TopicState<State> | undefined } | undefined;
  /** The sequence of the last event that was left out meanwhile. */
  #leftOut = 0;
  #stateSequence: number | undefined;
  #stateHeard = 0;
  #lastAsk = 0;
  #isRefreshing = false;
  #mustRefresh = false;

  constructor(parts: LinkParts, spec: Pick<ShownSpec<State, Body>, 'adopt'>) {
    this.#parts = parts;
    this.#spec = spec;
  }

  get life(): SharedLife {
    if (this.#life === undefined) throw new Error('the life is not open yet');
    return this.#life;
  }

  get leads(): boolean {
    return this.life.leads;
  }

  /** The sequence up to which all processes know the same. */
  get shared(): number {
    return this.#shared;
  }

  /** Whether anything waits to be published, and whether an event about the resource does. */
  get holdsAny(): boolean {
    return this.#held.length + this.#failed.length + this.#claim.length > 0;
  }

  get holdsNews(): boolean {
    return this.#held.some(({ kind }) => kind === 'news');
  }

  /** Whether followers may begin with the state: all processes know it, and no event after it is on its way. */
  isSettled({ sequence }: { readonly sequence: number }): boolean {
    return !this.#isPublishing && (this.leads || this.#stateSequence === sequence);
  }

  /** Whether the state includes what was asked for last. */
  get hasAnswer(): boolean {
    return this.leads || this.#stateHeard >= this.#lastAsk;
  }

  /**
   * Connects a topic with an open life.
   * @param shared the sequence up to which followers here have received what others have; undefined if the topic knows
   * nothing but what the life knows
   */
  connect(life: SharedLife, stream: LinkedStream<State, Body>, owner: LinkOwner, shared: number | undefined): void {
    this.#life = life;
    this.#stream = stream;
    this.#owner = owner;
    if (shared === undefined) this.#adopt(life.opened);
    else if (!life.leads) this.#catchUp();
    else this.#isBroken = Math.max(life.opened.sequence, stream.sequence) > shared;
    stream.sequence = Math.max(life.opened.sequence, stream.sequence);
    this.#shared = life.opened.sequence;
  }

  /** Shows other processes for which values of `stallAfter` followers here want to know of stalls. */
  setSpans(spans: ReadonlySet<number>): void {
    this.life.setSpans([...spans]);
  }

  /** A poll of this process begins. Returns the marks that followers elsewhere need. */
  beginPoll(): readonly string[] {
    this.#heard = this.life.position;
    const marks = [...this.#marks];
    this.#marks.clear();
    return marks;
  }

  /** Keeps an event back until all processes can know it. */
  hold(outgoing: Outgoing<Body>): void {
    this.#held.push(outgoing);
  }

  holdFailure(error: unknown, isGone: boolean): void {
    this.#failed = [{ kind: 'failed', text: toText({ error: this.#parts.toData(error), isGone }) }];
  }

  /** @param until by the monotonic clock; undefined: no end waits for its confirmation any more */
  holdClaim(until: number | undefined): void {
    this.#claim = [{ kind: 'claim', until: until === undefined ? 0 : this.#parts.sharing.toShared(until) }];
  }

  /**
   * Publishes what a poll found.
   * @param state undefined leaves the state of others as it is: no poll has succeeded yet, or an end waits for its confirmation
   * @returns the events that followers here may receive now
   */
  async publish(state: TopicState<State> | undefined, notes: StateNotes): Promise<readonly Outgoing<Body>[]> {
    const held = this.#held;
    const claim = this.#claim;
    const failed = this.#failed;
    this.#held = [];
    this.#claim = [];
    this.#failed = [];
    const stream = this.#stream;
    if (stream === undefined) return held;
    const isBroken = this.#isBroken && state !== undefined;
    const entries: LifeEntry[] = [
      ...(isBroken ? [{ kind: 'broken' } as const] : []),
      ...claim,
      ...held.map((outgoing) => this.#toEntry(outgoing)),
      ...failed,
    ];
    const readAt = state === undefined ? 0 : this.#parts.sharing.toShared(state.readAt);
    const about: About | undefined = state && { ...notes, readAt, observedAt: state.observedAt, heard: this.#heard };
    const texts = state && { about: toText(about), state: toText(state.value) };
    const hasEnded = held.some(({ event }) => event.type === 'ENDED');
    const before = stream.sequence - held.length;
    this.#isPublishing = true;
    const answer = await this.life.publish({ entries, sequence: before, readAt, hasEnded, texts });
    this.#isPublishing = false;
    if (answer === 'away') {
      if (this.#stream !== undefined) this.#owner?.onGone();
      return held;
    }
    if (answer === 'refused') {
      // Another process has gone on from the state before.
      stream.sequence = before;
      stream.forgetState();
      this.refresh();
      return [];
    }
    if (isBroken) this.#isBroken = false;
    this.#shared = answer.before + held.length;
    // Numbers may have been used elsewhere meanwhile.
    const shift = answer.before - before;
    if (shift === 0) return held;
    stream.sequence += shift;
    return held.map((outgoing) => {
      const sequence = outgoing.event.sequence + shift;
      return {
        ...outgoing,
        event: { ...outgoing.event, sequence, cursor: stream.cursorOf(sequence, outgoing.event.mark) },
      };
    });
  }

  /** Reads the current state, and asks for a new one if followers wait that may not begin with it. */
  refresh(): void {
    if (this.#isRefreshing) this.#mustRefresh = true;
    else this.#refresh().catch(() => this.#owner?.onGone());
  }

  onEntries(entries: readonly LifeEntry[]): void {
    try {
      for (const entry of entries) this.#take(entry);
    } catch {
      // An entry that cannot be read was not written by this version of the gateway.
      this.#owner?.onGone();
    }
  }

  onLead(state: LifeState): void {
    this.#arrive(state);
    this.#owner?.onRole();
  }

  onFollow(): void {
    this.#owner?.onRole();
  }

  onGone(): void {
    this.#owner?.onGone();
  }

  /** The events after a sequence; undefined if some are not known any more. */
  async history(after: number): Promise<readonly Outgoing<Body>[] | undefined> {
    const entries = await this.life.history(after);
    const stream = this.#stream;
    if (entries === undefined || stream === undefined) return undefined;
    return entries.flatMap((entry) => (entry.kind === 'event' ? this.#toOutgoing(entry, stream) : []));
  }

  leave(): void {
    this.#stream = undefined;
    this.#owner = undefined;
    this.life.leave();
  }

  #take(entry: LifeEntry): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    switch (entry.kind) {
      case 'event':
        if (entry.sequence <= stream.sequence) return;
        if (this.#mustCatchUp) {
          this.#leftOut = entry.sequence;
          this.refresh();
          return;
        }
        stream.sequence = entry.sequence;
        this.#shared = entry.sequence;
        stream.deliver(this.#toOutgoing(entry, stream));
        this.refresh();
        return;
      case 'ask':
        for (const mark of entry.marks) this.#marks.add(mark);
        if (this.leads) this.#owner?.hurry();
        return;
      case 'read':
        if (stream.isAwaited || this.#mustCatchUp) this.refresh();
        return;
      case 'failed': {
        const { error, isGone } = fromText<{ error: unknown; isGone: boolean }>(entry.text);
        stream.fail(this.#parts.fromData(error), isGone);
        return;
      }
      case 'claim':
        this.#owner?.onClaim(
          entry.until === 0 ? Number.NEGATIVE_INFINITY : this.#parts.sharing.toMonotonic(entry.until),
        );
        return;
      case 'broken':
        this.#catchUp();
    }
  }

  async #refresh(): Promise<void> {
    this.#isRefreshing = true;
    do {
      this.#mustRefresh = false;
      const state = await this.life.sync();
      if (this.#stream === undefined || this.leads) break;
      if (state !== undefined) this.#arrive(state);
      this.#stream.beginAll();
      if (this.#stream?.isAwaited !== true) continue;
      this.#lastAsk = Number.POSITIVE_INFINITY;
      this.#lastAsk = await this.life.ask(this.#stream.followers.gaps.ask());
    } while (this.#mustRefresh);
    this.#isRefreshing = false;
  }

  /** Followers here continue with the difference to the current state, instead of the events in between. */
  #catchUp(): void {
    this.#mustCatchUp = true;
    this.refresh();
  }

  /** Takes the current state. */
  #arrive(state: LifeState): void {
    const stream = this.#stream;
    if (stream === undefined || state.texts === undefined) return;
    const before = this.#adopt(state);
    if (!this.#mustCatchUp) return;
    this.#before ??= { state: before };
    if (this.#leftOut > state.sequence) {
      this.#mustRefresh = true;
      return;
    }
    const seen = this.#before.state;
    this.#mustCatchUp = false;
    this.#before = undefined;
    stream.catchUp(seen);
  }

  /** Returns the state before. */
  #adopt({ sequence, texts }: LifeState): TopicState<State> | undefined {
    const stream = this.#stream;
    if (stream === undefined) return undefined;
    stream.sequence = Math.max(stream.sequence, sequence);
    this.#shared = Math.max(this.#shared, sequence);
    if (texts === undefined) return undefined;
    const { readAt, observedAt, heard, ...notes } = fromText<About>(texts.about);
    this.#stateSequence = sequence;
    this.#stateHeard = heard;
    const readAtHere = this.#parts.sharing.toMonotonic(readAt) - CLOCK_ERROR_MS;
    return stream.adopt(new SharedState(this.#spec, texts.state, readAtHere, observedAt), notes);
  }

  #toEntry({ event, to, ...rest }: Outgoing<Body>): LifeEntry {
    const { cursor: _cursor, sequence, ...known } = event;
    const joinedBefore = this.#parts.sharing.toShared(Math.min(to.joinedAt, to.askedAt ?? to.joinedAt));
    const text: EventText<Body> = { ...rest, event: known, joinedBefore };
    return { kind: 'event', sequence, text: toText(text) };
  }

  #toOutgoing({ sequence, text }: EventEntry, stream: LinkedStream<State, Body>): Outgoing<Body> {
    const { event, joinedBefore, ...rest } = fromText<EventText<Body>>(text);
    const joinedAt = this.#parts.sharing.toMonotonic(joinedBefore) - CLOCK_ERROR_MS;
    const cursor = stream.cursorOf(sequence, event.mark);
    return { ...rest, to: { firstLook: Number.POSITIVE_INFINITY, joinedAt }, event: { ...event, sequence, cursor } };
  }
}

type EventEntry = Extract<LifeEntry, { readonly kind: 'event' }>;
