import type { Describer } from './batching/describe-batcher.ts';
import type { KeptList } from './consistency/read-cache.ts';
import { bornAt } from './consistency/recent-writes.ts';
import { isRecordList, type RecordList } from './consistency/written-records.ts';
import { type EcsArn, parseArn } from './core/arn.ts';
import type { CallContext } from './core/call-context.ts';
import { CallMeter, type EcsCost } from './core/call-cost.ts';
import { type Deadline, startDeadline } from './core/deadline.ts';
import type { DescribeRequest } from './core/describe-request.ts';
import { arnOf, type EntityKind, type EntityShapes, homeOf } from './core/describe-specs.ts';
import type { ListInput, ListOperation } from './core/list-operations.ts';
import type { Input, OperationName, Output } from './core/operations.ts';
import { Activity } from './core/pending-calls.ts';
import type { Scope } from './core/scope.ts';
import { takesHeld } from './held/held-entities.ts';
import { continueFromEcs, continuesHeldList } from './held/held-token.ts';
import { listAll } from './lists/list.ts';
import { correctedWhole, correctionOf, type ListCorrection, recordCorrection } from './lists/list-correction.ts';
import type { WriteOperation } from './outcomes/check.ts';
import type { Upstream } from './sdk/upstream.ts';
import { currentSpan } from './tracing/spans.ts';

/** The parts of a session. The composition root supplies those of the process. */
export interface SessionOptions
  extends Pick<CallContext, 'lane' | 'caller' | 'job' | 'apart' | 'isPassing' | 'budget'> {
  readonly upstream: Upstream;
  readonly describer: Describer;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
  /** Bypass the cache. Polls always do, because they report the current state. */
  readonly fresh?: boolean | undefined;
  /**
   * Time limits of reads and writes from now on, in milliseconds. Reads after a write have the time limit of the write.
   */
  readonly readDeadlineMs: number;
  readonly writeDeadlineMs: number;
  /** Called when a write that was sent has ended. */
  readonly onWrite?: ((write: EndedWrite) => void) | undefined;
  /** Refuses a write that may not be sent, by throwing. */
  readonly authorize?: ((operation: WriteOperation, input: object) => Promise<void>) | undefined;
  /** The error of a write as it may be shown: ECS's message may repeat parts of the input. */
  readonly toShownError?: ((operation: WriteOperation, input: object, error: unknown) => unknown) | undefined;
  /** Called when a write has succeeded or failed: earlier readings may be out of date. */
  readonly afterWrite?: () => void;
}

/** A write with its outcome. */
export interface EndedWrite {
  readonly operation: WriteOperation;
  readonly input: object;
  readonly output: { readonly $metadata?: { readonly requestId?: string | undefined } } | undefined;
  /** Why it failed, or why its outcome is not known. */
  readonly error: unknown;
  readonly durationMs: number;
  /** Set if it was only planned. */
  readonly dryRun?: true;
}

/** The reads and writes of one GraphQL request, or of one event of a subscription, with one deadline and one cost. */
export class EcsSession {
  readonly scope: Scope;
  readonly #upstream: Upstream;
  readonly #describer: Describer;
  readonly #meter: CallMeter;
  readonly #span = currentSpan();
  readonly #options: SessionOptions;
  readonly #startedAt = performance.now();
  #readDeadlineMs: number;
  #isFresh: boolean;
  readonly #deadlines: Deadline[] = [];
  #activity: Activity | undefined;
  #readContext: CallContext | undefined;
  #writeContext: CallContext | undefined;
  readonly #reads = new Map<string, Promise<unknown>>();

  constructor(options: SessionOptions) {
    this.scope = options.upstream.scope;
    this.#upstream = options.upstream;
    this.#describer = options.describer;
    this.#options = options;
    this.#readDeadlineMs = options.readDeadlineMs;
    this.#isFresh = options.fresh === true || options.lane === 'poll';
    this.#meter = new CallMeter(options.upstream.meter);
  }

