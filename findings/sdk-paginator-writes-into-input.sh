#!/usr/bin/env bash
# A paginator of the AWS SDK writes its page token into the caller's input: with the same input again it begins at the last page.
#
# Versions:  @aws-sdk/client-ecs 3.1164.0, Node 20.19 or later.
# Expected:  each call of paginateListTasks returns a generator that begins at the first page, or at config.startingToken. The developer
#            guide shows no word about an input that may be used once, and a command leaves its input as it is.
# Real:      the generator sets nextToken and maxResults of the object that it was given, and its first request takes nextToken from
#            there. After three pages the token of the third is in it: the next look at the same list has the third page only. A loop
#            that was left early goes on from the page it had, and the page size of the first call stays for good. Nothing fails.
# Seen:      first: a b c | second: c | left at b, again: b c | input: cluster, nextToken=3, maxResults=1 | fresh copies: a b c, a b c
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund @aws-sdk/client-ecs@3.1164.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { ECSClient, paginateListTasks } from '@aws-sdk/client-ecs';

const pages = new Map([
  [undefined, { taskArns: ['a'], nextToken: '2' }],
  ['2', { taskArns: ['b'], nextToken: '3' }],
  ['3', { taskArns: ['c'] }],
]);
const server = createServer(async (request, response) => {
  const { nextToken } = JSON.parse(await text(request));
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  response.end(JSON.stringify(pages.get(nextToken)));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const endpoint = `http://127.0.0.1:${server.address().port}`;
const client = new ECSClient({ region: 'eu-west-1', endpoint, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
const read = async (input, until) => {
  const arns = [];
  for await (const page of paginateListTasks({ client, pageSize: 1 }, input)) {
    arns.push(...page.taskArns);
    if (page.taskArns.includes(until)) break;
  }
  return arns.join(' ');
};
const input = { cluster: 'web' };
const first = await read(input);
const second = await read(input);
const shown = Object.entries(input).map(([name, value]) => (name === 'cluster' ? name : `${name}=${value}`)).join(', ');
const left = { cluster: 'web' };
await read(left, 'b');
const again = await read(left);
const fresh = { cluster: 'web' };
const copies = [await read({ ...fresh }), await read({ ...fresh })].join(', ');
console.log(`first: ${first} | second: ${second} | left at b, again: ${again} | input: ${shown} | fresh copies: ${copies}`);
client.destroy();
server.close();
JS
seen=$(node --no-warnings run.mjs 2>/dev/null)
echo "$seen"
[ "$seen" = 'first: a b c | second: c | left at b, again: b c | input: cluster, nextToken=3, maxResults=1 | fresh copies: a b c, a b c' ]
