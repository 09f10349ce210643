// Sends what GraphiQL runs. One fetch for all, so that the token of the page goes with every request.
import { parse } from 'graphql/language/parser';
import { START_PAGE } from './start-page.js';
import { keyOf, resultOf } from './streams.js';

const JSON_ANSWER = 'application/graphql-response+json, application/json;q=0.9';

/** The fetcher that GraphiQL calls with a document, the name of the operation and variables. */
export function createFetcher(url, streams) {
  const endpoint = new URL(url);
  endpoint.search = '';
  endpoint.hash = '';

  function post(params, headers, accept, signal) {
    return fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...headers },
      body: JSON.stringify(params),
      signal,
    });
  }

  async function ask(params, headers) {
    const response = await post(params, headers, JSON_ANSWER);
    return resultOf(await response.text(), response);
  }

  function follow(params, headers, title, more) {
    const request = (lastEventId, signal) =>
      post(params, { ...headers, ...(lastEventId && { 'last-event-id': lastEventId }) }, 'text/event-stream', signal);
    return streams.open(keyOf(params), title, request, more);
  }

  /**
   * Runs a mutation, then the subscription beside it. No generator: one that waits for an event could not be left.
   */
  function deploy(params, subscription, headers) {
    let followed;
    let isLeft = false;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        if (followed !== undefined) return followed.next();
        const first = await ask(params, headers);
        if (first.errors !== undefined) followed = NOTHING_MORE;
        else
          followed = follow({ ...params, operationName: subscription }, headers, titleOf(params.operationName), {
            first,
          });
        if (isLeft) followed.return();
        return { done: false, value: first };
      },
      async return() {
        isLeft = true;
        return followed === undefined ? END : followed.return();
      },
    };
  }

  return ({ query, operationName: named, variables }, { headers = {} } = {}) => {
    const operations = operationsOf(query);
    // Just after a change of the tab, GraphiQL still names the operation of the former one.
    const isStale = operations.length === 1 && operations[0].name !== named;
    const operationName = (isStale ? operations[0].name : named) ?? undefined;
    const params = { query, operationName, variables };
    if (operationName === 'IntrospectionQuery') return ask(params, headers).then(withStartPage);
    const chosen = operationName ? operations.find(({ name }) => name === operationName) : operations[0];
    if (chosen?.kind === 'subscription') return follow(params, headers, titleOf(chosen.name));
    const subscriptions = operations.filter(({ kind }) => kind === 'subscription');
    if (chosen?.kind === 'mutation' && subscriptions.length === 1)
      return deploy(params, subscriptions[0].name, headers);
    return ask(params, headers);
  };
}

const END = { done: true, value: undefined };
const NOTHING_MORE = { next: async () => END, return: async () => END };

function titleOf(name) {
  return name ?? 'subscription';
}

function operationsOf(query) {
  try {
    return parse(query).definitions.flatMap(({ kind, operation, name }) =>
      kind === 'OperationDefinition' ? { kind: operation, name: name?.value } : [],
    );
  } catch {
    // The gateway names the fault.
    return [];
  }
}

/** The docs panel begins with the description of the schema. */
function withStartPage(result) {
  const schema = result.data?.__schema;
  if (schema) schema.description = `${START_PAGE}\n\n${schema.description ?? ''}`;
  return result;
}
