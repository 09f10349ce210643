import type { AbortListeners } from '../core/abort-listeners.ts';
import type { CallContext } from '../core/call-context.ts';
import type { DescribeRequest } from '../core/describe-request.ts';
import type { Answer } from '../core/describe-result.ts';
import { KINDS } from '../core/describe-specs.ts';
import { toEcsError } from '../core/errors.ts';
import type { Activity } from '../core/pending-calls.ts';
import { Demand } from '../core/shared-priority.ts';

/** One thing that is being described, for all who wait for it. */
export interface Entry {
  /** Under which those who want the same find it. */
  readonly name: string;
  /** Under which the memory keeps it. */
  readonly key: string;
  readonly request: DescribeRequest;
  readonly context: CallContext;
  /** How many have not gone. */
  waiters: number;
  /** The call that it is part of: where that failed as a whole, a part of it. */
  batch: Batch;
  /** What the call told; null where there is no such thing. */
  answer: Answer | null;
  error: unknown;
}

/** Those who wait with one signal: whoever asks for a page of things waits once, not for each. */
interface Wait {
  readonly entries: Entry[];
  readonly ended: Promise<void>;
}

/** What the batches of one describer share. */
export interface BatchOwner {
  readonly aborts: AbortListeners;
  /** Told of things for which nobody waits any more. */
  readonly onAbandoned: (entry: Entry) => void;
}

/** Things that are described by one call. Of a fleet there are many, so what can be is kept here and not with each of them. */
export class Batch {
  /** Whose kind and cluster all of them have. */
  readonly request: DescribeRequest;
  /** Of those who wait for it: when one of them is idle, it leaves. */
  readonly activities = new Set<Activity>();
  /** How badly all of them are wanted, by everybody who waits. */
  readonly demand = new Demand();
  /** Called when it has left. */
  readonly listeners: (() => void)[] = [];
  #entries: Entry[] = [];
  readonly #waits = new Map<AbortSignal, Wait>();
  readonly #owner: BatchOwner;
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;
  #controller: AbortController | undefined;

  constructor(request: DescribeRequest, owner: BatchOwner) {
    this.request = request;
    this.#owner = owner;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Adds a thing that somebody waits for. */
  add({ name, key, request, context }: Pick<Entry, 'name' | 'key' | 'request' | 'context'>): Entry {
    this.demand.add(context);
    const entry: Entry = { name, key, request, context, waiters: 1, batch: this, answer: null, error: undefined };
    this.#entries.push(entry);
    return entry;
  }

  /**
   * Waits until the call has ended, well or not. It lives as long as the most patient of those who wait.
   * @throws {EcsError} where the signal ends before
   */
  until(entry: Entry, signal: AbortSignal): Promise<void> {
    const known = this.#waits.get(signal);
    if (known !== undefined && !signal.aborted) {
      known.entries.push(entry);
      return known.ended;
    }
    const entries = [entry];
    const left = this.#owner.aborts.until(this.#ended, signal, () => this.#leave(entries, signal.reason));
    const ended = left.catch((reason: unknown) => {
      throw toEcsError(KINDS[this.request.kind].operation, reason);
    });
    this.#waits.set(signal, { entries, ended });
    return ended;
  }

  /** Those for which somebody still waits. */
  awaited(): Entry[] {
    return this.#entries.filter(({ waiters }) => waiters > 0);
  }

  /** Somebody waits for one of them who did not ask for it first. */
  join(entry: Entry, context: CallContext): void {
    entry.waiters += 1;
    this.demand.add(context);
  }

  /** The call is about to be made, for those that somebody still waits for. */
  begin(): CallContext | undefined {
    this.#entries = this.awaited();
    const [first] = this.#entries;
    if (first === undefined) return undefined;
    this.#controller = new AbortController();
    const { demand } = this;
    return { ...first.context, lane: demand.lane, deadline: demand.deadline, demand, signal: this.#controller.signal };
  }

  end(): void {
    this.#end();
  }

  /** Ends as several that take its place. */
  split(groups: readonly Entry[][]): readonly Batch[] {
    const parts = groups.map((entries) => {
      const part = new Batch(this.request, this.#owner);
      for (const entry of entries) entry.batch = part;
      part.#entries = entries;
      part.demand.add(this.demand);
      return part;
    });
    this.end();
    return parts;
  }

  #leave(entries: readonly Entry[], reason: unknown): void {
    for (const entry of entries) {
      entry.waiters -= 1;
      if (entry.waiters === 0) this.#owner.onAbandoned(entry);
    }
    // Where this one has failed, others have taken its place.
    for (const batch of new Set(entries.map((entry) => entry.batch))) {
      if (batch.#entries.every(({ waiters }) => waiters === 0)) batch.#controller?.abort(reason);
    }
  }
}
