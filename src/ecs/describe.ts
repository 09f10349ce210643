import type { Activity } from './activity.ts';
import { Answer, type ByName } from './answer.ts';
import type { CallContext, Caller, Lane, Trim } from './call.ts';
import { EcsError, toEcsError } from './errors.ts';
import { type Abandonment, Flights } from './flights.ts';
import { type DescribeSpec, type EntityKind, type EntityShapes, KINDS } from './kinds.ts';
import { EcsMemory } from './memory.ts';
import type { Input, OperationName, Output } from './operations.ts';
import { type Scope, scopeKey } from './scope.ts';

/** What to describe. `cluster` is absent for kinds that live in no cluster. */
export interface DescribeRequest<Kind extends EntityKind = EntityKind> {
  readonly kind: Kind;
  /** A name, an id or an ARN, as ECS takes it. */
  readonly id: string;
  readonly cluster?: string | undefined;
  /** Parts to ask for, sorted (`includesFor`). */
  readonly include: readonly string[];
  /** Only members that never change will be read (a task definition's, but for its status and tags). */
  readonly contentOnly?: boolean | undefined;
  /** Heavy members that will not be read, sorted; absent means that any may be. */
  readonly without?: readonly string[] | undefined;
}

interface Entry {
  /** Under which the memory finds it. */
  readonly key: string;
  readonly id: string;
  readonly include: readonly string[];
  readonly without: readonly string[];
  readonly context: CallContext;
  readonly abandonment: Abandonment;
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue {
  readonly request: DescribeRequest;
  readonly entries: Entry[];
  /** Of those whose end of work was asked for already. */
  readonly activities: Set<Activity>;
  /** Called when it has left. */
  readonly listeners: (() => void)[];
}

type AnySpec = DescribeSpec<EntityKind, OperationName>;

const LANES: readonly Lane[] = ['write', 'query', 'poll'];

/** Errors of a whole call that may be the fault of one id in it. */
const BLAMES_AN_ID: ReadonlySet<string> = new Set(['INVALID_PARAMETER', 'FORBIDDEN_UPSTREAM', 'UPSTREAM_REJECTED']);

/** So many ids are tried alone before a permission is taken to be missing for all. */
const SAMPLES = 5;

/**
 * The one batching window of the process: ids of the same kind and cluster share Describe calls, across every request in
 * flight; a call includes what any of its ids needs, since one larger answer is cheaper than two calls. A full batch leaves at
 * once; a partial one when the requests that wait for it have no other call under way on that cluster, so that no more ids can
 * come.
 */
export class Describer {
  /** What is known without asking; without one of its own, nothing but what writes told. */
  readonly memory: EcsMemory;
  readonly #upstream: Caller;
  readonly #flights = new Flights();
  readonly #queues = new Map<string, Queue>();

  constructor(upstream: Caller, memory = new EcsMemory()) {
    this.#upstream = upstream;
    this.memory = memory;
  }

  /**
   * Describes one thing; null where ECS says that it does not exist (or its cluster does not).
   * @throws {EcsError}
   */
  load<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    context: CallContext,
  ): Promise<EntityShapes[Kind] | null> {
    const { memory } = this;
    const { scope } = context;
    const key = memory.entityKey(request, scope);
    const known = context.fresh ? undefined : memory.recallEntity(key, request);
    if (known !== undefined) {
      context.meter.remembered();
      return Promise.resolve(this.#read(known, request, context));
    }
    return this.#flights
      .join(
        request.include.length === 0 ? key : `${key} ${request.include.join()}`,
        context.signal,
        (abandonment) => this.#enqueue(key, request, context, abandonment),
        () => context.meter.remembered(),
      )
      .then(
        (answer) => this.#read(answer, request, context),
        (error: unknown) => {
          throw toEcsError(KINDS[request.kind].operation, error);
        },
      );
  }

  /** Resolves when no batch of these waits to be sent any more. */
  async whenSent(request: Pick<DescribeRequest, 'kind' | 'cluster'>, scope: Scope): Promise<void> {
    const queue = this.#queues.get(queueKeyOf(request, scope));
    if (queue !== undefined) await new Promise<void>((resolve) => queue.listeners.push(resolve));
  }

  /** The thing as the answer tells it, given the writes since. */
  #read<Kind extends EntityKind>(
    answer: Answer | null,
    request: DescribeRequest<Kind>,
    { scope }: CallContext,
  ): EntityShapes[Kind] | null | Promise<EntityShapes[Kind] | null> {
    const correct = (item: EntityShapes[EntityKind] | null) =>
      this.memory.correct(request, scope, item as EntityShapes[Kind] | null);
    const item = answer?.read(request.id, request.without) ?? null;
    return item instanceof Promise ? item.then(correct) : correct(item);
  }

