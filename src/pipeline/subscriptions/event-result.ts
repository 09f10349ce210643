import type { ExecutionResult, GraphQLError } from 'graphql';
import { formatError } from '../core/public-errors.ts';

/** What one event of a subscription gave; the same object for all who are sent the same. */
export class EventResult implements ExecutionResult {
  declare readonly errors?: readonly GraphQLError[];
  declare readonly data?: Record<string, unknown> | null;
  declare readonly extensions?: Record<string, unknown>;
  readonly #event: unknown;
  #json: string | undefined;
  #bytes: Buffer | undefined;
  #sse: Buffer | undefined;
  #chunk: Buffer | undefined;

  constructor(result: ExecutionResult, event?: unknown) {
    Object.assign(this, result);
    this.#event = event;
  }

  /** The event's cursor, if it has one. */
  get id(): string | undefined {
    const event = this.#event;
    const cursor = typeof event === 'object' && event !== null && 'cursor' in event ? event.cursor : undefined;
    return typeof cursor === 'string' ? cursor : undefined;
  }

  /** The payload as it is sent, serialised once. */
  get json(): string {
    this.#json ??= JSON.stringify(toPayload(this));
    return this.#json;
  }

  /** The same in bytes. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.json);
    return this.#bytes;
  }

  /** The event as Server-Sent Events have it. */
  get sse(): Buffer {
    const { id } = this;
    this.#sse ??= Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: next\ndata: ${this.json}\n\n`);
    return this.#sse;
  }

  /** That in a chunk of an HTTP/1.1 body. */
  get chunk(): Buffer {
    this.#chunk ??= chunkOf(this.sse);
    return this.#chunk;
  }
}

/** Bytes as one chunk of an HTTP/1.1 body. */
export function chunkOf(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** A result, whether a field that is absent is missing or undefined. */
type Result = { readonly [Field in keyof ExecutionResult]: ExecutionResult[Field] | undefined };

/** A result as JSON on a transport that has no HTTP status. */
export function toPayload({ data, errors, extensions }: Result) {
  return {
    ...(errors && { errors: errors.map(formatError) }),
    ...(data !== undefined && { data }),
    ...(extensions && { extensions }),
  };
}
