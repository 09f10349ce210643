import type { Readable } from 'node:stream';
import { streamCollector } from '@smithy/node-http-handler';
import type { AnswerLimits } from '../core/decoding.ts';
import { AnswerTooLargeError } from '../core/errors.ts';

/** Do not preallocate more than this, whatever Content-Length says. */
const MOST_ANNOUNCED = 16 * 1024 * 1024;

/**
 * The bytes of an answer's body. The SDK's own collector first pipes them through another stream. If the length is
 * known, each piece is copied to its place at once: pieces that wait for the last one are promoted to the old
 * generation, which is collected seldom, and hold as much memory as the answers.
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
      // The rest is not read, so the connection closes.
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

/** Has the name of the SDK's own time-out error, after which the SDK retries reads. */
function lateError(): Error {
  return Object.assign(new Error('the answer did not end in time'), { name: 'TimeoutError' });
}

class Bytes {
  readonly #more: Uint8Array[] = [];
  #whole: Uint8Array | undefined;
  #length = 0;
  #moreLength = 0;

  constructor(length: number) {
    // Allocated outside the pool, because it may be kept.
    if (length > 0) this.#whole = Buffer.allocUnsafeSlow(length);
  }

  /** Number of bytes received. */
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

/** The length from the header; 0 without one. */
function announcedLength(body: Readable & { readonly headers?: Readonly<Record<string, unknown>> }): number {
  const length = Number(body.headers?.['content-length']);
  return Number.isSafeInteger(length) && length > 0 && length <= MOST_ANNOUNCED ? length : 0;
}

function isNodeStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body && 'on' in body;
}
