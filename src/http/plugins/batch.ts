import type { GraphQLError } from 'graphql';
import { requestError } from '../../pipeline/core/public-errors.ts';
import type { HttpPlugin } from './http-plugin.ts';

/**
 * Handles a batch: an array of operations in one request, as Apollo's BatchHttpLink sends it. Each operation is
 * admitted, limited and run as if it had come alone. All run in parallel, and the answer is an array in the same order.
 * @param most most operations in a batch; 0 refuses every array
 */
export function useBatch(most: number): HttpPlugin {
  return {
    onRequestParse({ serverContext }) {
      return {
        onRequestParseDone({ requestParserResult }) {
          if (!Array.isArray(requestParserResult)) return;
          const count = requestParserResult.length;
          if (most === 0) throw requestError('BATCH_TOO_LARGE', 'Send one operation in a request: MAX_BATCH is 0.');
          if (count === 0) throw requestError('BAD_REQUEST', 'The batch is empty.');
          if (count > most) {
            const message = `The batch has ${count} operations; the limit is ${most} (MAX_BATCH).`;
            throw requestError('BATCH_TOO_LARGE', message);
          }
          serverContext.isBatch = true;
        },
      };
    },
  };
}

/** The error of a subscription in a batch: no answer could carry both. */
export function subscriptionInBatch(): GraphQLError {
  return requestError('BAD_REQUEST', 'Send a subscription in a request of its own, not in a batch.');
}
