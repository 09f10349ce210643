import type { Readable } from 'node:stream';
import { streamCollector } from '@smithy/node-http-handler';
import type { AnswerLimits } from '../core/decoding.ts';
import { AnswerTooLargeError } from '../core/errors.ts';

/** Larger answers than this are believed when they are there. */
const MOST_ANNOUNCED = 16 * 1024 * 1024;

/**
 * The bytes of an answer's body. The SDK's own collector pipes them through a stream of its own first. Where the answer says how
 * long it is, each piece is copied to its place at once: pieces that wait for the last one grow old, and what is old is collected
 * seldom, while the memory they hold is as much as the answers.
 */
export function collectBytes(body: unknown, limits: AnswerLimits = NO_LIMITS): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return Promise.resolve(body);
  if (!isNodeStream(body)) return streamCollector(body as Blob);
  const { maxBytes, endsAt } = limits;
  const bytes = new Bytes(Math.min(announcedLength(body), maxBytes));
  return new Promise((resolve, reject) => {
    const end = (error: Error) => {
      clearTimeout(timer);
      reject(error);
      // The rest is not read: the connection goes with it.
      body.destroy();
    };
    const isTimed = Number.isFinite(endsAt);
    const timer = isTimed ? setTimeout(() => end(lateError()), Math.max(0, endsAt - performance.now())) : undefined;
    body.on('data', (chunk: Uint8Array) => {
      bytes.add(chunk);
      if (bytes.length > maxBytes) end(new AnswerTooLargeError(`has more than ${maxBytes} bytes`));
    });
    body.on('error', end);
    body.on('end', () => {
      clearTimeout(timer);
      resolve(bytes.read());
    });
  });
}

const NO_LIMITS: AnswerLimits = { maxBytes: Number.POSITIVE_INFINITY, endsAt: Number.POSITIVE_INFINITY };

/** Named as the SDK names its own, which sends a read again after one. */
function lateError(): Error {
  return Object.assign(new Error('the answer did not end in time'), { name: 'TimeoutError' });
}

class Bytes {
  readonly #more: Uint8Array[] = [];
  #whole: Uint8Array | undefined;
  #length = 0;
  #moreLength = 0;

  constructor(length: number) {
    // Of its own, not of a pool: it may be kept.
    if (length > 0) this.#whole = Buffer.allocUnsafeSlow(length);
  }

  /** So many bytes have come. */
  get length(): number {
    return this.#length + this.#moreLength;
  }

  add(chunk: Uint8Array): void {
    const { byteLength = 0 } = this.#whole ?? {};
    if (this.#more.length > 0 || this.#length + chunk.byteLength > byteLength) {
      this.#more.push(chunk);
      this.#moreLength += chunk.byteLength;
    } else {
      this.#whole?.set(chunk, this.#length);
      this.#length += chunk.byteLength;
    }
  }

  read(): Uint8Array {
    const whole = this.#whole?.subarray(0, this.#length);
    if (whole === undefined)
      return this.#more.length === 1 && this.#more[0] ? this.#more[0] : Buffer.concat(this.#more);
    return this.#more.length === 0 ? whole : Buffer.concat([whole, ...this.#more]);
  }
}

/** As its header says; 0 where there is none. */
function announcedLength(body: Readable & { readonly headers?: Readonly<Record<string, unknown>> }): number {
  const length = Number(body.headers?.['content-length']);
  return Number.isSafeInteger(length) && length > 0 && length <= MOST_ANNOUNCED ? length : 0;
}

function isNodeStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body && 'on' in body;
}
