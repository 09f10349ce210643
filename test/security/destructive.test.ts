import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicedWorld, type PolicedWorld } from '../policy/support/policy-world.ts';
import { createWorld, type World } from '../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ seed: 'empty' });
});
afterAll(() => world.dispose());

const CODE = 'TOO_MANY_DESTRUCTIVE_FIELDS';
const field = (cluster: string, more = '') => `deleteCluster(input: { cluster: "${cluster}" }${more}) { __typename }`;
const two = `a: ${field('one')} b: ${field('two')}`;

/** The codes of a request's errors, and the destructive calls that it made. */
async function refused(query: string, variables: Record<string, unknown> = {}) {
  const { errors, calls } = await world.count(query, variables);
  const codes = (errors ?? []).map(({ extensions }) => extensions?.code);
  return { isRefused: codes.includes(CODE), deleted: calls.DeleteCluster ?? 0, calls };
}

describe('two destructive fields in a request', () => {
  it.each([
    ['aliases', `mutation { ${two} }`],
    ['a fragment', `mutation { ...Two } fragment Two on Mutation { ${two} }`],
    ['inline fragments', `mutation { ... on Mutation { a: ${field('one')} } ... { b: ${field('two')} } }`],
    ['different operations', `mutation { ${field('one')} stopTask(input: { task: "t" }) { __typename } }`],
    ['a harmless one first', `mutation { createCluster(input: {}) { __typename } ${two} }`],
    ['a dry run that is switched off', `mutation { a: ${field('one', ', dryRun: false')} b: ${field('two')} }`],
  ])('are refused whole: %s', async (_kind, query) => {
    expect(await refused(query)).toEqual({ isRefused: true, deleted: 0, calls: {} });
  });

  it('are refused where variables decide', async () => {
    const query = `mutation ($skip: Boolean!, $dry: Boolean) { a: ${field('one', ', dryRun: $dry')} ... @skip(if: $skip) { b: ${field('two')} } }`;
    expect(await refused(query, { skip: false, dry: false })).toMatchObject({ isRefused: true, deleted: 0 });
    expect(await refused(query, { skip: false })).toMatchObject({ isRefused: true, deleted: 0 });
    expect(await refused(query, { skip: true })).toMatchObject({ isRefused: false, deleted: 1 });
    expect(await refused(query, { skip: false, dry: true })).toMatchObject({ isRefused: false, deleted: 1 });
  });

  it('may be one, one twice under the same name, or dry runs', async () => {
    expect(await refused(`mutation { ${field('one')} }`)).toMatchObject({ isRefused: false, deleted: 1 });
    expect(await refused(`mutation { ${field('one')} ${field('one')} }`)).toMatchObject({
      isRefused: false,
      deleted: 1,
    });
    const dry = ', dryRun: true';
    expect(
      await refused(`mutation { a: ${field('one', dry)} b: ${field('two', dry)} c: ${field('three')} }`),
    ).toMatchObject({
      isRefused: false,
      deleted: 1,
    });
  });

  it('are refused in a batch, which is one request', async () => {
    world.sandbox.resetCalls();
    const body = JSON.stringify(['one', 'two', 'three'].map((name) => ({ query: `mutation { ${field(name)} }` })));
    const headers = { 'content-type': 'application/json' };
    const response = await world.app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
    const answers = (await response.json()) as { errors?: { extensions: { code: string } }[] }[];
    expect(answers.filter(({ errors }) => errors?.[0]?.extensions.code === CODE)).toHaveLength(2);
    expect(world.sandbox.calls()).toEqual({ DeleteCluster: 1 });
  });
});

describe('MAX_DESTRUCTIVE_FIELDS', () => {
  it.each([
    ['2', 2],
    ['0', 2],
  ])('%s allows two', async (most, deleted) => {
    const lenient = await createWorld({ seed: 'empty' }, { MAX_DESTRUCTIVE_FIELDS: most });
    expect((await lenient.count(`mutation { ${two} }`)).calls).toEqual({ DeleteCluster: deleted });
    await lenient.dispose();
  });
});

describe('the action DestroySeveral', () => {
  let policed: PolicedWorld;
  beforeAll(async () => {
    policed = await createPolicedWorld(`@id("one-deletes")
permit (principal in Ecs::Role::"one", action == Ecs::Action::"DeleteCluster", resource);
@id("two-deletes-many")
permit (principal in Ecs::Role::"two", action in [Ecs::Action::"DeleteCluster", Ecs::Action::"DestroySeveral"], resource);`);
  });
  afterAll(() => policed[Symbol.asyncDispose]());

  it.each([
    ['one', 0, [CODE]],
    ['two', 2, []],
    ['admin', 2, []],
  ])('decides for %s', async (role, deleted, codes) => {
    const { errors, calls } = await policed.as(role, `mutation { ${two} }`);
    expect(calls.DeleteCluster ?? 0).toBe(deleted);
    expect((errors ?? []).flatMap(({ extensions }) => (extensions?.code === CODE ? [CODE] : []))).toEqual(codes);
  });
});
