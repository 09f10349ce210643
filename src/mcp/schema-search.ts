import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** A text that an agent can read at a glance: some 400 tokens. */
const MOST_TEXT = 1_600;
const MOST_SENTENCE = 160;
const FIELDS_A_PAGE = 20;

interface Entry {
  readonly name: string;
  readonly line: string;
  readonly words: ReadonlySet<string>;
  readonly description: string;
  /** Fields of the roots come first: operations begin there. */
  readonly rank: number;
}

/** Finds parts of a schema by words, a few lines at a time. */
export class SchemaSearch {
  readonly #schema: GraphQLSchema;
  #entries: readonly Entry[] | undefined;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The lines that fit a text best. */
  search(text: string): string {
    this.#entries ??= entriesOf(this.#schema);
    const wanted = wordsIn(text);
    const found = this.#entries
      .map((entry) => ({ entry, score: scoreOf(entry, wanted) }))
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score);
    if (found.length === 0)
      return `Nothing fits "${text.slice(0, 100)}". Try a noun of ECS: service, task, deployment.`;
    const lines = found.map(({ entry }) => entry.line);
    return within(lines, `of ${found.length} found; describe_type shows a type's fields`);
  }

  /** The fields, members or values of a type, one page at a time; those whose name has a text, if it is given. */
  describe(name: string, page: number, filter: string | undefined): string {
    const type = this.#schema.getType(name);
    if (type === undefined) {
      const near = Object.keys(this.#schema.getTypeMap()).filter((known) =>
        known.toLowerCase().includes(name.toLowerCase()),
      );
      const hint = near.length === 0 ? 'search_schema finds types.' : `Did you mean ${near.slice(0, 5).join(', ')}?`;
      return `There is no type "${name.slice(0, 100)}". ${hint}`;
    }
    const all = membersOf(type).filter(
      (line) => filter === undefined || line.toLowerCase().includes(filter.toLowerCase()),
    );
    const pages = Math.max(1, Math.ceil(all.length / FIELDS_A_PAGE));
    const shown = all.slice((page - 1) * FIELDS_A_PAGE, page * FIELDS_A_PAGE);
    const head = `${kindOf(type)} ${name}: ${sentenceOf(type.description)}`;
    const foot = pages > 1 ? [`(page ${page} of ${pages}, ${all.length} in all; "search" narrows it)`] : [];
    return [head, ...shown, ...foot].join('\n');
  }
}

function entriesOf(schema: GraphQLSchema): readonly Entry[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return Object.values(schema.getTypeMap()).flatMap((type): Entry[] => {
    if (type.name.startsWith('__')) return [];
    const isRoot = roots.includes(type as never);
    const own = { name: type.name, line: `${kindOf(type)} ${type.name}: ${sentenceOf(type.description)}`, rank: 2 };
    const self = isRoot ? [] : [toEntry(own, type.description)];
    if (!isObjectType(type) && !isInterfaceType(type)) return self;
    const fields = Object.values(type.getFields()).map((field) => {
      const line = `${type.name}.${field.name}${argumentsOf(field.args)}: ${String(field.type)}: ${sentenceOf(field.description)}`;
      return toEntry({ name: field.name, line, rank: isRoot ? 3 : 1 }, field.description);
    });
    return [...self, ...fields];
  });
}

function toEntry(own: Pick<Entry, 'name' | 'line' | 'rank'>, description: string | null | undefined): Entry {
  return { ...own, words: new Set(wordsIn(own.name)), description: (description ?? '').toLowerCase() };
}

function scoreOf({ words, description, name, rank }: Entry, wanted: readonly string[]): number {
  let score = 0;
  for (const word of wanted) {
    if (words.has(word)) score += 4;
    else if (name.toLowerCase().includes(word)) score += 2;
    else if (description.includes(word)) score += 1;
  }
  // Of equal fits the shorter name is the more general one.
  return score === 0 ? 0 : score * 10 + rank * 3 - words.size;
}

/** Words of a text or of a name in camel case, without the ends of plurals. */
function wordsIn(text: string): string[] {
  const words =
    text
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.map((word) => (word.length > 3 ? word.replace(/s$/, '') : word));
}

function membersOf(type: GraphQLNamedType): string[] {
  if (isObjectType(type) || isInterfaceType(type)) {
    return Object.values(type.getFields()).map(
      ({ name, args, type: of, description }) =>
        `  ${name}${argumentsOf(args)}: ${String(of)}: ${sentenceOf(description)}`,
    );
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map(
      ({ name, type: of, description }) => `  ${name}: ${String(of)}: ${sentenceOf(description)}`,
    );
  }
  if (isEnumType(type)) return type.getValues().map(({ name, description }) => `  ${name}: ${sentenceOf(description)}`);
  return isUnionType(type) ? type.getTypes().map(({ name }) => `  ${name}`) : [];
}

function argumentsOf(args: readonly GraphQLArgument[]): string {
  return args.length === 0 ? '' : `(${args.map(({ name, type }) => `${name}: ${String(type)}`).join(', ')})`;
}

function kindOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'type';
  if (isInterfaceType(type)) return 'interface';
  if (isInputObjectType(type)) return 'input';
  if (isEnumType(type)) return 'enum';
  return isUnionType(type) ? 'union' : 'scalar';
}

/** The first sentence of a description. */
function sentenceOf(description: string | null | undefined): string {
  const [sentence = ''] = (description ?? '').replaceAll(/\s+/g, ' ').split(/(?<=\.) /);
  return sentence.length <= MOST_SENTENCE ? sentence : `${sentence.slice(0, MOST_SENTENCE)}...`;
}

function within(lines: readonly string[], rest: string): string {
  const shown: string[] = [];
  let size = 0;
  for (const line of lines) {
    size += line.length + 1;
    if (size > MOST_TEXT && shown.length > 0) break;
    shown.push(line);
  }
  return shown.length === lines.length ? shown.join('\n') : `${shown.join('\n')}\n(${shown.length} ${rest})`;
}
