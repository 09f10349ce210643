#!/usr/bin/env bash
# graphql's findBreakingChanges reports no change where an input object becomes @oneOf, or where the schema loses its subscriptions.
#
# Versions:  graphql 17.1.0 and 16.15.0 (the newest of both lines); @graphql-inspector/core 8.0.0 for comparison.
# Expected:  both are breaking changes. A client that sends two members of the input is refused from then on, although the GraphQL
#            specification (September 2025) has @oneOf as part of an input object's definition. A subscription that was valid is
#            refused from then on, although its type is still in the schema.
# Real:      findBreakingChanges and findDangerousChanges compare types by name and members by type. They look at neither `isOneOf` nor the
#            root operation types, so a gate that is built on them lets both pass. @graphql-inspector/core calls both breaking.
# Seen:      16.15.0 oneOf [] roots []
#            17.1.0 oneOf [] roots []
#            inspector oneOf [BREAKING] roots [BREAKING]
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > schemas.mjs <<'JS'
const query = 'type Query { find(by: By): Int }';
const types = 'type Query { now: Int } type Ticks { tick: Int }';
export const pairs = {
  oneOf: [`input By { id: ID name: String } ${query}`, `input By @oneOf { id: ID name: String } ${query}`],
  roots: [`${types} schema { query: Query subscription: Ticks }`, `${types} schema { query: Query }`],
};
JS
cat > compare.mjs <<'JS'
import { buildSchema, findBreakingChanges, findDangerousChanges, version } from 'graphql';
import { pairs } from '../schemas.mjs';
const found = Object.entries(pairs).map(([name, sdl]) => {
  const [before, after] = sdl.map((text) => buildSchema(text));
  const changes = [...findBreakingChanges(before, after), ...findDangerousChanges(before, after)];
  return `${name} [${changes.map(({ type }) => type)}]`;
});
console.log(version, ...found);
JS
cat > inspect.mjs <<'JS'
import { diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { pairs } from '../schemas.mjs';
const found = [];
for (const [name, sdl] of Object.entries(pairs)) {
  const [before, after] = sdl.map((text) => buildSchema(text));
  found.push(`${name} [${(await diff(before, after)).map(({ criticality }) => criticality.level)}]`);
}
console.log('inspector', ...found);
JS
run() {
  mkdir "$1"
  cp "$2" "$1/run.mjs"
  (cd "$1" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "${@:3}" >/dev/null 2>&1 && node run.mjs) | tee -a seen
}
run sixteen compare.mjs graphql@16.15.0
run seventeen compare.mjs graphql@17.1.0
run inspector inspect.mjs graphql@16.15.0 @graphql-inspector/core@8.0.0
grep -qx '16.15.0 oneOf \[\] roots \[\]' seen &&
  grep -qx '17.1.0 oneOf \[\] roots \[\]' seen &&
  grep -qx 'inspector oneOf \[BREAKING\] roots \[BREAKING\]' seen
