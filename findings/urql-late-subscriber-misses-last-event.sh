#!/usr/bin/env bash
# A part of a page that subscribes with urql while the same subscription already runs sees nothing until the next event.
#
# Versions:  @urql/core 6.0.3, @urql/exchange-graphcache 9.0.2, graphql 16.15.0, Node 20.19 or later.
# Expected:  urql sends a subscription once, however many parts of a page subscribe with the same document and variables. As with a
#            query, whoever comes later gets the last result at once: graphcache has stored it, and the client has kept it.
# Real:      the first subscriber gets the event. A second subscriber is not sent to the server (once is right), and neither the kept
#            result nor the cache reaches it: it has no data until the server sends another event. A feed that sends its state once
#            and then only changes leaves that part of the page empty, depending on which part was ready first.
# Seen:      sent to the server: 1; first: [1]; second, at once: []; query, second reader at once: [1]; second, after the next event: [2]
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @urql/core@6.0.3 @urql/exchange-graphcache@9.0.2 graphql@16.15.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { setTimeout as delay } from 'node:timers/promises';
import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';

let sent = 0;
let sink;
const client = new Client({
  url: 'http://localhost/graphql',
  preferGetMethod: false,
  fetch: async () => new Response('{"data":{"seats":{"__typename":"Seats","id":"a","free":1}}}', { headers: { 'content-type': 'application/json' } }),
  exchanges: [
    cacheExchange({}),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: () => ({
        subscribe(to) {
          sent += 1;
          sink = to;
          return { unsubscribe() {} };
        },
      }),
    }),
  ],
});
const event = (free) => sink.next({ data: { seats: { __typename: 'Seats', id: 'a', free } } });
const read = (source) => {
  const seen = [];
  source.subscribe(({ data }) => seen.push(data?.seats.free));
  return seen;
};
const subscription = gql`subscription { seats { id free } }`;
const query = gql`query { seats { id free } }`;

const first = read(client.subscription(subscription, {}));
await delay(50);
event(1);
const second = read(client.subscription(subscription, {}));
await delay(50);
const seenFirst = [...new Set(first)];
const atOnce = [...second];
read(client.query(query, {}));
await delay(50);
const again = read(client.query(query, {}));
event(2);
await delay(50);
const later = [...new Set(second)];
console.log(`sent to the server: ${sent}; first: [${seenFirst}]; second, at once: [${atOnce}]; query, second reader at once: [${again.slice(0, 1)}]; second, after the next event: [${later}]`);
process.exit(sent === 1 && `${seenFirst}` === '1' && atOnce.length === 0 && again[0] === 1 && `${later}` === '2' ? 0 : 1);
JS
node run.mjs