  /**
   * Calls a read operation. Callers with the same input at the same time share the call, and a request makes it once.
   * @throws {EcsError}
   */
  async read<Op extends OperationName>(operation: Op, input: Input<Op>): Promise<Output<Op>> {
    const held = this.#readHeld(operation, input);
    if (held !== undefined) return held;
    if (continuesHeldList(operation, input)) return continueFromEcs(this, operation, input);
    const end = this.#reading.activity.begin(topicOf(input));
    try {
      const { memory } = this.#describer;
      const output = await this.#readOnce(operation, input);
      const setting = { scope: this.scope, now: this.#upstream.clock.now() };
      const corrected = memory.correctAnswer(operation, input, output, setting);
      if (operation !== 'ListTagsForResource' || sameTags(output, corrected)) return corrected;
      const bornAt = await this.#bornAt((input as Input<'ListTagsForResource'>).resourceArn);
      return memory.correctAnswer(operation, input, output, { ...setting, bornAt });
    } finally {
      end();
    }
  }

  /** The answer of the inventory; undefined if ECS must be asked. */
  #readHeld<Op extends OperationName>(operation: Op, input: Input<Op>): Output<Op> | undefined {
    const { held } = this.#describer;
    if (held === undefined || !takesHeld(this.#reading)) return undefined;
    const found = held.list(operation, input);
    if (found !== undefined) this.#meter.took(1, found.asOf, this.scope);
    return found?.answer;
  }

  /**
   * The readings of a request stay the same until it writes. Otherwise fields that read the same list at different
   * times could share a call that is in flight, but not one that has just ended: a faster answer would make them slower.
   * The polls of one round read anew.
   */
  #readOnce<Op extends OperationName>(operation: Op, input: Input<Op>): Promise<Output<Op>> {
    const { memory } = this.#describer;
    if (this.#options.lane === 'poll') return this.#upstream.read(operation, input, this.#reading, memory);
    // A write of another request changes the key.
    const key = memory.answerKey(operation, input, this.scope);
    const known = this.#reads.get(key) as Promise<Output<Op>> | undefined;
    if (known !== undefined) {
      this.#meter.remembered();
      return known;
    }
    const read = this.#upstream.read(operation, input, this.#reading, memory);
    this.#reads.set(key, read);
    read.catch(() => this.#reads.delete(key));
    return read;
  }

  /**
   * Calls a write operation, and finds out its outcome if the answer is lost. Afterwards no read in this process is
   * older than the write.
   * @throws {OutcomeUnknownError} if ECS may have done it
   * @throws {EcsError} if ECS has not done it
   */
  write<Op extends WriteOperation>(operation: Op, input: Input<Op>): Promise<Output<Op>> {
    const { authorize } = this.#options;
    if (authorize !== undefined) return authorize(operation, input).then(() => this.#write(operation, input));
    return this.#write(operation, input);
  }

  #write<Op extends WriteOperation>(operation: Op, input: Input<Op>): Promise<Output<Op>> {
    return this.#change(operation, input, (context) => this.#upstream.writer.write(operation, input, context));
  }

  /** Decides about a write and logs it as `write` does, without sending it. Throws if it may not be sent. */
  async rehearse<Op extends WriteOperation>(operation: Op, input: Input<Op>): Promise<void> {
    const { authorize, onWrite } = this.#options;
    const startedAt = performance.now();
    await authorize?.(operation, input);
    const durationMs = Math.round(performance.now() - startedAt);
    onWrite?.({ operation, input, output: undefined, error: undefined, durationMs, dryRun: true });
  }

  /**
   * Finds out the outcome of a write that was sent before, by this or another request. If ECS deduplicates it by its
   * client token, it is sent again.
   * @throws {OutcomeUnknownError} if nothing shows the outcome
   */
  findOut<Op extends WriteOperation>(operation: Op, input: Input<Op>, sentAt: number): Promise<Output<Op>> {
    const { writer } = this.#upstream;
    return this.#change(operation, input, (context) => writer.findOut(operation, input, { sentAt }, context));
  }

  /** Whether a write was started: from then on, the request may have had an effect. */
  get hasWritten(): boolean {
    return this.#writeContext !== undefined;
  }

  async #change<Op extends WriteOperation>(
    operation: Op,
    input: Input<Op>,
    change: (context: CallContext) => Promise<Output<Op>>,
  ): Promise<Output<Op>> {
    let output: Output<Op> | undefined;
    let failure: unknown;
    const startedAt = performance.now();
    const context = this.#writing;
    // Later reads belong to the answer of the write.
    this.#readDeadlineMs = this.#options.writeDeadlineMs;
    this.#readContext = undefined;
    try {
      output = await change(context);
      return output;
    } catch (error) {
      failure = this.#options.toShownError?.(operation, input, error) ?? error;
      throw failure;
    } finally {
      const durationMs = Math.round(performance.now() - startedAt);
      this.#options.onWrite?.({ operation, input, output, error: failure, durationMs });
      const at = this.#upstream.clock.now();
      this.#describer.memory.wrote(operation, input, this.scope, output, at);
      this.#describer.held?.wrote(operation, input, output);
      this.#reads.clear();
      this.#options.afterWrite?.();
      // Before the caller is answered: it may read from another replica next.
      await this.#describer.sharing?.publish({ operation, input, output, at });
    }
  }

  /**
   * Describes one resource in a batch with others; null if it does not exist.
   * @throws {EcsError}
   */
  describe<Kind extends EntityKind>(request: DescribeRequest<Kind>): Promise<EntityShapes[Kind] | null> {
    return this.#describer.load(request, this.#reading);
  }

  /** Whether events keep resources up to date, so that a description may need no call. */
  get holdsEntities(): boolean {
    return this.#describer.held !== undefined;
  }

  /** Whether lists and descriptions of the tasks and instances of a cluster cost no calls at the moment. */
  isHeld(cluster: string): boolean {
    return this.#describer.held?.isTrusted(cluster) === true && takesHeld(this.#reading);
  }

  /** As `describe`, at once; undefined if ECS must be asked. */
  describeHeld<Kind extends EntityKind>(request: DescribeRequest<Kind>): EntityShapes[Kind] | undefined {
    return this.#describer.held === undefined ? undefined : this.#describer.loadHeld(request, this.#reading);
  }

  /** An item of a list's answer, corrected by recent writes. */
  corrected<Kind extends EntityKind>(
    kind: Kind,
    item: EntityShapes[Kind],
    include: readonly string[],
  ): EntityShapes[Kind] | null {
    const id = arnOf(kind, item);
    return id === undefined ? item : this.#describer.memory.correct({ kind, id, include }, this.scope, item);
  }

  /** Resolves when every description of that kind in the cluster that this session requested is in flight. */
  whenDescribing(kind: EntityKind, cluster: string): Promise<void> {
    return this.#describer.whenSent({ kind, cluster }, this.#reading);
  }

  /** The correction of a list by recent writes; undefined if none concerns it. */
  correctionOf<Op extends ListOperation>(operation: Op, input: ListInput<Op>): ListCorrection | undefined {
    const { memory } = this.#describer;
    if (isRecordList(operation)) {
      return recordCorrection(memory.recordsAdded(operation, input as Input<typeof operation>, this.scope));
    }
    return correctionOf(operation, input, {
      writtenIn: (kind, cluster) => memory.writtenIn(this.scope, kind, cluster),
      writtenAnywhere: (kind) => memory.writtenAnywhere(this.scope, kind),
      attributesWrittenOn: (cluster) => memory.attributesWrittenOn(this.scope, cluster),
      list: async (operation, input) =>
        correctedWhole(await listAll(this, operation, input), this.correctionOf(operation, input)),
      describe: (kind, id, cluster) => this.describe({ kind, id, cluster, include: [] }),
    });
  }

  /** ECS's time. */
  now(): Date {
    return new Date(this.#upstream.clock.now());
  }

  /**
   * The keys of a complete list in ECS's order, read by any request within the last half minute, or else by `read`.
   * Only for answers that say when it was read.
   * @param read undefined if the list is too long to be read completely: it is not cached
   */
  async keptList<Op extends ListOperation>(
    operation: Op,
    input: ListInput<Op>,
    read: () => Promise<readonly string[] | undefined>,
  ): Promise<KeptList | undefined> {
    const { memory } = this.#describer;
    // A write that ends while the list is read changes the key.
    const key = memory.answerKey(operation, input as Input<Op>, this.scope);
    const kept = this.#isFresh ? undefined : memory.recallList(key);
    if (kept !== undefined) return kept;
    const at = this.now();
    const keys = await read();
    if (keys === undefined) return undefined;
    memory.keepList(key, { keys, at });
    return { keys, at };
  }

  /** A record (an attribute, ...) as a recent write set it; undefined if none did. */
  writtenRecord<List extends RecordList>(list: List, key: string) {
    return this.#describer.memory.recordWritten(list, key, this.scope);
  }

  /**
   * Creation time of a resource whose name can be reused; undefined if names of its kind are not reused, or ECS returns
   * no date.
   */
  async #bornAt(arn = ''): Promise<number | undefined> {
    const kind = REUSED_NAMES[parseArn(arn)?.type ?? ''];
    if (kind === undefined) return undefined;
    const item = await this.describe({ kind, id: arn, cluster: homeOf(kind, arn), include: [] }).catch(() => null);
    return item === null ? undefined : bornAt(item);
  }

  /** Whether a read's input names a new cluster, service or daemon. */
  namesNew(input: object): boolean {
    const { cluster, clusterArn = cluster, service, serviceName = service, daemonArn } = input as Named;
    const isNew = (kind: EntityKind, name: string | undefined) => {
      const written = name === undefined ? [] : this.#describer.memory.writtenIn(this.scope, kind, cluster);
      return [...written].some(
        ({ arn, isNew, written }) =>
          isNew && written.how !== 'deleted' && (arn === name || parseArn(arn)?.name === name),
      );
    };
    return isNew('Cluster', clusterArn) || isNew('Service', serviceName) || isNew('Daemon', daemonArn);
  }

  /** Keeps batches open while resolvers wait for a later turn. The returned function ends that. */
  hold(): () => void {
    return this.#working.hold();
  }

  /** Schedules a batch of a DataLoader. */
  readonly schedule = (callback: () => void): void => this.#working.schedule(callback);

  /** Why an ARN belongs to another account or partition, if that is known. */
  contradiction(arn: EcsArn): string | undefined {
    return this.#upstream.owner.contradicts(arn);
  }

  /** The cost of this session so far. */
  cost(): EcsCost {
    return this.#meter.read();
  }

  get #working(): Activity {
    this.#activity ??= new Activity();
    return this.#activity;
  }

  /** Later reads bypass the cache. Calls in flight are still shared. */
  readAnew(): void {
    this.#isFresh = true;
    this.#reads.clear();
    this.#readContext = undefined;
  }

  /** Releases its timers. Calls that nothing waits for but that are still in flight keep their deadline. */
  release(): void {
    if (this.#activity?.isIdle === false) return;
    for (const deadline of this.#deadlines.splice(0)) deadline.release();
  }

  // Created by the first call: most events of a subscription need no signals and timers.
  get #reading(): CallContext {
    const { lane, apart, isPassing, budget } = this.#options;
    this.#readContext ??= {
      ...this.#calls(this.#readDeadlineMs),
      lane,
      fresh: this.#isFresh,
      apart,
      isPassing,
      budget,
    };
    return this.#readContext;
  }

  get #writing(): CallContext {
    this.#writeContext ??= { ...this.#calls(this.#options.writeDeadlineMs), lane: 'write' };
    return this.#writeContext;
  }

