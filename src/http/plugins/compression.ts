import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';

/** Below this size the headers cost more than compression saves. */
const LEAST_BYTES = 1_024;

const ENCODERS: Readonly<Record<string, (body: Uint8Array) => Promise<Buffer>>> = {
  // Quality 4 takes about as long as gzip's default and sends less. The default of 11 takes a hundred times as long.
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
  gzip: (body) => promisify(gzip)(body),
};

/**
 * Compresses the body of a complete answer off the event loop if the caller accepts it, and sets the headers. Streams
 * of events are not compressed: each event would wait in the encoder for the next.
 */
export async function compressBody(
  acceptEncoding: string | undefined,
  headers: Headers,
  body: Uint8Array,
): Promise<Uint8Array> {
  if (body.length < LEAST_BYTES || headers.has('content-encoding')) return body;
  headers.append('vary', 'accept-encoding');
  const accepted = new Negotiator({ headers: { 'accept-encoding': acceptEncoding ?? 'identity' } }).encodings([
    'br',
    'gzip',
  ]);
  // Browsers accept both equally and name gzip first.
  const name = accepted.includes('br') ? 'br' : accepted[0];
  const encode = name === undefined ? undefined : ENCODERS[name];
  if (name === undefined || encode === undefined) return body;
  headers.set('content-encoding', name);
  headers.delete('content-length');
  return encode(body);
}
