import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { determineTimestampFormat, JsonCodec2, JsonShapeDeserializer2 } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { parseEpochTimestamp } from '@smithy/core/serde';
import type { Schema } from '@smithy/types';

/** Turns a value as JSON.parse left it into what the SDK makes of it. */
type Convert = (value: unknown) => unknown;
type Json = Record<string, unknown>;

const EPOCH_SECONDS = 7;

/**
 * The SDK's protocol, with a decoder that does less: what JSON.parse made is kept and changed in place where the schema says
 * that something must change. The SDK's own copies every structure and asks the schema again for each value. What is
 * rare (unions, documents, blobs, errors) is left to it, and a test over all shapes holds both to the same answers.
 */
export class LeanJsonProtocol extends AwsJson1_1Protocol {
  constructor(options: ConstructorParameters<typeof AwsJson1_1Protocol>[0]) {
    super({
      ...options,
      jsonCodec: new LeanJsonCodec({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: false }),
    });
  }
}

class LeanJsonCodec extends JsonCodec2 {
  override createDeserializer(): LeanJsonDeserializer {
    const deserializer = new LeanJsonDeserializer(this.settings);
    if (this.serdeContext !== undefined) deserializer.setSerdeContext(this.serdeContext);
    return deserializer;
  }
}

/** Reads answers by plans that are compiled from the schema once. */
export class LeanJsonDeserializer extends JsonShapeDeserializer2 {
  readonly #plans = new Map<unknown, Convert>();
  readonly #digits = new Map<unknown, boolean>();

  override async read(schema: Schema, data: string | Uint8Array | unknown): Promise<unknown> {
    const ns = NormalizedSchema.of(schema);
    const isStruct = ns.isStructSchema() && !ns.isUnionSchema();
    if (!(data instanceof Uint8Array) || data.byteLength === 0 || !isStruct) return super.read(schema, data);
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
    if (this.#needsDigits(ns) && ODD_NUMBER.test(text)) return super.read(schema, data);
    return this.#struct(ns)(JSON.parse(text));
  }

  /** Whether the SDK reads the numbers of such an answer from their digits, because it holds a document. */
  #needsDigits(ns: NormalizedSchema): boolean {
    const shape = ns.getSchema();
    let answer = this.#digits.get(shape);
    if (answer === undefined) {
      answer = needsDigits(ns, new Set());
      this.#digits.set(shape, answer);
    }
    return answer;
  }

  /** How to convert values of a schema; undefined where they stay as they are. */
  #plan(ns: NormalizedSchema): Convert | undefined {
    if (ns.isStructSchema()) return ns.isUnionSchema() ? this.#stock(ns) : this.#struct(ns);
    if (ns.isListSchema()) return this.#list(ns);
    if (ns.isMapSchema()) return this.#plan(ns.getValueSchema()) && this.#stock(ns);
    if (ns.isTimestampSchema()) {
      return determineTimestampFormat(ns, this.settings) === EPOCH_SECONDS ? toDate : this.#stock(ns);
    }
    if (ns.isStringSchema()) return ns.getMergedTraits().mediaType ? this.#stock(ns) : undefined;
    if (ns.isNumericSchema()) return (value) => (typeof value === 'string' ? this._read(ns, value) : value);
    return ns.isBooleanSchema() ? undefined : this.#stock(ns);
  }

  #stock(ns: NormalizedSchema): Convert {
    return (value) => this._read(ns, value);
  }

  #list(ns: NormalizedSchema): Convert | undefined {
    const convert = this.#plan(ns.getValueSchema());
    if (convert === undefined) return undefined;
    return (value) => {
      if (!Array.isArray(value)) return value;
      for (let index = 0; index < value.length; index += 1) value[index] = convert(value[index]);
      return value;
    };
  }

  #struct(ns: NormalizedSchema): Convert {
    const known = this.#plans.get(ns.getSchema());
    if (known !== undefined) return known;
    // No prototype: an unknown member may have any name. A member without a plan is `false`, one unknown undefined.
    const members: Record<string, Convert | false> = Object.create(null);
    const convert: Convert = (value) => {
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return rebuild(members, value as unknown as Json, undefined);
      const record = value as Json;
      for (const name in record) {
        const member = members[name];
        if (member === undefined || record[name] === null) return rebuild(members, record, name);
        if (member !== false) record[name] = member(record[name]);
      }
      return record;
    };
    // Known before its members are: shapes may hold themselves.
    this.#plans.set(ns.getSchema(), convert);
    for (const [name, member] of ns.structIterator()) members[name] = this.#plan(member) ?? false;
    return convert;
  }
}

/** A number that may be more than JSON.parse makes of it: too many digits for a double, or an exponent. */
const ODD_NUMBER = /[:[,]\s*-?(?:\d[\d.]{14}|[\d.]+[eE])/;

/**
 * Copies a structure without its nulls and unknown members. (Deleting them would be slower, for this object and all others of
 * its hidden class.) Those before `from` are converted already. One that names its `__type` keeps everything, as in the SDK.
 */
function rebuild(members: Readonly<Record<string, Convert | false>>, record: Json, from: string | undefined): Json {
  const result: Json = {};
  const keepsAll = typeof record.__type === 'string';
  let isConverted = true;
  for (const name in record) {
    if (name === from) isConverted = false;
    const value = record[name];
    const member = members[name];
    if (member !== undefined && value != null) result[name] = isConverted || !member ? value : member(value);
    else if (keepsAll && !(name in result)) result[name] = value;
  }
  return result;
}

function toDate(value: unknown): unknown {
  if (value == null) return value;
  return Number.isFinite(value) ? new Date(Math.round((value as number) * 1_000)) : parseEpochTimestamp(value);
}

function needsDigits(ns: NormalizedSchema, seen: Set<unknown>): boolean {
  const shape = ns.getSchema();
  if (seen.has(shape)) return false;
  if (typeof shape === 'object') seen.add(shape);
  if (ns.isBigIntegerSchema() || ns.isBigDecimalSchema() || ns.isDocumentSchema()) return true;
  if (ns.isStructSchema()) return [...ns.structIterator()].some(([, member]) => needsDigits(member, seen));
  if (ns.isListSchema() || ns.isMapSchema()) return needsDigits(ns.getValueSchema(), seen);
  return false;
}