  #calls(deadlineMs: number): Omit<CallContext, 'lane'> {
    const deadline = this.#startedAt + deadlineMs;
    const ends = startDeadline(this.#options.signal, Math.max(1, Math.ceil(deadline - performance.now())));
    this.#deadlines.push(ends);
    const spans = this.#span && [this.#span];
    const { caller, job } = this.#options;
    const [meter, activity] = [this.#meter, this.#working];
    return { scope: this.scope, caller, job, meter, activity, signal: ends.signal, deadline, spans };
  }
}

/** Resource types whose ARNs can be reused and whose descriptions have dates. */
const REUSED_NAMES: Readonly<Record<string, EntityKind>> = { service: 'Service', daemon: 'Daemon' };

function sameTags(one: object, other: object): boolean {
  const [tags, otherTags] = [one, other].map((output) => (output as { tags?: unknown }).tags ?? []);
  return JSON.stringify(tags) === JSON.stringify(otherTags);
}

/** Members by which read inputs name resources. */
type Named = Partial<Record<'cluster' | 'clusterArn' | 'service' | 'serviceName' | 'daemonArn', string>>;

/** Calls about a cluster may bring ids for its batches. Calls without a cluster bring no ids that a batch waits for. */
function topicOf(input: object): string {
  return 'cluster' in input && typeof input.cluster === 'string' ? input.cluster : '';
}
