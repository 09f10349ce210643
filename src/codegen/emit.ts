import type { Api, Members, Operation } from './sdk.ts';

const BANNER = '// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.\n\n';
const LINE_WIDTH = 120;

/** Structures are grouped alphabetically. The groups have fixed bounds, so that a new SDK changes lines, not files. */
const DRAWERS = ['a-c', 'd', 'e-g', 'h-l', 'm-r', 's', 't-z'];
/** Operations are grouped by their verb. All others are in `other`. */
const VERBS = ['Create', 'Delete', 'Describe', 'List', 'Update'];

/** File name -> text, formatted as Biome formats it. */
export function emit(api: Api): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const add = (file: string, text: string) => files.set(file, BANNER + text);

  add('enums.ts', emitEnums(api));
  const structures = groupBy(api.structures, DRAWERS, (name) => DRAWERS.find((drawer) => inDrawer(drawer, name)));
  for (const [drawer, members] of structures) {
    add(`structures-${drawer}.ts`, emitConst(camel('structures', drawer), members, structure));
  }
  add('structures.ts', emitStructureIndex([...structures.keys()], api.unions));

  const groups = [...VERBS, 'other'].map((group) => group.toLowerCase()).sort();
  const operations = groupBy(api.operations, groups, (name) => {
    return VERBS.find((verb) => name.startsWith(verb))?.toLowerCase() ?? 'other';
  });
  for (const [group, members] of operations) {
    add(`operations-${group}.ts`, emitConst(camel('operations', group), members, operation));
  }
  add('operations.ts', emitIndex('operations', [...operations.keys()]));
  add('types.ts', emitTypes(api));
  return files;
}

function emitEnums({ enums }: Api): string {
  const lines = Object.entries(enums).map(([name, values]) => {
    const oneLine = `  ${name}: [${values.map(quote).join(', ')}],`;
    if (oneLine.length <= LINE_WIDTH) return oneLine;
    return `  ${name}: [\n${values.map((value) => `    ${quote(value)},`).join('\n')}\n  ],`;
  });
  return `/** The raw values of every enum that the SDK names. */\nexport const enums = {\n${lines.join('\n')}\n} as const;\n`;
}

function emitConst<T>(name: string, items: Record<string, T>, render: (name: string, item: T) => string): string {
  const body = Object.entries(items).map(([key, item]) => render(key, item));
  return `export const ${name} = {\n${body.join('\n')}\n} as const;\n`;
}

function structure(name: string, members: Members): string {
  return `  ${name}: ${membersBlock(members, 2)},`;
}

function operation(name: string, { input, output }: Operation): string {
  return `  ${name}: {\n    input: ${membersBlock(input, 4)},\n    output: ${membersBlock(output, 4)},\n  },`;
}

function membersBlock(members: Members, indent: number): string {
  const lines = Object.entries(members).map(([name, type]) => `${' '.repeat(indent + 2)}${name}: ${quote(type)},`);
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${' '.repeat(indent)}}`;
}

function emitIndex(name: string, groups: readonly string[]): string {
  const imports = groups.map((group) => `import { ${camel(name, group)} } from './${name}-${group}.ts';`);
  const spreads = groups.map((group) => `  ...${camel(name, group)},`);
  return `${imports.join('\n')}\n\nexport const ${name} = {\n${spreads.join('\n')}\n} as const;\n`;
}

function emitStructureIndex(drawers: readonly string[], unions: readonly string[]): string {
  const list = unions.map((union) => `  ${quote(union)},`).join('\n');
  return `${emitIndex('structures', drawers)}\n/** Structures of which exactly one member is set. */\nexport const unions: readonly string[] = [\n${list}\n];\n`;
}

function emitTypes(api: Api): string {
  const operations = Object.entries(api.operations).map(([name, { request, response }]) => {
    const [input, output] = [`input: sdk.${request};`, `output: sdk.${response}`];
    const oneLine = `  ${name}: { ${input} ${output} };`;
    return oneLine.length <= LINE_WIDTH ? oneLine : `  ${name}: {\n    ${input}\n    ${output};\n  };`;
  });
  const same = (names: readonly string[]) => names.map((name) => `  ${name}: sdk.${name};`).join('\n');
  return [
    "import type * as sdk from '@aws-sdk/client-ecs';\n",
    '/** Operation -> what it takes and what it answers, as the SDK types them. */',
    `export interface Operations {\n${operations.join('\n')}\n}\n`,
    '/** Structure -> the type of its value in the SDK. */',
    `export interface Structures {\n${same(Object.keys(api.structures))}\n}\n`,
    '/** Enum -> the type of its raw value in the SDK. */',
    `export interface Enums {\n${same(Object.keys(api.enums))}\n}\n`,
    'export type OperationName = keyof Operations;',
    'export type StructureName = keyof Structures;',
    'export type EnumName = keyof Enums;',
    '',
  ].join('\n');
}

function groupBy<T>(
  items: Record<string, T>,
  groups: readonly string[],
  groupOf: (name: string) => string | undefined,
): Map<string, Record<string, T>> {
  const grouped = new Map<string, Record<string, T>>(groups.map((group) => [group, {}]));
  for (const [name, item] of Object.entries(items)) {
    const group = grouped.get(groupOf(name) ?? '');
    if (!group) throw new Error(`${name} belongs to no file`);
    group[name] = item;
  }
  return grouped;
}

function inDrawer(drawer: string, name: string): boolean {
  const [first = '', last = first] = drawer.split('-');
  const letter = name.charAt(0).toLowerCase();
  return letter >= first && letter <= last;
}

function camel(name: string, group: string): string {
  return (
    name +
    group
      .split('-')
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      .join('To')
  );
}

function quote(text: string): string {
  return `'${text}'`;
}
