import { afterAll, describe, expect, it } from 'vitest';
import { capMessage } from '../../../src/pipeline/core/public-message.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';

const LONG = 'x'.repeat(120);
const CANARY = 'CANARY';

describe('capMessage', () => {
  it.each([
    ['a short message', 'No such thing.', 'No such thing.'],
    ['a long quote', `Unknown "${LONG}".`, `Unknown "${'x'.repeat(100)}…".`],
    ['a long quote with blanks', `Unknown "${'ab '.repeat(50)}".`, `Unknown "${'ab '.repeat(34).slice(0, 100)}…".`],
    ['a long word', `Unknown ${LONG}.`, `Unknown ${'x'.repeat(100)}…`],
    ['much text', 'word '.repeat(200), `${'word '.repeat(100)}…`],
  ])('cuts %s', (_name, message, expected) => {
    expect(capMessage(message)).toBe(expected);
  });
});

describe('what an error repeats of a request', async () => {
  const server = await startTestApp();
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    [
      'a list in a variable',
      'query ($name: String) { hello(name: $name) }',
      { name: [CANARY] },
      '"$name" has an invalid value: String cannot represent a non string value: a list',
    ],
    [
      'an object in a variable',
      'query ($name: String) { hello(name: $name) }',
      { name: { [CANARY]: 1 } },
      'String cannot represent a non string value: an object',
    ],
    [
      'a place in a variable',
      'query ($f: ItemFilter) { hello(filter: $f) }',
      { f: { color: [CANARY] } },
      '"$f" has an invalid value at "f.color": String cannot represent',
    ],
    [
      'a string for an input object',
      'query ($f: ItemFilter) { hello(filter: $f) }',
      { f: CANARY },
      'Expected type "ItemFilter" to be an object.',
    ],
    ['a literal list', `{ hello(name: ["${CANARY}"]) }`, {}, 'a list'],
    ['a name whose quotes were forgotten', `{ hello(name: ${CANARY}) }`, {}, 'value: a name without quotes'],
    ['a literal object', `{ hello(name: { a: "${CANARY}" }) }`, {}, 'an object'],
    ['a literal string for an object', `{ hello(filter: "${CANARY}") }`, {}, 'found a string.'],
    ['a list for an enum', `{ hello(size: ["${CANARY}"]) }`, {}, 'a list'],
    ['a list for an enum in a variable', 'query ($s: Size) { hello(size: $s) }', { s: [CANARY] }, 'a list'],
    ['a string for an enum', `{ hello(size: "${CANARY}") }`, {}, 'non-enum value: a string.'],
    ['a string in the wrong place', `{ hello "${CANARY}" }`, {}, 'found a string.'],
    ['a block string in the wrong place', `{ hello """${CANARY}\n""" }`, {}, 'found a string.'],
  ])('leaves out %s', async (_name, query, variables, says) => {
    const answer = await server.query(query, variables);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    expect(answer.errors?.[0]?.message).toContain(says);
  });

  it('names the members of an enum that it suggests in place of a string', async () => {
    const { errors } = await server.query('{ hello(size: "SMALL") }');
    expect(errors?.[0]?.message).toBe(
      'Enum "Size" cannot represent non-enum value: a string. Did you mean the enum value "SMALL"?',
    );
  });

  it.each([
    ['a field', `{ ${LONG} }`, {}],
    ['an argument', `{ hello(${LONG}: 1) }`, {}],
    ['a variable', `query ($${LONG}: Nope) { hello }`, {}],
    ['a fragment', `{ ...${LONG} }`, {}],
    ['a directive', `{ hello @${LONG} }`, {}],
    ['a type', `{ ... on ${LONG} { hello } }`, {}],
    ['an enum', `{ hello(size: ${LONG}) }`, {}],
    ['an enum in a variable', 'query ($s: Size) { hello(size: $s) }', { s: LONG }],
    ['a key in a variable', 'query ($f: ItemFilter) { hello(filter: $f) }', { f: { [LONG]: 1 } }],
    ['a name in the wrong place', `query Q ${LONG} { hello }`, {}],
    ['a number', `{ hello(size: ${'1'.repeat(120)}) }`, {}],
  ])('cuts %s of 120 characters', async (_name, query, variables) => {
    const answer = await server.query(query, variables);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer)).not.toMatch(/x{101}|1{101}/);
  });
});
