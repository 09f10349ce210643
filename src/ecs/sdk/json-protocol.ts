import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { determineTimestampFormat, JsonCodec2, JsonShapeDeserializer2 } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { parseEpochTimestamp } from '@smithy/core/serde';
import type { HandlerExecutionContext, HttpResponse, MetadataBearer, Schema, SerdeFunctions } from '@smithy/types';
import type { Decoding } from '../core/decoding.ts';
import { InvalidAnswerError } from '../core/errors.ts';
import { MemberCutter } from './field-pruner.ts';
import { IdentityChecks } from './identities.ts';
import { type Fits, widthOf } from './number-widths.ts';
import { collectBytes } from './read-body.ts';

/** Converts a value from JSON.parse to the SDK's representation. */
type Convert = (value: unknown) => unknown;
type Json = Record<string, unknown>;

const EPOCH_SECONDS = 7;
/** Compiled from the SDK's schemas, so one for the process. */
const IDENTITY_CHECKS = new IdentityChecks();

/**
 * The SDK's protocol with a decoder that does less work: it keeps the objects from JSON.parse and changes them in place
 * where the schema requires it. The SDK's decoder copies every structure and consults the schema for each value. Rare
 * cases (unions, documents, blobs, errors) are left to the SDK, and a test over all shapes compares both.
 */
export class LeanJsonProtocol extends AwsJson1_1Protocol {
  constructor(options: ConstructorParameters<typeof AwsJson1_1Protocol>[0]) {
    super({
      ...options,
      jsonCodec: new LeanJsonCodec({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: false }),
    });
  }

  override async deserializeResponse<Output extends MetadataBearer>(
    ...[operation, context, response]: DeserializeArgs
  ): Promise<Output> {
    const { decoding } = context;
    if (decoding === undefined) return super.deserializeResponse(operation, context, response);
    const bytes = await collectBytes(response.body, decoding);
    if (response.statusCode >= 300) {
      return super.deserializeResponse(operation, context, Object.assign(response, { body: bytes }));
    }
    await decoding.turn();
    const schema = NormalizedSchema.of(operation.output);
    const deserializer = this.deserializer as LeanJsonDeserializer;
    const { without = [] } = decoding;
    const read = async (omitted: readonly string[] = []) => {
      const output = await readAnswer(deserializer, schema, bytes, omitted);
      IDENTITY_CHECKS.check(operation.name, schema, output);
      return output;
    };
    if (without.length > 0) decoding.onTrimmed?.(() => read());
    const output = await read(without);
    return Object.assign({}, output, { $metadata: this.deserializeMetadata(response) }) as unknown as Output;
  }
}

/**
 * The members of an answer. ECS sends at least one of an operation's members, at least an empty list. An answer without
 * any of them does not come from ECS.
 * @throws {InvalidAnswerError}
 */
async function readAnswer(
  deserializer: LeanJsonDeserializer,
  schema: NormalizedSchema,
  bytes: Uint8Array,
  without?: readonly string[],
): Promise<object> {
  let output: unknown;
  try {
    output = await deserializer.read(schema, bytes, without);
  } catch (error) {
    throw error instanceof InvalidAnswerError ? error : new InvalidAnswerError('is no JSON', { cause: error });
  }
  const isEmpty = typeof output !== 'object' || output === null || Object.keys(output).length === 0;
  const [anyMember] = schema.structIterator();
  if (isEmpty && (anyMember !== undefined || bytes.byteLength === 0)) throw new InvalidAnswerError('is empty');
  return output as object;
}

/** The SDK's protocol and decoder. It refuses answers without what identifies their content, and accepts wrong types. */
export class StockJsonProtocol extends AwsJson1_1Protocol {
  override async deserializeResponse<Output extends MetadataBearer>(...args: StockArgs): Promise<Output> {
    const output = await super.deserializeResponse<Output>(...args);
    const [operation] = args;
    IDENTITY_CHECKS.check(operation.name, NormalizedSchema.of(operation.output), output);
    return output;
  }
}

type StockArgs = Parameters<AwsJson1_1Protocol['deserializeResponse']>;
type DeserializeArgs = [
  operation: StockArgs[0],
  context: HandlerExecutionContext & SerdeFunctions & { readonly decoding?: Decoding },
  response: HttpResponse,
];

class LeanJsonCodec extends JsonCodec2 {
  override createDeserializer(): LeanJsonDeserializer {
    const deserializer = new LeanJsonDeserializer(this.settings);
    if (this.serdeContext !== undefined) deserializer.setSerdeContext(this.serdeContext);
    return deserializer;
  }
}