  #enqueue(
    key: string,
    request: DescribeRequest,
    context: CallContext,
    abandonment: Abandonment,
  ): Promise<Answer | null> {
    return new Promise((resolve, reject) => {
      const queueKey = queueKeyOf(request, context.scope);
      const queue: Queue = this.#queues.get(queueKey) ?? { request, entries: [], activities: new Set(), listeners: [] };
      this.#queues.set(queueKey, queue);
      const { id, include, without = [] } = request;
      queue.entries.push({ key, id, include, without, context, abandonment, resolve, reject });
      if (queue.entries.length >= KINDS[request.kind].batch) this.#flush(queueKey, queue);
      else if (!queue.activities.has(context.activity)) {
        queue.activities.add(context.activity);
        context.activity.whenIdle(topicOf(request), () => this.#flush(queueKey, queue));
      }
    });
  }

  #flush(queueKey: string, queue: Queue): void {
    if (this.#queues.get(queueKey) !== queue) return;
    this.#queues.delete(queueKey);
    const live = queue.entries.filter((entry) => !entry.abandonment.isAbandoned);
    if (live.length > 0) void this.#send(queue.request, live);
    for (const listener of queue.listeners) listener();
  }

  /**
   * @param isPart of a call that failed as a whole
   * @returns whether ECS answered
   */
  async #send(request: DescribeRequest, entries: readonly Entry[], isPart = false): Promise<boolean> {
    const spec = KINDS[request.kind] as unknown as AnySpec;
    const ends = [...new Set(entries.map((entry) => entry.context.activity))].map((activity) =>
      activity.begin(topicOf(request)),
    );
    try {
      const ids = [...new Set(entries.map((entry) => entry.id))];
      const include = [...new Set(entries.flatMap((entry) => entry.include))].sort();
      const input = spec.input(ids, request.cluster, include) as Input<OperationName>;
      const without = commonTo(entries.map((entry) => entry.without));
      let again: (() => Promise<ByName>) | undefined;
      const toItems = (output: object) => index(spec, spec.items(output as Output<OperationName>, request.cluster));
      const trim: Trim = {
        without,
        onTrimmed(whole) {
          again = async () => toItems(await whole());
        },
      };
      const output = await this.#upstream.call(spec.operation, input, batchContext(entries), trim);
      const answer = new Answer(toItems(output), { include, lacks: without, again });
      for (const { key, id, resolve } of entries) {
        const isFound = answer.has(id);
        if (isFound) this.memory.keepEntity(key, { ...request, id }, answer);
        resolve(isFound ? answer : null);
      }
      return true;
    } catch (error) {
      this.#fail(request, entries, error, isPart);
      return false;
    } finally {
      for (const end of ends) end();
    }
  }

  #fail(request: DescribeRequest, entries: readonly Entry[], error: unknown, isPart: boolean): void {
    const code = error instanceof EcsError ? error.code : '';
    const live = entries.filter((entry) => !entry.abandonment.isAbandoned);
    if (code === 'NOT_FOUND' || isMissing(request.kind, error)) {
      for (const entry of entries) entry.resolve(null);
    } else if (entries.length === 1 || !BLAMES_AN_ID.has(code)) {
      for (const entry of entries) entry.reject(error);
    } else if (code === 'FORBIDDEN_UPSTREAM' && !isPart && live.length > 2 * SAMPLES) {
      void this.#sample(request, live, error);
    } else this.#halve(request, live);
  }

  /** So that an error reaches only the id that caused it. */
  #halve(request: DescribeRequest, entries: readonly Entry[]): void {
    const middle = entries.length >> 1;
    for (const half of [entries.slice(0, middle), entries.slice(middle)]) {
      if (half.length > 0) void this.#send(request, half, true);
    }
  }

  /**
   * Mostly nobody may call the operation at all, and halving would find that out id by id. Some ids are tried alone, of everybody
   * who waits at least one; only where one of them is answered may others be.
   */
  async #sample(request: DescribeRequest, entries: readonly Entry[], error: unknown): Promise<void> {
    const sample = sampleOf(entries);
    const rest = entries.filter((entry) => !sample.has(entry));
    const answered = await Promise.all([...sample].map((entry) => this.#send(request, [entry], true)));
    if (answered.includes(true)) this.#halve(request, rest);
    else for (const entry of rest) entry.reject(error);
  }
}

