/** The text of one document of many that differ. */
export type Family = (index: number) => string;

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
/** Selections that repeat a field this often at each of this many levels. */
const repeating = (times: number, levels: number): string =>
  levels === 0 ? 'status' : repeat(times, () => `cluster { ${repeating(times, levels - 1)} }`);

/** Documents at the limits of size, each family refused for another reason, but for the last. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  'an unknown field': (index) => `{ nope${index} }`,
  'unknown fields, 1,900': (index) => `{ cluster(cluster: "${index}") { ${repeat(1_900, (at) => `f${at}`)} } }`,
  'repetitions in an unused fragment': (index) =>
    `{ cluster(cluster: "${index}") { status } } fragment F on Service { ${repeating(5, 3)} }`,
  'repetitions through inline fragments': (index) =>
    `{ cluster(cluster: "${index}") { ${repeat(300, () => '... on Cluster { status }')} } }`,
  'repetitions just within the limit, and an unknown field': (index) =>
    `{ service(cluster: "a", service: "${index}") { ${repeat(4, (at) => `a${at}: cluster { ${repeating(5, 2)} }`)} nope } }`,
  'fragments that all spread the next': (index) =>
    `{ cluster(cluster: "${index}") { ...F0 } } ${repeat(50, (at) => `fragment F${at} on Cluster { status nope ${at < 49 ? `...F${at + 1}` : ''} }`)}`,
  'a selection of 50 fragments': (index) =>
    `{ cluster(cluster: "${index}") { ${repeat(50, (at) => `...F${at}`)} } } ${repeat(50, (at) => `fragment F${at} on Cluster { ${repeat(14, (field) => `s${at}x${field}`)} }`)}`,
  'directives on variables': (index) => `query Q${index}(${repeat(300, (at) => `$v${at}: Int @x`)}) { status }`,
  'variables that nothing uses': (index) => `query Q${index}(${repeat(450, (at) => `$v${at}: Int`)}) { nope }`,
  'unknown members of an input': (index) =>
    `mutation { createService(input: { serviceName: "${index}" ${repeat(450, (at) => `k${at}: {}`)} }) { __typename } }`,
  'a block string of 5,000 lines': (index) => `{ cluster(cluster: """${'\n x'.repeat(4_990)}""") { nope${index} } }`,
  'a comment up to the longest document': (index) => `{ nope${index} } #${'x'.repeat(63_900)}`,
  'more tokens than allowed': (index) => `{ ${repeat(2_100, (at) => `f${at}x${index}`)} }`,
  'no GraphQL': (index) => `{ cluster(cluster: "${index}${'x'.repeat(60_000)}") } {`,
  'not refused: 1,900 ids in a literal': (index) =>
    `{ nodes(ids: [${repeat(1_900, (at) => `"${index}x${at}"`)}]) @skip(if: true) { id } }`,
};
