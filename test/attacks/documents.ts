/** Documents just over a limit, or that something may choke on, with the code of their refusal; `ok` is answered. */
export type DocumentVector = readonly [name: string, query: string, code: string, variables?: unknown];

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
const nest = (levels: number, inner: string) =>
  `${'service { cluster { '.repeat(levels / 2)}${inner}${' } }'.repeat(levels / 2)}`;
/** Fragments of which each spreads the next twice. */
const doubling = (levels: number) =>
  repeat(levels, (at) => {
    const next = `...D${at + 1}`;
    const below = at + 1 < levels ? `cluster { service { ${next} } } other: cluster { service { ${next} } }` : 'status';
    return `fragment D${at} on Service { ${below} }`;
  });
const lists = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const objects = (levels: number) => `${'{a:'.repeat(levels)}1${'}'.repeat(levels)}`;
const TASK = 'task(cluster: "c", task: "t")';
const SERVICE = 'service(cluster: "c", service: "s")';
const CREATE = 'mutation ($i: CreateClusterInput!) { createCluster(input: $i) { cluster { status } } }';
const REGISTER = `mutation ($i: RegisterTaskDefinitionInput!) { registerTaskDefinition(input: $i) { taskDefinition { revision } } }`;

export const DOCUMENTS: readonly DocumentVector[] = [
  // Size
  ['2,001 tokens', `{ ${repeat(1_999, () => 'a')} }`, 'QUERY_TOO_LONG'],
  ['64,001 characters', `{ __typename } #${'x'.repeat(63_986)}`, 'QUERY_TOO_LONG'],
  ['5,001 lines of \\n', `{ __typename }${'\n'.repeat(5_000)}`, 'QUERY_TOO_LONG'],
  ['5,001 lines of \\r', `{ __typename }${'\r'.repeat(5_000)}`, 'QUERY_TOO_LONG'],
  ['5,001 lines in a block string', `{ cluster(cluster: """${'\n'.repeat(5_000)}""") { status } }`, 'QUERY_TOO_LONG'],
  ['51 operations', repeat(51, (at) => `query Q${at} { __typename }`), 'QUERY_TOO_LARGE'],
  [
    '51 fragments',
    `{ __typename } ${repeat(51, (at) => `fragment F${at} on Cluster { status }`)}`,
    'TOO_MANY_FRAGMENTS',
  ],
  [
    '51 fragments of one name',
    `{ __typename } ${repeat(51, () => 'fragment F on Cluster { status }')}`,
    'TOO_MANY_FRAGMENTS',
  ],
  // Depth
  ['17 levels', `{ ${SERVICE} { ${nest(16, 'status')} } }`, 'QUERY_TOO_DEEP'],
  [
    '17 levels in an unused fragment',
    `{ __typename } fragment F on Service { ${nest(16, 'status')} }`,
    'QUERY_TOO_DEEP',
  ],
  [
    '17 levels through fragments',
    `{ ${SERVICE} { ...A } } fragment A on Service { ${nest(8, '...B')} } fragment B on Service { ${nest(8, 'status')} }`,
    'QUERY_TOO_DEEP',
  ],
  ['300 levels', `{ ${'a { '.repeat(300)} b ${'} '.repeat(300)} }`, 'QUERY_TOO_DEEP'],
  ['21 levels of lists', `{ cluster(cluster: ${lists(21)}) { status } }`, 'QUERY_TOO_DEEP'],
  ['900 levels of lists', `{ cluster(cluster: ${lists(900)}) { status } }`, 'QUERY_TOO_DEEP'],
  [
    '21 levels of objects',
    `mutation { createCluster(input: ${objects(21)}) { cluster { status } } }`,
    'QUERY_TOO_DEEP',
  ],
  ['21 levels in a default', `query ($v: [Int] = ${lists(21)}) { __typename }`, 'QUERY_TOO_DEEP'],
  ['21 levels in a directive', `{ __typename @skip(if: ${lists(21)}) }`, 'QUERY_TOO_DEEP'],
  [
    'introspection in circles',
    `{ __schema { types { ${'fields { type { '.repeat(3)} name ${'} } '.repeat(3)} } } }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'introspection 21 levels deep',
    `{ __schema { types { fields { type { ${'ofType { '.repeat(18)} name ${'} '.repeat(18)} } } } } }`,
    'QUERY_TOO_DEEP',
  ],
  // Width
  ['31 aliases', `{ ${TASK} { ${repeat(31, (at) => `a${at}: lastStatus`)} } }`, 'TOO_MANY_ALIASES'],
  [
    '31 aliases in an unused fragment',
    `{ __typename } fragment F on Task { ${repeat(31, (at) => `a${at}: lastStatus`)} }`,
    'TOO_MANY_ALIASES',
  ],
  ['31 aliases of __typename', `{ ${repeat(31, (at) => `a${at}: __typename`)} }`, 'TOO_MANY_ALIASES'],
  ['11 root fields', `{ ${repeat(11, (at) => `a${at}: ${TASK} { lastStatus }`)} }`, 'TOO_MANY_ROOT_FIELDS'],
  [
    '11 root fields through a fragment',
    `{ ...Q } fragment Q on Query { ${repeat(11, (at) => `a${at}: __typename`)} }`,
    'TOO_MANY_ROOT_FIELDS',
  ],
  [
    '11 deletions',
    `mutation { ${repeat(11, (at) => `a${at}: deleteCluster(input: { cluster: "c" }) { __typename }`)} }`,
    'TOO_MANY_ROOT_FIELDS',
  ],
  ['fields that double', `{ ${SERVICE} { ...D0 } } ${doubling(12)}`, 'QUERY_TOO_LARGE'],
  [
    '5,001 fields',
    `{ ${repeat(9, (at) => `a${at}: ${SERVICE} { ...A }`)} } fragment A on Service { ${repeat(5, () => 'cluster { ...B }')} } fragment B on Cluster { ${repeat(5, () => 'capacityProviders { nodes { ...C } }')} } fragment C on CapacityProvider { ${repeat(30, (at) => `f${at}`)} }`,
    'QUERY_TOO_LARGE',
  ],
  // Directives
  ['21 directives', `{ ${TASK} { ${repeat(7, (at) => `f${at} @skip(if: false) @a @b`)} } }`, 'TOO_MANY_DIRECTIVES'],
  ['4 directives on a field', '{ __typename @a @b @c @d }', 'TOO_MANY_DIRECTIVES'],
  ['4 directives on an operation', 'query @a @b @c @d { __typename }', 'TOO_MANY_DIRECTIVES'],
  ['4 directives on a variable', 'query ($v: Int @a @b @c @d) { __typename }', 'TOO_MANY_DIRECTIVES'],
  [
    '21 directives on variables',
    `query (${repeat(21, (at) => `$v${at}: Int @a`)}) { __typename }`,
    'TOO_MANY_DIRECTIVES',
  ],
  [
    '4 directives on a fragment',
    'query { __typename } fragment F on Query @a @b @c @d { __typename }',
    'TOO_MANY_DIRECTIVES',
  ],
  ['4 directives on a spread', 'query { ...F @a @b @c @d } fragment F on Query { __typename }', 'TOO_MANY_DIRECTIVES'],
  ['4 directives on an inline fragment', '{ ... @a @b @c @d { __typename } }', 'TOO_MANY_DIRECTIVES'],
  ['an unknown directive', '{ __typename @a }', 'GRAPHQL_VALIDATION_FAILED'],
  ['skip twice', '{ __typename @skip(if: false) @skip(if: false) }', 'GRAPHQL_VALIDATION_FAILED'],
  ['defer', '{ ... @defer { __typename } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['stream', '{ clusters { nodes @stream { status } } }', 'GRAPHQL_VALIDATION_FAILED'],
  // Repetitions
  ['a field 6 times', `{ ${'__typename '.repeat(6)} }`, 'TOO_MANY_DUPLICATES'],
  [
    'a field 6 times in an unused fragment',
    `{ __typename } fragment F on Task { ${'lastStatus '.repeat(6)} }`,
    'TOO_MANY_DUPLICATES',
  ],
  [
    'a field 6 times through inline fragments',
    `{ ${'... on Query { __typename } '.repeat(6)} }`,
    'TOO_MANY_DUPLICATES',
  ],
  ['a fragment 6 times', `{ ${'...F '.repeat(6)} } fragment F on Query { __typename }`, 'TOO_MANY_DUPLICATES'],
  [
    'repetitions that multiply',
    `{ ${SERVICE} { ${repeat(5, () => `cluster { ${repeat(5, () => `services { ${repeat(5, () => `nodes { ${'status '.repeat(5)} }`)} }`)} }`)} } }`,
    'TOO_MANY_DUPLICATES',
  ],
  [
    'repetitions that multiply, unused',
    `{ __typename } fragment F on Service { ${repeat(5, () => `cluster { ${repeat(5, () => `services { ${repeat(5, () => `nodes { ${'status '.repeat(5)} }`)} }`)} }`)} }`,
    'TOO_MANY_DUPLICATES',
  ],
  // Cost
  [
    '1,000 pages of 1,000',
    '{ clusters(first: 1000) { nodes { services(first: 1000) { nodes { status } } } } }',
    'QUERY_TOO_EXPENSIVE',
  ],
  [
    'links to and fro',
    `{ cluster(cluster: "c") { tasks(first: 60) { nodes { cluster { tasks(first: 60) { nodes { cluster { tasks(first: 60) { nodes { id } } } } } } } } } }`,
    'QUERY_TOO_EXPENSIVE',
  ],
  ['a page size of 2,147,483,647', '{ clusters(first: 2147483647) { nodes { status } } }', 'BAD_USER_INPUT'],
  [
    'a page size in a variable',
    'query ($n: Int) { clusters(first: $n) { nodes { services(first: $n) { nodes { status } } } } }',
    'QUERY_TOO_EXPENSIVE',
    { n: 500 },
  ],
  [
    'a page size in a default',
    'query ($n: Int = 500) { clusters(first: $n) { nodes { services(first: $n) { nodes { status } } } } }',
    'QUERY_TOO_EXPENSIVE',
  ],
  [
    '1,500 ids',
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { cluster { tasks { nodes { id } } } } } }',
    'QUERY_TOO_EXPENSIVE',
    { ids: Array(1_500).fill('x') },
  ],
  // Variables
  [
    '2,001 items',
    'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    'VARIABLES_TOO_LARGE',
    { ids: Array(2_001).fill('x') },
  ],
  [
    '21 levels of variables',
    CREATE,
    'VARIABLES_TOO_LARGE',
    { i: JSON.parse(`${'{"a":'.repeat(21)}1${'}'.repeat(21)}`) },
  ],
  ['a wrong type', CREATE, 'BAD_USER_INPUT', { i: 'text' }],
  ['an unknown member', CREATE, 'BAD_USER_INPUT', { i: { constructor: 1 } }],
  ['__proto__ as a member', CREATE, 'BAD_USER_INPUT', { i: JSON.parse('{"__proto__":{"polluted":1}}') }],
  ['a number out of range', 'query ($n: Int) { clusters(first: $n) { nodes { id } } }', 'BAD_USER_INPUT', { n: 1e21 }],
  ['no value where one is needed', 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', 'BAD_USER_INPUT'],
  [
    'null where a value is needed',
    'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    'BAD_USER_INPUT',
    { ids: [null] },
  ],
  [
    'a long enum',
    'query ($s: DesiredStatusInput) { tasks(desiredStatus: $s) { nodes { id } } }',
    'BAD_USER_INPUT',
    { s: 'x'.repeat(50_000) },
  ],
  ['a list for a string', REGISTER, 'BAD_USER_INPUT', { i: { family: ['CANARY'] } }],
  [
    'an object for a string in a list',
    REGISTER,
    'BAD_USER_INPUT',
    { i: { family: 'f', containerDefinitions: [{ environment: [{ name: 'n', value: { CANARY: 1 } }] }] } },
  ],
  ['a variable that nothing declares', '{ clusters(first: $n) { nodes { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a variable that nothing uses', 'query ($n: Int) { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'variables of one name',
    'query ($n: Int, $n: Int) { clusters(first: $n) { nodes { id } } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  // Shape
  ['nothing', '', 'GRAPHQL_PARSE_FAILED'],
  ['blanks', '  \n ', 'GRAPHQL_PARSE_FAILED'],
  ['a comment', '# nothing', 'GRAPHQL_PARSE_FAILED'],
  ['an open brace', '{', 'GRAPHQL_PARSE_FAILED'],
  ['an empty selection', '{ }', 'GRAPHQL_PARSE_FAILED'],
  ['an open string', '{ cluster(cluster: "', 'GRAPHQL_PARSE_FAILED'],
  ['an open block string', '{ cluster(cluster: """', 'GRAPHQL_PARSE_FAILED'],
  ['a NUL', '{ \0 }', 'GRAPHQL_PARSE_FAILED'],
  ['half a surrogate', '{ cluster(cluster: "\ud800") { status } }', 'GRAPHQL_PARSE_FAILED'],
  ['a wrong escape', '{ cluster(cluster: "\\u{110000}") { status } }', 'GRAPHQL_PARSE_FAILED'],
  ['a byte order mark', '\ufeff{ __typename }', 'ok'],
  ['a number with 400 digits', `{ clusters(first: ${'1'.repeat(400)}) { nodes { id } } }`, 'GRAPHQL_VALIDATION_FAILED'],
  ['a name with 10,000 letters', `{ ${'a'.repeat(10_000)} }`, 'GRAPHQL_VALIDATION_FAILED'],
  ['names like ours', '{ clusterz { nodes { idd } } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['__proto__ as a field', '{ __proto__ { x } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['constructor as a field', '{ constructor }', 'GRAPHQL_VALIDATION_FAILED'],
  ['__proto__ as an alias', '{ __proto__: __typename constructor: __typename }', 'ok'],
  ['types', 'type Query { a: Int }', 'GRAPHQL_VALIDATION_FAILED'],
  ['types beside a query', '{ __typename } type T { a: Int }', 'GRAPHQL_VALIDATION_FAILED'],
  ['an extension of the schema', '{ __typename } extend type Query { a: Int }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a fragment alone', 'fragment F on Query { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a fragment in a circle', '{ ...A } fragment A on Query { ...A }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'fragments in a circle',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an unused fragment in a circle',
    `{ __typename } fragment A on Service { cluster { services { nodes { ...A } } } }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a fragment that is not there', '{ ...A }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a fragment on no type', '{ ... on Nope { a } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['several operations and no name', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
  ['an anonymous one beside another', '{ __typename } query B { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a subscription of two fields',
    'subscription { clusterEvents { type } deployments { type } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a query that skips all', '{ __typename @skip(if: true) }', 'ok'],
  [
    'a mutation that skips all',
    'mutation { deleteCluster(input: { cluster: "c" }) @skip(if: true) { __typename } }',
    'ok',
  ],
  ['ids that are none', '{ node(id: "__proto__") { id } }', 'BAD_USER_INPUT'],
  ['an id of nothing', '{ node(id: "") { id } }', 'BAD_USER_INPUT'],
  ['an id of 10,000 letters', `{ node(id: "${'A'.repeat(10_000)}") { id } }`, 'BAD_USER_INPUT'],
  ['a cursor that is none', '{ clusters(after: "e30=") { nodes { id } } }', 'BAD_USER_INPUT'],
  ['a cursor of 10,000 letters', `{ clusters(after: "${'A'.repeat(10_000)}") { nodes { id } } }`, 'BAD_USER_INPUT'],
  ['a negative page', '{ clusters(first: -1) { nodes { id } } }', 'BAD_USER_INPUT'],
  ['UNRECOGNIZED as a value', '{ tasks(desiredStatus: UNRECOGNIZED) { nodes { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
  // Promises
  [
    'ids that are refused while their list waits for a turn',
    '{ __schema { types { fields { name args { name } } } } nodes(ids: ["a", "b"]) { id } }',
    'BAD_USER_INPUT',
  ],
];
