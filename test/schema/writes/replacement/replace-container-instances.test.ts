import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveWorld } from '../../../live/support/live-world.ts';
import { createServiceOnInstances, registerInstances, runTask, setStatus } from '../../../live/support/setting.ts';
import { createPolicedWorld } from '../../../policy/support/policy-world.ts';
import { type LiveApp, startLiveApp } from '../../../support/gateway/live-app.ts';

interface Replacement {
  readonly state: string;
  readonly wave: number;
  readonly containerInstances: readonly { readonly containerInstanceArn: string }[];
  readonly results: readonly { readonly containerInstance: { readonly status: string } | null }[];
  readonly pendingInstanceCount: number;
  readonly drainedInstanceCount: number;
  readonly instanceCount: number;
  readonly troubles: readonly { readonly kind: string; readonly isPassing: boolean }[];
  readonly continueWith: string | null;
  readonly followCursor: string | null;
  readonly plan: readonly { readonly operation: string; readonly input: object }[];
}

const FIELDS = `state wave containerInstances { containerInstanceArn } results { containerInstance { status } code } pendingInstanceCount drainedInstanceCount instanceCount
  troubles { kind message isPassing service { serviceName } } continueWith followCursor plan { operation input }`;

let app: LiveApp;
let instances: string[];
/** A steady service of two tasks on three instances, each with room for two. */
beforeEach(async () => {
  app = await startLiveApp();
  const setting = app as unknown as LiveWorld;
  instances = await registerInstances(setting, 3, 512);
  await createServiceOnInstances(setting, { desiredCount: 2 });
  pass(300_000);
});
afterEach(() => app[Symbol.asyncDispose]());

const pass = (ms: number) => app.world.sandbox.clock.advance(ms);
async function replace(args: string) {
  const { data, errors, calls, extensions } = await app.world.count<{ replaceContainerInstances: Replacement | null }>(
    `mutation { replaceContainerInstances(${args}) { ${FIELDS} } }`,
  );
  return { ...data?.replaceContainerInstances, errors, calls, extensions } as Replacement & {
    errors: typeof errors;
    calls: Readonly<Record<string, number>>;
    extensions: typeof extensions;
  };
}
const on = (token: string | null | undefined, more = '') => replace(`continueWith: "${token}"${more}`);
const statuses = async () =>
  (
    await app.world.data<{ containerInstances: { nodes: { status: string; containerInstanceArn: string }[] } }>(
      '{ containerInstances(clusters: ["prod"]) { nodes { status containerInstanceArn } } }',
    )
  ).containerInstances.nodes;
const writesOf = (calls: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(calls).filter(([operation]) => !/^(List|Describe|Get)/.test(operation)));

