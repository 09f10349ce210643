import type { AbortListeners } from '../core/abort-listeners.ts';
import type { CallContext } from '../core/call-context.ts';
import type { DescribeRequest } from '../core/describe-request.ts';
import type { Answer } from '../core/describe-result.ts';
import { KINDS } from '../core/describe-specs.ts';
import { toEcsError } from '../core/errors.ts';
import type { Activity } from '../core/pending-calls.ts';
import { Demand } from '../core/shared-priority.ts';
import { distinctSpans } from '../tracing/spans.ts';

/** One resource that is being described, shared by all readers that wait for it. */
export interface Entry {
  /** Name under which readers of the same resource join the entry. */
  readonly name: string;
  /** Key in the read cache. */
  readonly key: string;
  readonly request: DescribeRequest;
  readonly context: CallContext;
  /** Number of readers that still wait. */
  waiters: number;
  /** The call that the entry is part of; after a failed call was split, the part with this entry. */
  batch: Batch;
  /** The result of the call; null if the resource does not exist. */
  answer: Answer | null;
  error: unknown;
}

/** Waiters with one signal: a request for a page of resources waits once, not for each of them. */
interface Wait {
  readonly entries: Entry[];
  readonly ended: Promise<void>;
}

/** The parts that all batches of one describer share. */
export interface BatchOwner {
  readonly aborts: AbortListeners;
  /** Called for entries that nothing waits for any more. */
  readonly onAbandoned: (entry: Entry) => void;
}

/** Resources that are described by one call. A fleet has many entries, so whatever all of them share is kept here. */
export class Batch {
  /** The kind and cluster of all entries. */
  readonly request: DescribeRequest;
  /** The pending calls of the waiting requests. When one of these requests is idle, the batch is sent. */
  readonly activities = new Set<Activity>();
  /** The combined priority and deadline of all waiters. */
  readonly demand = new Demand();
  /** Called when the batch has been sent. */
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

  /** Adds a resource that a reader waits for. */
  add({ name, key, request, context }: Pick<Entry, 'name' | 'key' | 'request' | 'context'>): Entry {
    this.demand.add(context);
    const entry: Entry = { name, key, request, context, waiters: 1, batch: this, answer: null, error: undefined };
    this.#entries.push(entry);
    return entry;
  }

  /**
   * Waits until the call has succeeded or failed. The call lives as long as its most patient waiter.
   * @throws {EcsError} if the signal aborts first
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

  /** The entries that are still waited for. */
  awaited(): Entry[] {
    return this.#entries.filter(({ waiters }) => waiters > 0);
  }

  /** Another reader waits for one of the entries. */
  join(entry: Entry, context: CallContext): void {
    entry.waiters += 1;
    this.demand.add(context);
  }

  /** The call is about to be made for the entries that are still waited for. Undefined if no entry is waited for. */
  begin(): CallContext | undefined {
    this.#entries = this.awaited();
    const [first] = this.#entries;
    if (first === undefined) return undefined;
    this.#controller = new AbortController();
    const { demand } = this;
    const { signal } = this.#controller;
    const context = { ...first.context, lane: demand.lane, deadline: demand.deadline, demand, signal };
    if (first.context.spans === undefined) return context;
    return { ...context, spans: distinctSpans(this.#entries.flatMap((entry) => entry.context.spans ?? [])) };
  }

  end(): void {
    this.#end();
  }

  /** Replaces this batch by several smaller ones. */
  split(groups: readonly Entry[][]): readonly Batch[] {
    const parts = groups.map((entries) => {
      const part = new Batch(this.request, this.#owner);
      for (const entry of entries) entry.batch = part;
      part.#entries = entries;
      part.demand.addAll(this.demand);
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
    // If this batch has failed, others may have replaced it.
    for (const batch of new Set(entries.map((entry) => entry.batch))) {
      if (batch.#entries.every(({ waiters }) => waiters === 0)) batch.#controller?.abort(reason);
    }
  }
}
