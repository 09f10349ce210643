import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { execute, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../src/live/core/duration.ts';
import type { OperationName, StructureName } from '../../../src/schema/generated/types.ts';
import { enumValueName, UNRECOGNIZED } from '../../../src/schema/sdk-types/enum-types.ts';
import { fillOf } from '../../../src/schema/sdk-types/fill.ts';
import { isMaskable } from '../../../src/schema/sdk-types/mask.ts';
import { durationOf } from '../../../src/schema/sdk-types/output-types.ts';
import { isStructureName, type Member, Model } from '../../../src/schema/sdk-types/sdk-model.ts';
import { fieldName, linkRule, outputFieldName, payloadTypeName } from '../../../src/schema/sdk-types/type-names.ts';
import { Arbitraries, type Shape } from '../support/arbitraries.ts';
import { isRead, OPERATIONS, plainOperations, selectAll } from '../support/every-operation.ts';
import { messageSchemas, SdkWire, toWire } from '../support/sdk-wire.ts';

type Owner = OperationName | StructureName;

const RUNS = 6;
const schema = plainOperations();
const model = new Model();
const wire = new SdkWire();

describe('from random inputs, what reaches the wire equals what the SDK sends', () => {
  const inputs = new Arbitraries(true);
  it.each(OPERATIONS)('%s', async (operation) => {
    const { request } = messageSchemas(operation);
    await fc.assert(
      fc.asyncProperty(
        inputs.request(operation, request),
        fc.boolean(),
        fc.boolean(),
        async (input, literal, nulls) => {
          await wire.send(operation, input);
          const expected = withoutFilledToken(wire.sent, input);
          wire.sent = undefined;
          const variables = toVariables(request, model.request(operation), input, nulls) as Shape;
          const { errors } = await run(operation, variables, literal);
          expect(errors).toBeUndefined();
          expect(withoutFilledToken(wire.sent, input)).toStrictEqual(expected);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('from random outputs, what GraphQL returns equals what the SDK decodes', () => {
  const inputs = new Arbitraries(true);
  const outputs = new Arbitraries(false);
  it.each(OPERATIONS.filter((operation) => model.response(operation).length > 0))('%s', async (operation) => {
    const { request, response } = messageSchemas(operation);
    const required = fc.sample(inputs.request(operation, request), { numRuns: 1, seed: 1 })[0] as Shape;
    const variables = toVariables(request, model.request(operation), required, false) as Shape;
    await fc.assert(
      fc.asyncProperty(outputs.response(operation, response), async (output) => {
        wire.answer = { ...(toWire(output) as object), aMemberOfTomorrow: { surprise: [1] } };
        const decoded = (await wire.send(operation, required)) as Shape;
        const { data, errors } = await run(operation, variables, false);
        expect(errors).toBeUndefined();
        const expected = toAnswer(response, operation, model.response(operation), decoded);
        expect(JSON.parse(JSON.stringify(data))).toStrictEqual({ [fieldName(operation)]: expected });
      }),
      { numRuns: RUNS },
    );
    wire.answer = {};
  });
});

const documents = new Map<string, string>();

/** Runs an operation with its members as variables or written into the document. */
async function run(operation: OperationName, members: Shape, wantLiteral: boolean) {
  const literal = wantLiteral && canBeLiteral(members);
  const name = fieldName(operation);
  const root = isRead(operation) ? schema.getQueryType() : schema.getMutationType();
  const field = root?.getFields()[name];
  if (!field) throw new Error(`No field ${name}`);
  const given: Shape = isRead(operation) ? members : { input: members };
  const args = field.args.filter((arg) => arg.name in given);
  const selection = documents.get(operation) ?? selectAll(schema, payloadTypeName(operation), ['plan']);
  documents.set(operation, selection);
  const brackets = (text: string) => (text ? `(${text})` : '');
  const kind = isRead(operation) ? 'query' : 'mutation';
  const text = literal
    ? `${kind} { ${name}${brackets(args.map((arg) => `${arg.name}: ${toLiteral(given[arg.name])}`).join(', '))}${selection} }`
    : `${kind} ${brackets(args.map((arg) => `$${arg.name}: ${arg.type}`).join(', '))} { ${name}${brackets(
        args.map((arg) => `${arg.name}: $${arg.name}`).join(', '),
      )}${selection} }`;
  const document = parse(text);
  if (literal) expect(validate(schema, document)).toStrictEqual([]);
  const variableValues = literal ? {} : JSON.parse(JSON.stringify(given, unwrapEnums));
  return execute({ schema, document, variableValues, contextValue: wire.context() });
}

/** Marks an enum's name, which a document writes without quotes. */
class EnumName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function unwrapEnums(_key: string, value: unknown): unknown {
  return value instanceof EnumName ? value.name : value;
}

function toLiteral(value: unknown): string {
  if (value instanceof EnumName) return value.name;
  if (Array.isArray(value)) return `[${value.map(toLiteral).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${toLiteral(item)}`)
    .join(', ')} }`;
}

/** A document can write a map only where its keys are GraphQL names. */
function canBeLiteral(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof EnumName) return true;
  if (Array.isArray(value)) return value.every(canBeLiteral);
  return Object.entries(value).every(([key, item]) => /^[_A-Za-z]\w*$/.test(key) && canBeLiteral(item));
}

/** The input that a client writes for a value of the SDK; `nulls` writes null for absent members. */
function toVariables(shape: NormalizedSchema, members: readonly Member[], value: Shape, nulls: boolean): unknown {
  const result: Record<string, unknown> = {};
  for (const [name, memberSchema] of shape.structIterator()) {
    const member = memberNamed(members, name);
    const item = value[name];
    const write = (element: unknown) => toVariable(memberSchema, member, element, nulls);
    if (item !== undefined) result[name] = memberSchema.isListSchema() ? (item as unknown[]).map(write) : write(item);
    else if (nulls && !member.required && !shape.isUnionSchema() && name !== 'clientToken') result[name] = null;
  }
  return result;
}

function toVariable(shape: NormalizedSchema, member: Member, value: unknown, nulls: boolean): unknown {
  if (value instanceof Date) return value.toISOString();
  if (member.type.kind === 'enum') return new EnumName(enumValueName(value as string));
  // An integer beyond 53 bits in a document is a BigInt to the SDK, and the nearest number to JSON.
  if (shape.isDocumentSchema()) {
    return JSON.parse(JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? Number(item) : item)));
  }
  if (member.type.kind !== 'structure') return value;
  const structure = shape.isListSchema() ? shape.getValueSchema() : shape;
  return toVariables(structure, model.structure(member.type.name), value as Shape, nulls);
}

/** The answer that GraphQL gives for a value that the SDK decoded. */
function toAnswer(shape: NormalizedSchema, owner: Owner, members: readonly Member[], value: Shape): unknown {
  const result: Record<string, unknown> = {};
  for (const [name, memberSchema] of shape.structIterator()) {
    const member = memberNamed(members, name);
    const item = value[name];
    const shorten = linkRule(owner, name)?.shorten;
    const read = (element: unknown) =>
      shorten ? String(element).replace(/^.*\//s, '') : toAnswerValue(memberSchema, member, element);
    const isList = memberSchema.isListSchema();
    result[outputFieldName(owner, name)] =
      item === undefined || item === null
        ? toFilled(memberSchema, owner, member, value)
        : isList
          ? (item as unknown[]).map(read)
          : read(item);
  }
  for (const member of members) {
    const duration = durationOf(member);
    const number = value[member.name];
    if (duration === undefined || duration.field in result) continue;
    result[duration.field] = typeof number === 'number' ? formatDuration(number * duration.unitMs) : null;
  }
  // This wire shows secrets.
  if (isStructureName(owner) && isMaskable(model, owner)) result.isMasked = false;
  // The values are of this SDK, so the graph knows them all.
  if (isStructureName(owner) && members.some(({ type }) => type.kind === 'enum')) result.unrecognizedValues = [];
  return result;
}

function toAnswerValue(shape: NormalizedSchema, member: Member, value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (member.type.kind === 'enum') return enumValueName(value as string);
  if (member.type.kind !== 'structure') return value;
  const structure = shape.isListSchema() ? shape.getValueSchema() : shape;
  return toAnswer(structure, member.type.name, model.structure(member.type.name), value as Shape);
}

/** The value in the place of a missing member: null, or the empty value of a non-null field. */
function toFilled(shape: NormalizedSchema, owner: Owner, member: Member, value: Shape): unknown {
  const filled = fillOf(model, owner, member)?.(value, wire.context());
  if (filled === undefined) return null;
  if (filled === UNRECOGNIZED || Array.isArray(filled)) return filled;
  return toAnswerValue(shape, member, filled);
}

function memberNamed(members: readonly Member[], name: string): Member {
  const member = members.find((candidate) => candidate.name === name);
  if (!member) throw new Error(`No member ${name}`);
  return member;
}

/** The SDK fills some client tokens at random. */
function withoutFilledToken(body: unknown, input: Shape): unknown {
  if ('clientToken' in input) return body;
  const { clientToken, ...rest } = body as Shape;
  return rest;
}
