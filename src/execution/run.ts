import {
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

/** One execution of an operation. */
export class Run implements CollectScope {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly turns: Turns;
  readonly signal: AbortSignal | undefined;
  /** Passed in, because completing a value and executing its fields call each other. */
  readonly executeFields: ExecuteFields;
  readonly errors = new FieldErrors();
  readonly #arguments = new Map<FieldPlan, Record<string, unknown>>();

  constructor(parts: Omit<Run, 'errors' | 'argumentsOf'>) {
    this.schema = parts.schema;
    this.fragments = parts.fragments;
    this.operation = parts.operation;
    this.variables = parts.variables;
    this.rootValue = parts.rootValue;
    this.contextValue = parts.contextValue;
    this.turns = parts.turns;
    this.signal = parts.signal;
    this.executeFields = parts.executeFields;
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