/** Decodes answers with plans that are compiled from the schema once. */
export class LeanJsonDeserializer extends JsonShapeDeserializer2 {
  readonly #plans = new Map<unknown, Convert>();
  readonly #trimmed = new Map<unknown, Map<string, Convert>>();
  readonly #digits = new Map<unknown, readonly string[]>();
  readonly #cutter = new MemberCutter();

  /** @param without members to omit from the structures in the answer's lists, sorted */
  override async read(
    schema: Schema,
    data: string | Uint8Array | unknown,
    without: readonly string[] = [],
  ): Promise<unknown> {
    const ns = NormalizedSchema.of(schema);
    const isStruct = ns.isStructSchema() && !ns.isUnionSchema();
    if (!(data instanceof Uint8Array) || data.byteLength === 0 || !isStruct) return super.read(schema, data);
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const text = (without.length > 0 ? this.#cutter.cut(bytes, without) : undefined) ?? bytes.toString('utf8');
    if (this.#needsDigits(ns, text)) {
      // The SDK does not refuse values of other types. We do.
      this.#struct(ns)(JSON.parse(text));
      return omitFromItems(await super.read(schema, data), without);
    }
    return (without.length === 0 ? this.#struct(ns) : this.#trim(ns, without))(JSON.parse(text));
  }

  /** Whether the SDK reads the numbers of this answer from their digits, because it may contain a document. */
  #needsDigits(ns: NormalizedSchema, text: string): boolean {
    const shape = ns.getSchema();
    let names = this.#digits.get(shape);
    if (names === undefined) {
      names = [...namesOfDocuments(ns, new Set())];
      this.#digits.set(shape, names);
    }
    return names.some((name) => text.includes(name)) && ODD_NUMBER.test(text);
  }

  /** Like `#struct`, for an answer. The structures in its lists lose some members. */
  #trim(ns: NormalizedSchema, without: readonly string[]): Convert {
    const byMembers = this.#trimmed.get(ns.getSchema()) ?? new Map<string, Convert>();
    this.#trimmed.set(ns.getSchema(), byMembers);
    const name = without.join();
    const known = byMembers.get(name);
    if (known !== undefined) return known;
    const members: Members = Object.create(null);
    for (const [member, schema] of ns.structIterator()) {
      const item = schema.isListSchema() ? schema.getValueSchema() : undefined;
      const isTrimmed = item?.isStructSchema() === true && !item.isUnionSchema();
      members[member] = isTrimmed ? eachOf(structure(this.#members(item, without))) : this.#plan(schema);
    }
    const convert = structure(members);
    byMembers.set(name, convert);
    return convert;
  }

  /** How to convert values of a schema, or the type that unconverted values must have. */
  #plan(ns: NormalizedSchema, member = ''): Plan {
    if (ns.isStructSchema()) return ns.isUnionSchema() ? this.#union(ns) : this.#struct(ns);
    if (ns.isListSchema()) return eachOf(this.#plan(ns.getValueSchema(), member));
    if (ns.isMapSchema()) return this.#map(ns);
    if (ns.isTimestampSchema()) {
      return determineTimestampFormat(ns, this.settings) === EPOCH_SECONDS ? toDate : this.#stock(ns);
    }
    if (ns.isStringSchema()) return ns.getMergedTraits().mediaType ? this.#stock(ns) : 'string';
    if (ns.isNumericSchema()) {
      const fits = widthOf(member);
      return (value) => toNumber(typeof value === 'number' ? value : this._read(ns, value), fits);
    }
    return ns.isBooleanSchema() ? 'boolean' : this.#stock(ns);
  }

  #map(ns: NormalizedSchema): Convert {
    const plan = this.#plan(ns.getValueSchema());
    const read = this.#stock(ns);
    return (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidAnswerError('no map');
      if (typeof plan === 'function') return read(value);
      for (const item of Object.values(value)) apply(plan, item);
      return value;
    };
  }

  /** The SDK marks unknown members of unions, and refuses no value of another type. */
  #union(ns: NormalizedSchema): Convert {
    const check = this.#struct(ns);
    return (value) => {
      check(structuredClone(value));
      return this._read(ns, value);
    };
  }

