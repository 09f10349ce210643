import type { Failure } from '@aws-sdk/client-ecs';
import { KeyPrefix } from '../consistency/key-prefix.ts';
import { EcsMemory } from '../consistency/read-cache.ts';
import { AbortListeners } from '../core/abort-listeners.ts';
import { lastPart } from '../core/arn.ts';
import type { CallContext } from '../core/call-context.ts';
import type { DescribeRequest } from '../core/describe-request.ts';
import { Answer, type ByName } from '../core/describe-result.ts';
import { type DescribeSpec, type EntityKind, type EntityShapes, KINDS } from '../core/describe-specs.ts';
import type { Caller, Trim } from '../core/ecs-port.ts';
import { EcsError, toEcsError, withoutRoles } from '../core/errors.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { Activity } from '../core/pending-calls.ts';
import { type Scope, scopeKey } from '../core/scope.ts';
import { realTimers, type Timers } from '../core/timers.ts';
import { type HeldEntities, takesHeld } from '../held/held-entities.ts';
import type { WriteSharing } from '../outcomes/write-sharing.ts';
import { BatchWindows } from './batch-window.ts';
import { Batch, type BatchOwner, type Entry } from './describe-batch.ts';

type AnySpec = DescribeSpec<EntityKind, OperationName>;

/** Errors of a whole call that one of its ids may have caused. */
const CAUSED_BY_AN_ID: ReadonlySet<string> = new Set([
  'INVALID_PARAMETER',
  'NOT_FOUND',
  'FORBIDDEN_UPSTREAM',
  'UPSTREAM_REJECTED',
]);

/** Number of ids that are tried alone before the permission counts as missing for all. */
const SAMPLES = 5;

export interface DescriberOptions {
  /**
   * How long, in milliseconds, the batches of one query wait for more keys, all of them together. Absent means until the
   * query has no other call in flight.
   */
  readonly windowMs?: number;
  readonly timers?: Timers;
  /** Sees every answer. */
  readonly onDescribed?: OnDescribed | undefined;
  /** Resources that events keep up to date; absent where no events arrive. */
  readonly held?: HeldEntities | undefined;
  /** Reports writes to other replicas; absent for a gateway without replicas. */
  readonly sharing?: WriteSharing | undefined;
}

/**
 * Forms the Describe batches of the process: ids of the same kind and cluster share calls across all requests in
 * flight. A call includes whatever any of its ids needs, because one larger answer is cheaper than two calls. A full
 * batch is sent at once. A partial batch is sent when one of the waiting requests has no other call in flight on that
 * cluster (that request cannot add more ids and must not wait for the calls of others), or has used up its time for
 * waiting. Polls have no such time: for them, calls matter more than when they end.
 */
export class Describer {
  /** The answers that need no call. By default it holds recent writes only. */
  readonly memory: EcsMemory;
  /** Resources that events keep up to date. */
  readonly held: HeldEntities | undefined;
  readonly sharing: WriteSharing | undefined;
  readonly #upstream: Caller;
  readonly #timers: Timers;
  readonly #windows: BatchWindows;
  /** Entries in flight, by resource and includes. */
  readonly #underWay = new Map<string, Entry>();
  readonly #owner: BatchOwner = { aborts: new AbortListeners(), onAbandoned: (entry) => this.#forget(entry) };
  readonly #onDescribed: OnDescribed | undefined;
  /** Batches that are not full yet. */
  readonly #queues = new Map<string, Batch>();
  readonly #queueKeys = new KeyPrefix((kind, cluster = '', scope) => [scopeKey(scope), kind, cluster].join(' '));

  constructor(
    upstream: Caller,
    memory = new EcsMemory(),
    { windowMs = Number.POSITIVE_INFINITY, timers = realTimers(), onDescribed, held, sharing }: DescriberOptions = {},
  ) {
    this.#upstream = upstream;
    this.#onDescribed = onDescribed;
    this.memory = memory;
    this.held = held;
    this.sharing = sharing;
    this.#timers = timers;
    this.#windows = new BatchWindows(windowMs, timers);
  }

