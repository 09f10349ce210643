import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPolicedWorld } from '../../policy/support/policy-world.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

const CART = 'cluster: "storefront", service: "cart"';

describe('writes in one step', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.dispose());

  it.each([
    ['restartService', '', ''],
    ['scaleService', ', desiredCount: 8, expectedDesiredCount: 6', ', desiredCount: 9, expectedDesiredCount: 6'],
    [
      'deployImages',
      ', expectedRevision: 1, images: [{ container: "cart", image: "cart:2" }]',
      ', expectedRevision: 1, images: [{ container: "cart", image: "cart:3" }]',
    ],
  ])('%s: of two at once, the second sees what the first has done', async (name, one, other) => {
    if (name === 'scaleService')
      await world.data(`mutation { scaleService(${CART}, desiredCount: 6) { plan { operation } } }`);
    const send = (args: string) => world.query(`mutation { ${name}(${CART}${args}) { service { desiredCount } } }`);
    world.sandbox.resetCalls();
    const [first, second] = await Promise.all([send(one), send(other)]);
    expect(first?.errors).toBeUndefined();
    expect(second?.errors?.[0]?.extensions.code).toBe('FAILED_PRECONDITION');
    expect(world.sandbox.calls().UpdateService).toBe(1);
  });

  it('an argument that is null equals an absent one under a key', async () => {
    const send = (args: string) =>
      world.query(`mutation { restartService(${CART}, idempotencyKey: "n"${args}) { plan { operation } } }`);
    expect((await send('')).errors).toBeUndefined();
    const again = await send(', expectedRevision: null');
    expect([again.errors, again.extensions?.replayed]).toEqual([undefined, true]);
  });

  it('several rollbacks in one request are too destructive', async () => {
    world.sandbox.resetCalls();
    const { errors } = await world.query(
      `mutation { a: rollBackService(${CART}) { plan { operation } } b: rollBackService(cluster: "storefront", service: "checkout") { plan { operation } } }`,
    );
    expect(errors?.[0]?.extensions.code).toBe('TOO_MANY_DESTRUCTIVE_FIELDS');
    expect(world.sandbox.calls()).toEqual({});
  });

  it.each([
    '{ imageUsage(image: "") { image } }',
    '{ services(filter: { image: " " }) { nodes { id } } }',
    '{ secretUsage(valueFrom: "") { valueFrom } }',
  ])('an empty text finds nothing, and not everything: %s', async (query) => {
    expect((await world.query(query)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('under policies', () => {
  it('a write in one step is decided by its ECS input, with a key as without one, and when it is replayed', async () => {
    await using policed = await createPolicedWorld('');
    for (const mutation of ['restartService(', 'scaleService(desiredCount: 3, ']) {
      const query = `mutation { ${mutation}${CART}, idempotencyKey: "${mutation.length}") { plan { operation } } }`;
      const first = await policed.as('operator', query);
      expect([mutation, first.errors]).toEqual([mutation, undefined]);
      const again = await policed.as('operator', query);
      expect([mutation, again.errors, again.calls.UpdateService]).toEqual([mutation, undefined, undefined]);
      const viewer = await policed.as('viewer', query);
      expect(viewer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  it('the mark of a hidden value is no value', async () => {
    await using policed = await createPolicedWorld('');
    const input = (container: string) =>
      `mutation { registerTaskDefinition(input: { family: "marks", containerDefinitions: [{ name: "a", image: "a:1", memory: 64, ${container} }] }) { taskDefinition { revision } } }`;
    for (const container of [
      'command: ["***"]',
      'environment: [{ name: "A", value: "***" }]',
      'dockerLabels: { a: "***" }',
    ]) {
      const { errors, calls } = await policed.as('deployer', input(container));
      expect([container, errors?.[0]?.extensions.code, calls.RegisterTaskDefinition]).toEqual([
        container,
        'BAD_USER_INPUT',
        undefined,
      ]);
    }
    expect((await policed.as('deployer', input('command: ["* * *"]'))).errors).toBeUndefined();
  });

  it('findings about services are shown to callers that may not read the cluster', async () => {
    const arn = 'arn:aws:ecs:eu-west-1:123456789012';
    await using policed = await createPolicedWorld(
      `permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Service::"${arn}:service/storefront/cart");
       permit(principal in Ecs::Role::"one", action == Ecs::Action::"ListClusters", resource);
       permit(principal in Ecs::Role::"one", action == Ecs::Action::"ListServices", resource);`,
    );
    const { data, errors } = await policed.as<{
      findings: { nodes: { service: { serviceName: string } | null }[] };
    }>('one', '{ findings(first: 1000) { nodes { kind service { serviceName } } } }');
    expect(errors).toBeUndefined();
    expect(new Set(data?.findings.nodes.map(({ service }) => service?.serviceName))).toEqual(new Set(['cart']));
  });
});
