import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { arnTypeOf } from '../../../src/schema/core/reference.ts';
import type { OperationName, StructureName } from '../../../src/schema/generated/types.ts';
import { rawValues } from '../../../src/schema/sdk-types/enum-types.ts';
import { type Member, Model } from '../../../src/schema/sdk-types/sdk-model.ts';
import { isReference } from '../../../src/schema/sdk-types/to-aws-input.ts';
import { referenceRule } from '../../../src/schema/sdk-types/type-names.ts';

export type Shape = Readonly<Record<string, unknown>>;

const DATE = fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00.000Z'), noInvalidDate: true });
const TEXT = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 4 }), fc.constant(''));
const INT = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const LONG = fc.maxSafeInteger();
// JSON and GraphQL literals have no negative zero.
const FLOAT = fc
  .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
  .map((value) => (value === 0 ? 0 : value));
const STRING_MAP = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), {
  maxKeys: 3,
});
const JSON_VALUE = fc.jsonValue({ maxDepth: 2, depthSize: 'xsmall' }).map(withoutNegativeZero);

/**
 * Random values of the SDK's shapes. What a structure holds comes from the SDK's own runtime schema; only enums and the widths of
 * numbers, which that schema does not know, come from the gateway's tables.
 */
export class Arbitraries {
  readonly #model = new Model();
  readonly #structures = new Map<string, fc.Arbitrary<Shape>>();

  readonly #requiredMembers: boolean;

  /** With `requiredMembers`, values that AWS takes; without, anything that it may answer. */
  constructor(requiredMembers: boolean) {
    this.#requiredMembers = requiredMembers;
  }

  request(operation: OperationName, schema: NormalizedSchema): fc.Arbitrary<Shape> {
    return this.#shape(operation, schema, this.#model.request(operation));
  }

  response(operation: OperationName, schema: NormalizedSchema): fc.Arbitrary<Shape> {
    return this.#shape(operation, schema, this.#model.response(operation));
  }

  #structure(schema: NormalizedSchema): fc.Arbitrary<Shape> {
    const name = schema.getName() as StructureName;
    let arbitrary = this.#structures.get(name);
    if (!arbitrary) {
      arbitrary = this.#shape(name, schema, this.#model.structure(name));
      this.#structures.set(name, arbitrary);
    }
    return arbitrary;
  }

  #shape(owner: string, schema: NormalizedSchema, members: readonly Member[]): fc.Arbitrary<Shape> {
    const known = new Map(members.map((member) => [member.name, member]));
    const fields = new Map<string, fc.Arbitrary<unknown>>();
    for (const [name, memberSchema] of schema.structIterator()) {
      // Callers give an idempotency key instead.
      if (this.#requiredMembers && name === 'clientToken') continue;
      const member = known.get(name);
      if (!member) throw new Error(`${schema.getName()}.${name} is not in the generated tables`);
      fields.set(
        name,
        this.#requiredMembers ? this.#input(owner, memberSchema, member) : this.#value(memberSchema, member),
      );
    }
    if (schema.isUnionSchema()) {
      return fc.oneof(...[...fields].map(([name, value]) => value.map((item) => ({ [name]: item }))));
    }
    // Where secrets stand, a request without the value is refused as masked.
    const isSecret = this.#model.secretStructures.has(schema.getName() as StructureName);
    const required = this.#requiredMembers
      ? members.filter((member) => member.required || isSecret).map(({ name }) => name)
      : [];
    // Few members at a time in wide shapes, so that every combination is met and none grows beyond measure.
    const optional = [...fields.keys()].filter((name) => !required.includes(name));
    return fc.subarray(optional, { maxLength: Math.min(optional.length, 5) }).chain((names) => {
      const chosen = [...fields].filter(([name]) => required.includes(name) || names.includes(name));
      return fc.record(Object.fromEntries(chosen));
    });
  }

  /** For a name the gateway would ask ECS where it takes ARNs only. */
  #input(owner: string, schema: NormalizedSchema, member: Member): fc.Arbitrary<unknown> {
    const rule = isReference(owner, member) ? referenceRule(owner, member.name) : undefined;
    if (rule?.send !== 'arn') return this.#value(schema, member);
    const arn = fc.constant(`arn:aws:ecs:eu-west-1:123456789012:${arnTypeOf(rule.noun ?? 'Cluster')}/main`);
    return schema.isListSchema() ? fc.array(arn, { maxLength: 2 }) : arn;
  }

  #value(schema: NormalizedSchema, member: Member): fc.Arbitrary<unknown> {
    if (schema.isListSchema()) {
      return fc.array(this.#value(schema.getValueSchema(), member), { maxLength: 2 });
    }
    if (schema.isStructSchema()) return this.#structure(schema);
    if (schema.isMapSchema()) return STRING_MAP;
    if (schema.isTimestampSchema()) return DATE;
    if (schema.isDocumentSchema()) return JSON_VALUE.filter((value) => value !== null);
    if (schema.isBooleanSchema()) return fc.boolean();
    if (schema.isNumericSchema()) {
      return member.type.name === 'Long' ? LONG : member.type.name === 'Float' ? FLOAT : INT;
    }
    return member.type.kind === 'enum' ? fc.constantFrom(...Object.keys(rawValues(member.type.name))) : TEXT;
  }
}

function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
