import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphQLField, type GraphQLObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KINDS } from '../../../src/ecs/core/describe-specs.ts';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { reachOf } from '../../../src/schema/scopes/scope-arguments.ts';
import { createFakeWorld, type FakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS, IMAGE, SECRET } from '../../support/ecs/one-of-each.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { NEED_HISTORY, selectField } from '../../support/operations/field-documents.ts';

const schema = sharedSchema();
const query = schema.getQueryType() as GraphQLObjectType;
const scopeOf = (alias: string, account: string) => ({
  alias,
  account,
  regions: ['eu-west-1'],
  credentials: { accessKeyId: account, secretAccessKey: 'test' },
});

let folder: string;
let world: FakeWorld;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'links-'));
  const file = join(folder, 'scopes.json');
  // One of each resource is in the account that is not the default one.
  const scopes = [scopeOf('default-one', '999999999999'), scopeOf('each', '123456789012')];
  await writeFile(file, JSON.stringify({ scopes }));
  world = await createFakeWorld((operation, input) => ANSWERS[operation]?.(input) ?? {}, { SCOPES: file });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** How the types are reached that are neither a noun nor a root. */
const PARENTS: Readonly<Record<string, (selection: string) => string>> = {
  ImageUsage: (selection) => `{ imageUsage(accounts: ["each"], image: "${IMAGE}") { ${selection} } }`,
  Overview: (selection) => `{ overview(accounts: ["each"]) { ${selection} } }`,
  SecretUsage: (selection) => `{ secretUsage(accounts: ["each"], valueFrom: "${SECRET}") { ${selection} } }`,
  TaskDefinitionFamily: (selection) => `{ taskDefinitionFamilies(accounts: ["each"]) { nodes { ${selection} } } }`,
};

interface Place {
  readonly type: string;
  readonly field: GraphQLField<unknown, unknown>;
  /** The field with its arguments and what is below it. */
  readonly text: string;
  readonly wrap: (selection: string) => string;
}

/** Every field of every noun, and every root field, with the arguments that choose the account. */
const places: Place[] = [
  ...Object.values(schema.getTypeMap())
    .filter((type): type is GraphQLObjectType => isObjectType(type) && type.name in KINDS)
    .flatMap((type) => {
      const id = encodeNodeId({ type: type.name, parts: [ARNS[type.name as keyof typeof ARNS]] });
      return placesOf(type, (selection) => `{ node(id: "${id}") { ... on ${type.name} { ${selection} } } }`);
    }),
  ...Object.entries(PARENTS).flatMap(([name, wrap]) => placesOf(schema.getType(name) as GraphQLObjectType, wrap)),
  ...placesOf(query, (selection) => `{ ${selection} }`).map((place) => {
    const { field, text } = place;
    const reach = reachOf(schema, query, field);
    const chosen = reach === 'several' ? 'accounts: ["each"]' : reach === 'one' ? 'account: "each"' : '';
    const given = text.startsWith(`${field.name}(`)
      ? text.replace('(', `(${chosen ? `${chosen}, ` : ''}`)
      : text.replace(field.name, `${field.name}${chosen ? `(${chosen})` : ''}`);
    return { ...place, text: given };
  }),
];

function placesOf(type: GraphQLObjectType, wrap: Place['wrap']): Place[] {
  return Object.values(type.getFields())
    .filter(({ name }) => !NEED_HISTORY.includes(name) && !/^(node|_)/.test(name))
    .map((field) => ({ type: type.name, field, text: selectField(field), wrap }));
}

/** Several fields of one type are read by one operation. */
function* batches(size: number): Iterable<readonly Place[]> {
  for (const [type] of new Map(places.map((place) => [place.type, place]))) {
    const ofType = places.filter((place) => place.type === type);
    for (let from = 0; from < ofType.length; from += size) yield ofType.slice(from, from + size);
  }
}

it('every field reads the account of its object', async () => {
  expect(places.length).toBeGreaterThan(300);
  const wrong: string[] = [];
  let called = 0;
  for (const batch of batches(12)) {
    const selection = batch.map(({ text }) => text).join('\n');
    const { errors, extensions } = await world.query(batch[0]?.wrap(selection) ?? '');
    const { byScope = {}, calls = 0 } = extensions?.ecs ?? {};
    called += calls;
    const names = batch.map(({ type, field }) => `${type}.${field.name}`).join();
    if (Object.keys(byScope).some((scope) => scope !== '123456789012/eu-west-1'))
      wrong.push(`one of ${names} reads another account`);
    const fault = errors?.find(({ extensions: { code } }) => /BAD_USER_INPUT|INTERNAL|VALIDATION/.test(String(code)));
    if (fault !== undefined) wrong.push(`one of ${names}: ${fault.message}`);
  }
  expect(wrong).toEqual([]);
  expect(called).toBeGreaterThan(150);
});
