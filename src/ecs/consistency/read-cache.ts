import type { DescribeRequest } from '../core/describe-request.ts';
import type { Answer } from '../core/describe-result.ts';
import { type EntityKind, type EntityShapes, meansLatest } from '../core/describe-specs.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import { type Scope, scopeKey } from '../core/scope.ts';
import { realTimers, type Timers } from '../core/timers.ts';
import { clusterIn, Generations, TASK_DEFINITIONS, topicRead } from './cache-generations.ts';
import { KeyPrefix } from './key-prefix.ts';
import { type AnswerSetting, correctAnswer } from './overlay-writes.ts';
import { RecentWrites, type WrittenEntity } from './recent-writes.ts';
import { TtlMap } from './ttl-map.ts';
import type { RecordList } from './written-records.ts';

export interface MemorySettings {
  /** How long, in milliseconds, an answer of ECS may answer other requests; 0 means never. */
  readonly ttlMs: number;
}

/** The keys of a complete list, as ECS listed them. */
export interface KeptList {
  readonly keys: readonly string[];
  /** When it was read, by ECS's clock. */
  readonly at: Date;
}

const MOST_ENTITIES = 20_000;
const MOST_ANSWERS = 2_000;
/** The content of a revision never changes. A deletion by others may be noticed this much later. */
const REVISION_TTL_MS = 10 * 60_000;
const MOST_REVISIONS = 2_000;
/** `search` and `totalCount` read complete lists, and say when. Changes made past this gateway appear in them this much later. */
const LIST_TTL_MS = 30_000;
const MOST_LISTS = 500;

/**
 * The process's knowledge of ECS: entities and lists that were just read, the content of task definitions for longer,
 * and the results of recent writes. Authorisation is decided for each caller before this cache is used.
 */
