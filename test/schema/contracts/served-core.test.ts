import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { coreOf } from '../../../src/schema/contracts/core-schema.ts';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS } from '../../support/ecs/one-of-each.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

describe('a gateway that serves core', async () => {
  const world = await createFakeWorld((operation, input) => ANSWERS[operation]?.(input) ?? {}, { SCHEMA: 'core' });
  afterAll(() => world[Symbol.asyncDispose]());

  it('answers what is in it, with links and ids', async () => {
    const { data, errors } = await world.query<{ service: { id: string } }>(
      '{ service(cluster: "prod", service: "web") { id cluster { clusterName } deployments { status } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ service: { cluster: { clusterName: 'prod' } } });
    const again = await world.query(
      'query ($id: ID!) { node(id: $id) { __typename id ... on Service { serviceName } } }',
      {
        id: data?.service.id,
      },
    );
    expect(again.data).toEqual({ node: { __typename: 'Service', id: data?.service.id, serviceName: 'web' } });
  });

  it('shows it to introspection', async () => {
    const { data } = await world.query<IntrospectionQuery>(getIntrospectionQuery());
    const shown = buildClientSchema(data as IntrospectionQuery);
    expect(Object.keys(shown.getTypeMap()).sort()).toEqual(Object.keys(coreOf(sharedSchema()).getTypeMap()).sort());
  });

  it.each([
    ['a root field', '{ ecsGateways { nodes { name } } }', 'Query.ecsGateways'],
    ['a link', '{ service(service: "web") { taskSets { status } } }', 'Service.taskSets'],
    [
      'a mutation',
      'mutation { submitTaskStateChange(input: {}) { acknowledgment } }',
      'Mutation.submitTaskStateChange',
    ],
    ['a type', 'query ($input: CreateGatewayInput) { clusters { nodes { id } } }', 'CreateGatewayInput'],
    ['a fragment', '{ node(id: "a") { ... on Daemon { id } } }', 'Daemon'],
    [
      'a member of an input',
      'mutation { updateService(input: { service: "web", gatewayConnectors: [] }) { service { id } } }',
      'UpdateServiceInput.gatewayConnectors',
    ],
  ])('refuses %s that only full has, and names the setting', async (_what, query, name) => {
    const { errors } = await world.query(query);
    const hint = `"${name}" is in the schema "full"; this server serves "core" (SCHEMA).`;
    expect(errors).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining(hint),
        extensions: expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED' }),
      }),
    );
    expect(world.calls).toEqual([]);
  });

  it('refuses the same in variables', async () => {
    const query = 'mutation ($input: UpdateServiceInput!) { updateService(input: $input) { service { id } } }';
    const { errors } = await world.query(query, { input: { service: 'web', gatewayConnectors: [] } });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('"UpdateServiceInput.gatewayConnectors" is in the schema "full"'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(world.calls).toEqual([]);
  });

  it('says no more of what no schema has', async () => {
    const { errors } = await world.query('{ gateways { id } }');
    expect(errors?.[0]?.message).toMatch(/^Cannot query field "gateways" on type "Query"\./);
    expect(errors?.[0]?.message).not.toContain('SCHEMA');
  });

  it('refuses ids of types that it lacks', async () => {
    const id = encodeNodeId({ type: 'Gateway', parts: [ARNS.Gateway] });
    const { data, errors } = await world.query('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(data).toEqual({ node: null });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('of a type that the schema served here lacks (SCHEMA)'),
      extensions: { code: 'BAD_USER_INPUT', argument: 'id' },
    });
  });

  it('tags what it lacks, and shows no resource for it', async () => {
    const { data, errors } = await world.query(
      'mutation ($input: TagResourceInput!) { tagResource(input: $input) { resource { id } } }',
      { input: { resourceArn: ARNS.Gateway, tags: [{ key: 'a', value: 'b' }] } },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ tagResource: { resource: null } });
  });
});
