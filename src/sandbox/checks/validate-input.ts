import type { NormalizedSchema } from '@smithy/core/schema';
import { invalidParameter, serializationError } from './ecs-errors.ts';
import { isAbsent } from './empty-texts.ts';
import type { EnumValues } from './enum-values.ts';
import { isWhole, outOfRange } from './number-ranges.ts';
import { requiredMembers } from './operation-contracts.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** AWS's parser's name for the type of a JSON value. */
function tokenOf(value: unknown): string {
  if (value === true) return 'TRUE_VALUE';
  if (value === false) return 'FALSE_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return 'STRING_VALUE';
}

function expect(value: unknown, fits: boolean, type: string): void {
  if (fits) return;
  if (Array.isArray(value)) throw serializationError('Start of list found where not expected');
  if (isRecord(value)) throw serializationError('Start of structure or map found where not expected.');
  throw serializationError(`${tokenOf(value)} can not be converted to ${type === 'Integer' ? 'an' : 'a'} ${type}`);
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

/** Walks an input together with its shape. */
class Checker {
  readonly #enumValues: EnumValues;

  constructor(enumValues: EnumValues) {
    this.#enumValues = enumValues;
  }

  structure(schema: NormalizedSchema, value: Record<string, unknown>, path: string): void {
    for (const name of requiredMembers(schema)) {
      if (value[name] === undefined || value[name] === null) throw invalidParameter(`${path}${name} must not be null.`);
    }
    for (const [name, member] of schema.structIterator()) {
      const item = value[name];
      if (item === undefined || item === null) continue;
      this.value(member, item, `${path}${name}`);
      this.#limits(schema.getName() ?? '', name, item, path);
    }
    if (schema.isUnionSchema()) {
      const set = Object.values(value).filter((item) => item !== null && item !== undefined);
      if (set.length !== 1) throw serializationError('Union must have exactly one member set.');
    }
  }

  value(schema: NormalizedSchema, value: unknown, path: string): void {
    if (schema.isDocumentSchema()) return;
    if (schema.isStructSchema()) {
      if (!isRecord(value)) throw serializationError('Unexpected value type in payload');
      this.structure(schema, value, `${path}.`);
    } else if (schema.isListSchema()) {
      if (!Array.isArray(value)) throw serializationError('Unexpected value type in payload');
      const itemSchema = schema.getValueSchema();
      for (const item of value) {
        if (item === null) throw invalidParameter(`${path} must not contain null.`);
        this.value(itemSchema, item, path);
      }
    } else if (schema.isMapSchema()) {
      if (!isRecord(value)) throw serializationError('Unexpected value type in payload');
      const itemSchema = schema.getValueSchema();
      for (const item of Object.values(value)) if (item !== null) this.value(itemSchema, item, path);
    } else if (schema.isBooleanSchema()) {
      expect(value, typeof value === 'boolean', 'Boolean');
    } else if (schema.isNumericSchema()) {
      expect(value, typeof value === 'number', 'Integer');
    } else if (schema.isTimestampSchema()) {
      expect(value, typeof value === 'number' || typeof value === 'string', 'Timestamp');
    } else if (schema.isStringSchema()) {
      expect(value, typeof value === 'string', 'String');
    }
  }

  #limits(shape: string, member: string, value: unknown, path: string): void {
    if (typeof value === 'number' && isWhole(shape, member) && !isInt32(value)) {
      throw serializationError(`${tokenOf(value)} can not be converted to an Integer`);
    }
    const wrong = outOfRange(shape, member, value);
    if (wrong !== undefined) {
      const shown = Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
      throw invalidParameter(`Value '${shown}' at '${path}${member}' failed to satisfy constraint: ${wrong}`);
    }
    this.#enum(shape, member, value, path);
  }

  #enum(shape: string, member: string, value: unknown, path: string): void {
    const allowed = this.#enumValues(shape, member);
    if (allowed === undefined) return;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item !== 'string' || allowed.has(item)) continue;
      const values = [...allowed].join(', ');
      throw invalidParameter(
        `Value '${item}' at '${path}${member}' failed to satisfy constraint: Member must satisfy enum value set: [${values}]`,
      );
    }
  }
}

/** The members that AWS knows, without nulls, which AWS reads as absent. */
function known(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return Array.isArray(value) ? value.map((each) => known(item, each)) : value;
  }
  if (!isRecord(value) || schema.isDocumentSchema()) return value;
  const out: Record<string, unknown> = {};
  if (schema.isMapSchema()) {
    for (const [key, item] of Object.entries(value)) if (item !== null) put(out, key, item);
  } else if (schema.isStructSchema()) {
    for (const [name, member] of schema.structIterator()) {
      const item = value[name];
      if (item !== null && item !== undefined) out[name] = known(member, item);
    }
  }
  return out;
}

/** A map may have any key, `__proto__` too. */
function put(out: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Members of the agent's own model of ECS, which the public one lacks (aws/amazon-ecs-agent). */
const OF_AGENTS: Readonly<Record<string, string>> = {
  RegisterContainerInstanceRequest: 'clientToken',
  DiscoverPollEndpointRequest: 'zoneId',
};

function agentMembers(shape: string, input: Record<string, unknown>): Record<string, unknown> {
  const member = OF_AGENTS[shape];
  const value = member === undefined ? undefined : input[member];
  return member !== undefined && typeof value === 'string' ? { [member]: value } : {};
}

/**
 * Checks a parsed body against the operation's input shape and returns it without nulls. A wrong type is a
 * SerializationException, as from AWS's parser; a missing required member or an unknown enum value is an
 * InvalidParameterException. Unknown members are ignored, as at AWS.
 */
export function validate(schema: NormalizedSchema, enumValues: EnumValues, body: unknown): Record<string, unknown> {
  if (!isRecord(body)) throw serializationError('Unexpected value type in payload');
  // An operation without input members has the unit shape.
  if (!schema.isStructSchema()) return {};
  const shape = schema.getName() ?? '';
  const given = Object.entries(body).filter(([member, value]) => !isAbsent(shape, member, value));
  const input = Object.fromEntries(given);
  new Checker(enumValues).structure(schema, input, '');
  return { ...(known(schema, input) as Record<string, unknown>), ...agentMembers(shape, input) };
}
