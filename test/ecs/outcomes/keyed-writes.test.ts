import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { LeapingTimers } from '../../support/time/leaping-timers.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({ seed: 'empty' });
});
afterEach(() => world.dispose());

describe('keys of mutations', () => {
  const tag = (key: string, value: string) =>
    `mutation { createCluster(idempotencyKey: "${key}", input: { clusterName: "${value}" }) { cluster { clusterName } } }`;

  it('that are sent again are answered with `replayed`, and only then', async () => {
    const first = await world.count(tag('k', 'one'));
    expect(first.extensions).not.toHaveProperty('replayed');
    const again = await world.count(tag('k', 'one'));
    expect(again).toMatchObject({ data: first.data, calls: {}, extensions: { replayed: true } });
  });

  it('that are empty are refused', async () => {
    const { errors, calls } = await world.count(tag('', 'one'));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'idempotencyKey' });
    expect(calls).toEqual({});
  });

  it('answer for what is gone by now, whose name is looked up before it is sent', async () => {
    const register = `mutation { registerDaemonTaskDefinition(input: { family: "agent", containerDefinitions: [
      { name: "main", image: "web:1", memory: 128 }] }) { daemonTaskDefinition { daemonTaskDefinitionArn } } }`;
    expect((await world.query(register)).errors).toBeUndefined();
    const remove = `mutation { deleteDaemonTaskDefinition(idempotencyKey: "d", input: { daemonTaskDefinition: "agent:1" }) {
      daemonTaskDefinition { daemonTaskDefinitionArn } } }`;
    const first = await world.query(remove);
    expect(first.errors).toBeUndefined();
    expect(await world.count(remove)).toMatchObject({ data: first.data, calls: {}, extensions: { replayed: true } });
  });

  it('beyond the most that are kept are refused before ECS is called, until the time of one is over', async () => {
    const timers = new LeapingTimers();
    const small = await createWorld({ seed: 'empty' }, { IDEMPOTENCY_KEYS: '2', IDEMPOTENCY_TTL: '1m' }, { timers });
    try {
      for (const key of ['a', 'b']) expect((await small.query(tag(key, key))).errors).toBeUndefined();
      const { errors, calls } = await small.count(tag('c', 'c'));
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'IDEMPOTENCY_KEYS_EXHAUSTED',
        retryable: true,
        retryAfterMs: 60_000,
      });
      expect(calls).toEqual({});
      expect((await small.count(tag('a', 'a'))).extensions).toMatchObject({ replayed: true });
      timers.pass(60_000);
      expect((await small.count(tag('c', 'c'))).calls).toEqual({ CreateCluster: 1 });
    } finally {
      await small.dispose();
    }
  });
});

describe('a write that runs into the deadline', () => {
  it('is an unknown outcome, and so is one that outlives its request', async () => {
    for (const latencyMs of [600, 5_000]) {
      const hurried = await createWorld({ seed: 'empty' }, { MUTATION_DEADLINE: '300ms' });
      try {
        hurried.sandbox.faults.set({ rules: [{ operations: ['CreateCluster'], latencyMs }] });
        const { errors } = await hurried.query('mutation { createCluster(input: {}) { cluster { clusterName } } }');
        expect(errors?.map(({ extensions }) => [extensions.code, extensions.retryable])).toEqual([
          ['OUTCOME_UNKNOWN', false],
        ]);
      } finally {
        await hurried.dispose();
      }
    }
  });
});

describe('`retryable` beside a write', () => {
  const CREATE_AND_READ = `mutation ($key: ID) {
    createCluster(idempotencyKey: $key, input: { clusterName: "main" }) { cluster { services { nodes { status } } } }
  }`;
  const throttle = () =>
    world.sandbox.faults.set({ rules: [{ operations: ['ListServices'], fault: 'error', code: 'ClientException' }] });
  const unavailable = () =>
    world.sandbox.faults.set({ rules: [{ operations: ['ListServices'], fault: 'unavailable' }] });

  it.each([
    [undefined, false],
    ['k', true],
  ])('with key %s: an error of what was read after the write is retryable: %s', async (key, retryable) => {
    unavailable();
    const { data, errors } = await world.query(CREATE_AND_READ, { key });
    expect(data).toEqual({ createCluster: { cluster: { services: null } } });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable });
  });

  it('stays as it is where the error is final anyway', async () => {
    throttle();
    const { errors } = await world.query(CREATE_AND_READ, { key: 'k' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_PARAMETER', retryable: false });
  });

  it('is true where the only write surely was not done', async () => {
    world.sandbox.faults.set({ rules: [{ operations: ['CreateCluster'], fault: 'throttle' }] });
    const { errors } = await world.query(CREATE_AND_READ);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_THROTTLED', retryable: true });
  });

  it('is false of a second write that was refused once the first was done without a key', async () => {
    world.sandbox.faults.set({ rules: [{ operations: ['UpdateCluster'], fault: 'throttle' }] });
    const two = (key: string) => `mutation {
      createCluster(${key} input: { clusterName: "main" }) { cluster { clusterName } }
      updateCluster(input: { cluster: "main", settings: [] }) { cluster { clusterName } }
    }`;
    const without = await world.query(two(''));
    expect(without.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_THROTTLED', retryable: false });
    expect(without.errors?.[0]?.extensions).not.toHaveProperty('retryAfterMs');
    const keyed = await world.query(two('idempotencyKey: "k",'));
    expect(keyed.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_THROTTLED', retryable: true });
  });

  it('is true of an ECS that nothing listens for, and of a gateway without credentials false', async () => {
    const unreachable = await createWorld({ seed: 'empty' }, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    try {
      const { errors } = await unreachable.query('mutation { stopTask(input: { task: "x" }) { task { id } } }');
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true });
    } finally {
      await unreachable.dispose();
    }
    world.sandbox.faults.set({ rules: [{ fault: 'expiredCredentials' }] });
    const { errors } = await world.query('mutation { stopTask(input: { task: "x" }) { task { id } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: false });
  });
});
