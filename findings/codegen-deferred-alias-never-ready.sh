#!/usr/bin/env bash
# isFragmentReady of GraphQL Code Generator's client preset stays false for good once a deferred fragment has an alias or a skipped field.
#
# Versions:  @graphql-codegen/client-preset 6.2.0, graphql 16.15.0, Node 20.19 or later.
# Expected:  the generated isFragmentReady(document, fragment, data) is true when the data of a fragment spread with @defer has come.
#            GraphQL puts an aliased field under its alias ("Field Alias"), and leaves a field out whose @include is false.
# Real:      the preset writes the names of the fragment's fields into the document, not their response names, and without their
#            conditions; the function asks whether each name is in the data. With `state: status` the data has `state`, never `status`,
#            so a page that waits for the fragment shows its placeholder for ever. With the plain field all is well.
# Seen:      plain: false, then true | alias: false, then false | @include(if: $wide), false: false, then false
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund @graphql-codegen/client-preset@6.2.0 @graphql-codegen/core@6.2.1 graphql@16.15.0 typescript@5.9.3 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { mkdirSync, writeFileSync } from 'node:fs';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, parse } from 'graphql';
import ts from 'typescript';

const sdl = 'type Query { task: Task } type Task { id: ID! cpu: String status: String } directive @defer(if: Boolean, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT';
const schemaAst = buildSchema(sdl);
const generate = async (name, text) => {
  const documents = [{ location: 'task.graphql', document: parse(text), rawSDL: text }];
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: 'gql/', schema: parse(sdl), schemaAst, documents, config: {}, plugins: [], pluginMap: {},
    presetConfig: { fragmentMasking: true }, profiler: { run: (act) => act() },
  });
  mkdirSync(name);
  for (const section of sections) {
    const content = await codegen({ ...section, schemaAst });
    const { outputText } = ts.transpileModule(content, { compilerOptions: { module: 'esnext', target: 'es2022' } });
    writeFileSync(section.filename.replace('gql/', `${name}/`).replace(/ts$/, 'mjs'), outputText);
  }
  const { TaskDocument, [`${name}FragmentDoc`]: fragment } = await import(`./${name}/graphql.mjs`);
  const { isFragmentReady } = await import(`./${name}/fragment-masking.mjs`);
  return (data) => isFragmentReady(TaskDocument, fragment, data);
};
const query = (fragment, variables = '') => `query Task${variables} { task { id ...${fragment} @defer } } fragment ${fragment} on Task`;
const seen = [];
for (const [label, name, text, complete] of [
  ['plain', 'Plain', `${query('Plain')} { status }`, { id: '1', status: 'RUNNING' }],
  ['alias', 'Alias', `${query('Alias')} { state: status }`, { id: '1', state: 'RUNNING' }],
  ['@include(if: $wide), false', 'Wide', `${query('Wide', '($wide: Boolean!)')} { cpu status @include(if: $wide) }`, { id: '1', cpu: '256' }],
]) {
  const isReady = await generate(name, text);
  seen.push(`${label}: ${isReady({ id: '1' })}, then ${isReady(complete)}`);
}
console.log(seen.join(' | '));
JS
seen=$(node --no-warnings run.mjs 2>/dev/null)
echo "$seen"
[ "$seen" = 'plain: false, then true | alias: false, then false | @include(if: $wide), false: false, then false' ]