  /**
   * Describes one resource; null if ECS says that it, or its cluster, does not exist.
   * @throws {EcsError}
   */
  load<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    context: CallContext,
  ): Promise<EntityShapes[Kind] | null> {
    const { memory } = this;
    const { scope } = context;
    const held = this.loadHeld(request, context);
    if (held !== undefined) return Promise.resolve(held);
    const key = memory.entityKey(request, scope);
    const known = context.fresh ? undefined : memory.recallEntity(key, request);
    if (known !== undefined) {
      context.meter.remembered();
      return Promise.resolve(this.#read(known, request, context));
    }
    if (context.signal.aborted) return Promise.reject(toEcsError(KINDS[request.kind].operation, context.signal.reason));
    const { apart = '' } = context;
    const name = request.include.length === 0 && apart === '' ? key : `${key} ${request.include.join()} ${apart}`;
    const joined = this.#underWay.get(name);
    if (joined === undefined) {
      const { budget } = context;
      const isLimitedCall = budget !== undefined && !this.#queues.has(this.#queueKeyOf(request, scope));
      const refusal = isLimitedCall ? budget.take(KINDS[request.kind].operation) : undefined;
      if (refusal !== undefined) return Promise.reject(refusal);
      return this.#wait(this.#enqueue({ name, key, request, context }), request, context);
    }
    context.meter.remembered();
    joined.batch.join(joined, context);
    this.#leaveWhenIdle(this.#queueKeyOf(request, scope), joined.batch, request, context);
    return this.#wait(joined, request, context);
  }

  /** Like `load`, but from resources that events keep up to date; undefined if ECS must be asked. */
  loadHeld<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    context: CallContext,
  ): EntityShapes[Kind] | undefined {
    if (this.held === undefined || !takesHeld(context)) return undefined;
    const found = this.held.describe(request, context.lane === 'poll');
    if (found === undefined) return undefined;
    const corrected = this.memory.correct(request, context.scope, found.answer) ?? undefined;
    // A held service has no date that could be compared with that of a recent write.
    if (request.kind === 'Service' && corrected !== found.answer) return undefined;
    context.meter.took(1, found.asOf, context.scope);
    return corrected;
  }

  /** Resolves when every batch that this request waits for has been sent. */
  async whenSent(
    request: Pick<DescribeRequest, 'kind' | 'cluster'>,
    { scope, activity }: Pick<CallContext, 'scope' | 'activity'>,
  ): Promise<void> {
    const queue = this.#queues.get(this.#queueKeyOf(request, scope));
    if (queue?.activities.has(activity)) await new Promise<void>((resolve) => queue.listeners.push(resolve));
  }

  /** The resource from the answer, corrected by recent writes. */
  #read<Kind extends EntityKind>(
    answer: Answer | null,
    request: DescribeRequest<Kind>,
    { scope }: CallContext,
  ): EntityShapes[Kind] | null | Promise<EntityShapes[Kind] | null> {
    const correct = (read: EntityShapes[EntityKind] | null) => {
      const item = read as EntityShapes[Kind] | null;
      return this.memory.correct(request, scope, this.held === undefined ? item : this.held.newest(request, item));
    };
    const item = answer?.read(request.id, request.without) ?? null;
    return item instanceof Promise ? item.then(correct) : correct(item);
  }

  #wait<Kind extends EntityKind>(
    entry: Entry,
    request: DescribeRequest<Kind>,
    context: CallContext,
  ): Promise<EntityShapes[Kind] | null> {
    const { batch } = entry;
    return batch.until(entry, context.signal).then(() => {
      if (entry.batch !== batch) return this.#wait(entry, request, context);
      if (entry.error !== undefined) throw toEcsError(KINDS[request.kind].operation, entry.error);
      return this.#read(entry.answer, request, context);
    });
  }

  #enqueue(parts: Pick<Entry, 'name' | 'key' | 'request' | 'context'>): Entry {
    const { request, context } = parts;
    const queueKey = this.#queueKeyOf(request, context.scope);
    const batch = this.#queues.get(queueKey) ?? new Batch(request, this.#owner);
    this.#queues.set(queueKey, batch);
    const entry = batch.add(parts);
    this.#underWay.set(entry.name, entry);
    if (batch.entries.length >= KINDS[request.kind].batch) this.#flush(queueKey, batch);
    else this.#leaveWhenIdle(queueKey, batch, request, context);
    return entry;
  }

  /** Sends a partial batch when one of the waiting requests has nothing else in flight, or waits no longer. */
  #leaveWhenIdle(queueKey: string, batch: Batch, request: DescribeRequest, { activity, lane }: CallContext): void {
    if (this.#queues.get(queueKey) !== batch || batch.activities.has(activity)) return;
    batch.activities.add(activity);
    if (lane !== 'poll')
      batch.listeners.push(this.#windows.wait(activity, () => this.#flush(queueKey, batch, activity)));
    activity.whenIdle(topicOf(request), () => this.#flush(queueKey, batch, activity));
  }

  /** @param idle the request that has nothing else in flight, if that is the reason */
  #flush(queueKey: string, batch: Batch, idle?: Activity): void {
    if (this.#queues.get(queueKey) !== batch) return;
    this.#queues.delete(queueKey);
    void this.#send(batch, { idle });
    for (const listener of batch.listeners) listener();
  }

  /** @param sending why it is sent */
  async #send(batch: Batch, { idle, isPart = false }: Sending): Promise<Permission> {
    const context = batch.begin();
    if (context === undefined) return 'unknown';
    const { request, entries } = batch;
    const spec = KINDS[request.kind] as unknown as AnySpec;
    const waiting = isPart ? new Set(entries.map((entry) => entry.context.activity)) : this.#waiting(batch, idle);
    const ends = [...waiting].map((activity) => activity.begin(topicOf(request)));
    try {
      const ids = [...new Set(entries.map((entry) => entry.request.id))];
      const include = [...new Set(entries.flatMap((entry) => entry.request.include))].sort();
      const input = spec.input(ids, request.cluster, include) as Input<OperationName>;
      const without = commonTo(entries.map((entry) => entry.request.without ?? []));
      let again: (() => Promise<ByName>) | undefined;
      const sentAt = this.#timers.monotonic();
      const toItems = (output: object, isWhole = false) => {
        const items = spec.items(output as Output<OperationName>, request.cluster);
        this.#onDescribed?.(request.kind, items);
        this.held?.observe(request.kind, items, { include, without: isWhole ? [] : without, sentAt });
        return index(spec, items);
      };
      const trim: Trim = {
        without,
        onTrimmed(whole) {
          again = async () => {
            try {
              return toItems(await whole(), true);
            } catch (error) {
              throw toEcsError(spec.operation, error);
            }
          };
        },
      };
      const output = await this.#upstream.call(spec.operation, input, context, trim);
      const answer = new Answer(toItems(output), { include, lacks: without, again });
      const refusal = refusalsIn(spec.operation, output);
      for (const entry of entries) {
        if (!answer.has(entry.request.id)) {
          entry.error = refusal(entry.request.id);
          continue;
        }
        entry.answer = answer;
        if (entry.context.isPassing !== true) this.memory.keepEntity(entry.key, entry.request, answer);
      }
      this.#end(batch);
      return 'given';
    } catch (error) {
      this.#fail(batch, error, isPart);
      return permissionIn(error);
    } finally {
      for (const end of ends) end();
    }
  }

  /**
   * The requests whose other batches wait for this call, because it may bring keys for them. A request that would not
   * have sent this call yet waits no longer than without its neighbours: its other batches are sent when they would
   * have been anyway.
   */
  #waiting({ request, entries }: Batch, idle: Activity | undefined): ReadonlySet<Activity> {
    const { batch: full } = KINDS[request.kind];
    const [first] = entries;
    const isOfOne =
      entries.length >= full && entries.every(({ context }) => context.activity === first?.context.activity);
    return new Set([idle, isOfOne ? first?.context.activity : undefined].flatMap((activity) => activity ?? []));
  }

  #fail(batch: Batch, error: unknown, isPart: boolean): void {
    const code = error instanceof EcsError ? error.code : '';
    if (isMissing(error) && isOfAll(batch)) this.#end(batch);
    else if (batch.entries.length === 1 || !CAUSED_BY_AN_ID.has(code)) this.#end(batch, error);
    else if (code === 'FORBIDDEN_UPSTREAM' && !isPart && batch.awaited().length > 2 * SAMPLES) {
      void this.#sample(batch, error);
    } else this.#halve(batch);
  }

  /** Halves the batch, so that an error reaches only the id that caused it. */
  #halve(batch: Batch): void {
    const entries = batch.awaited();
    const middle = entries.length >> 1;
    for (const half of batch.split([entries.slice(0, middle), entries.slice(middle)]))
      void this.#send(half, { isPart: true });
  }

  /**
   * Usually the operation is forbidden for all ids, and halving would find that out id by id. So a few ids are tried
   * alone, at least one of each waiting request. Only if one of them succeeds are the others tried. If no sample gave
   * an answer, because its caller had left or ECS was unreachable, other samples are tried.
   */
  async #sample(batch: Batch, error: unknown): Promise<void> {
    const entries = batch.awaited();
    const sample = sampleOf(entries);
    const [rest, ...alone] = batch.split([
      entries.filter((entry) => !sample.has(entry)),
      ...[...sample].map((entry) => [entry]),
    ]);
    const found = await Promise.all(alone.map((each) => this.#send(each, { isPart: true })));
    if (rest === undefined) return;
    if (found.includes('given')) this.#halve(rest);
    else if (found.includes('refused')) this.#end(rest, error);
    else void this.#send(rest, {});
  }

  /** @param error the error of every entry */
  #end(batch: Batch, error?: unknown): void {
    for (const entry of batch.entries) {
      entry.error ??= error;
      this.#forget(entry);
    }
    batch.end();
  }

  #queueKeyOf({ kind, cluster }: Pick<DescribeRequest, 'kind' | 'cluster'>, scope: Scope): string {
    return this.#queueKeys.of(kind, cluster, scope);
  }

  #forget(entry: Entry): void {
    if (this.#underWay.get(entry.name) === entry) this.#underWay.delete(entry.name);
  }
}

