#!/usr/bin/env bash
# graphql-jit answers without fields that were asked for: those of a fragment that is spread twice, the first time excluded by a condition.
#
# Versions:  graphql-jit 0.8.9, graphql 16.15.0, Node 20.19 or later.
# Expected:  the answer of graphql-js. By the specification ("CollectFields") a spread whose @include is false or whose @skip is true is
#            passed over before its fragment counts as visited, so a later spread of the same fragment gives its fields.
# Real:      the compiler marks the fragment as visited at the first spread, drops the second, and puts the first one's condition on the
#            fields: they are missing whenever it is false, also a non-null field, without an error. The release notes advise the option
#            useExperimentalPathBasedSkipInclude for conditions within a fragment; with it the answer is the same. In the other order,
#            with the condition on the second spread, all is well. Two components of a page that use one fragment write such documents.
# Seen:      js: {"task":{"id":"1","status":"RUNNING"}} | jit: {"task":{"id":"1"}} | with the option: {"task":{"id":"1"}} |
#            condition on the second: {"task":{"id":"1","status":"RUNNING"}}
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund graphql-jit@0.8.9 graphql@16.15.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { buildSchema, execute, parse, validate } from 'graphql';
import { compileQuery } from 'graphql-jit';

const schema = buildSchema('type Query { task: Task } type Task { id: ID! status: String! }');
schema.getQueryType().getFields().task.resolve = () => ({ id: '1', status: 'RUNNING' });
const documentOf = (spreads) => {
  const document = parse(`query ($wide: Boolean!) { task { id ${spreads} } } fragment Status on Task { status }`);
  if (validate(schema, document).length > 0) throw new Error('not valid');
  return document;
};
const first = documentOf('...Status @include(if: $wide) ...Status');
const second = documentOf('...Status ...Status @include(if: $wide)');
const variables = { wide: false };
const shown = (result) => (result.errors ? 'errors' : JSON.stringify(result.data));
const jit = async (document, options) => shown(await compileQuery(schema, document, undefined, options).query({}, {}, variables));
console.log([
  `js: ${shown(await execute({ schema, document: first, variableValues: variables }))}`,
  `jit: ${await jit(first)}`,
  `with the option: ${await jit(first, { useExperimentalPathBasedSkipInclude: true })}`,
  `condition on the second: ${await jit(second)}`,
].join(' | '));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'js: {"task":{"id":"1","status":"RUNNING"}} | jit: {"task":{"id":"1"}} | with the option: {"task":{"id":"1"}} | condition on the second: {"task":{"id":"1","status":"RUNNING"}}' ]
