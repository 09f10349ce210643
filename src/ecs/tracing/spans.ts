import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export interface SpanParts {
  readonly kind?: 'server' | 'client' | 'internal';
  readonly attributes?: Attributes;
  /** The contexts of the spans for which the work is done: the first is the parent, the others are links. */
  readonly on?: readonly SpanContext[] | undefined;
  /** The parent, where it came from outside. Wins over `on`. */
  readonly parent?: Context | undefined;
  /** Begins a trace of its own. */
  readonly isRoot?: boolean;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/**
 * Runs a function inside a span, which ends with its result. Without an SDK the span is one that records nothing, and
 * costs less than a microsecond. Attributes hold names and counts only: never variables, tokens or values of a task.
 */
export function inSpan<T>(name: string, parts: SpanParts, run: (span: Span) => Promise<T>): Promise<T> {
  const tracer = trace.getTracer('ecs-graphql');
  const { kind = 'internal', attributes = {}, on = [], isRoot = false } = parts;
  const [first, ...others] = on;
  const parent =
    parts.parent ?? (first === undefined ? context.active() : trace.setSpanContext(context.active(), first));
  const links = others.map((spanContext) => ({ context: spanContext }));
  const span = tracer.startSpan(name, { kind: KINDS[kind], attributes, links, root: isRoot }, parent);
  // Without an SDK there is nothing to pass on or to end.
  if (!isSpanContextValid(span.spanContext())) return run(span);
  const inside = trace.setSpan(isRoot ? ROOT_CONTEXT : parent, span);
  return context
    .with(inside, () => run(span))
    .then(
      (result) => {
        span.end();
        return result;
      },
      (error: unknown) => {
        failSpan(span, errorName(error));
        span.end();
        throw error;
      },
    );
}

/** Marks a span as failed, with the name or code of the error: messages may repeat what a caller sent. */
export function failSpan(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function errorName(error: unknown): string {
  const { code, name } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    name?: unknown;
  };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error';
}

/** The span in which this runs; undefined if nothing records it. */
export function currentSpan(): SpanContext | undefined {
  const span = trace.getActiveSpan();
  return span?.isRecording() === true ? span.spanContext() : undefined;
}

/** Each span once, in order. */
export function distinctSpans(all: readonly (SpanContext | undefined)[]): readonly SpanContext[] {
  const byId = new Map<string, SpanContext>();
  for (const one of all) if (one !== undefined && !byId.has(one.spanId)) byId.set(one.spanId, one);
  return [...byId.values()];
}
