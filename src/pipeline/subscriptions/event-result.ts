import type { ExecutionResult, GraphQLError } from 'graphql';
import { formatError } from '../core/public-errors.ts';
import { Piece, type StreamFormat } from './stream-format.ts';

/** What one event of a subscription gave; the same object for all who are sent the same. */
export class EventResult implements ExecutionResult {
  declare readonly errors?: readonly GraphQLError[];
  declare readonly data?: Record<string, unknown> | null;
  declare readonly extensions?: Record<string, unknown>;
  readonly #event: unknown;
  #json: string | undefined;
  #bytes: Buffer | undefined;
  #pieces: Map<StreamFormat, Piece> | undefined;

  /** @param json the payload, where it was serialised already */
  constructor(result: ExecutionResult, event?: unknown, json?: string) {
    Object.assign(this, result);
    this.#event = event;
    this.#json = json;
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

  /** The event as a stream of that format has it. */
  in(format: StreamFormat): Piece {
    this.#pieces ??= new Map();
    let piece = this.#pieces.get(format);
    if (piece === undefined) {
      piece = new Piece(format.frame(this.json, this.id));
      this.#pieces.set(format, piece);
    }
    return piece;
  }
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
