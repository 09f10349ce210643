import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Random } from './random.ts';

/** The text that no answer may repeat: it is put where values are expected that may be secret. It is no name, so that no field looks like it. */
export const CANARY = 'CANARY-4711';

const STRINGS = [
  '',
  'storefront',
  'checkout',
  'default',
  '__proto__',
  '\\u0000',
  'a:b/c',
  'arn:aws:ecs:us-east-1:1:x/y',
  '🙂',
];
const TOKENS = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ':',
  '!',
  '=',
  '|',
  '&',
  '$',
  '@',
  '...',
  ',',
  '#',
  '"',
  '"""',
  '\\',
  '\n',
  '\r',
  '\ufeff',
  'query',
  'mutation',
  'subscription',
  'fragment',
  'on',
  'null',
  'true',
  '0',
  '-1',
  '1e999',
  '__typename',
  '__schema',
  '__type',
  '__proto__',
  'constructor',
  'clusters',
  'nodes',
  'id',
  '$v',
  '@skip(if: true)',
  '@include(if: $v)',
  '...F',
  'a:',
  '\ud83d',
  '\0',
];

/** Documents: such as fit the schema, such as nearly do, and such as are nearly none. */
export class DocumentMaker {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  /** Fields that may still be written: documents are mostly small. */
  #left = 0;

  constructor(schema: GraphQLSchema, random: Random) {
    this.#schema = schema;
    this.#random = random;
  }

  make(): string {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.5) return this.#fitting();
    if (kind < 0.8) return this.#broken(this.#fitting());
    if (kind < 0.9) return random.many(60, () => random.pick(TOKENS)).join(random.chance(0.5) ? ' ' : '');
    return this.#wide();
  }

  #fitting(): string {
    const random = this.#random;
    this.#left = 5 + random.below(60);
    const operation = random.pick(['query', 'query', 'query', 'query', 'mutation', 'subscription'] as const);
    const root = this.#schema.getRootType(operation as never);
    if (!root) throw new Error(`no root for ${operation}`);
    const fragments = random.many(2, (index) => {
      const type = random.pick(this.#objectTypes());
      return `fragment F${index} on ${type.name} ${this.#selection(type, 2)}`;
    });
    const variables = random.chance(0.2) ? '($v: Int, $b: Boolean = true, $ids: [ID!])' : '';
    return [`${operation} Q${variables} ${this.#selection(root, operation === 'query' ? 5 : 4)}`, ...fragments].join(
      '\n',
    );
  }

  #objectTypes(): readonly GraphQLObjectType[] {
    return ['Cluster', 'Service', 'Task', 'ContainerInstance', 'TaskDefinition', 'Query']
      .map((name) => this.#schema.getType(name))
      .filter((type) => isObjectType(type));
  }

  #selection(type: GraphQLObjectType, depth: number): string {
    const random = this.#random;
    const fields = Object.values(type.getFields());
    const isRoot = this.#schema.getSubscriptionType() === type || this.#schema.getMutationType() === type;
    const parts = Array.from({ length: isRoot ? 1 : 1 + random.below(5) }, () => {
      this.#left -= 1;
      const choice = random.next();
      if (choice < 0.03) return `...F${random.below(3)}`;
      if (choice < 0.06) return `... on ${type.name} { __typename }`;
      const field = random.pick(fields);
      const named = getNamedType(field.type);
      const alias = random.chance(0.1) ? `a${random.below(5)}: ` : '';
      const args = this.#arguments(field.args);
      const directive = random.chance(0.04) ? ` @${random.pick(['skip', 'include'])}(if: ${random.chance(0.5)})` : '';
      const head = `${alias}${field.name}${args}${directive}`;
      if (!isObjectType(named) && !isAbstractType(named)) return head;
      if (depth <= 0 || this.#left <= 0) return `${head} { __typename }`;
      if (isObjectType(named)) return `${head} ${this.#selection(named, depth - 1)}`;
      const member = random.pick(this.#schema.getPossibleTypes(named));
      return `${head} { __typename ... on ${member.name} ${this.#selection(member, depth - 1)} }`;
    });
    return `{ ${parts.join(' ')} }`;
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const random = this.#random;
    const given = args.filter(({ type }) => isNonNullType(type) || random.chance(0.2));
    return given.length === 0
      ? ''
      : `(${given.map(({ name, type }) => `${name}: ${this.#value(type, 3)}`).join(', ')})`;
  }

  #value(type: GraphQLInputType, depth: number): string {
    const random = this.#random;
    if (isNonNullType(type)) return this.#value(type.ofType, depth);
    if (random.chance(0.03)) return 'null';
    // Not where a list is wanted: there it would be a name, and messages repeat names.
    if (!isListType(type) && random.chance(0.03)) return `["${CANARY}"]`;
    if (isListType(type)) return `[${random.many(3, () => this.#value(type.ofType, depth - 1)).join(', ')}]`;
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      if (depth <= 0) return '{}';
      const members = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || random.chance(0.1),
      );
      return `{ ${members.map(({ name, type: member }) => `${name}: ${this.#value(member, depth - 1)}`).join(', ')} }`;
    }
    if (type.name === 'Int' || type.name === 'Long') return String(random.pick([0, 1, 2, 5, -1, 1_000, 2_147_483_648]));
    if (type.name === 'Boolean') return String(random.chance(0.5));
    if (type.name === 'Float') return random.pick(['1.5', '-0', '1e30']);
    return `"${random.pick(STRINGS)}"`;
  }

  /** Leaves out, repeats, swaps and adds pieces. */
  #broken(document: string): string {
    const random = this.#random;
    let text = document;
    for (let change = 0; change <= random.below(4); change += 1) {
      const [from, length] = [random.below(text.length + 1), random.below(12)];
      const piece = text.slice(from, from + length);
      const kind = random.below(4);
      const instead =
        kind === 0 ? '' : kind === 1 ? piece + piece : kind === 2 ? random.pick(TOKENS) : piece.toUpperCase();
      text = text.slice(0, from) + instead + text.slice(from + length);
    }
    return text;
  }

  /** One thing too often, or too deep. */
  #wide(): string {
    const random = this.#random;
    const count = 1 + random.below(60);
    const repeat = (text: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => text(index)).join(' ');
    return random.pick([
      () => `{ ${repeat((index) => `a${index}: __typename`)} }`,
      () => `{ ${repeat(() => '__typename')} }`,
      () => `{ ${repeat(() => '... on Query {')} __typename ${repeat(() => '}')} }`,
      () => `{ __typename ${repeat(() => '@skip(if: false)')} }`,
      () =>
        `{ __typename } ${repeat((index) => `fragment F${index} on Query { __typename ...F${(index + 1) % count} }`)}`,
      () =>
        `{ ${repeat((index) => `...F${index}`)} } ${repeat((index) => `fragment F${index} on Query { __typename }`)}`,
      () => `query (${repeat((index) => `$v${index}: Int`)}) { __typename }`,
      () => repeat((index) => `query Q${index} { __typename }`),
      () => `{ clusters(after: ${repeat(() => '[')}${repeat(() => ']')}) { nodes { id } } }`,
      () => `{ __schema { ${repeat(() => 'types { fields { type {')} name ${repeat(() => '} } }')} } }`,
      () => `{ clusters(first: ${count * 40}) { nodes { services(first: ${count * 40}) { nodes { status } } } } }`,
    ])();
  }
}
