import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from 'node:zlib';
import Negotiator from 'negotiator';
import { rememberTexts } from './remember-texts.ts';

/** Below this size the headers cost more than compression saves. */
const LEAST_BYTES = 1_024;
/** Up to this size compression takes less time than handing the body to another thread, and at most 0.5 ms. */
const MOST_BYTES_AT_ONCE = 16_384;

/** Quality 4 takes about as long as gzip's default and sends less. The default of 11 takes a hundred times as long. */
const brotliOptions = ({ length }: Uint8Array) => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: length },
});

interface Encoder {
  readonly now: (body: Uint8Array) => Buffer;
  readonly inThread: (body: Uint8Array) => Promise<Buffer>;
}

const brotliInThread = promisify(brotliCompress);

const ENCODERS: Readonly<Record<string, Encoder>> = {
  br: {
    now: (body) => brotliCompressSync(body, brotliOptions(body)),
    inThread: (body) => brotliInThread(body, brotliOptions(body)),
  },
  gzip: { now: (body) => gzipSync(body), inThread: promisify<Uint8Array, Buffer>(gzip) },
};

/** The encoding for a caller, by its Accept-Encoding header; undefined for none. */
const encodingFor = rememberTexts((header): string | undefined => {
  const accepted = new Negotiator({ headers: { 'accept-encoding': header } }).encodings(['br', 'gzip']);
  // Browsers accept both equally and name gzip first.
  return accepted.includes('br') ? 'br' : accepted[0];
});

/**
 * Compresses the body of a complete answer if the caller accepts it, and sets the headers; a long body is compressed off
 * the event loop. Streams of events are not compressed: each event would wait in the encoder for the next.
 * @param headers by lower-case name
 */
export function compressBody(
  acceptEncoding: string | undefined,
  headers: Record<string, string>,
  body: Uint8Array,
): Uint8Array | Promise<Uint8Array> {
  if (body.length < LEAST_BYTES || headers['content-encoding'] !== undefined) return body;
  headers.vary = headers.vary === undefined ? 'accept-encoding' : `${headers.vary}, accept-encoding`;
  const name = acceptEncoding === undefined ? undefined : encodingFor(acceptEncoding);
  const encoder = name === undefined ? undefined : ENCODERS[name];
  if (name === undefined || encoder === undefined) return body;
  headers['content-encoding'] = name;
  delete headers['content-length'];
  return body.length <= MOST_BYTES_AT_ONCE ? encoder.now(body) : encoder.inThread(body);
}
