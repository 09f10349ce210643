import { requestError } from '../../pipeline/core/public-errors.ts';
import type { HttpPlugin } from './http-plugin.ts';
import { BodyCutError, BodyTooLargeError, readWithin } from './read-within.ts';

/**
 * Refuses bodies of more bytes than the limit: at once if the request announces its length, otherwise as soon as more
 * was read. Yoga's own limit passes each body through a second stream and a second request, also where the length is known.
 */
export function useBodyLimit(most: number): HttpPlugin {
  const tooLarge = () => requestError('PAYLOAD_TOO_LARGE', `The request body has more than ${most} bytes.`);

  const readAll = (body: ReadableStream<Uint8Array>) =>
    readWithin(body, most).catch((error: unknown) => {
      if (error instanceof BodyTooLargeError) throw tooLarge();
      if (error instanceof BodyCutError) throw requestError('BAD_REQUEST', error.message);
      throw error;
    });

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
