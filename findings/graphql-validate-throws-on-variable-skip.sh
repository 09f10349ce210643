#!/usr/bin/env bash
# `validate` of graphql-js throws, instead of returning errors, at a subscription whose field is skipped or included by a variable.
#
# Versions:  graphql 16.15.0, Node 20.20.2.
# Expected:  a list of errors, empty here: the document is valid by the October 2021 specification (one root field), and variables' values
#            are no part of validation. With a literal instead of the variable, and in a query, it is empty.
# Real:      SingleFieldSubscriptionsRule collects the root fields without any variables, so a GraphQLError is thrown that says that the variable
#            "was not provided a runtime value", also where it has a default. Who expects a list answers with an internal error.
# Seen:      subscription, variable: throws GraphQLError: Argument "if" of required type "Boolean!" was provided the variable "$v" which was
#            not provided a runtime value. (with a default: the same)
#            subscription, literal: returns 0 errors
#            query, variable: returns 0 errors
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact graphql@16.15.0
cat > check.cjs <<'JS'
const { buildSchema, parse, validate, version } = require('graphql');
const schema = buildSchema('type Query { a: Int } type Subscription { a: Int }');
const outcome = (text) => {
  try {
    return `returns ${validate(schema, parse(text)).length} errors`;
  } catch (error) {
    return `throws ${error.name}: ${error.message}`;
  }
};
const seen = {
  'subscription, variable': outcome('subscription ($v: Boolean!) { a @include(if: $v) }'),
  'subscription, variable with a default': outcome('subscription ($v: Boolean! = true) { a @include(if: $v) }'),
  'subscription, literal': outcome('subscription { a @include(if: true) }'),
  'query, variable': outcome('query ($v: Boolean!) { a @include(if: $v) }'),
};
console.log(`graphql ${version}, Node ${process.versions.node}`);
for (const [name, what] of Object.entries(seen)) console.log(`${name}: ${what}`);
const isSo =
  seen['subscription, variable'].startsWith('throws GraphQLError') &&
  seen['subscription, variable with a default'].startsWith('throws GraphQLError') &&
  seen['subscription, literal'] === 'returns 0 errors' &&
  seen['query, variable'] === 'returns 0 errors';
process.exit(isSo ? 0 : 1);
JS
node check.cjs
