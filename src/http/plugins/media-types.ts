import type { GraphQLError } from 'graphql';
import Negotiator from 'negotiator';
import { requestError } from '../../pipeline/core/public-errors.ts';
import { APOLLO_MULTIPART, SERVER_SENT_EVENTS, type StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';

export const RESPONSE_TYPE = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';
const MULTIPART_TYPE = 'multipart/mixed;subscriptionSpec=1.0';

/** The types of one answer, the one that a caller without preferences gets first. */
const ANSWERS = [JSON_TYPE, RESPONSE_TYPE, EVENTS_TYPE];
const STREAMS: readonly [type: string, format: StreamFormat][] = [
  [EVENTS_TYPE, SERVER_SENT_EVENTS],
  // Apollo's clients ask for this boundary, or for none.
  ['multipart/mixed;boundary=graphql;subscriptionspec=1.0', APOLLO_MULTIPART],
];

/** The type that one answer comes in by the caller's preferences; undefined if the caller accepts none of them. */
export function answerType(accept: string | null | undefined): string | undefined {
  const [type] = preferred(accept || '*/*', ANSWERS);
  // Errors come before a stream does, and Apollo's clients read them as JSON.
  return type ?? (streamFormat(accept) === undefined ? undefined : JSON_TYPE);
}

/**
 * The format of a subscription's events by the caller's preferences; undefined if the Accept header names none. A wildcard names
 * none: HTTP libraries send it unasked, and then wait for the end of a stream that has no end.
 */
export function streamFormat(accept: string | null | undefined): StreamFormat | undefined {
  const named = (accept ?? '')
    .split(',')
    .filter((range) => /^\s*(text\/event-stream|multipart\/mixed\s*;.*subscriptionspec\s*=)/i.test(range));
  if (named.length === 0) return undefined;
  const types = STREAMS.map(([type]) => type);
  const [best] = preferred(named.join(','), types);
  return STREAMS.find(([type]) => type === best)?.[1];
}

/** Those of the types that the header accepts, in its order of preference. All of them are in UTF-8, whether it says so or not. */
function preferred(accept: string, types: readonly string[]): readonly string[] {
  const offered = new Map(types.flatMap((type) => [type, `${type};charset=utf-8`].map((each) => [each, type])));
  const accepted = new Negotiator({ headers: { accept } }).mediaTypes([...offered.keys()]);
  return accepted.flatMap((type) => offered.get(type) ?? []);
}

/** The error of a caller who accepts none of the types of one answer. */
export function notAcceptable(): GraphQLError {
  return requestError(
    'NOT_ACCEPTABLE',
    `The Accept header has to name ${RESPONSE_TYPE}, ${JSON_TYPE}, or ${EVENTS_TYPE}.`,
  );
}

/** The error of a caller who accepts no stream of events. */
export function streamNotAcceptable(): GraphQLError {
  const message = `Subscriptions are answered with a stream: the Accept header has to name ${EVENTS_TYPE} or ${MULTIPART_TYPE}.`;
  return requestError('NOT_ACCEPTABLE', message);
}