/** Some of the entries: of each request one, and others spread evenly. */
function sampleOf(entries: readonly Entry[]): ReadonlySet<Entry> {
  const byRequest = new Map<Activity, Entry>();
  for (const entry of entries.toReversed()) byRequest.set(entry.context.activity, entry);
  const step = entries.length / SAMPLES;
  const spread = Array.from({ length: SAMPLES }, (_, index) => entries[Math.floor(index * step)]);
  return new Set([...byRequest.values(), ...spread.flatMap((entry) => entry ?? [])]);
}

function queueKeyOf({ kind, cluster = '' }: Pick<DescribeRequest, 'kind' | 'cluster'>, scope: Scope): string {
  return [scopeKey(scope), kind, cluster].join(' ');
}

function topicOf(request: DescribeRequest): string {
  return request.cluster ?? request.kind;
}

/** ECS reports a task definition that does not exist as a ClientException and not as a failure in the answer. */
function isMissing(kind: EntityKind, error: unknown): boolean {
  return kind.endsWith('TaskDefinition') && error instanceof EcsError && error.awsCode === 'ClientException';
}

/** What all of these lists hold. */
function commonTo([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  return first.filter((each) => others.every((list) => list === first || list.includes(each)));
}

function index(spec: AnySpec, items: readonly EntityShapes[EntityKind][]): ByName {
  const found = new Map<string, EntityShapes[EntityKind]>();
  for (const item of items) {
    for (const name of [...(spec.namesOf?.(item) ?? []), spec.arnOf(item)])
      if (name !== undefined) found.set(name, item);
  }
  return found;
}

/** A batch goes in the best lane of those who wait, and is aborted when all of them have gone. */
function batchContext(entries: readonly Entry[]): CallContext {
  const [first] = entries;
  if (first === undefined) throw new RangeError('a batch has at least one entry');
  const lane = LANES.find((candidate) => entries.some((entry) => entry.context.lane === candidate)) ?? 'query';
  const deadline = Math.max(...entries.map((entry) => entry.context.deadline ?? Number.POSITIVE_INFINITY));
  return {
    ...first.context,
    lane,
    deadline,
    signal: allAbandoned(entries),
  };
}

/** Aborted when nobody waits for any of the entries. */
function allAbandoned(entries: readonly Entry[]): AbortSignal {
  const controller = new AbortController();
  let waiting = entries.filter(({ abandonment }) => !abandonment.isAbandoned).length;
  for (const { abandonment } of entries) {
    abandonment.listen((reason) => {
      waiting -= 1;
      if (waiting === 0) controller.abort(reason);
    });
  }
  return controller.signal;
}
