import { type Change, ChangeType, diff } from '@graphql-inspector/core';
import { filterSchema, pruneSchema } from '@graphql-tools/utils';
import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { isDue, readDeprecation } from '../../../src/schema/contracts/deprecation.ts';

/** The changes of a newer schema that clients of an older one would notice. */
export interface SchemaChanges {
  /** A query that was valid is not any more, or a client's generated types are wrong. */
  readonly breaking: readonly string[];
  /** Breaking changes that remove something whose deprecation did not promise that, or not yet. */
  readonly removals: readonly string[];
  /** Every query stays valid, and yet a client may be surprised: a new enum value, a new member of an interface, another default. */
  readonly dangerous: readonly string[];
  /** Members that were removed as their deprecation had announced. */
  readonly due: readonly string[];
  /** New deprecations whose notice is too short, and old ones whose notice was shortened. */
  readonly hasty: readonly string[];
}

/** The version and the day of the release that the newer schema is for. */
export interface Release {
  readonly version: string;
  /** YYYY-MM-DD */
  readonly today: string;
}

const REMOVALS: ReadonlySet<string> = new Set([
  ChangeType.DirectiveRemoved,
  ChangeType.EnumValueRemoved,
  ChangeType.FieldArgumentRemoved,
  ChangeType.FieldRemoved,
  ChangeType.InputFieldRemoved,
  ChangeType.TypeRemoved,
]);

/** A field that was never null without an error, for clients that generate types from `@semanticNonNull`, may be null now. */
function losesNonNull({ type, path }: Change): boolean {
  return type === ChangeType.DirectiveUsageFieldDefinitionRemoved && path?.endsWith('.@semanticNonNull') === true;
}

const DEFAULTS: ReadonlySet<string> = new Set([
  ChangeType.FieldArgumentDefaultChanged,
  ChangeType.InputFieldDefaultValueChanged,
]);

/** An argument or a member of an input that could be left out, and has to be given now. The inspector calls that another default. */
function losesDefault({ type, path = '' }: Change, required: ReadonlySet<string>): boolean {
  return DEFAULTS.has(type) && required.has(path);
}

/** The paths, as the inspector writes them, of what has to be given. */
function requiredIn(schema: GraphQLSchema): ReadonlySet<string> {
  const paths = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isInputObjectType(type)) {
      const members = Object.values(type.getFields()).filter(isRequiredInputField);
      return members.map(({ name }) => `${type.name}.${name}`);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap(({ name, args }) =>
      args.filter(isRequiredArgument).map((arg) => `${type.name}.${name}.${arg.name}`),
    );
  });
  return new Set(paths);
}

/** `@tag` and new nullable arguments are no surprise: every query keeps its meaning. */
function isExpected({ type }: Change): boolean {
  return type.startsWith('DIRECTIVE_USAGE_') || type === ChangeType.FieldArgumentAdded;
}

/** Compares two schemas in SDL. */
export async function schemaChanges(base: string, current: string, release: Release): Promise<SchemaChanges> {
  const before = buildSchema(base);
  const after = buildSchema(current);
  const old = deprecationsOf(before);
  const now = elementsOf(after);
  const dueIn = (coordinate: string) => {
    const deprecation = readDeprecation(old.get(coordinate) ?? '');
    return deprecation !== undefined && isDue(deprecation, release.version, release.today);
  };
  const due = [...old.keys()].filter((coordinate) => !now.has(coordinate) && dueIn(coordinate));
  const changes = await diff(without(before, new Set(due)), after);
  const required = requiredIn(after);
  const isBreaking = (change: Change) =>
    change.criticality.level === 'BREAKING' || losesNonNull(change) || losesDefault(change, required);
  const breaking = changes.filter(isBreaking);
  const dangerous = changes.filter((change) => change.criticality.level === 'DANGEROUS' && !isBreaking(change));
  const describe = ({ message }: Change) => message;
  return {
    breaking: breaking.map(describe),
    removals: breaking.filter(({ type }) => REMOVALS.has(type)).map(describe),
    dangerous: dangerous.filter((change) => !isExpected(change)).map(describe),
    due,
    hasty: [...deprecationsOf(after)].flatMap(([coordinate, reason]) => {
      return isHasty(reason, old.get(coordinate), release) ? [coordinate] : [];
    }),
  };
}

/** Whether a version may break what another promised: a new major one may, and below 1.0.0 a new minor one. */
export function mayBreak(base: string, current: string): boolean {
  const [major = 0, minor = 0] = base.replace(/^v/, '').split('.').map(Number);
  const [nextMajor = 0, nextMinor = 0] = current.split('.').map(Number);
  return nextMajor > major || (major === 0 && nextMajor === 0 && nextMinor > minor);
}

/** Whether a version may remove what no deprecation announced: only one that leaves 0.x behind, or is still there. */
export function mayRemove(base: string, current: string): boolean {
  return base.replace(/^v/, '').startsWith('0.') && mayBreak(base, current);
}

const NOTICE_MINORS = 2;
const NOTICE_MONTHS = 6;

function isHasty(reason: string, before: string | undefined, { version, today }: Release): boolean {
  const deprecation = readDeprecation(reason);
  if (deprecation === undefined) return true;
  const [major, minor] = deprecation.version;
  const old = before === undefined ? undefined : readDeprecation(before);
  if (old !== undefined) {
    const isEarlier = major < old.version[0] || (major === old.version[0] && minor < old.version[1]);
    return isEarlier || deprecation.date < old.date;
  }
  const [currentMajor = 0, currentMinor = 0] = version.split('.').map(Number);
  const isSoon = major === currentMajor && minor < currentMinor + NOTICE_MINORS;
  return major < currentMajor || isSoon || deprecation.date < monthsAfter(today, NOTICE_MONTHS);
}

function monthsAfter(day: string, months: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

/** Every field, argument, member of an input and enum value, by its coordinate, with the reason of its deprecation. */
function elementsOf(schema: GraphQLSchema): Map<string, string | null | undefined> {
  const elements = new Map<string, string | null | undefined>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isEnumType(type)) {
      for (const value of type.getValues()) elements.set(`${type.name}.${value.name}`, value.deprecationReason);
    }
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      elements.set(`${type.name}.${field.name}`, field.deprecationReason);
      for (const arg of 'args' in field ? field.args : [])
        elements.set(`${type.name}.${field.name}(${arg.name}:)`, arg.deprecationReason);
    }
  }
  return elements;
}

/** The coordinates of every field, argument, member of an input and enum value: `Query.services(first:)`. */
export function coordinatesOf(schema: GraphQLSchema): ReadonlySet<string> {
  return new Set(elementsOf(schema).keys());
}

/** The deprecated elements of a schema. */
export function deprecationsOf(schema: GraphQLSchema): ReadonlyMap<string, string> {
  return new Map(
    [...elementsOf(schema)].flatMap(([coordinate, reason]) => (reason == null ? [] : [[coordinate, reason]])),
  );
}

/** A schema without some elements, and without the types that only they led to. */
function without(schema: GraphQLSchema, removed: ReadonlySet<string>): GraphQLSchema {
  if (removed.size === 0) return schema;
  const stays = (type: string, field: string) => !removed.has(`${type}.${field}`);
  return pruneSchema(
    filterSchema({
      schema,
      rootFieldFilter: (operation, field) => stays(operation, field),
      fieldFilter: stays,
      inputObjectFieldFilter: stays,
      argumentFilter: (type, field = '', arg = '') => !removed.has(`${type}.${field}(${arg}:)`),
      enumValueFilter: (type, value = '') => stays(type, value),
    } as Parameters<typeof filterSchema>[0]),
  );
}
