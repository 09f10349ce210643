import { readFileSync } from 'node:fs';
import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema as printCommand } from '../../src/cli/commands.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';

const schema = sharedSchema();
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const isMechanical = ({ description }: GraphQLNamedType) => description?.startsWith('AWS API reference:') === true;

/** A field of any kind, or an argument, by its full name. */
interface Slot {
  readonly name: string;
  readonly path: string;
  readonly type: GraphQLType;
  readonly description: string | null | undefined;
  readonly parent: GraphQLNamedType;
  readonly args: readonly GraphQLArgument[];
}

function slotsOf(parent: GraphQLNamedType): Slot[] {
  if (!isObjectType(parent) && !isInterfaceType(parent) && !isInputObjectType(parent)) return [];
  return Object.values(parent.getFields()).map(({ name, type, description, ...rest }) => ({
    name,
    path: `${parent.name}.${name}`,
    type,
    description,
    parent,
    args: 'args' in rest ? rest.args : [],
  }));
}

const fields = types.flatMap(slotsOf);
const outputFields = fields.filter(({ parent }) => !isInputObjectType(parent));
const args = outputFields.flatMap(({ path, args }) => args.map((arg) => ({ ...arg, path: `${path}(${arg.name})` })));

function itemsMayBeNull(type: GraphQLType): boolean {
  if (isNonNullType(type)) return itemsMayBeNull(type.ofType);
  return isListType(type) && (!isNonNullType(type.ofType) || itemsMayBeNull(type.ofType));
}

const paths = (slots: readonly { readonly path: string }[]) => slots.map(({ path }) => path);

describe('schema.graphql', () => {
  const committed = readFileSync('schema.graphql', 'utf8');

  it('is what `npm run schema` prints', async () => {
    let printed = '';
    const host = { env: {}, out: (text: string) => (printed += text), err: () => {}, onStop: () => () => {} };
    expect(await printCommand([], host)).toBe(0);
    if (printed !== committed) throw new Error('schema.graphql is behind the code: run `npm run schema`.');
  });
});

