import { readFileSync } from 'node:fs';
import {
  execute,
  GraphQLSchema,
  introspectionFromSchema,
  isAbstractType,
  isObjectType,
  lexicographicSortSchema,
  parse,
  printType,
  validate,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { printTypeIndex } from '../../../src/codegen/type-index.ts';
import { createSchema } from '../../../src/schema/index.ts';
import { sortInPlace } from '../../../src/schema/lazy/sort.ts';

const whole = new GraphQLSchema({ ...createSchema().toConfig(), assumeValid: false });
const names = Object.keys(whole.getTypeMap()).sort();
const built = (schema: GraphQLSchema) =>
  Object.values(Object.getOwnPropertyDescriptors(schema.getTypeMap())).filter(({ get }) => get === undefined).length;

describe('the lazy schema', () => {
  it('is valid, which nothing checks at run time', () => {
    expect(validateSchema(whole)).toEqual([]);
    expect(validateSchema(createSchema())).toEqual([]);
  });

  it('knows every type by name, without building any', () => {
    const schema = createSchema();
    expect(names.length).toBeGreaterThan(600);
    expect(Object.keys(schema.getTypeMap())).toEqual(names);
    // The specified directives and introspection bring their own.
    expect(built(schema)).toBeLessThan(12);
    expect(schema.getType('Nothing')).toBeUndefined();
  });

  it('finds a type by its name alone, as it is in the whole', () => {
    for (const name of names.filter((_, index) => index % 23 === 0)) {
      const [alone, among] = [createSchema().getType(name), whole.getType(name)];
      expect(alone && printType(alone), name).toBe(among && printType(among));
    }
  });

  it('has an index that is up to date (npm run generate)', () => {
    expect(readFileSync('src/schema/lazy/type-index.ts', 'utf8')).toBe(printTypeIndex(createSchema()));
  });

  it('knows what implements what', () => {
    const abstract = Object.values(whole.getTypeMap()).filter(isAbstractType);
    expect(abstract.length).toBeGreaterThan(1);
    for (const { name } of abstract) {
      const schema = createSchema();
      const [ours, theirs] = [schema, whole].map((one) => {
        const type = one.getType(name);
        if (!isAbstractType(type)) throw new Error(`${name} is not abstract`);
        const possible = one.getPossibleTypes(type).map((member) => member.name);
        const subTypes = Object.values(one.getTypeMap()).filter(
          (other) => isObjectType(other) && one.isSubType(type, other),
        );
        return { possible: possible.sort(), subTypes: subTypes.map((other) => other.name).sort() };
      });
      expect(ours).toEqual(theirs);
    }
  });

  it('builds what a request touches', async () => {
    const schema = createSchema();
    const document = parse('{ node(id: "x") { ... on Task { taskArn } } }');
    expect(validate(schema, document)).toEqual([]);
    await execute({ schema, document, contextValue: {} });
    expect(schema.getType('Task')).toBe(schema.getType('Task'));
    expect(built(schema)).toBeLessThan(60);
  });

  it('tells introspection everything in the order of the names', async () => {
    const schema = createSchema();
    await sortInPlace(schema);
    expect(introspectionFromSchema(schema)).toEqual(introspectionFromSchema(lexicographicSortSchema(whole)));
  });
});
