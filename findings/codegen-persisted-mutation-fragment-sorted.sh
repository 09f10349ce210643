#!/usr/bin/env bash
# The persisted documents of GraphQL Code Generator sort the fields of a fragment, so mutations that stand in one run in another order.
#
# Versions:  @graphql-codegen/client-preset 6.2.0 (with @graphql-tools/documents 1.0.2), graphql 16.15.0, Node 20.19 or later.
# Expected:  `persistedDocuments: true` writes each operation to persisted-documents.json, and a server that runs the stored text for its
#            hash does what it would do with the document of the client's bundle. The fields of a mutation run one after another in the
#            order of their appearance (GraphQL specification, "Mutation"), and fragments keep their place in it ("CollectFields").
# Real:      the stored text is normalised: selections are sorted by name. Fields of the operation itself keep their order, those of a
#            fragment on the mutation type do not. `start` runs before `stop` in production, and after it in development, where the
#            document is sent.
# Seen:      in the operation, sent: stop start | in the operation, stored: stop start | in a fragment, sent: stop start | in a fragment,
#            stored: start stop
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund @graphql-codegen/client-preset@6.2.0 @graphql-codegen/core@6.2.1 @graphql-tools/documents@1.0.2 graphql@16.15.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, graphql, parse } from 'graphql';

const sdl = 'type Query { a: Int } type Mutation { stop: Boolean start: Boolean }';
const schemaAst = buildSchema(sdl);
const store = async (text) => {
  const documents = [{ location: 'restart.graphql', document: parse(text), rawSDL: text }];
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: 'gql/', schema: parse(sdl), schemaAst, documents, config: {}, plugins: [], pluginMap: {},
    presetConfig: { persistedDocuments: true }, profiler: { run: (act) => act() },
  });
  // Each section writes a file; that of the stored documents is filled once the others are written.
  let stored;
  for (const section of sections) {
    const content = await codegen({ ...section, schemaAst });
    if (section.filename.endsWith('persisted-documents.json')) stored = Object.values(JSON.parse(content));
  }
  return stored[0];
};
const orderOf = async (source) => {
  const order = [];
  const field = (name) => () => { order.push(name); return true; };
  const { errors } = await graphql({ schema: schemaAst, source, rootValue: { stop: field('stop'), start: field('start') } });
  if (errors) throw errors[0];
  return order.join(' ');
};
const seen = [];
for (const [where, text] of [
  ['in the operation', 'mutation Restart { stop start }'],
  ['in a fragment', 'mutation Restart { ...Steps } fragment Steps on Mutation { stop start }'],
]) seen.push(`${where}, sent: ${await orderOf(text)}`, `${where}, stored: ${await orderOf(await store(text))}`);
console.log(seen.join(' | '));
JS
seen=$(node --no-warnings run.mjs)
echo "$seen"
[ "$seen" = 'in the operation, sent: stop start | in the operation, stored: stop start | in a fragment, sent: stop start | in a fragment, stored: start stop' ]
