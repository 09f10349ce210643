import type { GraphQLError } from 'graphql';
import { requestError } from '../../pipeline/core/public-errors.ts';

export const RESPONSE_TYPE = 'application/graphql-response+json';
export const EVENTS_TYPE = 'text/event-stream';
/** What answers come in. */
export const ANSWER_TYPES = [RESPONSE_TYPE, 'application/json', EVENTS_TYPE];

/** The error of who accepts none of the types that there are. */
export function notAcceptable(types: readonly string[]): GraphQLError {
  return requestError('NOT_ACCEPTABLE', `The Accept header has to name ${types.join(', or ')}.`);
}

/** Whether a caller accepts a media type, by Yoga's reading of the header: preferences aside, and in UTF-8 only. */
export function accepts(request: Request, type: string): boolean {
  return (request.headers.get('accept') || '*/*').split(',').some((range) => {
    const [asked = '', ...parameters] = range.replace(/\s/g, '').toLowerCase().split(';');
    const isReadable = parameters.every(
      (parameter) => !parameter.includes('charset=') || parameter === 'charset=utf-8',
    );
    return isReadable && (asked === '*/*' || asked === type || asked === type.replace(/\/.*/, '/*'));
  });
}
