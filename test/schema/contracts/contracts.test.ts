import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedScalarType,
  specifiedScalarTypes,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { AREAS, areaOf } from '../../../src/schema/contracts/areas.ts';
import { coreOf } from '../../../src/schema/contracts/core-schema.ts';
import { CORE, tagOf } from '../../../src/schema/contracts/tag-contracts.ts';
import { printGraph } from '../../../src/schema/graph/print-graph.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

const full = sharedSchema();
const core = coreOf(full);
const typesOf = (schema: typeof full) =>
  Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type));
type Field = GraphQLField<unknown, unknown> | GraphQLInputField;
const fieldsOf = (type: GraphQLNamedType | undefined): Field[] =>
  isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
const names = (types: readonly { readonly name: string }[]) => types.map(({ name }) => name).sort();

describe('the contract core', () => {
  it('has under 450 types, the scalars of GraphQL included; full has them all', () => {
    expect(typesOf(core).length + specifiedScalarTypes.length).toBeLessThan(450);
    expect(typesOf(core).length).toBeGreaterThan(300);
    expect(typesOf(full).length).toBeGreaterThan(700);
  });

  it('refers to nothing outside, and is a valid schema by itself', () => {
    const printed = buildSchema(printGraph(core));
    expect(validateSchema(printed)).toEqual([]);
    const known = new Set(names(Object.values(core.getTypeMap())));
    const references = typesOf(core).flatMap((type) =>
      fieldsOf(type).flatMap((field) => {
        const args = 'args' in field ? field.args.map((arg) => getNamedType(arg.type).name) : [];
        return [getNamedType(field.type).name, ...args].map((name) => ({ path: `${type.name}.${field.name}`, name }));
      }),
    );
    expect(references.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('lacks the operations of the agent, gateways and daemons', () => {
    const roots = ['Query', 'Mutation', 'Subscription'].flatMap((name) => fieldsOf(core.getType(name)));
    expect(
      names(roots).filter((name) => /gateway|daemon|^submit|PollEndpoint|^registerContainerInstance/i.test(name)),
    ).toEqual([]);
    expect(typesOf(core).filter(({ name }) => areaOf(name) !== undefined)).toEqual([]);
    expect(names(roots)).toEqual(
      expect.arrayContaining(['services', 'updateService', 'registerTaskDefinition', 'drainForecast', 'deployments']),
    );
  });

  it('has what can be read and written back whole: no input lacks a member there, but requests that keep what is absent', () => {
    const lacking = typesOf(core)
      .filter(isInputObjectType)
      .flatMap((type) => {
        const has = new Set(names(fieldsOf(type)));
        return fieldsOf(full.getType(type.name))
          .filter(({ name }) => !has.has(name))
          .map(({ name }) => `${type.name}.${name}`);
      });
    expect([...new Set(lacking.map((path) => path.split('.')[0]))]).toEqual([
      'CreateServiceInput',
      'UpdateServiceInput',
    ]);
    for (const path of lacking) {
      const [type = '', member = ''] = path.split('.');
      const field = fieldsOf(full.getType(type)).find(({ name }) => name === member);
      expect(field && !('args' in field) && isRequiredInputField(field)).toBe(false);
    }
  });

  it('lacks no argument that full requires', () => {
    const required = typesOf(full).flatMap((type) =>
      fieldsOf(type).flatMap((field) =>
        ('args' in field ? field.args : [])
          .filter(isRequiredArgument)
          .map((arg) => [type.name, field.name, arg.name] as const),
      ),
    );
    const lost = required.filter(([type, name, arg]) => {
      const field = fieldsOf(core.getType(type)).find((one) => one.name === name);
      return field !== undefined && 'args' in field && !field.args.some((one) => one.name === arg);
    });
    expect(lost).toEqual([]);
  });
});

describe('tags', () => {
  const committed = readFileSync('schema.graphql', 'utf8');

  it('stand on every type: core, or the area that it belongs to', () => {
    const tags = new Set([CORE, ...Object.keys(AREAS)]);
    expect(typesOf(full).filter((type) => !tags.has(tagOf(type) ?? ''))).toEqual([]);
    expect(names(typesOf(full).filter((type) => tagOf(type) === CORE))).toEqual(names(typesOf(core)));
    expect(committed).toContain('\ntype Service implements Node & Taggable @tag(name: "core") {');
    expect(committed).toContain('\ntype Daemon implements Node & Taggable @tag(name: "daemon") {');
    expect(committed).toMatch(/ecsGateways\([^)]*\): GatewayConnection .*@tag\(name: "gateway"\)/s);
  });

  it('have an entry in docs/versioning.md for every area, and every area has types', () => {
    const page = readFileSync('docs/versioning.md', 'utf8');
    const areas = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, area]) => area);
    expect(areas.sort()).toEqual(Object.keys(AREAS).sort());
    const used = new Set(typesOf(full).map(tagOf));
    expect(Object.keys(AREAS).filter((area) => !used.has(area))).toEqual([]);
  });
});
