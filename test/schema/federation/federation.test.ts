import { buildSchema, type GraphQLInputObjectType, type GraphQLInterfaceType, parse } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { subgraphSdl } from '../../../src/schema/federation/subgraph-sdl.ts';
import { createPolicedWorld } from '../../policy/support/policy-world.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { createWorld } from '../../support/gateway/world.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const arnOf = (service: string, cluster = 'storefront') => `${ARN}:service/${cluster}/${service}`;
const idOf = (type: string, arn: string) => Buffer.from(`${type}|${arn}`).toString('base64url');
const ENTITIES = `query Entities($keys: [_Any!]!) {
  _entities(representations: $keys) { __typename ... on Service { serviceName desiredCount } ... on Cluster { status } }
}`;

interface Entities {
  readonly _entities: readonly (object | null)[];
}

describe('the graph as a subgraph', async () => {
  const world = await createWorld({}, { FEDERATION: 'on' });
  afterAll(() => world.dispose());

  it('serves its SDL, with keys, and with the types that others share', async () => {
    const { data, calls } = await world.count<{ _service: { sdl: string } }>('{ _service { sdl } }');
    const sdl = data?._service.sdl ?? '';
    expect(sdl).toBe(subgraphSdl(sharedSchema()));
    expect(calls).toEqual({});
    expect(() => parse(sdl)).not.toThrow();
    expect(sdl).toMatch(/^extend schema @link\(url: "https:\/\/specs.apollo.dev\/federation\/v2/);
    expect(sdl).toMatch(/^type Service .*@key\(fields: "id"\) @key\(fields: "serviceArn"\) {$/m);
    // An Express service has a service's ARN, and so no key of its own by ARN.
    expect(sdl).toMatch(/^type ExpressGatewayService .*@key\(fields: "id"\) {$/m);
    expect(sdl).toMatch(/^type PageInfo .*@shareable {$/m);
    expect(sdl).toMatch(/^type Tag .*@shareable {$/m);
    // Composers that do not know @oneOf need its definition; those that do take it.
    expect(sdl).toMatch(/^input \w+ .*@oneOf {$/m);
    expect(sdl.match(/^directive @oneOf on INPUT_OBJECT$/gm)).toHaveLength(1);
    const isOneOf = (name: string) =>
      (buildSchema(sdl, { assumeValidSDL: true }).getType(name) as GraphQLInputObjectType).isOneOf;
    expect(isOneOf('SharingStrategyInput')).toBe(true);
    const query = /^type Query .*?^}$/ms.exec(sdl)?.[0] ?? '';
    expect(query).toMatch(/^ {2}services\(/m);
    expect(query).not.toMatch(/^ {2}(node|nodes|_entities|_service)\b/m);
    // Every Node is an entity.
    const nodes = sdl.match(/^type \w+ implements [^{]*\bNode\b[^{]*/gm) ?? [];
    const node = sharedSchema().getType('Node') as GraphQLInterfaceType;
    expect(nodes).toHaveLength(sharedSchema().getPossibleTypes(node).length);
    expect(nodes.filter((line) => !line.includes('@key(fields: "id")'))).toEqual([]);
  });

  it('finds entities by id and by ARN, in order and in one call of each kind', async () => {
    const keys = [
      { __typename: 'Service', serviceArn: arnOf('cart') },
      { __typename: 'Cluster', id: idOf('Cluster', `${ARN}:cluster/storefront`) },
      { __typename: 'Service', id: idOf('Service', arnOf('checkout')) },
      { __typename: 'Service', serviceArn: arnOf('gone') },
    ];
    const { data, errors, calls } = await world.count<Entities>(ENTITIES, { keys });
    expect(errors).toBeUndefined();
    expect(data?._entities).toEqual([
      { __typename: 'Service', serviceName: 'cart', desiredCount: 3 },
      { __typename: 'Cluster', status: 'ACTIVE' },
      { __typename: 'Service', serviceName: 'checkout', desiredCount: 6 },
      null,
    ]);
    expect(calls).toEqual({ DescribeServices: 1, DescribeClusters: 1 });
  });

  it.each([
    [{ __typename: 'Nothing', id: 'x' }, 'must name types with a key in __typename'],
    [{ __typename: 'PageInfo' }, 'must name types with a key in __typename'],
    [{ __typename: '__proto__', id: 'x' }, 'must name types with a key in __typename'],
    [{ serviceArn: arnOf('cart') }, 'must name types with a key in __typename'],
    [{ __typename: 'Service' }, 'must hold id or serviceArn for Service'],
    [{ __typename: 'Service', id: idOf('Cluster', `${ARN}:cluster/storefront`) }, 'must hold ids of the type'],
    [{ __typename: 'Service', serviceArn: `${ARN}:cluster/storefront` }, 'representations'],
    [{ __typename: 'Service', serviceArn: arnOf('cart').replace('eu-west-1', 'us-east-1') }, 'representations'],
    [{ __typename: 'Service', serviceArn: 'cart' }, 'representations'],
    [7, 'must name types with a key in __typename'],
  ])('refuses %j with an error at its place, without a call', async (key, message) => {
    const { data, errors, calls } = await world.count<Entities>(ENTITIES, { keys: [key] });
    expect(data?._entities).toEqual([null]);
    expect(errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain(message);
    expect(calls).toEqual({});
  });

  it('takes 500 keys at most', async () => {
    const keys = Array.from({ length: 501 }, () => ({ __typename: 'Service', serviceArn: arnOf('cart') }));
    const { errors, calls } = await world.count(
      'query ($keys: [_Any!]!) { _entities(representations: $keys) { __typename } }',
      { keys },
    );
    expect(errors?.[0]?.message).toContain('must not be more than 500');
    expect(calls).toEqual({});
  });
});

describe('a gateway without the setting', () => {
  it('has nothing of it', async () => {
    const world = await createWorld();
    const { errors } = await world.query('{ _service { sdl } }');
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    await world.dispose();
  });
});

describe('entities under policies', () => {
  const POLICIES = `@id("one-cluster") permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Cluster::"${ARN}:cluster/storefront");`;

  it('are those that the caller may read: the others are null with FORBIDDEN, as by node', async () => {
    await using policed = await createPolicedWorld(POLICIES, { FEDERATION: 'on' });
    const denied = arnOf('orders-api', 'platform');
    const keys = [
      { __typename: 'Service', serviceArn: arnOf('cart') },
      { __typename: 'Service', serviceArn: denied },
      { __typename: 'Service', id: idOf('Service', denied) },
      { __typename: 'Cluster', clusterArn: `${ARN}:cluster/platform` },
    ];
    const { data, errors, calls } = await policed.as<Entities>('one', ENTITIES, { keys });
    expect(data?._entities).toEqual([
      { __typename: 'Service', serviceName: 'cart', desiredCount: 3 },
      null,
      null,
      null,
    ]);
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['_entities', 1], 'FORBIDDEN'],
      [['_entities', 2], 'FORBIDDEN'],
      [['_entities', 3], 'FORBIDDEN'],
    ]);
    expect(calls).toEqual({ DescribeServices: 1 });
    const admin = await policed.as<Entities>('admin', ENTITIES, { keys });
    expect(admin.errors).toBeUndefined();
    expect(admin.data?._entities).not.toContain(null);
  });

  it('hide what is below them too', async () => {
    await using policed = await createPolicedWorld(
      `${POLICIES}\n@id("no-task") forbid(principal in Ecs::Role::"one", action == Ecs::Action::"DescribeTasks", resource);`,
      { FEDERATION: 'on' },
    );
    const query = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Service { tasks { nodes { taskArn } } } } }`;
    const keys = [{ __typename: 'Service', serviceArn: arnOf('cart') }];
    const seen = async (role: string) => JSON.stringify(await policed.as(role, query, { keys }));
    expect(await seen('admin')).toContain(':task/storefront/');
    expect(await seen('one')).not.toContain(':task/storefront/');
  });
});
