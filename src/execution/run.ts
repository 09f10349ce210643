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
import type { CollectScope, Fragments, Variables } from './collect-fields.ts';
import type { Turns } from './event-loop-turns.ts';
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

/** An execution of no more objects never waits for a later turn: it is short, and those who wait for it are many. */
const SHORT = 200;

/** How many objects an execution has completed. */
export interface Tally {
  objects: number;
}

/** What bounds an execution. */
export interface Bounds {
  /** Where objects are counted, for whoever wants to know. */
  readonly tally?: Tally | undefined;
  /** The most objects that it may complete; 0 or absent is no limit. Those of introspection do not count. */
  readonly maxObjects?: number;
  /** What an execution of more objects answers. */
  readonly tooLarge?: () => GraphQLError;
  /** Called when parts of the execution begin to wait for a later turn; what it returns when none waits any more. */
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
  /** Passed in, because completing a value and executing its fields call each other. */
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
    this.executeFields = parts.executeFields;
    this.#bounds = bounds;
    this.#tally = bounds.tally ?? { objects: 0 };
  }

  /** Counts an object of the answer, and ends the execution with the first that is too many. */
  count(type: GraphQLObjectType): void {
    this.#tally.objects += 1;
    const { maxObjects = 0, tooLarge } = this.#bounds;
    if (maxObjects === 0 || this.#tally.objects <= maxObjects) return;
    if (type.name.startsWith('__')) this.#tally.objects -= 1;
    else this.end(tooLarge?.() ?? new GraphQLError('The answer has too many objects.'));
  }

  /** Whether what comes next should wait for a later turn of the event loop. */
  shouldWait(): boolean {
    return this.#tally.objects > SHORT && this.turns.isOver();
  }

  /** Does a piece of work in a later turn. */
  async later<T>(work: () => T): Promise<Awaited<T>> {
    if (this.#waiting === 0) this.#release = this.#bounds.hold?.();
    this.#waiting += 1;
    await this.turns.next(this);
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#release?.();
    return await work();
  }

  /** Ends it: its answer is the error, and whatever else is under way is left alone. */
  end(error: GraphQLError): void {
    if (this.isEnded) return;
    this.#endedWith = error;
    this.turns.forget(this);
    this.#release?.();
    this.#onEnd?.(error);
  }

  /** Who is told that it was ended, even if that was before. */
  onEnd(callback: (error: GraphQLError) => void): void {
    if (this.#endedWith === undefined) this.#onEnd = callback;
    else callback(this.#endedWith);
  }

  /** Whether it was ended before its end: nothing more is done for it. */
  get isEnded(): boolean {
    return this.#endedWith !== undefined;
  }

  /** A field's arguments, coerced once; each resolver gets an object of its own. */
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

/** What an execution is of, and with what. */
export type RunParts = Pick<
  Run,
  'schema' | 'fragments' | 'operation' | 'variables' | 'rootValue' | 'contextValue' | 'turns' | 'executeFields'
>;

/**
 * What a resolver is told of its field. There is one for each call of a resolver, and hardly one is asked for anything, so it
 * holds no more than it needs to tell the rest.
 */
export class ResolveInfo implements GraphQLResolveInfo {
  // Private to the compiler alone: fields that are private at run time take longer to make.
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
