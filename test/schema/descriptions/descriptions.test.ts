import { readFileSync } from 'node:fs';
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { expect, it } from 'vitest';
import { ENUMS_A_TO_E } from '../../../src/schema/descriptions/enums/a-e.ts';
import { ENUMS_F_TO_Z } from '../../../src/schema/descriptions/enums/f-z.ts';
import { MEMBERS_IN } from '../../../src/schema/descriptions/members/in.ts';
import { MEMBER_WORDS } from '../../../src/schema/descriptions/members/index.ts';
import { enums } from '../../../src/schema/generated/enums.ts';
import { operations } from '../../../src/schema/generated/operations.ts';
import { structures } from '../../../src/schema/generated/structures.ts';
import { outputFieldName } from '../../../src/schema/sdk-types/type-names.ts';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';

it('are the same text in schema.graphql and in the schema that is served', async () => {
  await using world = await createFakeWorld(() => ({}));
  const query = getIntrospectionQuery({
    schemaDescription: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const { data } = await world.query<IntrospectionQuery>(query);
  const served = printSchema(lexicographicSortSchema(buildClientSchema(data as IntrospectionQuery)));
  const committed = printSchema(lexicographicSortSchema(buildSchema(readFileSync('schema.graphql', 'utf8'))));
  if (served !== committed) throw new Error('The served schema differs from schema.graphql.');
  expect(committed).toContain('How many tasks there should be.');
});

const shapes = (): Record<string, readonly string[]> => ({
  ...Object.fromEntries(Object.entries(structures).map(([name, members]) => [name, Object.keys(members)])),
  ...Object.fromEntries(
    Object.entries(operations).map(([name, { input, output }]) => [
      name,
      [...Object.keys(input), ...Object.keys(output)],
    ]),
  ),
});

it('of members are about members that there are', () => {
  const known = Object.entries(shapes()).map(([owner, members]) => {
    return [owner, new Set(members.flatMap((member) => [member, outputFieldName(owner, member)]))] as const;
  });
  const all = new Set(known.flatMap(([, names]) => [...names]));
  expect(Object.keys(MEMBER_WORDS).filter((name) => !all.has(name))).toEqual([]);
  const byOwner = new Map(known);
  const strange = Object.entries(MEMBERS_IN).flatMap(([owner, words]) =>
    Object.keys(words)
      .filter((name) => !byOwner.get(owner)?.has(name))
      .map((name) => `${owner}.${name}`),
  );
  expect(strange).toEqual([]);
});

it('of enum values are about values that there are', () => {
  const strange = Object.entries({ ...ENUMS_A_TO_E, ...ENUMS_F_TO_Z }).flatMap(([name, words]) => {
    const known: readonly string[] = enums[name as keyof typeof enums];
    return Object.keys(words).filter((value) => !known.includes(value));
  });
  expect(strange).toEqual([]);
});
