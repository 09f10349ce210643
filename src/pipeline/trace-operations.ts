import { propagation, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { type ExecutionResult, getOperationAST } from 'graphql';
import { failSpan, inSpan } from '../ecs/tracing/spans.ts';
import type { Caller, Operation } from './core/request-context.ts';
import type { Operations } from './run-operation.ts';

export interface TraceSettings {
  /** Whether callers' trace contexts are taken up: they decide what is sampled. */
  readonly traceContext: 'ignore' | 'accept';
}

/** Gives each operation a span of the kind server, with its name and type, and never its text or variables. */
export function traceOperations(operations: Operations, { traceContext }: TraceSettings): Operations {
  function traced<Result extends object>(
    operation: Operation,
    caller: Caller,
    run: (operation: Operation, caller: Caller) => Promise<Result>,
  ): Promise<Result> {
    const node = getOperationAST(operation.document, operation.operationName);
    const type = node?.operation ?? 'unknown';
    const name = node?.name?.value;
    const given = traceContext === 'accept' ? caller.trace?.given : undefined;
    const parts = {
      kind: 'server',
      // Another trace that happens to be current, such as that of the socket's first operation, is not the parent.
      parent: given === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, given),
      attributes: {
        'graphql.operation.type': type,
        ...(name !== undefined && { 'graphql.operation.name': name }),
        'ecs_graphql.transport': caller.transport,
        'ecs_graphql.request_id': caller.requestId,
      },
    } as const;
    return inSpan(name === undefined ? type : `${type} ${name}`, parts, async (span) => {
      returnTrace(caller, span);
      const result = await run(operation, caller);
      const code = codeOf(result);
      if (code !== undefined) failSpan(span, code);
      return result;
    });
  }
  return {
    execute: (operation, caller) => traced(operation, caller, operations.execute),
    subscribe: (operation, caller) => traced(operation, caller, operations.subscribe),
  };
}

/** The code of the first error; undefined for a success or a stream. */
function codeOf(result: object): string | undefined {
  const [error] = (result as ExecutionResult).errors ?? [];
  return error && String(error.extensions?.code ?? 'UNKNOWN');
}

/** Hands the span's id to the transport, which returns it as `traceresponse`. */
function returnTrace({ trace: holder }: Caller, span: Span): void {
  if (holder === undefined || !span.isRecording()) return;
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier);
  holder.response = carrier.traceparent;
}
