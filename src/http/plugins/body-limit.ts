import { requestError } from '../../pipeline/core/public-errors.ts';
import type { HttpPlugin } from './http-plugin.ts';

/**
 * Refuses bodies of more bytes than the limit: at once if the request announces its length, otherwise as soon as more
 * was read. Yoga's own limit passes each body through a second stream and a second request, also where the length is known.
 */
export function useBodyLimit(most: number): HttpPlugin {
  const tooLarge = () => requestError('PAYLOAD_TOO_LARGE', `The request body has more than ${most} bytes.`);

  /** Leaves the rest of a body that is too long: ending the stream would close the connection before the answer. */
  async function readAll(body: ReadableStream<Uint8Array>): Promise<string> {
    const chunks: Uint8Array[] = [];
    const reader = body.getReader();
    const readOn = () =>
      reader.read().catch(() => {
        throw requestError('BAD_REQUEST', 'The request body ended too early.');
      });
    let length = 0;
    for (let { value } = await readOn(); value !== undefined; { value } = await readOn()) {
      length += value.byteLength;
      if (length > most) throw tooLarge();
      chunks.push(value);
    }
    return Buffer.concat(chunks).toString();
  }

  return {
    onRequestParse({ request, serverContext, requestParser, setRequestParser, fetchAPI }) {
      const announced = request.headers.get('content-length');
      if (Number(announced ?? 0) > most) throw tooLarge();
      // Node reads no more from a socket than the announced length. Other sources of requests may not keep to it.
      if (announced !== null && serverContext.address !== undefined) return;
      if (requestParser === undefined) return;
      setRequestParser(async (whole) => {
        if (whole.body === null) return requestParser(whole);
        const { url, method, headers, signal } = whole;
        return requestParser(new fetchAPI.Request(url, { method, headers, signal, body: await readAll(whole.body) }));
      });
    },
  };
}
