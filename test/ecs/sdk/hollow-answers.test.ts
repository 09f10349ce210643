import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS, type OperationName } from '../../../src/ecs/core/operations.ts';
import { WRITE_CHECKS } from '../../../src/ecs/outcomes/table.ts';
import { IDENTITIES, identityOfAnswer } from '../../../src/ecs/sdk/identities.ts';
import { isRead } from '../../schema/support/every-operation.ts';
import { messageSchemas } from '../../schema/support/sdk-wire.ts';
import { type Json, type Path, pathsIn, replaceAt, validAnswer } from '../../support/ecs/valid-answers.ts';
import { type AnyOperation, createAnyOperation } from '../../support/operations/any-operation.ts';

const NAMES = Object.keys(OPERATIONS) as OperationName[];
const RUNS = 8;
/** Their answers have no members. */
const EMPTY: readonly OperationName[] = ['TagResource', 'UntagResource'];

let world: AnyOperation;
let stock: AnyOperation;
beforeAll(async () => {
  [world, stock] = await Promise.all([createAnyOperation(), createAnyOperation({ FAST_PATHS: 'off' })]);
});
afterAll(() => Promise.all([world[Symbol.asyncDispose](), stock[Symbol.asyncDispose]()]));

/** A place of a structure, or of the answer, that has to hold one of some members. */
interface Place {
  readonly structure: string;
  readonly path: Path;
  readonly members: readonly string[];
}

/** Every place in an answer that must identify something. */
function placesIn(operation: OperationName): Place[] {
  const { response } = messageSchemas(operation);
  const own = identityOfAnswer(operation, response).map((members) => ({ structure: operation, path: [], members }));
  const walk = (schema: NormalizedSchema, inside: Json, path: Path): Place[] => {
    if (Array.isArray(inside)) return inside.flatMap((item, at) => walk(schema.getValueSchema(), item, [...path, at]));
    if (!schema.isStructSchema() || typeof inside !== 'object' || inside === null) return [];
    const structure = schema.getName() ?? '';
    const here = (IDENTITIES[structure] ?? []).map((members) => ({ structure, path, members }));
    const deeper = [...schema.structIterator()].flatMap(([name, member]) =>
      walk(member, inside[name] ?? null, [...path, name]),
    );
    return [...here, ...deeper];
  };
  return [...own, ...walk(response, validAnswer(operation), [])];
}

const isUnread = (operation: OperationName) => (isRead(operation) ? 'UPSTREAM_INVALID_RESPONSE' : 'OUTCOME_UNKNOWN');

/**
 * The places in each operation's answer. What stands deep in things that several operations return is looked at in the
 * first of them.
 */
function placesOfAll(): ReadonlyMap<OperationName, readonly Place[]> {
  const seen = new Set<string>();
  return new Map(
    NAMES.map((name) => {
      const fresh = placesIn(name).filter(({ structure, path, members }) => {
        const key = [structure, ...path.slice(-2), ...members].join();
        return path.filter((part) => typeof part === 'string').length < 2 || (!seen.has(key) && seen.add(key));
      });
      return [name, fresh];
    }),
  );
}
const PLACES = placesOfAll();

describe('an answer without what identifies its content is neither an absence nor a success', () => {
  it.each(NAMES.filter((name) => !EMPTY.includes(name)))('%s', async (operation) => {
    const whole = validAnswer(operation);
    const places = PLACES.get(operation) ?? [];
    expect(places.length).toBeGreaterThan(0);
    for (const { path, members } of places) {
      const without = (by: Json | undefined) =>
        members.reduce((answer: Json, member) => replaceAt(answer, [...path, member], by), whole);
      const hollow = path.length === 0 ? [] : [replaceAt(whole, path, {})];
      for (const answer of [
        without(undefined),
        without(null),
        ...(members.length > 1 ? [] : [without('')]),
        ...hollow,
      ]) {
        const { errors = [] } = await world.ask(operation, JSON.stringify(answer));
        const place = [operation, ...path, members.join(' or ')].join('.');
        expect({ place, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
          place,
          codes: [isUnread(operation)],
        });
        expect(errors[0]?.extensions.retryable).toBe(isRead(operation));
        const { resend } = isRead(operation) ? {} : WRITE_CHECKS[operation as keyof typeof WRITE_CHECKS];
        if (!isRead(operation) && resend === undefined) expect(world.calls).toBe(1);
      }
    }
  });

  it.each(NAMES.filter((name) => !EMPTY.includes(name)))('%s with the decoder of the SDK', async (operation) => {
    const [{ path, members }] = placesIn(operation) as [Place];
    const answer = members.reduce(
      (rest: Json, member) => replaceAt(rest, [...path, member], undefined),
      validAnswer(operation),
    );
    const { errors = [] } = await stock.ask(operation, JSON.stringify(answer));
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([isUnread(operation)]);
  });

  it('and no structure that has an ARN of its own is forgotten', () => {
    const met = new Set(NAMES.flatMap((name) => placesIn(name).map(({ structure }) => structure)));
    expect(Object.keys(IDENTITIES).filter((name) => !met.has(name))).toEqual([]);
    const seen = new Map<string, NormalizedSchema>();
    const walk = (member: NormalizedSchema) => {
      const schema = member.isListSchema() ? member.getValueSchema() : member;
      const name = schema.getName() ?? '';
      if (!schema.isStructSchema() || seen.has(name)) return;
      seen.set(name, schema);
      for (const [, inner] of schema.structIterator()) walk(inner);
    };
    for (const name of NAMES) walk(messageSchemas(name).response);
    const ownArn = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}Arn`;
    const forgotten = [...seen].filter(([name, schema]) => {
      return [...schema.structIterator()].some(([member]) => member === ownArn(name)) && IDENTITIES[name] === undefined;
    });
    expect(forgotten.map(([name]) => name)).toEqual([]);
  });
});

describe('no answer of ECS, whatever is wrong in it, is a fault of this server', () => {
  const values: (Json | undefined)[] = [
    undefined,
    null,
    '',
    'text',
    'arn:',
    0,
    -1,
    1.5,
    1e20,
    true,
    [],
    {},
    [null],
    [{}],
    [[]],
    { a: 1 },
  ];
  it.each(NAMES)('%s', async (operation) => {
    const whole = validAnswer(operation);
    expect((await world.ask(operation, JSON.stringify(whole))).errors).toBeUndefined();
    const places = [[], ...pathsIn(whole)];
    const change = fc.tuple(fc.constantFrom(...places), fc.constantFrom(...values));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        const answer = changes.reduce((rest: Json, [path, by]) => replaceAt(rest, path, by), whole);
        const { data, errors = [] } = await world.ask(operation, JSON.stringify(answer));
        for (const { extensions } of errors) expect(extensions.code).toBe(isUnread(operation));
        if (errors.length === 0) expect(data).toBeTruthy();
      }),
      { numRuns: RUNS },
    );
  });
});
