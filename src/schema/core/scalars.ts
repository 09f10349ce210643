import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { formatDuration, parseDuration } from '../../live/core/duration.ts';
import type { Builder, JsonValue, StringMap } from './builder.ts';
import { createIsoDate } from './iso-date.ts';

const RFC3339 = /^(?<day>\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Adds DateTime, Duration, Long, StringMap and JSON. */
export function addScalars(builder: Builder): void {
  const isoDate = createIsoDate();
  builder.scalarType('DateTime', {
    description: 'A moment in RFC 3339, such as `2026-11-22T03:21:00.000Z`. Answers are in UTC, to the millisecond.',
    specifiedByURL: 'https://datatracker.ietf.org/doc/html/rfc3339',
    serialize: (value) => isoDate(toDate(value)),
    parseValue: toDate,
    parseLiteral: placed((node) => toDate(literalValue(node, undefined))),
  });
  builder.scalarType('Duration', {
    description:
      'A span of time in ISO 8601, in weeks, days, hours, minutes and seconds: `PT10M`, `PT1H30M`, `P1D`. At most 31 days.',
    specifiedByURL: 'https://www.iso.org/iso-8601-date-and-time-format.html',
    serialize: (value) => formatDuration(Number(value)),
    parseValue: toDuration,
    parseLiteral: placed((node) => toDuration(literalValue(node, undefined))),
  });
  builder.scalarType('Long', {
    description:
      'An integer of up to 53 bits, where Int (32 bits) is too narrow. A JSON number; a client may read it as a double without loss.',
    specifiedByURL: 'https://datatracker.ietf.org/doc/html/rfc8259#section-6',
    serialize: toLong,
    parseValue: toLong,
    parseLiteral: placed((node) => toLong(node.kind === Kind.INT ? Number(node.value) : undefined)),
  });
  builder.scalarType('StringMap', {
    description:
      'An object whose values are all strings, such as `{ "com.example.team": "web" }`. In answers a value is null where it is masked.',
    specifiedByURL: 'https://smithy.io/2.0/spec/aggregate-types.html#map',
    serialize: toShownMap,
    parseValue: toStringMap,
    parseLiteral: placed((node, variables) => toStringMap(literalValue(node, variables))),
  });
  builder.scalarType('JSON', {
    description: 'Any JSON value. Used only where AWS itself leaves the shape open.',
    specifiedByURL: 'https://datatracker.ietf.org/doc/html/rfc8259',
    serialize: withoutBigInts,
    parseValue: toJson,
    parseLiteral: (node, variables) => literalValue(node, variables),
  });
}

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** Adds the location in the document to an error about a literal. */
function placed<T>(parse: (node: ValueNode, variables: Variables) => T) {
  return (node: ValueNode, variables: Variables): T => {
    try {
      return parse(node, variables);
    } catch (error) {
      throw error instanceof GraphQLError ? new GraphQLError(error.message, { nodes: node }) : error;
    }
  };
}

function toDate(value: unknown): Date {
  const date = value instanceof Date ? value : parseDate(value);
  if (Number.isNaN(date.getTime())) throw unfit('DateTime', 'an RFC 3339 moment such as 2026-11-22T03:21:00Z', value);
  return date;
}

function parseDate(value: unknown): Date {
  const day = typeof value === 'string' ? RFC3339.exec(value)?.groups?.day : undefined;
  // JavaScript turns 31 February into 3 March.
  const exists = day !== undefined && new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(-2));
  return new Date(exists ? String(value) : Number.NaN);
}

function toDuration(value: unknown): number {
  try {
    return parseDuration(String(value));
  } catch {
    throw unfit('Duration', 'an ISO 8601 duration of at most 31 days (PT10M, P1D)', value);
  }
}

function toLong(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw unfit('Long', 'an integer between -(2^53 - 1) and 2^53 - 1', value);
}

/** A map in an answer: null stands for a masked value. */
function toShownMap(value: unknown): StringMap {
  for (const [key, item] of entriesOf(value)) {
    if (typeof item !== 'string' && item !== null) throw unfit('StringMap', `a string at ${keyOf(key)}`, item);
  }
  return value as StringMap;
}

function entriesOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit('StringMap', 'an object', value);
  return Object.entries(value);
}

function toStringMap(value: unknown): StringMap {
  for (const [key, item] of entriesOf(value)) {
    if (item === null)
      throw unfit(
        'StringMap',
        `a string at ${keyOf(key)}; what was read as null is masked, and cannot be written back,`,
        item,
      );
    if (typeof item !== 'string') throw unfit('StringMap', `a string at ${keyOf(key)}`, item);
  }
  return value as StringMap;
}

/**
 * The SDK decodes integers beyond 53 bits as BigInt, which JSON cannot hold: they become the nearest number. Moments in
 * requests become texts.
 */
function withoutBigInts(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutBigInts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBigInts(item)]));
}

function toJson(value: unknown): JsonValue {
  if (value === undefined) throw unfit('JSON', 'a JSON value', value);
  return value as JsonValue;
}

function literalValue(node: ValueNode, variables: Variables): JsonValue {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((item) => literalValue(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, literalValue(field.value, variables)]));
    case Kind.VARIABLE:
      // Validation has no variable values; the placeholder must not make the rest invalid.
      return variables ? toJson(variables[node.name.value] ?? null) : '';
    default:
      return node.value;
  }
}

function keyOf(key: string): string {
  return JSON.stringify(key.slice(0, 80));
}

function unfit(scalar: string, wanted: string, value: unknown): GraphQLError {
  const shown = MAY_BE_SHOWN.has(scalar) ? textOf(value) : kindOf(value);
  return new GraphQLError(`${scalar} needs ${wanted}, not ${shown}`);
}

/** Values of all other scalars may be secret. */
const MAY_BE_SHOWN: ReadonlySet<string> = new Set(['DateTime', 'Duration', 'Long']);

function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value)?.slice(0, 80) ?? typeof value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