describe('descriptions', () => {
  it('begin, in the schema itself, with the root fields to start at', () => {
    const roots = [schema.getQueryType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    const named = ['clusters', 'services', 'service', 'node', 'deploymentProgress', 'drains'];
    expect(schema.description?.split('\n')).toHaveLength(3);
    expect(named.filter((name) => !roots.includes(name) || schema.description?.includes(`\`${name}`) !== true)).toEqual(
      [],
    );
  });

  it('stand on every type', () => {
    expect(types.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
  });

  it('stand on every field, argument, member of an input and enum value', () => {
    expect(paths(fields.filter(({ description }) => !description))).toEqual([]);
    expect(paths(args.filter(({ description }) => !description))).toEqual([]);
    const values = types
      .filter(isEnumType)
      .flatMap((type) =>
        type.getValues().map(({ name, description }) => ({ path: `${type.name}.${name}`, description })),
      );
    expect(paths(values.filter(({ description }) => !description))).toEqual([]);
  });

  it('are short enough to read in an editor, and end as sentences do', () => {
    const all = [...types.map((type) => ({ path: type.name, ...type })), ...fields, ...args];
    const own = all.filter(({ description }) => description && !description.startsWith('AWS API reference:'));
    expect(own.length).toBeGreaterThan(500);
    expect(paths(own.filter(({ description }) => (description ?? '').length > 600))).toEqual([]);
    expect(paths(own.filter(({ description }) => !/[.)]$/.test(description ?? '')))).toEqual([]);
  });

  it('do not say when a value is null that never is', () => {
    const whenNull =
      /(^|[.;] )Null (after|as|before|for|if|in|means|outside|since|under|unless|until|when|where|while|with|without)\b/i;
    const promised = [...fields, ...args].filter(({ type }) => isNonNullType(type));
    expect(paths(promised.filter(({ description }) => whenNull.test(description ?? '')))).toEqual([]);
  });

  it('link every scalar to its specification', () => {
    const scalars = types.filter(isScalarType).filter((type) => !isSpecifiedScalarType(type));
    expect(scalars.filter(({ specifiedByURL }) => !specifiedByURL).map(({ name }) => name)).toEqual([]);
  });
});

describe('names', () => {
  it('of types are PascalCase, without the digits and underscores of a generator', () => {
    expect(types.map(({ name }) => name).filter((name) => !/^[A-Z][A-Za-z0-9]*[A-Za-z]$/.test(name))).toEqual([]);
    expect(types.map(({ name }) => name).filter((name) => /(Request|Response|Output)$/.test(name))).toEqual([]);
  });

  it('of fields and arguments are camelCase', () => {
    const named = [...fields, ...args].filter(({ name }) => !/^[a-z][A-Za-z0-9]*$/.test(name));
    expect(paths(named)).toEqual([]);
    // AWS's own name for a bucket.
    const digits = [...fields, ...args].filter(({ name }) => /\d$/.test(name) && name !== 's3');
    expect(paths(digits)).toEqual([]);
  });

  it('of enum values begin with a letter', () => {
    const values = types
      .filter(isEnumType)
      .flatMap((type) => type.getValues().map(({ name }) => `${type.name}.${name}`));
    expect(values.filter((name) => !/\.[A-Za-z]/.test(name))).toEqual([]);
  });
});

/** The limits of lists that the gateway makes, by field, where their descriptions give no number. */
const BOUNDED_BY: Readonly<Record<string, string>> = {
  plan: 'the calls of one mutation, by the limits of its input',
  triggeredAlarms: 'the alarms of a deployment, by ECS',
  'DeployImagesPayload.changes': 'the size of a task definition, by ECS',
  'DeploymentProgress.hooks': 'the hooks of a service, by ECS',
  'DeploymentProgress.sourceRevisions': 'the revisions of a service with tasks, by ECS',
  'Denial.policies': 'the policies of the gateway',
  'Finding.evidence': 'the rule of the finding',
  'PlannedCall.changes': 'the members of an input',
  'Query.nodes': 'its argument, of 100 ids',
  'Query.tags': 'the tags of a resource, 50 by ECS',
  'RateBucket.operations': 'the operations of ECS',
  'RateBudget.buckets': 'the operations of ECS',
  'RunJobPayload.failures': 'one answer of ECS to RunTask',
  'Server.hiddenKinds': 'an enum',
  'TaskDefinitionDiff.changes': 'the size of a task definition, by ECS',
  'TaskProgress.containers': 'the containers of a task definition, by ECS',
  'Viewer.roles': 'the token of the caller',
};

/** Mutations that read, check and write for a purpose. */
const CHANGES = ['scaleService', 'deployImages', 'restartService', 'rollBackService'];
/** Mutations for a purpose that are about something else than one service. */
const OTHER_PURPOSES = ['cleanUpTaskDefinitions', 'replaceContainerInstances', 'runJob'];

describe('shapes', () => {
  it('leave JSON to the one thing of AWS that has no shape, and to requests in plans', () => {
    const json = [...fields, ...args].filter(({ type }) => getNamedType(type).name === 'JSON');
    expect([...new Set(json.map(({ name, path }) => (path === 'PlannedCall.input' ? path : name)))]).toEqual([
      'hookDetails',
      'PlannedCall.input',
    ]);
  });

  it('have an id where there is a Node, and nowhere else', () => {
    const nodes = types.filter(isObjectType).filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'));
    const withId = outputFields.filter(({ name, parent }) => name === 'id' && isObjectType(parent));
    expect(withId.map(({ parent }) => parent.name).sort()).toEqual(nodes.map(({ name }) => name).sort());
    expect([...new Set(withId.map(({ type }) => String(type)))]).toEqual(['ID!']);
  });

  it('have no null items in lists, but for nodes(ids), which answers each id in its place', () => {
    expect(paths(fields.filter(({ type }) => itemsMayBeNull(type)))).toEqual(['Query.nodes']);
    expect(paths(args.filter(({ type }) => itemsMayBeNull(type)))).toEqual([]);
  });

  it('of connections are those of Relay, and nullable, so that a failure stops there', () => {
    const connections = types.filter(({ name }) => name.endsWith('Connection'));
    expect(connections.length).toBeGreaterThan(5);
    for (const type of connections) {
      const noun = type.name.replace(/Connection$/, '');
      const shape = Object.fromEntries(slotsOf(type).map(({ name, type }) => [name, String(type)]));
      expect(shape).toMatchObject({
        edges: `[${noun}Edge!]!`,
        nodes: expect.stringMatching(/^\[\w+!\]!$/),
        pageInfo: 'PageInfo!',
      });
      const edge = schema.getType(`${noun}Edge`);
      const edgeShape = edge && Object.fromEntries(slotsOf(edge).map(({ name, type }) => [name, String(type)]));
      expect(edgeShape).toMatchObject({ cursor: 'String!', node: `${shape.nodes?.slice(1, -3)}!` });
    }
    const links = outputFields.filter(({ type }) => getNamedType(type).name.endsWith('Connection'));
    expect(paths(links.filter(({ type }) => isNonNullType(type)))).toEqual([]);
    const paging = links.map(({ path, args }) => ({ path, names: args.map(({ name }) => name) }));
    expect(paths(paging.filter(({ names }) => !names.includes('first') || !names.includes('after')))).toEqual([]);
    expect(paths(paging.filter(({ names }) => names.includes('last') || names.includes('before')))).toEqual([]);
  });

  it('of lists that the gateway makes are bounded, or grow in pages', () => {
    const own = types.filter(isObjectType).filter((type) => {
      const isNode = type.getInterfaces().some(({ name }) => name === 'Node');
      return !isMechanical(type) && !isNode && !type.name.endsWith('Connection');
    });
    const lists = own.flatMap(slotsOf).filter(({ type }) => isListType(isNonNullType(type) ? type.ofType : type));
    const bound = /\b(at most|up to|the latest|the) (\d|ten|twenty)|\bone for each/i;
    const unbounded = lists.filter(({ name, path, description }) => {
      return !bound.test(description ?? '') && !(name in BOUNDED_BY) && !(path in BOUNDED_BY);
    });
    expect(paths(unbounded)).toEqual([]);
    const names = new Set(lists.flatMap(({ name, path }) => [name, path]));
    expect(Object.keys(BOUNDED_BY).filter((name) => !names.has(name))).toEqual([]);
  });

  it('of mutations are one input, a dry run, an idempotency key, and a payload of their own', () => {
    const mutations = outputFields.filter(
      ({ parent, name }) => parent.name === 'Mutation' && ![...CHANGES, ...OTHER_PURPOSES].includes(name),
    );
    expect(mutations.length).toBeGreaterThan(5);
    for (const { name, type, args } of mutations) {
      const operation = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      const given = Object.fromEntries(args.map((arg) => [arg.name, String(arg.type)]));
      expect({ given, type: String(type) }).toEqual({
        given: {
          account: 'String',
          dryRun: 'Boolean',
          idempotencyKey: 'ID',
          input: `${operation}Input!`,
          region: 'String',
        },
        type: `${operation}Payload`,
      });
    }
  });

  it('of mutations that change a service are the service first, a dry run and a key, and a payload with a plan', () => {
    for (const name of CHANGES) {
      const field = schema.getMutationType()?.getFields()[name];
      const shape = Object.fromEntries((field?.args ?? []).map((arg) => [arg.name, String(arg.type)]));
      expect(shape).toMatchObject({ service: 'ID!', cluster: 'ID', dryRun: 'Boolean', idempotencyKey: 'ID' });
      expect(String(field?.type)).toBe(`${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`);
      const payload = schema.getType(String(field?.type));
      expect(payload && slotsOf(payload).map(({ name }) => name)).toEqual(expect.arrayContaining(['service', 'plan']));
    }
  });

  it('of other mutations for a purpose have a dry run and a key, and a payload with a plan', () => {
    for (const name of OTHER_PURPOSES) {
      const field = schema.getMutationType()?.getFields()[name];
      const shape = Object.fromEntries((field?.args ?? []).map((arg) => [arg.name, String(arg.type)]));
      expect(shape).toMatchObject({ dryRun: 'Boolean', idempotencyKey: 'ID' });
      const payload = schema.getType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`);
      expect(payload && slotsOf(payload).map((slot) => slot.name)).toContain('plan');
    }
  });

  it('of events are a LiveUpdate with an outcome', () => {
    const events = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
    expect(events.length).toBeGreaterThan(0);
    for (const { type } of events) {
      const event = getNamedType(type);
      expect(isObjectType(event) && event.getInterfaces().map(({ name }) => name)).toContain('LiveUpdate');
      expect(slotsOf(event).map(({ name }) => name)).toContain('outcome');
    }
  });

  it('of mechanical enums have a place for what AWS adds', () => {
    const answered = new Set(
      types.flatMap((type) =>
        isObjectType(type) ? Object.values(type.getFields()).map((field) => getNamedType(field.type)) : [],
      ),
    );
    const closed = types
      .filter(isEnumType)
      .filter((type) => isMechanical(type) && answered.has(type) && !type.getValue('UNRECOGNIZED'));
    expect(closed.map(({ name }) => name)).toEqual([]);
  });
});

it('enum members are upper snake case', () => {
  const members = types
    .filter(isEnumType)
    .flatMap((type) => type.getValues().map(({ name }) => `${type.name}.${name}`));
  expect(members.filter((name) => !/^\w+\.[_A-Z][_A-Z0-9]*$/.test(name) && !name.startsWith('__'))).toEqual([]);
});
