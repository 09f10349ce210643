import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  type OperationDefinitionNode,
  type ResponsePath,
} from 'graphql';
import type { CollectScope, Fragments, Variables } from './collect.ts';
import { FieldErrors } from './errors.ts';
import type { FieldPlan } from './plan.ts';
import type { Turns } from './turns.ts';

export interface RunParts {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly turns: Turns;
  readonly signal: AbortSignal | undefined;
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
  readonly signal: AbortSignal | undefined;
  readonly errors = new FieldErrors();
  readonly #arguments = new Map<FieldPlan, Record<string, unknown>>();

  constructor(parts: RunParts) {
    this.schema = parts.schema;
    this.fragments = parts.fragments;
    this.operation = parts.operation;
    this.variables = parts.variables;
    this.rootValue = parts.rootValue;
    this.contextValue = parts.contextValue;
    this.turns = parts.turns;
    this.signal = parts.signal;
  }

  /** A field's arguments, coerced once; each resolver gets an object of its own. */
  argumentsOf(field: FieldPlan): Record<string, unknown> {
    const { definition, nodes } = field;
    const [node] = nodes;
    if (definition.args.length === 0 || node === undefined) return {};
    let values = this.#arguments.get(field);
    if (values === undefined) {
      values = getArgumentValues(definition, node, this.variables);
      this.#arguments.set(field, values);
    }
    return { ...values };
  }
}

/** What a resolver is told of its field. The path is made when it is read: few resolvers do. */
export class ResolveInfo implements GraphQLResolveInfo {
  readonly #run: Run;
  readonly #field: FieldPlan;
  readonly #prev: ResponsePath | undefined;
  #path: ResponsePath | undefined;

  constructor(run: Run, field: FieldPlan, prev: ResponsePath | undefined) {
    this.#run = run;
    this.#field = field;
    this.#prev = prev;
  }

  get fieldName(): string {
    return this.#field.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.#field.nodes;
  }

  get returnType(): GraphQLOutputType {
    return this.#field.definition.type;
  }

  get parentType(): GraphQLObjectType {
    return this.#field.parentType;
  }

  get path(): ResponsePath {
    this.#path ??= { prev: this.#prev, key: this.#field.key, typename: this.#field.parentType.name };
    return this.#path;
  }

  get schema(): GraphQLSchema {
    return this.#run.schema;
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.#run.fragments;
  }

  get rootValue(): unknown {
    return this.#run.rootValue;
  }

  get operation(): OperationDefinitionNode {
    return this.#run.operation;
  }

  get variableValues(): Record<string, unknown> {
    return this.#run.variables;
  }
}
