import { parse } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { brokenVariables } from '../../../src/pipeline/admission/document-limits.ts';
import { measureDocument } from '../../../src/pipeline/admission/measure-document.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { type Answer, startTestApp } from '../../support/gateway/test-app.ts';

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const nested = (depth: number) => `{ ${'item { '.repeat(depth - 1)} name ${'} '.repeat(depth - 1)} }`;
/** Each level repeats the same field 5 times, which validation has to compare pair by pair at each level. */
const repeating = (levels: number): string =>
  levels === 0 ? 'name' : repeat(5, () => `item { ${repeating(levels - 1)} }`);
const doubling = (levels: number) =>
  `{ item { ...F0 } } ${repeat(levels, (i) => `fragment F${i} on Item { ${i + 1 < levels ? `item { ...F${i + 1} } other: item { ...F${i + 1} }` : 'name'} }`)}`;

describe('limits of a document', async () => {
  const server = await startTestApp();
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['101 aliases of __typename', `{ ${repeat(101, (i) => `a${i}: __typename`)} }`, 'TOO_MANY_ALIASES'],
    ['31 aliases below the root', `{ item { ${repeat(31, (i) => `a${i}: name`)} } }`, 'TOO_MANY_ALIASES'],
    ['11 root fields', `{ ${repeat(11, (i) => `a${i}: hello`)} }`, 'TOO_MANY_ROOT_FIELDS'],
    ['the same field 500 times', `{ item { ${repeat(500, () => 'name')} } }`, 'TOO_MANY_DUPLICATES'],
    [
      'the same fragment 6 times',
      `{ item { ${'...F '.repeat(6)} } } fragment F on Item { name }`,
      'TOO_MANY_DUPLICATES',
    ],
    ['3,000 tokens', `{ ${repeat(3000, () => '__typename')} }`, 'QUERY_TOO_LONG'],
    ['10 directives in one place', `{ hello ${repeat(10, () => '@aa')} }`, 'TOO_MANY_DIRECTIVES'],
    ['21 directives', `{ item { ${repeat(7, (i) => `a${i}: name @skip(if: false) @x @y`)} } }`, 'TOO_MANY_DIRECTIVES'],
    ['16 levels', nested(16), 'QUERY_TOO_DEEP'],
    [
      'depth through fragments',
      `{ item { ...A } } fragment A on Item { ${nested(15).slice(2, -2)} }`,
      'QUERY_TOO_DEEP',
    ],
    ['fragments that double 17 times', doubling(17), 'QUERY_TOO_LARGE'],
    ['51 fragments', `{ hello } ${repeat(51, (i) => `fragment F${i} on Item { name }`)}`, 'TOO_MANY_FRAGMENTS'],
    [
      'circular introspection',
      `{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} } '.repeat(4)} } } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'the same field 6 times through inline fragments',
      `{ item { ... on Item { name name ... { name ... on Item { name name } } ... on Item { name } } } }`,
      'TOO_MANY_DUPLICATES',
    ],
    [
      'the same field 6 times in a fragment that nothing uses',
      `{ hello } fragment F on Item { ${'name '.repeat(6)} }`,
      'TOO_MANY_DUPLICATES',
    ],
    [
      '31 aliases in a fragment that nothing uses',
      `{ hello } fragment F on Item { ${repeat(31, (i) => `a${i}: name`)} }`,
      'TOO_MANY_ALIASES',
    ],
    ['16 levels in a fragment that nothing uses', `{ hello } fragment F on Item ${nested(16)}`, 'QUERY_TOO_DEEP'],
    [
      'doubling fragments that nothing uses',
      `{ hello } ${doubling(14).replace('{ item { ...F0 } }', '')}`,
      'QUERY_TOO_LARGE',
    ],
    ['directives on variables', `query (${repeat(21, (i) => `$v${i}: Int @x`)}) { hello }`, 'TOO_MANY_DIRECTIVES'],
    ['4 directives on one variable', 'query ($v: Int @a @b @c @d) { hello }', 'TOO_MANY_DIRECTIVES'],
    ['repetitions that multiply', `{ ${repeating(3)} }`, 'TOO_MANY_DUPLICATES'],
    ['51 operations', repeat(51, (i) => `query Q${i} { hello }`), 'QUERY_TOO_LARGE'],
    ['5,001 lines', `{ hello }${'\n'.repeat(5_000)}`, 'QUERY_TOO_LONG'],
    ['more than 64 kB', `{ hello } # ${'x'.repeat(64_000)}`, 'QUERY_TOO_LONG'],
    ['21 levels of lists in an argument', `{ hello(name: ${'['.repeat(21)}${']'.repeat(21)}) }`, 'QUERY_TOO_DEEP'],
    [
      '21 levels of lists in a default',
      `query ($v: String = ${'['.repeat(21)}${']'.repeat(21)}) { hello(name: $v) }`,
      'QUERY_TOO_DEEP',
    ],
    ['types beside the query', '{ hello } type T { a: Int }', 'GRAPHQL_VALIDATION_FAILED'],
    ['circular fragments', '{ item { ...A } } fragment A on Item { item { ...A } }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('refuses %s', async (_name, query, code) => {
    const answer = await server.query(query);
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code } }] });
    expect(answer.data).toBeUndefined();
  });

  it('measures again on every request, whatever it remembers of the document', async () => {
    const codes = [];
    for (let round = 0; round < 2; round++) codes.push((await server.query(nested(16))).errors?.[0]?.extensions.code);
    expect(codes).toEqual(['QUERY_TOO_DEEP', 'QUERY_TOO_DEEP']);
  });

  it('lets through what is just within them', async () => {
    expect((await server.query(nested(15))).errors).toBeUndefined();
    expect((await server.query(`{ ${repeat(10, (i) => `a${i}: hello`)} }`)).errors).toBeUndefined();
  });

  it('returns at most 5 errors', async () => {
    const answer = await server.query(`{ ${repeat(9, (i) => `nope${i}`)} }`);
    expect(answer.errors).toHaveLength(5);
  });

  it('refuses variables that are too deep or too many', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`);
    for (const filter of [deep, Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`k${i}`, i]))]) {
      const answer = await server.query('query ($filter: ItemFilter) { hello(filter: $filter) }', { filter });
      expect(answer.errors?.[0]?.extensions.code).toBe('VARIABLES_TOO_LARGE');
    }
    expect(brokenVariables(JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`), 0)).toBeDefined();
  });

  it('takes __proto__ in variables for a name like any other', async () => {
    const answer = await server.query(
      'query ($name: String) { hello(name: $name) }',
      JSON.parse('{"name":"x","__proto__":{"polluted":1}}'),
    );
    expect(answer.data).toEqual({ hello: 'hello x' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('limits of what runs at once', () => {
  it('let others wait, and refuse those for whom there is no place, saying when to come back', async () => {
    const server = await startTestApp({ maxOperations: 1, maxCallerOperations: 1 });
    const running = Array.from({ length: 9 }, () => server.query('{ wait }'));
    const refused = await server.post({ query: '{ hello }' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'SERVER_BUSY', retryable: true, retryAfterMs: 1_000 } }],
    });
    expect(server.probe.waiting).toHaveLength(1);
    while (server.probe.waiting.length < 9) {
      server.probe.release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    server.probe.release();
    for (const answer of await Promise.all(running)) expect(answer).toMatchObject({ data: { wait: 'released' } });
    await server[Symbol.asyncDispose]();
  });

  it('are apart for large operations: a small one does not wait behind them', async () => {
    const server = await startTestApp({ maxObjects: 200, maxLargeOperations: 1 });
    const large = [1, 2].map(() => server.query('{ wait items(first: 11) { name } }'));
    const small = server.query('{ hello items(first: 10) { name } }');
    expect(await small).toMatchObject({ data: { hello: 'hello world' } });
    expect(server.probe.waiting).toHaveLength(1);
    server.probe.release();
    await large[0];
    while (server.probe.waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
    server.probe.release();
    expect(await large[1]).toMatchObject({ data: { wait: 'released' } });
    await server[Symbol.asyncDispose]();
  });
});

it('a subscription has a budget of its own for each event', async () => {
  const server = await startTestApp({}, { schema: sharedSchema() });
  const query =
    'subscription { clusterEvents(recent: 20) { events { service { cluster { services { nodes { tasks(first: 100) { nodes { lastStatus } } } } } } } } }';
  const answer = (await (await server.post({ query }, { accept: 'text/event-stream' })).text())
    .split('\n')
    .flatMap((line) => (line.startsWith('data: {') ? (JSON.parse(line.slice(6)) as Answer) : []))[0];
  expect(answer?.errors?.[0]).toMatchObject({ extensions: { code: 'QUERY_TOO_EXPENSIVE' } });
  expect(answer?.errors?.[0]?.message).toMatch(/An event of the subscription could .* \(MAX_EVENT_(COST|OBJECTS)\)/);
  await server[Symbol.asyncDispose]();
});

describe('measureDocument', () => {
  it('counts fields as fragments expand them', () => {
    expect(measureDocument(parse(doubling(10)))).toMatchObject({ fragments: 10, depth: 11 });
    expect(measureDocument(parse(doubling(10))).fields).toBeGreaterThan(1_000);
  });

  it('measures introspection apart from data', () => {
    const measure = measureDocument(parse('{ hello __schema { types { name } } }'));
    expect(measure).toMatchObject({ depth: 1, introspectionDepth: 3 });
  });
});
