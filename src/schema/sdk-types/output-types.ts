import type { FieldMap, ObjectRef } from '@pothos/core';
import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { Builder, Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { LinkRule } from '../core/overrides.ts';
import { wordsOf } from '../descriptions/members/index.ts';
import type { OperationName, StructureName, Structures } from '../generated/types.ts';
import { type EnumTypes, meantBy, recognize } from './enum-types.ts';
import { type FillValue, fillOf, isAlwaysPresent } from './fill.ts';
import { IS_MASKED, isMaskable, isMasked, secretScalars, shownOf } from './mask.ts';
import type { AnyNoun, Nouns, Surroundings } from './nouns.ts';
import { isStructureName, type Member, type Model } from './sdk-model.ts';
import { SEMANTIC_NON_NULL } from './semantic-non-null.ts';
import { apiReference, linkRule, nounOf, outputFieldName, outputTypeName } from './type-names.ts';

/** An object from the SDK. */
export type SdkRecord = Readonly<Record<string, unknown>>;
/** Reads a field's value from that object. */
type Pick = (record: SdkRecord, context: GraphContext, info: GraphQLResolveInfo, source: unknown) => unknown;

export interface FieldSetOptions {
  /** For sources that contain the SDK's object; without it, the source is that object. */
  readonly holder?: HolderOptions;
  readonly omit?: readonly string[];
  readonly descriptions?: Readonly<Record<string, string>>;
  /**
   * By member: reads a value that an answer lacks because it was not requested. Null or undefined means that it does
   * not exist.
   */
  readonly readMissing?: Readonly<Record<string, FillValue>>;
}

export interface HolderOptions {
  readonly record: (source: never) => SdkRecord;
  /** The input that was sent to ECS. */
  readonly input: (source: never) => SdkRecord;
}

/** The type of Pothos's field builders when names and types are data. */
interface FieldMaker {
  expose(name: string, options: object): FieldMap[string];
  field(options: object): FieldMap[string];
}

interface OutputField {
  readonly type: unknown;
  readonly list: boolean;
  readonly required?: boolean;
  readonly pick: Pick | undefined;
  readonly description?: string;
  readonly extensions?: object;
  readonly deprecated?: string | undefined;
  /** The AWS member that the field reads, for look-aheads over selections (`extensions.members`). */
  readonly member?: string;
  /** Creates the value for a missing one: the field is non-null. */
  readonly fill?: FillValue | undefined;
}

interface UnrecognizedMember {
  readonly field: string;
  readonly value: string;
}

/** The answer types that the graph uses so far. Each is created when it is first used. */
export class OutputTypes {
  readonly #builder: Builder;
  readonly #model: Model;
  readonly #enums: EnumTypes;
  readonly #nouns: Nouns;
  readonly #refs = new Map<StructureName, ObjectRef<Types, unknown>>();
  readonly #interfaces = new Map<StructureName, readonly unknown[]>();
  #unrecognized: ObjectRef<Types, UnrecognizedMember> | undefined;

  constructor(builder: Builder, model: Model, enums: EnumTypes, nouns: Nouns) {
    this.#builder = builder;
    this.#model = model;
    this.#enums = enums;
    this.#nouns = nouns;
  }

  /** Makes the type of a structure implement an interface. It has no effect once the type is made. */
  implementing(name: StructureName, interfaceRef: unknown): void {
    this.#interfaces.set(name, [...(this.#interfaces.get(name) ?? []), interfaceRef]);
  }

  /**
   * The object type of a structure, whose source is the SDK's object. A union is a type with exactly one non-null
   * field.
   */
  structure<Name extends StructureName>(name: Name): ObjectRef<Types, Structures[Name]> {
    let ref = this.#refs.get(name);
    if (!ref) {
      const union = this.#model.isUnion(name) ? ' Exactly one field is not null.' : '';
      ref = this.#builder.objectRef<unknown>(outputTypeName(name)).implement({
        description: apiReference(name) + union,
        interfaces: (this.#interfaces.get(name) ?? []) as never,
        fields: (t) => this.fields(name, t, this.#model.structure(name)),
      });
      this.#refs.set(name, ref);
    }
    return ref as ObjectRef<Types, Structures[Name]>;
  }

  /** Every member of a structure or output as fields, including links. A union's unknown member has no field. */
  fields(
    owner: StructureName | OperationName,
    t: object,
    members: readonly Member[],
    options: FieldSetOptions = {},
  ): FieldMap {
    const fields = new Map<string, OutputField>();
    const add = (name: string, field: OutputField) => {
      if (fields.has(name)) throw new Error(`${owner} has two fields ${name}`);
      fields.set(name, field);
    };
    for (const member of members) {
      const name = outputFieldName(owner, member.name);
      add(name, { ...this.#member(owner, name, member, options), member: member.name });
      const rule = linkRule(owner, member.name);
      const noun = rule && this.#nouns.get(rule.noun);
      if (rule && noun?.link) {
        const link = linkField(member, name, rule, noun, options);
        const isSure = isAlwaysPresent(owner, member.name);
        add(rule.link, { ...(isSure ? sure(link, rule) : link), member: member.name });
      }
    }
    for (const [name, field] of durationFields(members)) if (!fields.has(name)) add(name, field);
    if (isStructureName(owner) && isMaskable(this.#model, owner)) add(IS_MASKED, maskField(members));
    const unrecognized = isStructureName(owner) && this.#unrecognizedField(owner, members);
    if (unrecognized) add('unrecognizedValues', unrecognized);
    for (const name of [...(options.omit ?? []), ...Object.keys(options.descriptions ?? {})]) {
      if (!fields.has(name)) throw new Error(`${owner} has no field ${name}`);
    }
    const wanted = [...fields].filter(([name]) => !options.omit?.includes(name));
    return Object.fromEntries(wanted.map(([name, field]) => [name, build(t as FieldMaker, name, field, options)]));
  }

  /** The raw values of enum members that read UNRECOGNIZED. */
  #unrecognizedField(owner: StructureName, members: readonly Member[]): OutputField | undefined {
    const enums = members.flatMap(({ name, type }) =>
      type.kind === 'enum'
        ? [{ name, field: outputFieldName(owner, name), known: this.#enums.get(type.name).known }]
        : [],
    );
    if (enums.length === 0) return undefined;
    return {
      type: this.#unrecognizedType(),
      list: true,
      required: true,
      pick: (record) =>
        enums.flatMap(({ name, field, known }) =>
          [record[name] ?? []]
            .flat()
            .filter((value) => !known.has(meantBy(String(value))))
            .map((value) => ({ field, value: String(value) })),
        ),
      extensions: { members: enums.map(({ name }) => name) },
      description: 'The raw values of the enum fields here that read UNRECOGNIZED; mostly empty.',
    };
  }

  #unrecognizedType(): ObjectRef<Types, UnrecognizedMember> {
    this.#unrecognized ??= this.#builder.objectRef<UnrecognizedMember>('UnrecognizedValue').implement({
      description: 'A value of ECS that the schema does not know yet.',
      fields: (t) => ({
        field: t.exposeString('field', { nullable: false, description: 'The field that reads UNRECOGNIZED.' }),
        value: t.exposeString('value', { nullable: false, description: 'The value as ECS sent it.' }),
      }),
    });
    return this.#unrecognized;
  }

  #member(owner: StructureName | OperationName, name: string, member: Member, options: FieldSetOptions): OutputField {
    const words = wordsOf(owner, name, member.name);
    const notes = [...(words ? [words] : []), ...(member.name === name ? [] : [`AWS calls it \`${member.name}\`.`])];
    const extensions = { members: [member.name] };
    const fill = fillOf(this.#model, owner, member);
    const base = { list: member.list, deprecated: member.deprecated, extensions, fill, required: fill !== undefined };
    const { type } = member;
    if (type.kind === 'enum') {
      const { ref, known } = this.#enums.get(type.name);
      const pick: Pick = (record, context, info) => recognize(record[member.name], known, context, info);
      return { ...base, type: ref, pick, ...described(notes) };
    }
    if (type.kind === 'structure') {
      const nounName = nounOf(type.name);
      const noun = nounName && this.#nouns.get(nounName);
      if (noun) return { ...base, type: noun.ref, pick: wrapped(member, noun, options), ...described(notes) };
    }
    if (member.secret !== undefined) {
      const pick: Pick = (record, context) => shownOf(member, record[member.name], context);
      const where = type.kind === 'structure' ? '`isMasked` there' : '`isMasked` beside it';
      const what = type.name === 'StringMap' ? 'values are' : 'the value is';
      notes.push(
        `Masked (${member.secret}): ${what} null for callers who may not see such values, and ${where} is true.`,
      );
      const ref = type.kind === 'structure' ? this.structure(type.name) : type.name;
      return { ...base, type: ref, pick, extensions: { ...extensions, sensitive: true }, ...described(notes) };
    }
    const plain: Pick = (record) => record[member.name];
    const short: Pick = (record) => shortName(record[member.name]);
    return {
      ...base,
      type: type.kind === 'structure' ? this.structure(type.name) : type.name,
      pick: linkRule(owner, member.name)?.shorten ? short : member.name === name ? undefined : plain,
      ...described(notes),
    };
  }
}

function build(t: FieldMaker, name: string, field: OutputField, options: FieldSetOptions) {
  const { holder, descriptions } = options;
  const description = descriptions?.[name] ?? field.description;
  const fieldOptions = {
    type: field.list ? [field.type] : field.type,
    nullable: field.list ? { list: field.required !== true, items: false } : field.required !== true,
    extensions: field.extensions,
    ...(description !== undefined && { description }),
    ...(field.deprecated !== undefined && { deprecationReason: field.deprecated }),
  };
  const fill = fillFor(field, options);
  if (!holder && !field.pick) {
    // A plain property has no resolver: graphql-js reads it fastest itself.
    if (fill === undefined) return t.expose(name, fieldOptions);
    const resolve = (source: SdkRecord, _args: unknown, context: GraphContext) => source[name] ?? fill(source, context);
    // The executor calls the resolver only if the property is missing.
    return t.field({ ...fieldOptions, extensions: { ...field.extensions, filledProperty: name }, resolve });
  }
  const pick: Pick = field.pick ?? ((record) => record[name]);
  const recordOf = holder?.record ?? ((source: SdkRecord) => source);
  const resolve = (source: never, _args: unknown, context: GraphContext, info: GraphQLResolveInfo) => {
    const record = recordOf(source);
    return pick(record, context, info, source) ?? fill?.(record, context);
  };
  return t.field({ ...fieldOptions, resolve });
}

function fillFor({ fill, member = '' }: OutputField, { readMissing }: FieldSetOptions): FillValue | undefined {
  const read = readMissing?.[member];
  if (read === undefined) return fill;
  return async (record, context) => (await read(record, context)) ?? fill?.(record, context);
}

/** Distinguishes a masked value from an absent one. */
function maskField(members: readonly Member[]): OutputField {
  const scalars = secretScalars(members);
  return {
    type: 'Boolean',
    list: false,
    required: true,
    pick: (record, context) => isMasked(record, scalars, context),
    extensions: { members: scalars.map(({ name }) => name) },
    description:
      'True if a value is hidden from you: its null does not mean that there is no value. A masked value cannot be written back.',
  };
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** A number of minutes or seconds, as its name says, is also a duration: `bakeTimeInMinutes` is `bakeTime`. */
export function durationOf({
  name,
  list,
  type,
}: Member): { readonly field: string; readonly unitMs: number } | undefined {
  const [, field, unit] = /^(\w+?)(?:In)?(Minutes|Seconds)$/.exec(name) ?? [];
  if (field === undefined || list || type.name !== 'Int') return undefined;
  return { field, unitMs: unit === 'Minutes' ? MINUTE_MS : SECOND_MS };
}

function durationFields(members: readonly Member[]): [string, OutputField][] {
  return members.flatMap((member): [string, OutputField][] => {
    const duration = durationOf(member);
    if (duration === undefined) return [];
    const pick: Pick = ({ [member.name]: value }) => (typeof value === 'number' ? value * duration.unitMs : null);
    const description = `\`${member.name}\` as a duration.`;
    return [
      [duration.field, { type: 'Duration', list: false, pick, description, extensions: { members: [member.name] } }],
    ];
  });
}

function wrapped(member: Member, noun: AnyNoun, options: FieldSetOptions): Pick {
  return (record, context, _info, source) => {
    const value = record[member.name];
    if (value === undefined || value === null) return null;
    const around = surroundings(record, source, options);
    if (!Array.isArray(value)) return noun.wrap(value as never, context, around);
    return value.map((item) => noun.wrap(item as never, context, around));
  };
}

function linkField(member: Member, raw: string, rule: LinkRule, noun: AnyNoun, options: FieldSetOptions): OutputField {
  const { link } = noun;
  const pick: Pick = (record, context, info, source) => {
    const value = record[member.name];
    if (value === undefined || value === null || !link) return null;
    const around = surroundings(record, source, options);
    if (!Array.isArray(value)) return link(value as string, context, info, around);
    const sources = value.map((item: string) => link(item, context, info, around));
    return Promise.all(sources).then((items) => items.filter((item) => item !== null));
  };
  const words = rule.noun.replace(/\B[A-Z]/g, ' $&').toLowerCase();
  const { describedBy: by } = noun;
  const cost = by
    ? ` Costs one ${by.operation}${by.batch > 1 ? ` for each ${by.batch}` : ''}; no call if its ARN answers the selected fields.`
    : '';
  return {
    type: noun.ref,
    list: member.list,
    pick,
    extensions: {
      members: [member.name],
      ...(by && { operations: [by.operation], ecsCost: { describe: by.batch } }),
    },
    description: member.list
      ? `Follows \`${raw}\`; a deleted ${words} is omitted.${cost}`
      : `The ${words} of \`${raw}\`. Null if not set or deleted.${cost}`,
  };
}

/** A link that the owner always has: null only beside an error. */
function sure(link: OutputField, { noun }: LinkRule): OutputField {
  const pick: Pick = async (...given) => (await link.pick?.(...given)) ?? Promise.reject(gone(noun));
  return {
    ...link,
    pick,
    extensions: { ...link.extensions, ...SEMANTIC_NON_NULL },
    description: link.description?.replace('Null if not set or deleted.', 'NOT_FOUND if it is deleted.') ?? '',
  };
}

function gone(noun: string): GraphQLError {
  const words = noun.replace(/\B[A-Z]/g, ' $&').toLowerCase();
  return new GraphQLError(`The ${words} does not exist any more.`, { extensions: { code: 'NOT_FOUND' } });
}

function surroundings(parent: SdkRecord, source: unknown, { holder }: FieldSetOptions): Surroundings {
  return holder ? { parent, input: holder.input(source as never) } : { parent };
}

function shortName(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(value.lastIndexOf('/') + 1) : value;
}

function described(notes: readonly string[]): { readonly description?: string } {
  return notes.length > 0 ? { description: notes.join(' ') } : {};
}
