#!/usr/bin/env bash
# The server of graphql-ws sends the answer of a completed query to the operation that has its id now, and completes that one.
#
# Versions:  graphql-ws 6.4.2, graphql 16.15.0, ws 8.23.0, Node 20.19 or later.
# Expected:  the protocol (graphql-transport-ws) lets a client use an id again once it has completed the operation. Nothing of the
#            completed query arrives any more, and the new operation runs to its own end.
# Real:      the server knows operations by their ids alone. A query runs as "1"; the client completes "1" and subscribes as "1". When
#            the query is done, its data arrives as "next" of "1", then "complete" of "1" although the subscription goes on: its
#            events still arrive after that. Then "complete" of the client no longer ends it, since its id is forgotten. A subscription
#            under an id of its own (2) ends.
# Seen:      messages of 1: tick, slow, complete, tick; after the client's complete: 1 not ended, 2 ended
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql-ws@6.4.2 graphql@16.15.0 ws@8.23.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';

let answer;
let tick;
const ended = [];
const ticks = ({ of }) => ({
  next: () => new Promise((resolve) => { tick = () => resolve({ done: false, value: { tick: 1 } }); }),
  return: async () => { ended.push(of); return { done: true, value: undefined }; },
  [Symbol.asyncIterator]() { return this; },
});
const schema = buildSchema('type Query { slow: Int } type Subscription { tick(of: Int): Int }');
const roots = { query: { slow: () => new Promise((resolve) => { answer = () => resolve(7); }) }, subscription: { tick: ticks } };
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
useServer({ schema, roots }, server);
await once(server, 'listening');

const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`, 'graphql-transport-ws');
await once(socket, 'open');
const seen = [];
socket.on('message', (data) => {
  const { id, type, payload } = JSON.parse(data);
  if (id === '1') seen.push(type === 'next' ? Object.keys(payload.data)[0] : type);
});
const send = async (message) => { socket.send(JSON.stringify(message)); await delay(100); };
await send({ type: 'connection_init' });
await send({ id: '1', type: 'subscribe', payload: { query: '{ slow }' } });
await send({ id: '1', type: 'complete' });
await send({ id: '1', type: 'subscribe', payload: { query: 'subscription { tick(of: 1) }' } });
for (const act of [() => tick(), () => answer(), () => tick()]) { act(); await delay(100); }
await send({ id: '2', type: 'subscribe', payload: { query: 'subscription { tick(of: 2) }' } });
for (const id of ['1', '2']) await send({ id, type: 'complete' });
const stateOf = (id) => `${id} ${ended.includes(id) ? '' : 'not '}ended`;
console.log(`messages of 1: ${seen.join(', ')}; after the client's complete: ${stateOf(1)}, ${stateOf(2)}`);
socket.terminate();
server.close();
process.exitCode = seen.join() === 'tick,slow,complete,tick' && ended.join() === '2' ? 0 : 1;
JS
node --no-warnings run.mjs
