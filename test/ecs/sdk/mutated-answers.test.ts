import fc from 'fast-check';
import { type GraphQLField, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationName } from '../../../src/ecs/core/operations.ts';
import type { WriteOperation } from '../../../src/ecs/outcomes/check.ts';
import { WRITE_CHECKS } from '../../../src/ecs/outcomes/table.ts';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { fieldName, payloadTypeName } from '../../../src/schema/sdk-types/type-names.ts';
import { createFakeWorld, type FakeWorld } from '../../support/ecs/fake-ecs.ts';
import { inputOf } from '../../support/ecs/lossy-ecs.ts';
import { ANSWERS, ARNS } from '../../support/ecs/one-of-each.ts';
import { type Json, pathsIn, replaceAt, validAnswer } from '../../support/ecs/valid-answers.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { NEED_HISTORY, selectField } from '../../support/operations/field-documents.ts';
import { LeapingTimers } from '../../support/time/leaping-timers.ts';

const RUNS = 150;
const FIELDS_AT_ONCE = 6;

interface Document {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

/** Operations that together ask for every field of every noun, for every root field, and for every write. */
function documents(): Document[] {
  const schema = sharedSchema();
  const found: Document[] = [];
  const add = (all: GraphQLField<unknown, unknown>[], wrap: (selection: string) => string) => {
    const fields = all.filter(({ name }) => !NEED_HISTORY.includes(name));
    for (let start = 0; start < fields.length; start += FIELDS_AT_ONCE) {
      found.push({
        query: wrap(
          fields
            .slice(start, start + FIELDS_AT_ONCE)
            .map(selectField)
            .join(' '),
        ),
      });
    }
  };
  for (const [type, arn] of Object.entries(ARNS)) {
    const noun = schema.getType(type);
    if (!isObjectType(noun)) continue;
    const id = encodeNodeId({ type, parts: [arn] });
    add(Object.values(noun.getFields()), (selection) => `{ node(id: "${id}") { ... on ${type} { ${selection} } } }`);
  }
  const roots = Object.values(schema.getQueryType()?.getFields() ?? {});
  add(
    roots.filter(({ name }) => name !== 'node' && name !== 'nodes'),
    (selection) => `{ ${selection} }`,
  );
  for (const operation of Object.keys(WRITE_CHECKS) as WriteOperation[]) {
    const payload = schema.getType(payloadTypeName(operation));
    if (!isObjectType(payload)) throw new Error(`no payload of ${operation}`);
    const selection = Object.values(payload.getFields()).map(selectField).join(' ');
    found.push({
      query: `mutation ($input: ${operation}Input!) { ${fieldName(operation)}(input: $input) { ${selection} } }`,
      variables: { input: inputOf(operation, 'x') },
    });
  }
  return found;
}

const DOCUMENTS = documents();
const VALUES: (Json | undefined)[] = [
  ...[undefined, null, '', 'text', 'arn:', 'arn:aws:ecs:eu-west-1:123456789012:x', 0, -1, 1.5, 1e20, true],
  ...[[], {}, [null], [{}], { a: 1 }],
];

let world: FakeWorld;
/** The operation whose answer is changed, and how. */
let changed: OperationName | undefined;
let change: (answer: Json) => Json = (answer) => answer;
beforeAll(async () => {
  const limits = { MAX_ROOT_FIELDS: '0', MAX_OBJECTS: '0' };
  world = await createFakeWorld(
    (operation, input) => {
      const answer = ANSWERS[operation]?.(input) ?? validAnswer(operation as OperationName);
      return operation === changed ? ((change(answer as Json) ?? {}) as object) : answer;
    },
    limits,
    { timers: new LeapingTimers() },
  );
});
afterAll(() => world[Symbol.asyncDispose]());

describe('whatever is wrong in an answer of ECS, no field is a fault of this server', () => {
  /** The operations that each document calls. */
  const called = new Map<Document, readonly OperationName[]>();
  beforeAll(async () => {
    expect(DOCUMENTS.length).toBeGreaterThan(100);
    for (const document of DOCUMENTS) {
      const { errors = [] } = await world.query(document.query, document.variables);
      expect(errors.map(({ message, path }) => ({ message, path }))).toEqual([]);
      called.set(document, Object.keys(world.counts()).sort() as OperationName[]);
    }
  });

  it(`in ${RUNS} answers`, async () => {
    const picks = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...DOCUMENTS),
        fc.nat(),
        fc.boolean(),
        picks,
        async (document, at, isFull, plan) => {
          const operations = called.get(document) ?? [];
          const operation = operations[at % operations.length];
          if (operation === undefined) return;
          const changes: string[] = [];
          changed = operation;
          change = (answer) => {
            const whole: Json = isFull ? { ...validAnswer(operation), ...(answer as object) } : answer;
            return plan.reduce((rest: Json, [where, what]) => {
              const places = [[], ...pathsIn(rest)];
              const place = places[where % places.length] ?? [];
              const by = VALUES[what % VALUES.length];
              changes.push(`${place.join('.')}: ${JSON.stringify(by)}`);
              return replaceAt(rest, place, by);
            }, whole);
          };
          const { data, errors = [] } = await world.query(document.query, document.variables);
          const faults = errors.filter(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR');
          expect({ document, operation, changes, faults }).toEqual({ document, operation, changes, faults: [] });
          expect(data ?? errors[0]).toBeTruthy();
        },
      ),
      { numRuns: RUNS },
    );
  });
});
