import type { NormalizedSchema } from '@smithy/core/schema';
import type { OperationName } from '../../../src/ecs/core/operations.ts';
import { IDENTITIES } from '../../../src/ecs/sdk/identities.ts';
import { messageSchemas } from '../../schema/support/sdk-wire.ts';
import { ARNS } from './one-of-each.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Deep enough for every identity that stands in another thing. */
const DEEPEST = 5;

/** An answer of ECS in which every member is set once, down to a depth. */
export function validAnswer(operation: OperationName): { [name: string]: Json } {
  return structure(messageSchemas(operation).response, 0);
}

function structure(schema: NormalizedSchema, depth: number): { [name: string]: Json } {
  const members = [...schema.structIterator()].slice(0, schema.isUnionSchema() ? 1 : undefined);
  return Object.fromEntries(
    members.flatMap(([name, member]) => {
      const isIdentity = (IDENTITIES[schema.getName() ?? ''] ?? []).some((group) => group.includes(name));
      const inner = member.isListSchema() ? member.getValueSchema() : member;
      if (depth >= DEEPEST && inner.isStructSchema() && !isIdentity) return [];
      const key = name === 'arn' ? `${schema.getName()?.replace(/Summary$/, '')}Arn` : name;
      return [[name, value(member, key, depth + 1)]];
    }),
  );
}

function value(schema: NormalizedSchema, name: string, depth: number): Json {
  if (schema.isListSchema()) return [value(schema.getValueSchema(), name, depth)];
  if (schema.isStructSchema()) return structure(schema, depth);
  if (schema.isMapSchema()) return { key: 'text' };
  if (schema.isTimestampSchema()) return 1_700_000_000;
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 1;
  if (schema.isDocumentSchema()) return { any: ['thing'] };
  return textOf(name);
}

const KINDS = new Map(Object.entries(ARNS).map(([kind, arn]) => [kind.toLowerCase(), arn]));

function textOf(name: string): string {
  if (!/arns?$/i.test(name)) return name === 'nextToken' ? '' : `some-${name}`;
  return arnOf(name);
}

/** The ARN that a member such as `serviceArn` may hold. */
export function arnOf(member: string): string {
  return KINDS.get(member.replace(/arns?$/i, '').toLowerCase()) ?? ARNS.Cluster;
}

/** Where a value stands in an answer. */
export type Path = readonly (string | number)[];

/** The path of every value inside a value. */
export function pathsIn(inside: Json, at: Path = []): Path[] {
  if (typeof inside !== 'object' || inside === null) return [];
  const entries: [string | number, Json][] = Array.isArray(inside)
    ? inside.map((item, index) => [index, item])
    : Object.entries(inside);
  return entries.flatMap(([name, item]) => [[...at, name], ...pathsIn(item, [...at, name])]);
}

/** A copy of a value with another value at a path; undefined removes what is there. */
export function replaceAt(inside: Json, [name, ...rest]: Path, by: Json | undefined): Json {
  if (name === undefined) return by ?? null;
  if (Array.isArray(inside)) {
    const items = inside.map((item, index) => (index === name ? replaceAt(item, rest, by) : item));
    return rest.length === 0 && by === undefined ? items.filter((_item, index) => index !== name) : items;
  }
  if (typeof inside !== 'object' || inside === null) return inside;
  const { [name]: old = null, ...others } = inside;
  if (rest.length === 0 && by === undefined) return others;
  return { ...inside, [name]: replaceAt(old, rest, by) };
}
