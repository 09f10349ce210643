import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

const SERVICES = '{ clusters { nodes { status services { nodes { serviceName status } } } } }';
interface Services {
  readonly clusters: { readonly nodes: readonly { readonly services: { readonly nodes: readonly object[] } | null }[] };
}
interface Budget {
  readonly rateBudget: { readonly region: string; readonly buckets: readonly Record<string, unknown>[] } | null;
}

/** Real time, unlike in other tests: the sandbox fills its rate buckets by it. */
describe('an ECS that throttles by the documented buckets', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(
      { seed: 'fleet' },
      { MAX_COST: '0', RATE_SHARE: '0.97', ATTEMPT_TIMEOUT: '30s', QUERY_DEADLINE: '60s' },
    );
    await world.query('{ clusters { nodes { id } } }');
    world.sandbox.faults.set({ throttling: { enabled: true, scale: 1 } });
  });
  afterAll(() => world.dispose());

  it('never throttles a paced query that needs more than a bucket holds, and answers it whole', async () => {
    const { data, errors, extensions } = await world.query<Services>(SERVICES);
    expect(errors).toBeUndefined();
    expect(data?.clusters.nodes.flatMap(({ services }) => services?.nodes ?? [])).toHaveLength(1_000);
    expect(extensions?.ecs).toMatchObject({ throttled: 0 });
    expect(extensions?.ecs).not.toMatchObject({ waitedMs: 0 });
    const { data: budget } = await world.query<Budget>(
      '{ rateBudget { region buckets { name level burst throttled operations } } }',
    );
    const bucket = budget?.rateBudget?.buckets.find(({ name }) => name === 'serviceRead');
    expect(budget?.rateBudget?.region).toBe('eu-west-1');
    expect(bucket).toMatchObject({ burst: 100, throttled: 0, operations: ['DescribeServices', 'ListServices'] });
    // Our share of it, and no more; how much of it has come back by now is a matter of the machine.
    expect(bucket?.level).toBeLessThanOrEqual(97);
  });

  it('says at once that the budget does not suffice, at the places that it does not reach', async () => {
    const hasty = await createWorld({ seed: 'demo' }, { RATE_SHARE: '0.01', QUERY_DEADLINE: '2s' });
    try {
      const { data, errors = [], extensions } = await hasty.query<Services>(SERVICES);
      expect(data).toEqual({ clusters: null });
      expect(errors[0]).toMatchObject({ path: ['clusters'], extensions: { code: 'UPSTREAM_BUDGET', retryable: true } });
      expect(Number(errors[0]?.extensions.retryAfterMs)).toBeGreaterThan(2_000);
      expect(extensions?.ecs).toMatchObject({ calls: 1, throttled: 0 });
    } finally {
      await hasty.dispose();
    }
  });

  it('keeps RunTask on Fargate inside the rates of its launches, too', async () => {
    const hasty = await createWorld({ seed: 'demo' }, { RATE_SHARE: '0.001', MUTATION_DEADLINE: '10s' });
    try {
      const run = () =>
        hasty.query(`mutation { runTask(input: {
          cluster: "storefront", taskDefinition: "cart", launchType: FARGATE, count: 10,
          networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } }
        }) { tasks { taskArn } } }`);
      expect((await run()).data).toMatchObject({ runTask: { tasks: { length: 10 } } });
      const { errors = [] } = await run();
      expect(errors[0]).toMatchObject({ extensions: { code: 'UPSTREAM_BUDGET', operation: 'RunTask' } });
      // Calls alone would be let through after 25 s.
      expect(Number(errors[0]?.extensions.retryAfterMs)).toBeGreaterThan(30_000);
    } finally {
      await hasty.dispose();
    }
  });
});
