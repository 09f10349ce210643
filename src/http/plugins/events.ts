import { bearerTokenOf } from '../../auth/authenticator.ts';
import { EVENTS_PATH, type HttpPlugin } from './http-plugin.ts';
import { BodyCutError, BodyTooLargeError, readWithin } from './read-within.ts';

/** How a delivery ends. EventBridge repeats one that is answered with 401, 429 or 5xx. */
export interface DeliveryAnswer {
  readonly status: 200 | 400 | 429 | 503;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
}

/** `POST /events`: deliveries of EventBridge. */
export interface EventDeliveries {
  /** Whether a bearer token is one of the endpoint's secrets. */
  readonly isSecret: (token: string) => boolean;
  /** Takes the body of a delivery. */
  readonly take: (body: string) => Promise<DeliveryAnswer>;
}

/** An event of EventBridge has 1 MB at most. */
const MOST_BYTES = 1_100_000;
/** Bodies that are read at a time. */
const MOST_BODIES = 64;

/**
 * `/events`, for API destinations of EventBridge. Its secrets are not tokens of callers, and tokens of callers are not secrets of this
 * path: a secret reads nothing, and deliveries count against no caller. The body is read once the secret is known to be right.
 */
export function useEvents({ isSecret, take }: EventDeliveries): HttpPlugin {
  let bodies = 0;
  return {
    async onRequest({ url, request, fetchAPI, endResponse }) {
      if (url.pathname !== EVENTS_PATH) return;
      const answer = (status: number, headers: Record<string, string> = {}) =>
        endResponse(new fetchAPI.Response(null, { status, headers }));
      if (request.method !== 'POST') return answer(405, { allow: 'POST' });
      const token = bearerTokenOf(request.headers.get('authorization'));
      if (token === undefined || !isSecret(token)) return answer(401, { 'www-authenticate': 'Bearer' });
      if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) return answer(413);
      if (request.body === null) return answer(400);
      if (bodies >= MOST_BODIES) return answer(429, { 'retry-after': '1' });
      bodies += 1;
      try {
        const { status, retryAfter } = await take(await readWithin(request.body, MOST_BYTES));
        answer(status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
      } catch (error) {
        if (error instanceof BodyTooLargeError) answer(413);
        else if (error instanceof BodyCutError) answer(400);
        else throw error;
      } finally {
        bodies -= 1;
      }
    },
  };
}
