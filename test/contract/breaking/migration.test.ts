import { readFileSync } from 'node:fs';
import { type Change, ChangeType, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, isEnumType, isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { coordinatesOf } from './schema-changes.ts';

/** The schema of 0.1.0 without its descriptions. */
const FORMER = readFileSync('test/contract/support/schema-0.1.0.sdl', 'utf8');

interface Row {
  readonly former: string;
  readonly text: string;
  /** The names in it, as `Type.member`, or `*.field.argument` where it is about that field of any type. */
  readonly names: ReadonlySet<string>;
}

const SPAN = /`([^`]+)`/g;

/** The code spans of a cell as coordinates. A name by itself belongs to the type that was named before it. */
function namesIn(cell: string): string[] {
  let type = '';
  return [...cell.matchAll(SPAN)].flatMap(([, span = '']) => {
    const [, owner, field = '', argument] = /^(?:(\w+)\.)?(\w+)(?:\((\w+):\))?$/.exec(span) ?? [];
    if (argument !== undefined) return [`${owner ?? '*'}.${field}.${argument}`];
    if (owner !== undefined) type = owner;
    return owner === undefined ? [field, `${type}.${field}`] : [`${owner}.${field}`];
  });
}

function rowsOf(changelog: string): Row[] {
  const [, section = ''] = changelog.split('### From 0.1.0: what to change in clients');
  const lines = section.split('\n### ')[0]?.split('\n') ?? [];
  return lines
    .filter((line) => line.startsWith('| ') && !/^\| (0\.1\.0 |---)/.test(line))
    .map((text) => {
      const [former = '', now = ''] = text.replace(/^\| /, '').split(' | ');
      return { former, text, names: new Set([former, now].flatMap(namesIn)) };
    });
}

/** Rows that state a rule for very many places, by their beginning, with the changes that they cover. */
const RULES: readonly (readonly [row: string, covers: (change: Change, schema: GraphQLSchema) => boolean])[] = [
  ['| References (', ({ meta }) => typesOf(meta).join() === 'String,ID'],
  [
    '| One enum type in answers and inputs',
    ({ type, path = '', meta }, schema) => {
      const [before, after] = typesOf(meta);
      if (before !== undefined) return isEnumType(schema.getType(`${after}`)) && after === `${before}Input`;
      return type === ChangeType.EnumValueRemoved && path.endsWith('.UNRECOGNIZED');
    },
  ],
  [
    '| Enum members as AWS spells them',
    ({ type, path = '' }, schema) => {
      const [name = '', member = ''] = path.split('.');
      const now = schema.getType(name);
      return type === ChangeType.EnumValueRemoved && isEnumType(now) && now.getValues().some(isSpelled(member));
    },
  ],
];

/** The named types of an argument or a member before and after a change that kept or lost its lists and `!`. */
function typesOf(meta: object): string[] {
  const types = Object.entries(meta).filter(([key]) => /^(old|new)(Input)?(Field|Argument|Arg)?.*Type$/.test(key));
  return types.map(([, value]) => String(value).replaceAll(/[[\]!]/g, ''));
}

function isSpelled(member: string) {
  const letters = (text: string) => text.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
  return ({ name }: { readonly name: string }) => name === name.toUpperCase() && letters(name) === letters(member);
}

function isNamed({ path = '', type }: Change, rows: readonly Row[], former: GraphQLSchema): boolean {
  const [owner = '', field = '', argument] = path.split('.');
  const forms =
    argument !== undefined
      ? [path, `*.${field}.${argument}`]
      : type === ChangeType.TypeRemoved
        ? [owner]
        : isInputObjectType(former.getType(owner))
          ? [path, `input.${field}`]
          : [path];
  return rows.some(({ names }) => forms.some((form) => names.has(form)));
}

describe('the migration table from 0.1.0', () => {
  const rows = rowsOf(readFileSync('CHANGELOG.md', 'utf8'));
  const [former, current] = [buildSchema(FORMER), buildSchema(readFileSync('schema.graphql', 'utf8'))];
  let breaks: Change[];
  beforeAll(async () => {
    breaks = (await diff(former, current)).filter(({ criticality }) => criticality.level === 'BREAKING');
  });

  it('has a row for every change that breaks a client, or a row with the rule that it follows', () => {
    const rules = RULES.filter(([start]) => rows.some(({ text }) => text.startsWith(start)));
    expect(rules).toHaveLength(RULES.length);
    const missing = breaks
      .filter((change) => !rules.some(([, covers]) => covers(change, current)) && !isNamed(change, rows, former))
      .map(({ message }) => message);
    expect(missing).toEqual([]);
    expect(breaks.length).toBeGreaterThan(400);
  });

  it('calls nothing a part of 0.1.0 that was not in it', () => {
    const known = coordinatesOf(former);
    const named = rows.flatMap(({ former: cell }) => [...cell.matchAll(/`([A-Z]\w*\.\w+(\(\w+:\))?)`/g)]);
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(([, name = '']) => name).filter((name) => !known.has(name))).toEqual([]);
  });
});
