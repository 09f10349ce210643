import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatDuration } from '../../../src/live/core/duration.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({}, { MAX_COST: '500', EXPOSE_SECRETS: 'false' });
});
afterAll(() => world.dispose());

it('the server says what a front end needs to know of it, for no call', async () => {
  const query =
    '{ server { version schemaHash region account isAws secretsShown limits { maxCost maxFirst maxClusters maxDepth } } }';
  const { data, calls, errors } = await world.count<{ server: Record<string, unknown> }>(query);
  expect(errors).toBeUndefined();
  expect(calls).toEqual({});
  expect(data?.server).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    schemaHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    region: 'eu-west-1',
    account: null,
    isAws: false,
    secretsShown: false,
    limits: { maxCost: 500, maxFirst: 1_000, maxClusters: 100, maxDepth: expect.any(Number) },
  });
  await world.query('{ clusters { nodes { clusterName } } }');
  const { server } = await world.data<{ server: Record<string, unknown> }>(query);
  expect(server).toEqual({ ...data?.server, account: expect.stringMatching(/^\d{12}$/) });
});

it('events of a service are cut and searched, and spans are durations', async () => {
  const { data, errors } = await world.count<{
    service: {
      all: { message: string }[];
      some: { message: string }[];
      two: object[];
      healthCheckGracePeriodSeconds?: number | null;
      healthCheckGracePeriod?: string | null;
    };
  }>(
    `{ service(cluster: "storefront", service: "checkout") {
      all: events { message } some: events(contains: "STEADY") { message } two: events(first: 2) { message }
      healthCheckGracePeriodSeconds healthCheckGracePeriod
      deploymentConfiguration { bakeTimeInMinutes bakeTime } } }`,
  );
  expect(errors).toBeUndefined();
  const all = data?.service.all ?? [];
  expect(data?.service.some).toEqual(all.filter(({ message }) => message.includes('steady')));
  expect(data?.service.some.length).toBeGreaterThan(0);
  expect(data?.service.two).toEqual(all.slice(0, 2));
  const { healthCheckGracePeriodSeconds: seconds, healthCheckGracePeriod } = data?.service ?? {};
  expect(healthCheckGracePeriod).toBe(seconds == null ? null : formatDuration(seconds * 1_000));
  const refused = await world.query(
    '{ service(cluster: "storefront", service: "cart") { events(first: -1) { message } } }',
  );
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'first' });
});
