import { cacheExchange } from '@urql/exchange-graphcache';
import { retryExchange } from '@urql/exchange-retry';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { GRAPHQL_URL, readToken } from './gateway';
import { EMBEDDED } from './generated/embedded';
import type { ScaleServiceMutationVariables, StopTaskMutationVariables } from './generated/graphql';
import { isLockedOut, subscribe } from './live';

/**
 * Things with an `id` are stored once, so an event of a subscription and the payload of a mutation change every part of the page that
 * shows the thing. What a write asks for is shown before ECS has answered, and taken back if it refuses.
 */
function createCache() {
  return cacheExchange({
    keys: Object.fromEntries(EMBEDDED.map((name) => [name, () => null])),
    optimistic: {
      scaleService(args) {
        const { service, desiredCount } = args as ScaleServiceMutationVariables;
        return { __typename: 'ScaleServicePayload', service: { __typename: 'Service', id: service, desiredCount } };
      },
      stopTask(args) {
        const { task } = (args as StopTaskMutationVariables).input;
        return { __typename: 'StopTaskPayload', task: { __typename: 'Task', id: task, desiredStatus: 'STOPPED' } };
      },
    },
  });
}

export function createPageClient(): Client {
  return new Client({
    url: GRAPHQL_URL,
    preferGetMethod: false,
    fetchOptions: () => {
      const token = readToken();
      return token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
    },
    exchanges: [
      createCache(),
      mapExchange({
        onResult({ error }) {
          const isRefused = error?.graphQLErrors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
          if (isRefused || error?.response?.status === 401) isLockedOut.set(true);
        },
      }),
      retryExchange({
        initialDelayMs: 500,
        maxDelayMs: 8_000,
        maxNumberAttempts: 8,
        // A write has an idempotency key, so the gateway does it once however often it is sent.
        retryIf: ({ graphQLErrors, networkError, response }) =>
          networkError
            ? response === undefined || response.status === 429 || response.status >= 502
            : graphQLErrors.some(({ extensions }) => extensions?.retryable === true),
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables = {} }) => ({
          subscribe: (sink) => ({ unsubscribe: subscribe({ query, variables }, sink as never) }),
        }),
      }),
    ],
  });
}