export type OnDescribed = (kind: EntityKind, items: readonly EntityShapes[EntityKind][]) => void;

/** Why a batch is sent. */
interface Sending {
  /** The request that had nothing else in flight. */
  readonly idle?: Activity | undefined;
  /** Whether it is part of a call that failed as a whole. */
  readonly isPart?: boolean;
}

/** A sample of the entries: one of each request, and others spread evenly. */
function sampleOf(entries: readonly Entry[]): ReadonlySet<Entry> {
  const byRequest = new Map<Activity, Entry>();
  for (const entry of entries.toReversed()) byRequest.set(entry.context.activity, entry);
  const step = entries.length / SAMPLES;
  const spread = Array.from({ length: SAMPLES }, (_, index) => entries[Math.floor(index * step)]);
  return new Set([...byRequest.values(), ...spread.flatMap((entry) => entry ?? [])]);
}

function topicOf(request: DescribeRequest): string {
  return request.cluster ?? request.kind;
}

function isMissing(error: unknown): boolean {
  return error instanceof EcsError && error.code === 'NOT_FOUND';
}

/**
 * Whether an error applies to all ids of a call: it has only one, or all are in the cluster that does not exist. Other
 * calls have ids of several clusters.
 */
function isOfAll({ entries, request }: Batch): boolean {
  return entries.length === 1 || request.cluster !== undefined;
}

