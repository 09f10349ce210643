import {
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  type OperationDefinitionNode,
  type ResponsePath,
} from 'graphql';
import type { Job } from '../turns/job.ts';
import type { Turns } from '../turns/turns.ts';
import type { CollectScope, Fragments, Variables } from './collect-fields.ts';
import { FieldErrors } from './field-errors.ts';
import type { PromiseOrValue } from './promise-parts.ts';
import type { FieldPlan, SelectionPlan } from './selection-plan.ts';

const NO_ARGUMENTS: Readonly<Record<string, unknown>> = Object.freeze({});

/** Resolves and completes the fields selected on an object. */
export type ExecuteFields = (
  run: Run,
  selection: SelectionPlan,
  source: unknown,
  path: ResponsePath | undefined,
) => PromiseOrValue<Record<string, unknown>>;

/**
 * An execution with at most this many objects does not wait for a later turn: it is short, and many requests are like
 * it. Beside other principals, those of a busy one wait.
 */
const SHORT = 200;

/** Number of objects that an execution has completed. */
export interface Tally {
  objects: number;
}

/** Limits of an execution. */
export interface Bounds {
  /** Receives the number of objects. */
  readonly tally?: Tally | undefined;
  /** Most objects that the execution may complete, without those of introspection. 0 or absent means no limit. */
  readonly maxObjects?: number;
  /** Creates the error of an execution that exceeds the limit. */
  readonly tooLarge?: () => GraphQLError;
  /**
   * Called when parts of the execution start to wait for a later turn. The returned function is called when none waits
   * any more.
   */
  readonly hold?: () => () => void;
}

/** One execution of an operation. */
export class Run implements CollectScope {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly turns: Turns;
  readonly job: Job;
  /** Passed in to avoid a circular import: completing a value and executing its fields call each other. */
  readonly executeFields: ExecuteFields;
  readonly errors = new FieldErrors();
  readonly #arguments = new Map<FieldPlan, Record<string, unknown>>();
  readonly #bounds: Bounds;
  readonly #tally: Tally;
  #waiting = 0;
  #release: (() => void) | undefined;
  #endedWith: GraphQLError | undefined;
  #onEnd: ((error: GraphQLError) => void) | undefined;

  constructor(parts: RunParts, bounds: Bounds) {
    this.schema = parts.schema;
    this.fragments = parts.fragments;
    this.operation = parts.operation;
    this.variables = parts.variables;
    this.rootValue = parts.rootValue;
    this.contextValue = parts.contextValue;
    this.turns = parts.turns;
    this.job = parts.job;
    this.executeFields = parts.executeFields;
    this.#bounds = bounds;
    this.#tally = bounds.tally ?? { objects: 0 };
  }

  /** Counts an object of the answer. The first object above the limit ends the execution. */
  count(type: GraphQLObjectType): void {
    this.#tally.objects += 1;
    const { maxObjects = 0, tooLarge } = this.#bounds;
    if (maxObjects === 0 || this.#tally.objects <= maxObjects) return;
    if (type.name.startsWith('__')) this.#tally.objects -= 1;
    else this.end(tooLarge?.() ?? new GraphQLError('The answer has too many objects.'));
  }

  /** Whether the next piece of work should wait for a later turn of the event loop. */
  shouldWait(): boolean {
    return this.turns.isOver() && (this.#tally.objects > SHORT || this.turns.isCrowding(this.job));
  }

  /** Runs a piece of work in a later turn. */
  async later<T>(work: () => T): Promise<Awaited<T>> {
    if (this.#waiting === 0) this.#release = this.#bounds.hold?.();
    this.#waiting += 1;
    await this.turns.next(this.job);
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#release?.();
    return await work();
  }

  /** Ends the run: its answer is the error, and pending work is ignored. */
  end(error: GraphQLError): void {
    if (this.isEnded) return;
    this.#endedWith = error;
    this.turns.forget(this.job);
    this.#release?.();
    this.#onEnd?.(error);
  }

  /** Calls back when the run is ended, or at once if it already has been. */
  onEnd(callback: (error: GraphQLError) => void): void {
    if (this.#endedWith === undefined) this.#onEnd = callback;
    else callback(this.#endedWith);
  }

  /** Whether the run was ended early, so that no more work is done for it. */
  get isEnded(): boolean {
    return this.#endedWith !== undefined;
  }

  /** A field's arguments, coerced once. Each resolver call gets a copy. */
  argumentsOf(field: FieldPlan): Readonly<Record<string, unknown>> {
    const { definition, nodes } = field;
    const [node] = nodes;
    if (definition.args.length === 0 || node === undefined) return NO_ARGUMENTS;
    let values = this.#arguments.get(field);
    if (values === undefined) {
      values = getArgumentValues(definition, node, this.variables);
      this.#arguments.set(field, values);
    }
    return { ...values };
  }
}

/** The document, values and limits of an execution. */
export type RunParts = Pick<
  Run,
  'schema' | 'fragments' | 'operation' | 'variables' | 'rootValue' | 'contextValue' | 'turns' | 'job' | 'executeFields'
>;

/**
 * The info argument of a resolver. One is created for each resolver call and is rarely read, so it holds only what the
 * other properties are derived from.
 */
export class ResolveInfo implements GraphQLResolveInfo {
  // Private for the compiler only: run-time private fields take longer to create.
  private readonly run: Run;
  private readonly field: FieldPlan;
  private readonly prev: ResponsePath | undefined;

  constructor(run: Run, field: FieldPlan, prev: ResponsePath | undefined) {
    this.run = run;
    this.field = field;
    this.prev = prev;
  }

  get fieldName(): string {
    return this.field.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.field.nodes;
  }

  get returnType(): GraphQLOutputType {
    return this.field.definition.type;
  }

  get parentType(): GraphQLObjectType {
    return this.field.parentType;
  }

  get path(): ResponsePath {
    return { prev: this.prev, key: this.field.key, typename: this.field.parentType.name };
  }

  get schema(): GraphQLSchema {
    return this.run.schema;
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.run.fragments;
  }

  get rootValue(): unknown {
    return this.run.rootValue;
  }

  get operation(): OperationDefinitionNode {
    return this.run.operation;
  }

  get variableValues(): Record<string, unknown> {
    return this.run.variables;
  }
}