describe('replaceContainerInstances', () => {
  it('drains wave after wave, and waits for each to be over', async () => {
    const first = await replace(`cluster: "prod", containerInstances: ${JSON.stringify(instances.slice(0, 2))}`);
    expect(first.errors).toBeUndefined();
    expect(first).toMatchObject({
      state: 'STARTED',
      wave: 1,
      pendingInstanceCount: 1,
      drainedInstanceCount: 0,
      instanceCount: 2,
      troubles: [],
    });
    expect(first.containerInstances).toEqual([{ containerInstanceArn: instances[0] }]);
    expect(first.results).toMatchObject([{ containerInstance: { status: 'DRAINING' } }]);
    expect(writesOf(first.calls)).toEqual({ UpdateContainerInstancesState: 1 });
    expect(first.followCursor).not.toBeNull();
    // Its tasks have not moved yet.
    const waiting = await on(first.continueWith);
    expect(waiting).toMatchObject({
      state: 'DRAINING',
      wave: 2,
      containerInstances: [{ containerInstanceArn: instances[0] }],
      plan: [],
    });
    expect(writesOf(waiting.calls)).toEqual({});
    expect(waiting.followCursor).not.toBeNull();
    pass(300_000);
    const second = await on(waiting.continueWith);
    expect(second).toMatchObject({ state: 'STARTED', wave: 2, drainedInstanceCount: 1, pendingInstanceCount: 0 });
    expect(second.containerInstances).toEqual([{ containerInstanceArn: instances[1] }]);
    pass(300_000);
    const done = await on(second.continueWith);
    expect(done).toMatchObject({
      state: 'DONE',
      drainedInstanceCount: 2,
      pendingInstanceCount: 0,
      continueWith: null,
      followCursor: null,
      plan: [],
    });
    expect((await statuses()).map(({ status }) => status).sort()).toEqual(['ACTIVE', 'DRAINING', 'DRAINING']);
  });

  it('begins no wave that has no room, until an instance joins', async () => {
    const none = await replace('cluster: "prod", waveSize: 3');
    expect(none).toMatchObject({ state: 'BLOCKED', wave: 1, pendingInstanceCount: 3, plan: [] });
    expect(none.troubles).toMatchObject([{ kind: 'NO_ROOM', isPassing: true }]);
    expect(writesOf(none.calls)).toEqual({});
    await registerInstances(app as unknown as LiveWorld, 1, 2_048);
    const begun = await on(none.continueWith);
    expect(begun).toMatchObject({ state: 'STARTED', wave: 1 });
    // The one that joined was not there when the replacement began.
    expect(begun.containerInstances.map(({ containerInstanceArn }) => containerInstanceArn).sort()).toEqual(
      [...instances].sort(),
    );
  });

  it('counts instances that others drain towards the wave, and says so', async () => {
    await registerInstances(app as unknown as LiveWorld, 3, 2_048);
    const first = await replace(`cluster: "prod", containerInstances: ["${instances[0]}"]`);
    expect(first.state).toBe('STARTED');
    // A new replacement knows nothing of the first, and finds its instance among those of the cluster.
    const rest = JSON.stringify(instances.slice(1));
    const fields = 'otherDrainingInstanceCount otherDrainingInstances { containerInstanceArn }';
    const more = (args: string) =>
      app.world.count<{ replaceContainerInstances: Replacement & { otherDrainingInstanceCount: number } }>(
        `mutation { replaceContainerInstances(cluster: "prod", containerInstances: ${rest}, ${args}) { ${FIELDS} ${fields} } }`,
      );
    const full = await more('waveSize: 1');
    expect(full.errors).toBeUndefined();
    expect(full.data?.replaceContainerInstances).toMatchObject({
      state: 'BLOCKED',
      troubles: [
        { kind: 'OTHER_DRAINS', isPassing: true, message: expect.stringMatching(/^Other instances .* DRAINING with/) },
      ],
      otherDrainingInstanceCount: 1,
      otherDrainingInstances: [{ containerInstanceArn: instances[0] }],
      pendingInstanceCount: 2,
      plan: [],
    });
    expect(writesOf(full.calls)).toEqual({});
    const planned = await more('waveSize: 2, dryRun: true, ignore: [UNDER_DESIRED]');
    expect(planned.data?.replaceContainerInstances).toMatchObject({
      state: 'STARTED',
      containerInstances: [{ containerInstanceArn: instances[1] }],
      otherDrainingInstanceCount: 1,
      pendingInstanceCount: 1,
    });
    const ignored = await more('waveSize: 2, dryRun: true, ignore: [UNDER_DESIRED, OTHER_DRAINS]');
    expect(ignored.data?.replaceContainerInstances).toMatchObject({
      containerInstances: [{ containerInstanceArn: instances[1] }, { containerInstanceArn: instances[2] }],
      otherDrainingInstanceCount: 1,
    });
    // Once the tasks have moved, the drained instance counts no more.
    pass(300_000);
    const free = await more('waveSize: 1');
    expect(free.data?.replaceContainerInstances).toMatchObject({ state: 'STARTED', otherDrainingInstanceCount: 0 });
    expect(writesOf(free.calls)).toEqual({ UpdateContainerInstancesState: 1 });
  });

  it('of two that begin at once, the second sees the wave of the first', async () => {
    await registerInstances(app as unknown as LiveWorld, 3, 2_048);
    const both = await Promise.all(
      [instances[0], instances[1]].map((instance) => replace(`cluster: "prod", containerInstances: ["${instance}"]`)),
    );
    expect(both.map(({ state }) => state).sort()).toEqual(['BLOCKED', 'STARTED']);
    expect((await statuses()).filter(({ status }) => status === 'DRAINING')).toHaveLength(1);
  });

  it('begins a wave in spite of a trouble that the caller ignores', async () => {
    await runTask(app as unknown as LiveWorld);
    await runTask(app as unknown as LiveWorld);
    pass(60_000);
    const blocked = await replace(`cluster: "prod", waveSize: 2`);
    expect(blocked.state).toBe('BLOCKED');
    const kinds = blocked.troubles.map(({ kind }) => kind);
    expect(kinds).toContain('STANDALONE_TASKS');
    const begun = await replace(`cluster: "prod", waveSize: 2, ignore: [${kinds.join(', ')}]`);
    expect(begun.state).toBe('STARTED');
  });

  it('leaves as many ACTIVE instances as the caller wants', async () => {
    const few = await replace('cluster: "prod", minActiveInstances: 3');
    expect(few.troubles).toMatchObject([{ kind: 'TOO_FEW_ACTIVE', isPassing: true }]);
    await registerInstances(app as unknown as LiveWorld, 1, 512);
    expect((await on(few.continueWith)).state).toBe('STARTED');
  });

  it('stops for a service that lacks tasks', async () => {
    await app.world.data(
      'mutation { scaleService(cluster: "prod", service: "web", desiredCount: 9) { plan { operation } } }',
    );
    pass(600_000);
    const { state, troubles } = await replace('cluster: "prod"');
    expect(state).toBe('BLOCKED');
    expect(troubles).toContainEqual(
      expect.objectContaining({ kind: 'UNDER_DESIRED', isPassing: true, service: { serviceName: 'web' } }),
    );
  });

  it('does not stop for a service on Fargate', async () => {
    await app.world.data(
      `mutation { registerTaskDefinition(input: { family: "bad", requiresCompatibilities: [FARGATE], networkMode: AWSVPC, cpu: "256", memory: "512",
        containerDefinitions: [{ name: "app", image: "sandbox/exit:1" }] }) { taskDefinition { revision } } }`,
    );
    await app.world.data(`mutation { createService(input: { cluster: "prod", serviceName: "bad", taskDefinition: "bad", desiredCount: 2, launchType: FARGATE,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { service { id } } }`);
    pass(3_600_000);
    const { service } = await app.world.data<{ service: { rollout: string } }>(
      '{ service(cluster: "prod", service: "bad") { rollout } }',
    );
    expect(service.rollout).toBe('FAILED');
    expect(await replace('cluster: "prod"')).toMatchObject({ state: 'STARTED', troubles: [] });
  });

  it('deregisters what has drained, once', async () => {
    const first = await replace(`cluster: "prod", deregister: true, containerInstances: ["${instances[0]}"]`);
    pass(300_000);
    const args = `continueWith: "${first.continueWith}", idempotencyKey: "last"`;
    const done = await replace(args);
    expect(done.errors).toBeUndefined();
    expect(done).toMatchObject({
      state: 'DONE',
      drainedInstanceCount: 1,
      plan: [{ operation: 'DeregisterContainerInstance' }],
    });
    expect(writesOf(done.calls)).toEqual({ DeregisterContainerInstance: 1 });
    expect(await statuses()).toHaveLength(2);
    const again = await replace(args);
    expect(again).toMatchObject({ state: 'DONE', calls: {}, extensions: { replayed: true } });
    expect(await on(first.continueWith)).toMatchObject({ state: 'DONE', plan: [] });
  });

  it('makes no write in a dry run, and shows the calls of the next wave', async () => {
    const dry = await replace('cluster: "prod", waveSize: 1, dryRun: true, idempotencyKey: "k"');
    expect(dry).toMatchObject({
      state: 'STARTED',
      wave: 1,
      pendingInstanceCount: 2,
      results: [],
      plan: [{ operation: 'UpdateContainerInstancesState', input: { status: 'DRAINING' } }],
    });
    expect(writesOf(dry.calls)).toEqual({});
    expect((await statuses()).map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
    // The token of a dry run begins with the first wave.
    expect(await on(dry.continueWith)).toMatchObject({ state: 'STARTED', wave: 1 });
  });

  it('begins a wave once for a key, and drains nothing twice without one', async () => {
    const args = 'cluster: "prod", idempotencyKey: "w1"';
    const first = await replace(args);
    const again = await replace(args);
    expect([again.state, again.calls, again.continueWith]).toEqual(['STARTED', {}, first.continueWith]);
    const anew = await replace(`cluster: "prod", containerInstances: ${JSON.stringify(instances)}`);
    expect(anew.state).toBe('DRAINING');
    expect(writesOf(anew.calls)).toEqual({});
  });

  it('goes on after a lost answer, by what ECS shows', async () => {
    app.world.sandbox.faults.set({
      rules: [{ operations: ['UpdateContainerInstancesState'], fault: 'accessDenied', times: 1 }],
    });
    const refused = await replace('cluster: "prod"');
    expect(refused.results).toMatchObject([{ containerInstance: null, code: 'FORBIDDEN_UPSTREAM' }]);
    expect(refused.followCursor).toBeNull();
    // Instances that were not drained come again.
    const next = await on(refused.continueWith);
    expect(next).toMatchObject({ state: 'STARTED', results: [{ containerInstance: { status: 'DRAINING' } }] });
    app.world.sandbox.faults.set({
      rules: [{ operations: ['UpdateContainerInstancesState'], fault: 'lostAnswer', times: 1 }],
    });
    pass(300_000);
    const lost = await on(next.continueWith);
    expect(lost).toMatchObject({ state: 'STARTED', results: [{ containerInstance: { status: 'DRAINING' } }] });
    expect(lost.calls.UpdateContainerInstancesState).toBe(1);
  });

  it('says how far it was if a deregistration fails, and goes on', async () => {
    const first = await replace(
      `cluster: "prod", deregister: true, waveSize: 2, containerInstances: ${JSON.stringify(instances)}, ignore: [NO_ROOM]`,
    );
    pass(600_000);
    app.world.sandbox.faults.set({
      rules: [{ operations: ['DeregisterContainerInstance'], fault: 'accessDenied', times: 1 }],
    });
    const args = `continueWith: "${first.continueWith}", ignore: [NO_ROOM, UNDER_DESIRED], idempotencyKey: "k"`;
    const failed = await replace(args);
    expect(failed.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN_UPSTREAM',
      done: [],
      pending: [
        { operation: 'DeregisterContainerInstance' },
        { operation: 'DeregisterContainerInstance' },
        { operation: 'UpdateContainerInstancesState' },
      ],
    });
    const { errors, calls } = await replace(args);
    expect(errors).toBeUndefined();
    expect(writesOf(calls)).toEqual({ DeregisterContainerInstance: 2, UpdateContainerInstancesState: 1 });
  });

  it('passes over instances that have left the cluster', async () => {
    const first = await replace('cluster: "prod"');
    await setStatus(app as unknown as LiveWorld, [instances[1] ?? ''], 'DRAINING');
    pass(600_000);
    await app.world.data(
      `mutation { deregisterContainerInstance(input: { cluster: "prod", containerInstance: "${instances[1]}", force: true }) { containerInstance { status } } }`,
    );
    const next = await on(first.continueWith, ', ignore: [NO_ROOM]');
    expect(next).toMatchObject({ state: 'STARTED', drainedInstanceCount: 2, instanceCount: 3 });
  });

  it.each([
    ['cluster: "nowhere"', 'NOT_FOUND', undefined],
    ['cluster: "prod", waveSize: 0', 'BAD_USER_INPUT', 'waveSize'],
    ['cluster: "prod", waveSize: 51', 'BAD_USER_INPUT', 'waveSize'],
    ['cluster: "prod", minActiveInstances: -1', 'BAD_USER_INPUT', 'minActiveInstances'],
    ['cluster: "prod", containerInstances: []', 'BAD_USER_INPUT', 'containerInstances'],
    ['cluster: "prod", containerInstances: ["0123456789abcdef0123456789abcdef"]', 'NOT_FOUND', 'containerInstances'],
    ['continueWith: "x"', 'BAD_USER_INPUT', 'continueWith'],
    [`continueWith: "${Buffer.from('1 prod 0 0 0 1 abc').toString('base64url')}"`, 'BAD_USER_INPUT', 'continueWith'],
    [`continueWith: "${Buffer.from('1 prod 1 0 0 1 a/b').toString('base64url')}"`, 'BAD_USER_INPUT', 'continueWith'],
    [`continueWith: "${'A'.repeat(60_001)}"`, 'BAD_USER_INPUT', 'continueWith'],
    ['continueWith: "x", waveSize: 2', 'BAD_USER_INPUT', 'waveSize'],
  ])('refuses %s', async (args, code, argument) => {
    const { errors, calls } = await replace(args);
    expect(errors?.[0]?.extensions).toMatchObject({ code, ...(argument !== undefined && { argument }) });
    expect(writesOf(calls)).toEqual({});
  });
});

describe('replaceContainerInstances under policies', () => {
  it('needs the right to drain, also with a token that another caller was given', async () => {
    await using policed = await createPolicedWorld('');
    const text = (args: string) => `mutation { replaceContainerInstances(${args}) { ${FIELDS} } }`;
    const all =
      'STANDALONE_TASKS, DEPLOYMENT_STALLED, NO_ROOM, UNDER_DESIRED, PERCENTAGES_ALLOW_NOTHING, PROTECTED_TASKS';
    const dry = await policed.as<{ replaceContainerInstances: Replacement }>(
      'operator',
      text(`cluster: "platform", dryRun: true, ignore: [${all}]`),
    );
    expect(dry.errors).toBeUndefined();
    const token = dry.data?.replaceContainerInstances.continueWith;
    for (const args of [`cluster: "platform", ignore: [${all}]`, `continueWith: "${token}", ignore: [${all}]`]) {
      const { errors, calls } = await policed.as('viewer', text(args));
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', action: 'UpdateContainerInstancesState' });
      expect(writesOf(calls)).toEqual({});
    }
  });
});
