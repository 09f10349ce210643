import { type GraphQLArgument, type GraphQLField, getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/ecs/core/describe-specs.ts';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { createFakeWorld, type FakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS, IMAGE, SECRET } from '../../support/ecs/one-of-each.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { NEED_HISTORY, selectField } from '../../support/operations/field-documents.ts';

// A wrong argument is an error of the request, and costs nothing: the gateway reads no state before it has looked at all arguments.

/** How the object types are reached that are no Node. */
const PARENTS: Readonly<Record<string, (selection: string) => string>> = {
  Query: (selection) => `{ ${selection} }`,
  Mutation: (selection) => `mutation { ${selection} }`,
  ImageUsage: (selection) => `{ imageUsage(image: "${IMAGE}") { ${selection} } }`,
  SecretUsage: (selection) => `{ secretUsage(valueFrom: "${SECRET}") { ${selection} } }`,
  TaskDefinitionFamily: (selection) => `{ taskDefinitionFamilies { nodes { ${selection} } } }`,
  DeploymentSlot: (selection) => `{ service(cluster: "prod", service: "web") { deployments { ${selection} } } }`,
  DrainForecast: (selection) => `{ drainForecast(containerInstances: ["${ARNS.ContainerInstance}"]) { ${selection} } }`,
  Preview: (selection) => `{ previewScale(cluster: "prod", service: "web", desiredCount: 2) { ${selection} } }`,
};
/** Lists inside the event of a subscription: an event costs no calls of its own. */
const IN_EVENTS = ['InstanceDrain'];

const ints = Object.values(sharedSchema().getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__') && !IN_EVENTS.includes(name) && name !== 'Subscription')
  .flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      field.args.filter((arg) => getNamedType(arg.type).name === 'Int').map((arg) => ({ type, field, arg })),
    ),
  );
const pages = ints.filter(({ arg }) => arg.name === 'first' && arg.defaultValue !== undefined);
/** Numbers without a range. */
const UNLIMITED = ['randomSeed'];

const wrap = (type: string): ((selection: string) => string) => {
  const known = PARENTS[type];
  if (known !== undefined) return known;
  if (!(type in KINDS)) throw new Error(`${type} needs a place in PARENTS`);
  const id = encodeNodeId({ type, parts: [ARNS[type as keyof typeof ARNS]] });
  return (selection) => `{ node(id: "${id}") { ... on ${type} { ${selection} } } }`;
};

/** The field with one argument more, or with another value for one that it must have. */
function withArgument(field: GraphQLField<unknown, unknown>, arg: GraphQLArgument, value: string): string {
  const text = selectField(field);
  const [, name = '', args = '', below = ''] = /^(\w+)(?:\((.*?)\))?( \{.*)?$/s.exec(text) ?? [];
  const others = args.split(/, (?=\w+: )/).filter((one) => one !== '' && !one.startsWith(`${arg.name}:`));
  return `${name}(${[...others, `${arg.name}: ${value}`].join(', ')})${below}`;
}

describe('a wrong argument costs no ECS call', () => {
  let world: FakeWorld;
  beforeAll(async () => {
    world = await createFakeWorld((operation, input) => ANSWERS[operation]?.(input) ?? {});
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const run = async (document: string) => {
    const { errors } = await world.query(document);
    return { errors, calls: world.counts() };
  };
  const refuses = async (place: (typeof ints)[number], value: string) => {
    const inPlace = wrap(place.type.name);
    const bare = place.type.name === 'Mutation' ? {} : (await run(inPlace('__typename'))).calls;
    const { errors, calls } = await run(inPlace(withArgument(place.field, place.arg, value)));
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', argument: place.arg.name } });
    expect(calls).toEqual(bare);
  };

  it('and there are many', () => {
    expect(pages.length).toBeGreaterThan(50);
  });

  it.each(
    pages.flatMap((place) =>
      ['-1', '1001'].map((value) => [`${place.type.name}.${place.field.name}`, value, place] as const),
    ),
  )('%s(first: %s)', async (_name, value, place) => refuses(place, value));

  it.each(
    pages
      .filter(({ field }) => !NEED_HISTORY.includes(field.name))
      .map((place) => [`${place.type.name}.${place.field.name}`, place] as const),
  )('%s(after: "nonsense")', async (_name, { type, field }) => {
    const after = field.args.find(({ name }) => name === 'after');
    if (after !== undefined) await refuses({ type, field, arg: after }, '"nonsense"');
  });

  it.each(
    ints
      .filter((place) => !pages.includes(place) && !UNLIMITED.includes(place.arg.name))
      .map((place) => [`${place.type.name}.${place.field.name}`, place.arg.name, place] as const),
  )('%s(%s: -1)', async (_name, _arg, place) => refuses(place, '-1'));
});
