import { getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationName } from '../../src/schema/generated/types.ts';
import { fieldName } from '../../src/schema/sdk-types/type-names.ts';
import { guardedSchema } from '../policy/support/policy-world.ts';
import { isRead, OPERATIONS } from '../schema/support/every-operation.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { toVariable } from './support/canary-documents.ts';
import { Canaries, marksIn, SECRET } from './support/canary-shapes.ts';
import { type CanaryWorld, createCanaryWorld, Refusal, type Role } from './support/canary-world.ts';

const WRITES = OPERATIONS.filter((operation) => !isRead(operation));
const schema = guardedSchema();
const mutations = schema.getMutationType()?.getFields() ?? {};

interface Plan {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>> | null;
}
type Payload = Readonly<Record<string, { readonly plan: readonly Plan[] } | null>>;

let world: CanaryWorld;
beforeAll(async () => {
  world = await createCanaryWorld(schema);
  world.answer = () => ({ clusters: [{ clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default' }] });
  await world.query('admin', '{ __typename }');
});
afterAll(() => world[Symbol.asyncDispose]());

/** A mutation with an input in which every member is set. */
async function send(role: Role, operation: OperationName, args: string) {
  const name = fieldName(operation);
  const input = toVariable(mutations[name]?.args.find((arg) => arg.name === 'input')?.type, inputs.get(operation));
  const query = `mutation ($input: ${operation}Input!) { ${name}(input: $input, ${args}) { plan { operation input } } }`;
  const { data, errors } = JSON.parse(await world.query(role, query, { input })) as {
    data: Payload;
    errors?: object[];
  };
  return { plan: data[name]?.plan ?? [], errors };
}

const inputs = new Map<OperationName, object>(WRITES.map((operation) => [operation, new Canaries('in').of(operation)]));

/** A request as JSON, with moments as ECS gets them. */
function onTheWire(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return Date.parse(value) / 1000;
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, onTheWire(item)]));
}

describe('dryRun of every mutation', () => {
  it('is an argument, and the payload has the plan', () => {
    for (const { name, args, type } of Object.values(mutations)) {
      expect([name, args.find((arg) => arg.name === 'dryRun')?.defaultValue]).toEqual([name, false]);
      const payload = getNamedType(type);
      expect([name, isObjectType(payload) && String(payload.getFields().plan?.type)]).toEqual([
        name,
        '[PlannedCall!]!',
      ]);
    }
    expect(Object.keys(mutations).length).toBeGreaterThan(WRITES.length);
  });

  it.each(WRITES)('%s makes no call, uses no key, and shows the call that is made without it', async (operation) => {
    world.answer = () => ({});
    const planned = await send('admin', operation, 'idempotencyKey: "k", dryRun: true');
    expect(planned.errors).toBeUndefined();
    expect(world.calls).toEqual([]);
    expect(planned.plan).toHaveLength(1);
    // ECS refuses it: an answer that cannot be understood would be looked into for seconds.
    world.answer = () => {
      throw new Refusal('not now');
    };
    await send('admin', operation, 'idempotencyKey: "k"');
    const made = world.calls.filter((call) => call.operation === operation);
    expect(planned.plan.map(({ input }) => ({ operation, input: onTheWire(input) }))).toEqual(made.slice(0, 1));
    // Under the key, the call was made now and not before.
    expect(made.length).toBeGreaterThan(0);
  });

  it.each(WRITES)('%s hides secrets from callers who may not see them', async (operation) => {
    const { plan, errors } = await send('reader', operation, 'dryRun: true');
    expect(errors).toBeUndefined();
    expect(world.calls).toEqual([]);
    const text = JSON.stringify(plan);
    expect(marksIn(text, SECRET)).toEqual(new Set());
    const hasSecrets = JSON.stringify(inputs.get(operation)).includes(SECRET);
    expect(text.includes('"***"')).toBe(hasSecrets);
  });

  it('is refused as the mutation would be, and has its audit line', async () => {
    const lines = (await world.written()).split('\n').filter((line) => line.includes('"dryRun":true'));
    expect(lines).toHaveLength(2 * WRITES.length);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ decision: 'ALLOW', outcome: 'PLANNED', dryRun: true });
    await using locked = await createCanaryWorld(schema, { READ_ONLY: 'true' });
    locked.answer = world.answer;
    locked.answer = () => ({ clusters: [{ clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default' }] });
    const text = await locked.query(
      'admin',
      'mutation { deleteCluster(input: { cluster: "a" }, dryRun: true) { plan { operation } } }',
    );
    expect(JSON.parse(text)).toMatchObject({
      data: { deleteCluster: null },
      errors: [{ extensions: { code: 'FORBIDDEN', dryRun: true } }],
    });
    expect(locked.calls.map(({ operation }) => operation)).not.toContain('DeleteCluster');
    const denials = (await locked.written()).split('\n').filter((line) => line.includes('"decision":"DENY"'));
    expect(denials.map((line) => JSON.parse(line) as object)).toMatchObject([
      { action: 'DeleteCluster', dryRun: true },
    ]);
  });
});

describe('dryRun of mutations that make several calls', () => {
  let sandboxed: World;
  beforeAll(async () => {
    sandboxed = await createWorld();
  });
  afterAll(() => sandboxed.dispose());

  /** The plan of a mutation, and the calls that it took. */
  async function run(mutation: string, reads: readonly string[]) {
    const { data, errors } = await sandboxed.query<Payload>(`mutation { ${mutation} }`);
    expect(errors).toBeUndefined();
    const calls = Object.keys(sandboxed.sandbox.calls());
    return { plan: Object.values(data ?? {})[0]?.plan ?? [], others: calls.filter((call) => !reads.includes(call)) };
  }

  it.each([
    ['scaleService(cluster: "storefront", service: "cart", desiredCount: 7, ARGS)', ['DescribeServices']],
    [
      'deployImages(cluster: "storefront", service: "cart", images: [{ container: "cart", image: "shop/cart:99" }], ARGS)',
      ['DescribeServices', 'DescribeTaskDefinition'],
    ],
    ['drainContainerInstances(input: { cluster: "platform", containerInstances: INSTANCES }, ARGS)', []],
  ] as const)('%s', async (mutation, reads) => {
    const listed = await sandboxed.query<{
      containerInstances: { nodes: { containerInstanceArn: string }[] };
    }>('{ containerInstances(clusters: ["platform"]) { nodes { containerInstanceArn } } }');
    const arns = listed.data?.containerInstances.nodes.map(({ containerInstanceArn }) => containerInstanceArn) ?? [];
    const text = (args: string) =>
      `${mutation.replace('ARGS', args).replace('INSTANCES', JSON.stringify(arns))} { plan { operation input } }`;
    sandboxed.sandbox.resetCalls();
    const planned = await run(text('dryRun: true, idempotencyKey: "k"'), reads);
    expect(planned.others).toEqual([]);
    expect(planned.plan.length).toBeGreaterThan(0);
    sandboxed.sandbox.resetCalls();
    const made = await run(text('idempotencyKey: "k"'), reads);
    expect(new Set(made.others)).toEqual(new Set(planned.plan.map(({ operation }) => operation)));
    // Only ECS decides the number of a revision.
    const withRevision = planned.plan.map(({ operation, input }, index) => ({
      operation,
      input:
        input?.taskDefinition === null ? { ...input, taskDefinition: made.plan[index]?.input?.taskDefinition } : input,
    }));
    expect(made.plan).toEqual(withRevision);
    expect(JSON.stringify(made.plan)).not.toContain('null');
  });
});
