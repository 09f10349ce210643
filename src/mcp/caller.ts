import { type DocumentNode, type ExecutionResult, GraphQLError } from 'graphql';
import type { Prepared } from '../pipeline/admission/prepare-document.ts';
import { formatError } from '../pipeline/core/public-errors.ts';
import type { Caller } from '../pipeline/core/request-context.ts';
import type { ResolveDocument } from '../pipeline/documents/resolve-document.ts';
import type { Operations } from '../pipeline/run-operation.ts';

/** The parts of the pipeline that agents use. */
export interface McpPipeline {
  readonly prepare: (query: string) => Prepared;
  readonly resolveDocument: ResolveDocument;
  readonly operations: Operations;
}

/** An operation as an agent sends it. */
export interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
}

/** The shortest text that reads the schema. */
const INTROSPECTION = '{ __schema { queryType { name } } }';

/** Runs operations of one agent, with the limits, policies and audit of every other caller. */
export class AgentCaller {
  readonly #pipeline: McpPipeline;
  readonly #caller: Caller;

  constructor(pipeline: McpPipeline, caller: Caller) {
    this.#pipeline = pipeline;
    // The transport does this for streams of the graph, not for those that tools follow.
    this.#caller = { ...caller, endsStreams: false, lastEventId: undefined };
  }

  get principal(): string {
    return this.#caller.principal.name;
  }

  /** The document of an operation, or the errors that prevent it. */
  documentOf(query: string): DocumentNode | readonly GraphQLError[] {
    const text = this.#pipeline.resolveDocument({ query }, this.#caller) ?? query;
    if (text instanceof GraphQLError) return [text];
    const { document, errors } = this.#pipeline.prepare(text);
    return document ?? errors;
  }

  /** Why it may not read the schema, as roles may not that run trusted documents only. */
  get schemaRefusal(): string | undefined {
    const document = this.documentOf(INTROSPECTION);
    return 'kind' in document ? undefined : document[0]?.message;
  }

  async execute({ query, variables, operationName }: Asked, signal: AbortSignal): Promise<ExecutionResult> {
    const document = this.documentOf(query);
    if (!('kind' in document)) return { errors: document };
    const operation = { document, variableValues: variables, operationName };
    return this.#pipeline.operations.execute(operation, { ...this.#caller, signal });
  }

  async subscribe({ query, variables }: Asked, signal: AbortSignal) {
    const document = this.documentOf(query);
    if (!('kind' in document)) return { errors: document };
    return this.#pipeline.operations.subscribe({ document, variableValues: variables }, { ...this.#caller, signal });
  }
}

/** A result as JSON for an agent: data and errors, with what they cost. */
export function toAgentJson({ data, errors, extensions }: ExecutionResult): string {
  return JSON.stringify({
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map(formatError) }),
    ...(extensions && { extensions }),
  });
}