/** The conclusion from a call's result about the permission to make it. */
type Permission = 'given' | 'refused' | 'unknown';

function permissionIn(error: unknown): Permission {
  // ECS answers "does not exist" only to callers that have the permission.
  if (isMissing(error)) return 'given';
  return error instanceof EcsError && error.code === 'FORBIDDEN_UPSTREAM' ? 'refused' : 'unknown';
}

/** The values that all of these lists contain. */
function commonTo([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  return first.filter((each) => others.every((list) => list === first || list.includes(each)));
}

/**
 * The failures of an answer by the id that they are about. ECS has one reason for ids of things that do not exist. With
 * another reason, the thing may exist.
 */
function refusalsIn(operation: OperationName, output: object): (id: string) => EcsError | undefined {
  const { failures = [] } = output as { readonly failures?: readonly Failure[] };
  const others = failures.filter(({ reason }) => reason !== undefined && reason !== 'MISSING');
  if (others.length === 0) return () => undefined;
  const byName = new Map(others.map((failure) => [lastPart(failure.arn ?? ''), failure]));
  return (id) => {
    const { reason, detail } = byName.get(lastPart(id)) ?? {};
    if (reason === undefined) return undefined;
    const text = withoutRoles(detail === undefined ? reason : `${reason}: ${detail}`);
    return new EcsError('UPSTREAM_REJECTED', operation, `ECS cannot describe ${lastPart(id)}: ${text}`);
  };
}

function index(spec: AnySpec, items: readonly EntityShapes[EntityKind][]): ByName {
  const found = new Map<string, EntityShapes[EntityKind]>();
  for (const item of items) {
    for (const name of [...(spec.namesOf?.(item) ?? []), spec.arnOf(item)])
      if (name !== undefined) found.set(name, item);
  }
  return found;
}
