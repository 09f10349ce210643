#!/usr/bin/env bash
# graphql-request with method GET changes the text within the string literals of a query: "web, api" arrives as "web api".
#
# Versions:  graphql-request 7.4.0, graphql 16.15.0, Node 20.19 or later.
# Expected:  the server gets the same values with `method: 'GET'` as with POST. The GraphQL specification lets a client drop commas, white
#            space and comments between tokens; within a StringValue they are part of the value ("String Value", "Comments").
# Real:      before it puts the query into the URL, the client replaces each run of commas, white space and "#..." by one space, without
#            looking at quotes. Strings lose commas and repeated spaces, the lines of a block string become one, and of a string with a
#            "#" the rest of the line is cut off, with its closing quote: the server answers with a syntax error in a query that is valid.
#            A variable is not touched.
# Seen:      "web, api": POST "web, api", GET "web api" | two spaces: POST "a  b", GET "a b" | block string: POST "a\nb", GET " a b " |
#            "task #1": POST "task #1", GET Syntax Error: Unterminated string. | variable: POST "web, api #1", GET "web, api #1"
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund graphql-request@7.4.0 graphql@16.15.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { buildSchema, graphql } from 'graphql';
import { GraphQLClient } from 'graphql-request';

const schema = buildSchema('type Query { echo(text: String): String }');
const server = createServer(async (request, response) => {
  const inUrl = Object.fromEntries(new URL(request.url, 'http://server').searchParams);
  const { query, variables } = request.method === 'GET' ? inUrl : JSON.parse(await text(request));
  const variableValues = typeof variables === 'string' ? JSON.parse(variables) : variables;
  const result = await graphql({ schema, source: query, rootValue: { echo: (args) => args.text }, variableValues });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(result));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;
const ask = async (method, query, variables) => {
  try {
    const { echo } = await new GraphQLClient(url, { method }).request(query, variables);
    return `${method} ${JSON.stringify(echo)}`;
  } catch (error) {
    return `${method} ${error.response.errors[0].message}`;
  }
};
const seen = [];
for (const [name, query, variables] of [
  ['"web, api"', '{ echo(text: "web, api") }'],
  ['two spaces', '{ echo(text: "a  b") }'],
  ['block string', '{ echo(text: """\n  a\n  b\n""") }'],
  ['"task #1"', '{ echo(text: "task #1") }'],
  ['variable', 'query ($text: String) { echo(text: $text) }', { text: 'web, api #1' }],
]) seen.push(`${name}: ${await ask('POST', query, variables)}, ${await ask('GET', query, variables)}`);
console.log(seen.join(' | '));
server.close();
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = '"web, api": POST "web, api", GET "web api" | two spaces: POST "a  b", GET "a b" | block string: POST "a\nb", GET " a b " | "task #1": POST "task #1", GET Syntax Error: Unterminated string. | variable: POST "web, api #1", GET "web, api #1"' ]
