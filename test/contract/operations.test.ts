import { readFileSync } from 'node:fs';
import { type GraphQLField, type GraphQLObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationPlaces, printOperations } from '../../src/codegen/operations.ts';
import { KINDS } from '../../src/ecs/core/describe-specs.ts';
import { OPERATIONS, type OperationName } from '../../src/ecs/core/operations.ts';
import { encodeNodeId } from '../../src/schema/core/node-id.ts';
import { Model } from '../../src/schema/sdk-types/sdk-model.ts';
import { isSemanticNonNull } from '../../src/schema/sdk-types/semantic-non-null.ts';
import { createFakeWorld, type FakeWorld } from '../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS, IMAGE, SECRET } from '../support/ecs/one-of-each.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { NEED_HISTORY, selectField as select } from '../support/operations/field-documents.ts';

const schema = sharedSchema();
const places = operationPlaces(schema);
const objects = Object.values(schema.getTypeMap()).filter(isObjectType);

interface Place {
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly operations: readonly OperationName[];
}

const fields: Place[] = objects.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({
    type,
    field,
    operations: (field.extensions.operations ?? []) as OperationName[],
  })),
);

describe('every operation of the SDK', () => {
  it.each(Object.entries(OPERATIONS))('%s has its place', (operation, { kind }) => {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1);
    const found = places.get(operation as OperationName) ?? [];
    if (kind === 'read' || operation === 'DiscoverPollEndpoint') {
      expect(found.some((place) => place.startsWith('Query.') || !place.startsWith('Mutation.'))).toBe(true);
    } else {
      expect(found).toContain(`Mutation.${name}`);
    }
  });

  it('is printed in docs/operations.md', () => {
    expect(readFileSync('docs/operations.md', 'utf8')).toBe(printOperations(schema));
  });
});

describe('every filter of a List operation', () => {
  const lists = (Object.keys(OPERATIONS) as OperationName[]).filter((operation) => operation.startsWith('List'));
  it.each(lists)('%s: is an argument', (operation) => {
    const args = fields
      .filter(({ operations }) => operations.includes(operation))
      .flatMap(({ field }) => field.args.map((arg) => arg.name));
    const filters = new Model()
      .request(operation)
      .map((member) => member.name)
      .filter((name) => name !== 'nextToken' && name !== 'maxResults')
      .map((name) => (/^cluster(Arn)?$/.test(name) && args.includes('clusters') ? 'clusters' : name))
      // ECS's prefix is the whole name of a family there.
      .map((name) => (operation === 'ListTaskDefinitions' && name === 'familyPrefix' ? 'family' : name));
    expect(filters.filter((name) => !args.includes(name))).toEqual([]);
  });
});

/** How the object types are reached that are no Node. */
const PARENTS: Readonly<Record<string, (selection: string) => string>> = {
  Query: (selection) => `{ ${selection} }`,
  ImageUsage: (selection) => `{ imageUsage(image: "${IMAGE}") { ${selection} } }`,
  SecretUsage: (selection) => `{ secretUsage(valueFrom: "${SECRET}") { ${selection} } }`,
  TaskDefinitionFamily: (selection) => `{ taskDefinitionFamilies { nodes { ${selection} } } }`,
  TagResourcePayload: (selection) =>
    `mutation { tagResource(input: { resourceArn: "${ARNS.Cluster}", tags: [] }) { ${selection} } }`,
  UntagResourcePayload: (selection) =>
    `mutation { untagResource(input: { resourceArn: "${ARNS.Cluster}", tagKeys: [] }) { ${selection} } }`,
  UpdateExpressGatewayServicePayload: (selection) =>
    `mutation { updateExpressGatewayService(input: { serviceArn: "${ARNS.Service}" }) { ${selection} } }`,
};

/** The calls that reaching the parent makes itself. */
const ON_THE_WAY: Readonly<Record<string, readonly string[]>> = {
  TaskDefinitionFamily: ['ListTaskDefinitionFamilies'],
  TagResourcePayload: ['TagResource'],
  UntagResourcePayload: ['UntagResource'],
  UpdateExpressGatewayServicePayload: ['UpdateExpressGatewayService'],
};

const isNode = (type: GraphQLObjectType) => type.name in KINDS;
/** Nouns, and the other types that the table above leads to. */
const isReached = (type: GraphQLObjectType) => isNode(type) || type.name in PARENTS;

/** Fields that call whichever operations the thing at hand needs. */
const OF_ANY_KIND = ['Query.node', 'Query.nodes', 'TagResourcePayload.resource', 'UntagResourcePayload.resource'];
/** Fields that call only some of their operations for the one of each kind. */
const UNCALLED: Readonly<Record<string, readonly OperationName[]>> = {
  // A deployment is under way.
  'Service.lastDeployment': ['ListServiceDeployments'],
  // Rules about task definitions apply where the caller names them.
  'Cluster.findings': ['DescribeTaskDefinition'],
  'Query.findings': ['DescribeTaskDefinition'],
  // The task has not stopped.
  'Query.stopReasons': ['DescribeTaskDefinition'],
  // The text is not an id.
  'Query.search': ['DescribeTaskDefinition', 'DescribeTasks', 'DescribeContainerInstances', 'ListContainerInstances'],
};
/** The calls of live fields depend on what there is to report: test/schema/live/operations.test.ts checks their operations. */
const LIVE = /Progress|^(outcome|ending)$|Forecast|drainContainerInstances/;

it('every field of a noun, and every root field, that costs calls says which', () => {
  const silent = fields
    .filter(({ type, field, operations }) => isReached(type) && field.extensions.ecsCost && operations.length === 0)
    .map(({ type, field }) => `${type.name}.${field.name}`)
    .filter((place) => !OF_ANY_KIND.includes(place));
  expect(silent).toEqual([]);
});

describe('a field calls the operations that it names, all of them and no other', () => {
  let world: FakeWorld;
  beforeAll(async () => {
    world = await createFakeWorld((operation, input) => ANSWERS[operation]?.(input) ?? {});
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const checked = fields
    .filter(({ type, field, operations }) => operations.length > 0 && isReached(type) && !LIVE.test(field.name))
    .filter(({ field }) => !NEED_HISTORY.includes(field.name))
    .map((place) => [`${place.type.name}.${place.field.name}`, place] as const);

  it('and they are many', () => {
    expect(checked.length).toBeGreaterThan(100);
  });

  it.each(checked)('%s', async (name, { type, field, operations: named }) => {
    const operations = named.filter((operation) => UNCALLED[name]?.includes(operation) !== true);
    const arn = ARNS[type.name as keyof typeof ARNS];
    const wrap =
      PARENTS[type.name] ??
      ((selection: string) =>
        `{ node(id: "${encodeNodeId({ type: type.name, parts: [arn] })}") { ... on ${type.name} { ${selection} } } }`);
    const document = wrap(select(field));
    const { data, errors } = await world.query(document);
    expect(errors).toBeUndefined();
    // Such a field is null only beside an error.
    if (isSemanticNonNull(field)) expect(JSON.stringify(data)).not.toContain(`"${field.name}":null`);
    const parent = isNode(type) ? KINDS[type.name as keyof typeof KINDS].operation : undefined;
    const expected = new Set([...operations, ...(ON_THE_WAY[type.name] ?? []), ...(parent ? [parent] : [])]);
    expect(new Set(Object.keys(world.counts()))).toEqual(expected);
  });
});
