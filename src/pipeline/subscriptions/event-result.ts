import type { ExecutionResult, GraphQLError } from 'graphql';
import { formatError } from '../core/public-errors.ts';
import { Piece, type StreamFormat } from './stream-format.ts';

/** The result of one event of a subscription; the same object for all subscribers that receive the same. */
export class EventResult implements ExecutionResult {
  declare readonly errors?: readonly GraphQLError[];
  declare readonly data?: Record<string, unknown> | null;
  declare readonly extensions?: Record<string, unknown>;
  readonly #event: unknown;
  #json: string | undefined;
  #bytes: Buffer | undefined;
  #pieces: Map<StreamFormat, Piece> | undefined;

  /** @param json the payload, if it is already serialised */
  constructor(result: ExecutionResult, event?: unknown, json?: string) {
    Object.assign(this, result);
    this.#event = event;
    this.#json = json;
  }

  /** The cursor of the event, if it has one. */
  get id(): string | undefined {
    const event = this.#event;
    const cursor = typeof event === 'object' && event !== null && 'cursor' in event ? event.cursor : undefined;
    return typeof cursor === 'string' ? cursor : undefined;
  }

  /** The serialised payload, created once. */
  get json(): string {
    this.#json ??= JSON.stringify(toPayload(this));
    return this.#json;
  }

  /** The payload in bytes. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.json);
    return this.#bytes;
  }

  /** The event in a stream format. */
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

/** A result in which an absent field may be missing or undefined. */
type Result = { readonly [Field in keyof ExecutionResult]: ExecutionResult[Field] | undefined };

/** A result as JSON on a transport without HTTP status. */
function toPayload({ data, errors, extensions }: Result) {
  return {
    ...(errors && { errors: errors.map(formatError) }),
    ...(data !== undefined && { data }),
    ...(extensions && { extensions }),
  };
}
