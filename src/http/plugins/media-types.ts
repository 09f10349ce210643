import type { GraphQLError } from 'graphql';
import Negotiator from 'negotiator';
import { requestError } from '../../pipeline/core/public-errors.ts';
import { APOLLO_MULTIPART, SERVER_SENT_EVENTS, type StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';
import { rememberTexts } from './remember-texts.ts';

export const RESPONSE_TYPE = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';
const MULTIPART_TYPE = 'multipart/mixed;subscriptionSpec=1.0';

/** The types of a single answer. A caller without preferences gets the first. */
const ANSWERS = [JSON_TYPE, RESPONSE_TYPE, EVENTS_TYPE];
const STREAMS: readonly [type: string, format: StreamFormat][] = [
  [EVENTS_TYPE, SERVER_SENT_EVENTS],
  // Apollo's clients ask for this boundary or for no boundary.
  ['multipart/mixed;boundary=graphql;subscriptionspec=1.0', APOLLO_MULTIPART],
];

/** The type of a single answer by the caller's preferences; undefined if the caller accepts none of them. */
export function answerType(accept: string | null | undefined): string | undefined {
  return answerTypeOf(accept || '*/*');
}

const answerTypeOf = rememberTexts((accept): string | undefined => {
  const [type] = preferred(accept, ANSWERS);
  // Errors come before a stream starts, and Apollo's clients read them as JSON.
  return type ?? (streamFormat(accept) === undefined ? undefined : JSON_TYPE);
});

/**
 * The format of a subscription's events by the caller's preferences; undefined if the Accept header names no stream
 * type. A wildcard does not count: HTTP libraries send it by default and would wait for the end of an endless stream.
 */
export function streamFormat(accept: string | null | undefined): StreamFormat | undefined {
  return accept ? streamFormatOf(accept) : undefined;
}

const streamFormatOf = rememberTexts((accept): StreamFormat | undefined => {
  const named = accept
    .split(',')
    .filter((range) => /^\s*(text\/event-stream|multipart\/mixed\s*;.*subscriptionspec\s*=)/i.test(range));
  if (named.length === 0) return undefined;
  const types = STREAMS.map(([type]) => type);
  const [best] = preferred(named.join(','), types);
  return STREAMS.find(([type]) => type === best)?.[1];
});

/**
 * The types that the header accepts, in its order of preference. All are in UTF-8, with or without a charset parameter.
 */
function preferred(accept: string, types: readonly string[]): readonly string[] {
  const offered = new Map(types.flatMap((type) => [type, `${type};charset=utf-8`].map((each) => [each, type])));
  const accepted = new Negotiator({ headers: { accept } }).mediaTypes([...offered.keys()]);
  return accepted.flatMap((type) => offered.get(type) ?? []);
}

/** The error for a caller that accepts no type of a single answer. */
export function notAcceptable(): GraphQLError {
  return requestError(
    'NOT_ACCEPTABLE',
    `The Accept header has to name ${RESPONSE_TYPE}, ${JSON_TYPE}, or ${EVENTS_TYPE}.`,
  );
}

/** The error for a caller that accepts no stream type. */
export function streamNotAcceptable(): GraphQLError {
  const message = `Subscriptions are answered with a stream: the Accept header has to name ${EVENTS_TYPE} or ${MULTIPART_TYPE}.`;
  return requestError('NOT_ACCEPTABLE', message);
}
