import fc from 'fast-check';

/** A schema in SDL, with what is drawn on it. */
export interface GeneratedSchema {
  readonly sdl: string;
  readonly fields: ReadonlyMap<string, GeneratedField>;
  /** Type -> names of its fields. */
  readonly types: ReadonlyMap<string, readonly string[]>;
}

interface GeneratedField {
  readonly base: string;
  readonly type: string;
  readonly hasArgs: boolean;
}

export interface GeneratedOperation {
  readonly query: string;
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

type Draw = fc.GeneratorValue;

const LEAVES = ['String', 'ID', 'Int', 'Float', 'Boolean', 'Color', 'Custom'];
const OBJECTS = ['A', 'B', 'C'];
const COMPOSITES = [...OBJECTS, 'Named', 'Either'];
const WRAPS = ['_', '_', '_!', '_!', '[_]', '[_!]', '[_!]!', '[_]!', '[[_!]]', '[[_]!]!'];
const ARGS = '(n: Int! = 3, in: In, color: Color, list: [Int!], custom: Custom)';

export const schemas: fc.Arbitrary<GeneratedSchema> = fc.gen().map((draw) => generateSchema(draw));

/** Fields have one type in all the types that have them, so that selections of the same name always merge. */
function generateSchema(draw: Draw): GeneratedSchema {
  const pick = <T>(items: readonly T[]): T => items[draw(fc.nat, items.length - 1)] as T;
  const fields = new Map<string, GeneratedField>();
  const field = (name: string, base: string) => {
    fields.set(name, { base, type: pick(WRAPS).replace('_', base), hasArgs: pick([false, false, true]) });
  };
  for (const name of ['x0', 'x1', 'x2', 'x3']) field(name, pick(LEAVES));
  for (const name of ['o0', 'o1', 'o2']) field(name, pick(COMPOSITES));
  for (const [index, base] of COMPOSITES.entries()) field(`r${index}`, base);
  const names = [...fields.keys()];
  const types = new Map<string, readonly string[]>();
  const inInterface = draw(fc.subarray<string>, names.slice(0, 7), { minLength: 1 });
  types.set('Named', inInterface);
  for (const type of OBJECTS) {
    const own = draw(fc.subarray<string>, names.slice(0, 7), { minLength: 2 });
    types.set(type, [...new Set([...inInterface, ...own])]);
  }
  const roots = [...names.slice(7), ...draw(fc.subarray<string>, names.slice(0, 7), {})];
  for (const root of ['Query', 'Mutation', 'Subscription']) types.set(root, roots);
  const print = (name: string) => {
    const { hasArgs, type } = fields.get(name) as GeneratedField;
    return `${name}${hasArgs ? ARGS : ''}: ${type}`;
  };
  const body = (type: string) => `{ ${types.get(type)?.map(print).join(' ')} }`;
  const sdl = `
    scalar Custom
    enum Color { RED GREEN BLUE }
    input In { a: Int! = 1, b: [String], c: In, only: Only, custom: Custom }
    input Only @oneOf { text: String, number: Int, in: In }
    interface Named ${body('Named')}
    union Either = ${draw(fc.subarray<string>, OBJECTS, { minLength: 1 }).join(' | ')}
    ${OBJECTS.map((type) => `type ${type} implements Named ${body(type)}`).join('\n')}
    ${['Query', 'Mutation', 'Subscription'].map((type) => `type ${type} ${body(type)}`).join('\n')}`;
  return { sdl, fields, types };
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  n: ['1', '$int', '$intOrNot'],
  in: ['null', '{ b: ["x", null] }', '{ a: $intOrNot, c: { a: 2, only: { text: "t" } } }', '$in', '{ only: $only }'],
  color: ['RED', 'null', '$color'],
  list: ['[1, 2]', '3', '[$int]', '$list', 'null'],
  custom: ['{ deep: [1, { in: $int }] }', '"text"', '$custom'],
};

const DECLARATIONS =
  '($yes: Boolean!, $no: Boolean = false, $int: Int!, $intOrNot: Int = 5, $in: In, $only: Only!, $color: Color = GREEN, $list: [Int!], $custom: Custom)';

/** A document for the schema, and values of its variables: some fit, some do not. */
export function operations(schema: GeneratedSchema): fc.Arbitrary<GeneratedOperation> {
  return fc.gen().map((draw) => {
    const query = generateDocument(draw, schema);
    const variables = Array.from({ length: 3 }, () => generateVariables(draw));
    return { query, variables };
  });
}

function generateVariables(draw: Draw): Record<string, unknown> {
  const pick = <T>(...items: T[]): T => items[draw(fc.nat, items.length - 1)] as T;
  // All fit, for the most part: others end an execution before it begins.
  const fit = draw(fc.nat, 9) > 1;
  const mostly = <T>(good: T, ...others: unknown[]) => (fit || draw(fc.nat, 9) > 1 ? good : pick(...others));
  const variables: Record<string, unknown> = {
    yes: mostly(pick(true, false), null, 'yes'),
    no: mostly(pick<unknown>(true, false, undefined), 1),
    int: mostly(pick(1, -4), 1.5, '1', null, 2 ** 40),
    intOrNot: pick<unknown>(2, null, undefined),
    in: mostly(
      pick<unknown>({ a: 1 }, { b: 'one' }, { c: { only: { number: 2 } } }, null, undefined),
      { a: null },
      { d: 1 },
    ),
    only: mostly(
      pick<unknown>({ text: 'a' }, { number: 1 }, { in: {} }),
      {},
      { text: 'a', number: 1 },
      { text: null },
      null,
    ),
    color: mostly(pick<unknown>('RED', null, undefined), 'PURPLE', 1),
    list: mostly(pick<unknown>([1], 2, [], null, undefined), [null], ['x']),
    custom: mostly(pick<unknown>('c', { a: [] }, null, undefined), 'bad'),
  };
  for (const name of Object.keys(variables)) if (variables[name] === undefined) delete variables[name];
  return variables;
}

function generateDocument(draw: Draw, schema: GeneratedSchema): string {
  const pick = <T>(items: readonly T[]): T => items[draw(fc.nat, items.length - 1)] as T;
  const chance = (percent: number) => draw(fc.nat, 99) < percent;
  const fragments: string[] = [];
  // One set of arguments for each field and alias: others would be in conflict.
  const args = new Map<string, string>();

  const argsOf = (key: string): string => {
    const known = args.get(key);
    if (known !== undefined) return known;
    const given = draw(fc.subarray<string>, Object.keys(VALUES), {}).map(
      (name) => `${name}: ${pick(VALUES[name] ?? [])}`,
    );
    const text = given.length === 0 ? '' : `(${given.join(', ')})`;
    args.set(key, text);
    return text;
  };
  const directive = () =>
    chance(15)
      ? pick([' @skip(if: $no)', ' @include(if: $yes)', ' @skip(if: $yes) @include(if: $no)', ' @include(if: true)'])
      : '';
  const selectionOf = (type: string, depth: number): string => {
    const parts: string[] = [];
    const names = schema.types.get(type) ?? [];
    const count = draw(fc.integer, { min: 1, max: 4 });
    for (let index = 0; index < count; index += 1) {
      const kind = draw(fc.nat, 9);
      if (kind === 0) parts.push(`${pick(['', 'kind: ', '__proto__: '])}__typename${directive()}`);
      else if (kind === 1 && depth > 0) parts.push(`...${condition(type)}${directive()} ${inner(type, depth)}`);
      else if (kind === 2 && depth > 0) parts.push(`...${fragment(type, depth)}${directive()}`);
      else if (names.length > 0) parts.push(fieldOf(pick(names), depth));
    }
    return `{ __typename ${parts.join(' ')} }`;
  };
  let on = '';
  const condition = (type: string): string => {
    const isRoot = !COMPOSITES.includes(type);
    on = isRoot || chance(30) ? type : pick(COMPOSITES);
    return isRoot || (on === type && chance(50)) ? '' : ` on ${on}`;
  };
  const inner = (type: string, depth: number) => selectionOf(on || type, depth - 1);
  const fragment = (type: string, depth: number): string => {
    const target = COMPOSITES.includes(type) ? pick(COMPOSITES) : type;
    const body = selectionOf(target, depth - 1);
    fragments.push(`fragment F${fragments.length} on ${target} ${body}`);
    return `F${fragments.length - 1}`;
  };
  const fieldOf = (name: string, depth: number): string => {
    const { base, hasArgs } = schema.fields.get(name) as GeneratedField;
    const isComposite = COMPOSITES.includes(base);
    if (isComposite && depth <= 0) return '';
    const alias = chance(20) ? `${pick(['a', 'b', 'toString'])}_${name}` : '';
    const text = `${alias === '' ? '' : `${alias}: `}${name}${hasArgs ? argsOf(alias || name) : ''}${directive()}`;
    return isComposite ? `${text} ${selectionOf(base, depth - 1)}` : text;
  };

  const operation = pick(['query', 'query', 'query', 'mutation', 'subscription']);
  const root = `${operation[0]?.toUpperCase()}${operation.slice(1)}`;
  const body = selectionOf(root, 3);
  return `${operation} Op${DECLARATIONS} ${body}\n${fragments.join('\n')}`;
}