  #stock(ns: NormalizedSchema): Convert {
    return (value) => this._read(ns, value);
  }

  #struct(ns: NormalizedSchema): Convert {
    const known = this.#plans.get(ns.getSchema());
    if (known !== undefined) return known;
    const members: Members = Object.create(null);
    const convert = structure(members);
    // Set before its members are planned: shapes may contain themselves.
    this.#plans.set(ns.getSchema(), convert);
    Object.assign(members, this.#members(ns));
    return convert;
  }

  #members(ns: NormalizedSchema, without: readonly string[] = []): Members {
    const members: Members = Object.create(null);
    for (const [name, member] of ns.structIterator()) {
      members[name] = without.includes(name) ? toNothing : this.#plan(member, `${ns.getName()}.${name}`);
    }
    return members;
  }
}

/** How a value is handled: converted, or only checked for its type. */
type Plan = Convert | 'string' | 'boolean';

/** Without a prototype, because an unknown member may have any name. */
type Members = Record<string, Plan>;

/** @throws {InvalidAnswerError} if the value has another type */
function apply(plan: Plan, value: unknown): unknown {
  if (typeof plan === 'function') return plan(value);
  if (typeof value !== plan) throw new InvalidAnswerError(`has a ${typeof value} in place of a ${plan}`);
  return value;
}

function structure(members: Readonly<Members>): Convert {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidAnswerError('has something else in place of an object');
    }
    const record = value as Json;
    for (const name in record) {
      const member = members[name];
      const before = record[name];
      if (member === undefined || before === null) return rebuild(members, record, name);
      const after = apply(member, before);
      // Most values stay as they are, and a write costs Node 20 more than the check.
      if (after !== before) record[name] = after;
    }
    return record;
  };
}

function eachOf(plan: Plan): Convert {
  return (value) => {
    if (!Array.isArray(value)) throw new InvalidAnswerError('has something else in place of a list');
    if (typeof plan === 'function') {
      for (let index = 0; index < value.length; index += 1) value[index] = plan(value[index]);
    } else for (const item of value) apply(plan, item);
    return value;
  };
}

function toNumber(value: unknown, fits: Fits): unknown {
  if (typeof value !== 'number' || !fits(value)) {
    throw new InvalidAnswerError('has something else in place of a number, or one that its member cannot hold');
  }
  return value;
}

/** For a member that is not read: its value becomes garbage while young, which is cheap to collect. */
function toNothing(): undefined {
  return undefined;
}

/** Omits members from the structures in an answer's lists, as the plans do while they convert. */
function omitFromItems(answer: Json, without: readonly string[]): Json {
  for (const items of Object.values(answer)) {
    for (const item of Array.isArray(items) ? items : []) for (const name of without) delete item[name];
  }
  return answer;
}

/** A number that JSON.parse may not represent exactly: too many digits for a double, or an exponent. */
const ODD_NUMBER = /[:[,]\s*-?(?:\d[\d.]{14}|[\d.]+[eE])/;

/**
 * Copies a structure without its nulls and unknown members. (Deleting them would slow down this object and all others
 * of its hidden class.) Members before `from` are already converted. A structure with a `__type` keeps everything, as
 * in the SDK.
 */
function rebuild(members: Readonly<Members>, record: Json, from: string | undefined): Json {
  const result: Json = {};
  const keepsAll = typeof record.__type === 'string';
  let isConverted = true;
  for (const name in record) {
    if (name === from) isConverted = false;
    const value = record[name];
    const member = members[name];
    if (member === toNothing) continue;
    if (member !== undefined && value != null) result[name] = isConverted ? value : apply(member, value);
    else if (keepsAll && !(name in result)) result[name] = value;
  }
  return result;
}

function toDate(value: unknown): unknown {
  if (value == null) return value;
  const date = Number.isFinite(value) ? new Date(Math.round((value as number) * 1_000)) : parseEpochTimestamp(value);
  if (!(date instanceof Date) || Number.isNaN(date.getTime()))
    throw new InvalidAnswerError('has no moment where one is');
  return date;
}

/** The members that contain documents or numbers of any length. */
function* namesOfDocuments(ns: NormalizedSchema, seen: Set<unknown>): Generator<string> {
  const shape = ns.getSchema();
  if (seen.has(shape)) return;
  if (typeof shape === 'object') seen.add(shape);
  for (const [name, member] of ns.isStructSchema() ? ns.structIterator() : []) {
    let value = member;
    while (value.isListSchema() || value.isMapSchema()) value = value.getValueSchema();
    if (value.isBigIntegerSchema() || value.isBigDecimalSchema() || value.isDocumentSchema()) yield name;
    else yield* namesOfDocuments(value, seen);
  }
}
