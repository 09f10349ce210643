import type { EnumRef } from '@pothos/core';
import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql';
import type { Builder, Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { MISSING_ENUM_VALUES, STATUS_ENUMS, type StatusEnum, type StatusEnumName } from '../core/overrides.ts';
import { ENUMS_A_TO_E } from '../descriptions/enums/a-e.ts';
import { ENUMS_F_TO_Z } from '../descriptions/enums/f-z.ts';
import { enums } from '../generated/enums.ts';
import { operations } from '../generated/operations.ts';
import { structures } from '../generated/structures.ts';
import type { EnumName, Enums, OperationName, StructureName } from '../generated/types.ts';
import type { AnyEnumName, Model } from './sdk-model.ts';
import { apiReference } from './type-names.ts';

/** The value of an enum field if the schema does not know ECS's value. */
export const UNRECOGNIZED = 'UNRECOGNIZED';

const UNRECOGNIZED_DESCRIPTION =
  'A value that this schema does not know yet. The raw value is in `unrecognizedValues` of the same object.';

/** The raw values that an enum's resolvers see. UNRECOGNIZED is never an argument. */
export type EnumValue<Name extends AnyEnumName> = Name extends EnumName
  ? Enums[Name]
  : Name extends StatusEnumName
    ? keyof (typeof STATUS_ENUMS)[Name]['values'] & string
    : never;

export interface EnumType<Value extends string = string> {
  readonly ref: EnumRef<Types, Value>;
  /** Every raw value that the graph has a name for. */
  readonly known: ReadonlySet<string>;
}

interface EnumMember {
  readonly value: string;
  readonly description?: string;
}

/** The enums that the graph uses so far. Each is created when it is first used. */
export class EnumTypes {
  readonly #builder: Builder;
  readonly #model: Model;
  readonly #types = new Map<string, EnumType>();
  #pages: ReadonlyMap<string, string> | undefined;

  constructor(builder: Builder, model: Model) {
    this.#builder = builder;
    this.#model = model;
  }

  /** The type of an enum in answers. */
  get(name: AnyEnumName): EnumType {
    return this.#named(name, name, [[UNRECOGNIZED, { value: UNRECOGNIZED, description: UNRECOGNIZED_DESCRIPTION }]]);
  }

  /**
   * The type of an enum in inputs and arguments. It lacks UNRECOGNIZED, and has a name of its own if answers use the
   * enum too.
   */
  input(name: AnyEnumName): EnumType {
    return this.#named(this.#model.answeredEnums.has(name) ? `${name}Input` : name, name, []);
  }

  #named(typeName: string, name: AnyEnumName, more: readonly (readonly [string, EnumMember])[]): EnumType {
    let type = this.#types.get(typeName);
    if (!type) {
      const values = Object.entries(rawValues(name)).map(([value, meaning]) => {
        const member = enumValueName(value);
        const spelling = member === value ? [] : [`AWS spells it \`${value}\`.`];
        const description = [...(meaning ? [meaning] : []), ...spelling].join(' ');
        return [member, { value, ...(description && { description }) }] as const;
      });
      const ref = this.#builder.enumType(typeName, {
        description: this.#describe(name),
        values: Object.fromEntries([...values, ...more]),
      });
      type = { ref: ref as EnumRef<Types, string>, known: new Set(values.map(([, { value }]) => value)) };
      this.#types.set(typeName, type);
    }
    return type;
  }

  #describe(name: AnyEnumName): string {
    if (isStatusEnum(name)) return STATUS_ENUMS[name].description;
    this.#pages ??= pagesOfEnums();
    return apiReference((this.#pages.get(name) ?? name) as StructureName | OperationName);
  }
}

/**
 * The graph's name of a raw value, in upper snake case: `json-file` is JSON_FILE, `TaskFailedToStart` is
 * TASK_FAILED_TO_START.
 */
export function enumValueName(value: string): string {
  const words = value
    .replace('IPv', 'IPV')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2');
  const name = words.replace(/[^_0-9A-Za-z]/g, '_').toUpperCase();
  return /^\d/.test(name) ? `_${name}` : name;
}

/** Raw value to description, in the SDK's order. Values that the SDK lacks come last. */
export function rawValues(name: AnyEnumName): Readonly<Record<string, string | undefined>> {
  if (isStatusEnum(name)) return (STATUS_ENUMS[name] satisfies StatusEnum).values;
  const words = ENUMS_A_TO_E[name] ?? ENUMS_F_TO_Z[name];
  const values: [string, string | undefined][] = enums[name].map((value) => [value, words?.[value]]);
  return { ...Object.fromEntries(values), ...MISSING_ENUM_VALUES[name] };
}

/** DeleteTaskDefinitions puts sentences where other operations put a word. */
const IS_MISSING = /^The specified \w+(?: \w+){0,2} does not exist\b/;

/** The value of an enum that ECS means. */
export function meantBy(value: string): string {
  return IS_MISSING.test(value) ? 'MISSING' : value;
}

/** Returns known values unchanged. Any other value becomes UNRECOGNIZED and is recorded in the context. */
export function recognize(
  value: unknown,
  known: ReadonlySet<string>,
  context: GraphContext,
  info: GraphQLResolveInfo,
): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) {
    if (value.every((item) => known.has(item))) return value;
    return value.map((item, index) => note(item, known, context, [...responsePathAsArray(info.path), index]));
  }
  return known.has(value as string) ? value : note(value, known, context, responsePathAsArray(info.path));
}

function note(
  value: unknown,
  known: ReadonlySet<string>,
  context: GraphContext,
  path: readonly (string | number)[],
): unknown {
  const meant = meantBy(String(value));
  if (known.has(meant)) return meant;
  context.unrecognized(path, String(value));
  return UNRECOGNIZED;
}

/** Enum to the first page of AWS's API reference that lists its values: enums have no pages of their own. */
function pagesOfEnums(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const note = (page: string, members: Readonly<Record<string, string>>) => {
    for (const notation of Object.values(members)) {
      const [type = ''] = /\w+/.exec(notation) ?? [];
      if (Object.hasOwn(enums, type) && !pages.has(type)) pages.set(type, page);
    }
  };
  for (const [name, members] of Object.entries(structures)) note(name, members);
  for (const [name, { input, output }] of Object.entries(operations)) {
    note(name, input);
    note(name, output);
  }
  return pages;
}

function isStatusEnum(name: AnyEnumName): name is StatusEnumName {
  return Object.hasOwn(STATUS_ENUMS, name);
}