export class EcsMemory {
  readonly #entities: TtlMap<Answer>;
  readonly #answers: TtlMap<object>;
  readonly #revisions: TtlMap<Answer>;
  readonly #lists: TtlMap<KeptList>;
  readonly #generations = new Generations();
  readonly #entityKeys = new KeyPrefix((kind, cluster, scope) => {
    const topic = kind === 'TaskDefinition' ? TASK_DEFINITIONS : topicRead(cluster);
    const scopeText = scopeKey(scope);
    return `${scopeText} ${this.#generations.of(scopeText, topic)} ${kind} ${cluster ?? ''} `;
  });
  readonly #writes: RecentWrites;
  readonly #timers: Timers;
  readonly #ttlMs: number;
  #lastWriteAt = Number.NEGATIVE_INFINITY;

  constructor({ ttlMs }: MemorySettings = { ttlMs: 0 }, timers: Timers = realTimers()) {
    this.#entities = new TtlMap({ ttlMs, most: MOST_ENTITIES }, timers);
    this.#answers = new TtlMap({ ttlMs, most: MOST_ANSWERS }, timers);
    this.#revisions = new TtlMap({ ttlMs: ttlMs === 0 ? 0 : REVISION_TTL_MS, most: MOST_REVISIONS }, timers);
    this.#lists = new TtlMap({ ttlMs: ttlMs === 0 ? 0 : LIST_TTL_MS, most: MOST_LISTS }, timers);
    this.#writes = new RecentWrites(timers);
    this.#timers = timers;
    this.#ttlMs = ttlMs;
  }

  /**
   * Readings from before this time of the monotonic clock are not used any more: they are too old, or a write has ended
   * since.
   */
  get usableFrom(): number {
    return Math.max(this.#timers.monotonic() - this.#ttlMs, this.#lastWriteAt);
  }

  /** The cache key of an entity. It changes with every write that may affect the entity. */
  entityKey({ kind, id, cluster }: DescribeRequest, scope: Scope): string {
    return this.#entityKeys.of(kind, cluster, scope) + id;
  }

  /** Like `entityKey`, for the answer of a read operation. */
  answerKey<Op extends OperationName>(operation: Op, input: Input<Op>, scope: Scope): string {
    const scopeText = scopeKey(scope);
    const generation = this.#generations.of(scopeText, topicRead(clusterIn(input as object)));
    return `${scopeText} ${generation} ${operation} ${JSON.stringify(input)}`;
  }

  /** The cached answer that holds an entity, if it was read with all requested includes. */
  recallEntity(key: string, { include, contentOnly }: DescribeRequest): Answer | undefined {
    const answer = this.#entities.get(key);
    if (answer?.asked(include)) return answer;
    return contentOnly === true ? this.#revisions.get(key) : undefined;
  }

  keepEntity(key: string, { kind, id }: DescribeRequest, answer: Answer): void {
    this.#entities.put(key, answer);
    if (kind === 'TaskDefinition' && !meansLatest(id)) this.#revisions.put(key, answer);
  }

  recallAnswer(key: string): object | undefined {
    return this.#answers.get(key);
  }

  keepAnswer(key: string, answer: object): void {
    this.#answers.put(key, answer);
  }

  /** The keys of a list that was read whole less than half a minute ago, as ECS listed them. */
  recallList(key: string): KeptList | undefined {
    return this.#lists.get(key);
  }

  keepList(key: string, list: KeptList): void {
    this.#lists.put(key, list);
  }

  /** A reading corrected by recent writes. */
  correct<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    scope: Scope,
    read: EntityShapes[Kind] | null,
  ): EntityShapes[Kind] | null {
    return this.#writes.isEmpty ? read : this.#writes.correct({ ...request, scope: scopeKey(scope) }, read);
  }

  /** Like `correct`, for the answer of a read operation. Does not change the given answer. */
  correctAnswer<Op extends OperationName>(
    operation: Op,
    input: Input<Op>,
    output: Output<Op>,
    { scope, ...setting }: Omit<AnswerSetting, 'scope'> & { readonly scope: Scope },
  ): Output<Op> {
    return correctAnswer(operation, output, input, this.#writes, { ...setting, scope: scopeKey(scope) });
  }

  /** Keys of records (attributes, ...) that recent writes added to a list. */
  recordsAdded<List extends RecordList>(list: List, input: Input<List>, scope: Scope): string[] {
    return this.#writes.records.added(scopeKey(scope), list, input);
  }

  /** A record as it was written. */
  recordWritten<List extends RecordList>(list: List, key: string, scope: Scope) {
    return this.#writes.records.item(scopeKey(scope), list, key);
  }

  /** Recent write results for a kind, in a cluster if the kind lives in one. */
  writtenIn(scope: Scope, kind: EntityKind, cluster: string | undefined): Iterable<WrittenEntity> {
    return this.#writes.writtenIn(scopeKey(scope), kind, cluster);
  }

  /** As `writtenIn`, for all clusters. */
  writtenAnywhere(scope: Scope, kind: EntityKind): Iterable<WrittenEntity> {
    return this.#writes.writtenAnywhere(scopeKey(scope), kind);
  }

  /** ARNs of a cluster's container instances whose attributes recent writes set or removed. */
  attributesWrittenOn(scope: Scope, cluster: string): Iterable<string> {
    return this.#writes.records.targetsIn(scopeKey(scope), cluster);
  }

  /**
   * A write has ended. Without an output it failed, as far as the gateway knows.
   * @param at ECS's time after the write
   */
  wrote<Op extends OperationName>(
    operation: Op,
    input: Input<Op>,
    scope: Scope,
    output?: Output<Op>,
    at = Number.POSITIVE_INFINITY,
  ): void {
    this.#lastWriteAt = this.#timers.monotonic();
    this.#generations.wrote(scopeKey(scope), operation, input as object);
    this.#entityKeys.forget();
    if (output !== undefined) this.#writes.record(scopeKey(scope), operation, input, output, at);
  }
}
