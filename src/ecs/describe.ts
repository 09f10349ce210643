import type { CallContext, Caller, Lane } from './call.ts';
import { EcsError, toEcsError } from './errors.ts';
import { type Abandonment, Flights } from './flights.ts';
import { type DescribeSpec, type EntityKind, type EntityShapes, KINDS } from './kinds.ts';
import { EcsMemory } from './memory.ts';
import type { Input, OperationName } from './operations.ts';
import { scopeKey } from './scope.ts';

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
}

interface Entry {
  /** Under which the memory finds it. */
  readonly key: string;
  readonly id: string;
  readonly include: readonly string[];
  readonly context: CallContext;
  readonly abandonment: Abandonment;
  readonly resolve: (item: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue {
  readonly request: DescribeRequest;
  entries: Entry[];
}

type AnySpec = DescribeSpec<EntityKind, OperationName>;

const LANES: readonly Lane[] = ['write', 'query', 'poll'];

/** Errors of a whole call that may be the fault of one id in it. */
const BLAMES_AN_ID: ReadonlySet<string> = new Set(['INVALID_PARAMETER', 'FORBIDDEN_UPSTREAM', 'UPSTREAM_REJECTED']);

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
      return Promise.resolve(memory.correct(request, scope, known as EntityShapes[Kind]));
    }
    return this.#flights
      .join(
        `${key} ${request.include.join()}`,
        context.signal,
        (abandonment) => this.#enqueue(key, request, context, abandonment) as Promise<EntityShapes[Kind] | null>,
        () => context.meter.remembered(),
      )
      .then(
        (read) => memory.correct(request, scope, read),
        (error: unknown) => {
          throw toEcsError(KINDS[request.kind].operation, error);
        },
      );
  }

  #enqueue(key: string, request: DescribeRequest, context: CallContext, abandonment: Abandonment): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const queueKey = [scopeKey(context.scope), request.kind, request.cluster ?? ''].join(' ');
      const queue = this.#queues.get(queueKey) ?? { request, entries: [] };
      this.#queues.set(queueKey, queue);
      queue.entries.push({ key, id: request.id, include: request.include, context, abandonment, resolve, reject });
      if (queue.entries.length >= KINDS[request.kind].batch) this.#flush(queueKey, queue);
      else context.activity.whenIdle(topicOf(request), () => this.#flush(queueKey, queue));
    });
  }

  #flush(queueKey: string, queue: Queue): void {
    if (this.#queues.get(queueKey) !== queue) return;
    this.#queues.delete(queueKey);
    const live = queue.entries.filter((entry) => !entry.abandonment.isAbandoned);
    if (live.length > 0) void this.#send(queue.request, live);
  }

  async #send(request: DescribeRequest, entries: readonly Entry[]): Promise<void> {
    const spec = KINDS[request.kind] as unknown as AnySpec;
    const ends = [...new Set(entries.map((entry) => entry.context.activity))].map((activity) =>
      activity.begin(topicOf(request)),
    );
    try {
      const ids = [...new Set(entries.map((entry) => entry.id))];
      const include = [...new Set(entries.flatMap((entry) => entry.include))].sort();
      const input = spec.input(ids, request.cluster, include) as Input<OperationName>;
      const output = await this.#upstream.call(spec.operation, input, batchContext(entries));
      const found = index(spec, spec.items(output, request.cluster));
      for (const { key, id, resolve } of entries) {
        const item = found.get(id) as EntityShapes[EntityKind] | undefined;
        if (item !== undefined) this.memory.keepEntity(key, { ...request, id }, { item, include });
        resolve(item ?? null);
      }
    } catch (error) {
      this.#fail(request, entries, error);
    } finally {
      for (const end of ends) end();
    }
  }

  /** A call that fails as a whole is halved, so that an error reaches only the id that caused it. */
  #fail(request: DescribeRequest, entries: readonly Entry[], error: unknown): void {
    const code = error instanceof EcsError ? error.code : '';
    if (code === 'NOT_FOUND' || isMissing(request.kind, error)) {
      for (const entry of entries) entry.resolve(null);
    } else if (entries.length > 1 && BLAMES_AN_ID.has(code)) {
      const middle = entries.length >> 1;
      void this.#send(request, entries.slice(0, middle));
      void this.#send(request, entries.slice(middle));
    } else {
      for (const entry of entries) entry.reject(error);
    }
  }
}

function topicOf(request: DescribeRequest): string {
  return request.cluster ?? request.kind;
}

/** ECS reports a task definition that does not exist as a ClientException and not as a failure in the answer. */
function isMissing(kind: EntityKind, error: unknown): boolean {
  return kind.endsWith('TaskDefinition') && error instanceof EcsError && error.awsCode === 'ClientException';
}

function index(spec: AnySpec, items: readonly EntityShapes[EntityKind][]): Map<string, unknown> {
  const found = new Map<string, unknown>();
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
