import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../../support/gateway/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.dispose());

interface Changed {
  readonly service: {
    readonly taskDefinitionArn: string;
    readonly deployments: readonly { readonly status: string }[];
  };
  readonly followCursor: string | null;
  readonly plan: readonly { readonly operation: string; readonly changes: readonly object[] }[];
}

const CART = 'cluster: "storefront", service: "cart"';
const FIELDS =
  '{ service { taskDefinitionArn deployments { status } } followCursor plan { operation changes { field before after } } }';
const restart = (args = '') =>
  world.count<{ restartService: Changed }>(`mutation { restartService(${CART}${args}) ${FIELDS} }`);
const rollBack = (args = '') =>
  world.count<{ rollBackService: Changed }>(`mutation { rollBackService(${CART}${args}) ${FIELDS} }`);
const deploy = (tag: string) =>
  world.data(
    `mutation { deployImages(${CART}, images: [{ container: "cart", image: "cart:${tag}" }]) { plan { operation } } }`,
  );
const revisionOf = (changed: Changed | undefined) => changed?.service.taskDefinitionArn.split('/').at(-1);
const settle = () => world.sandbox.clock.advance(30 * 60_000);

describe('restartService', () => {
  it('replaces all tasks by new ones of the same revision', async () => {
    const { data, calls, errors } = await restart();
    expect(errors).toBeUndefined();
    expect(calls).toEqual({ DescribeServices: 1, UpdateService: 1, ListServiceDeployments: 1 });
    expect(revisionOf(data?.restartService)).toBe('cart:1');
    expect(data?.restartService.service.deployments).toHaveLength(2);
    expect(data?.restartService.followCursor).not.toBeNull();
    expect(data?.restartService.plan).toEqual([
      { operation: 'UpdateService', changes: [{ field: 'forceNewDeployment', before: null, after: 'true' }] },
    ]);
  });

  it('writes nothing in a dry run', async () => {
    const { data, calls } = await restart(', dryRun: true');
    expect(calls).toEqual({ DescribeServices: 1 });
    expect(data?.restartService.service.deployments).toHaveLength(1);
  });

  it('is done once for a key, and refused while a deployment is under way without it', async () => {
    const first = await restart(', idempotencyKey: "r1"');
    const again = await restart(', idempotencyKey: "r1"');
    expect([first.calls.UpdateService, again.calls.UpdateService]).toEqual([1, undefined]);
    expect(again.extensions).toMatchObject({ replayed: true });
    const other = await restart();
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'FAILED_PRECONDITION', argument: 'service' });
    expect(other.calls.UpdateService).toBeUndefined();
  });

  it('holds a precondition, and needs a service', async () => {
    const { errors } = await restart(', expectedRevision: 7');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FAILED_PRECONDITION', argument: 'expectedRevision' });
    const missing = await world.query(
      'mutation { restartService(cluster: "storefront", service: "nope") { plan { operation } } }',
    );
    expect(missing.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', argument: 'service' });
  });
});

describe('rollBackService', () => {
  it('stops a deployment that is under way, and ECS rolls it back', async () => {
    await deploy('2');
    world.sandbox.clock.advance(20_000);
    const { data, calls, errors } = await rollBack();
    expect(errors).toBeUndefined();
    expect(calls.StopServiceDeployment).toBe(1);
    expect(calls.UpdateService).toBeUndefined();
    expect(data?.rollBackService.plan[0]?.operation).toBe('StopServiceDeployment');
    settle();
    const { service } = await world.data<{ service: { taskDefinitionArn: string; rollout: string } }>(
      `{ service(${CART}) { taskDefinitionArn rollout } }`,
    );
    expect([service.taskDefinitionArn.split('/').at(-1), service.rollout]).toEqual(['cart:1', 'STEADY']);
  });

  it('deploys the last good revision again if no deployment is under way', async () => {
    await deploy('2');
    settle();
    const { data, calls, errors } = await rollBack();
    expect(errors).toBeUndefined();
    expect(calls.UpdateService).toBe(1);
    expect(calls.StopServiceDeployment).toBeUndefined();
    expect(revisionOf(data?.rollBackService)).toBe('cart:1');
    expect(data?.rollBackService.plan).toEqual([
      { operation: 'UpdateService', changes: [{ field: 'taskDefinition', before: 'cart:2', after: 'cart:1' }] },
    ]);
    expect(data?.rollBackService.followCursor).not.toBeNull();
  });

  it('passes over revisions that cannot be deployed any more, and says which', async () => {
    for (const tag of ['2', '3', '4']) {
      await deploy(tag);
      settle();
    }
    // ECS lists the good deployment of cart:2 after the one of cart:3; cart:4 is in use.
    const remove = async (revision: number, isDeleted: boolean) => {
      await world.data(
        `mutation { deregisterTaskDefinition(input: { taskDefinition: "cart:${revision}" }) { taskDefinition { status } } }`,
      );
      if (!isDeleted) return;
      await world.data(
        `mutation { deleteTaskDefinitions(input: { taskDefinitions: ["cart:${revision}"] }) { failures { reason } } }`,
      );
      settle();
    };
    await remove(3, false);
    const fields = '{ plan { changes { after } } passedOver { taskDefinition { revision } reason text } }';
    const query = `mutation { rollBackService(${CART}, dryRun: true) ${fields} }`;
    const one = await world.count<{ rollBackService: object }>(query);
    expect(one.errors).toBeUndefined();
    expect(one.data?.rollBackService).toEqual({
      plan: [{ changes: [{ after: 'cart:2' }] }],
      passedOver: [{ taskDefinition: { revision: 3 }, reason: 'DEREGISTERED', text: 'cart:3 was deregistered.' }],
    });
    expect(one.calls).toEqual({
      DescribeServices: 1,
      ListServiceDeployments: 1,
      DescribeServiceRevisions: 1,
      DescribeTaskDefinition: 2,
    });
    await remove(2, true);
    const two = await world.count<{ rollBackService: { passedOver: object[] } }>(query);
    expect(two.data?.rollBackService).toMatchObject({
      plan: [{ changes: [{ after: 'cart:1' }] }],
      passedOver: [{ text: 'cart:3 was deregistered.' }, { reason: 'DELETED', text: 'cart:2 was deleted.' }],
    });
    const done = await rollBack();
    expect(done.errors).toBeUndefined();
    expect(revisionOf(done.data?.rollBackService)).toBe('cart:1');
    expect(done.calls.UpdateService).toBe(1);
  });

  it('is refused if every good revision was deregistered, and names them', async () => {
    await deploy('2');
    settle();
    await world.data(
      'mutation { deregisterTaskDefinition(input: { taskDefinition: "cart:1" }) { taskDefinition { status } } }',
    );
    const { errors, calls } = await rollBack();
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/can still be deployed: cart:1 was deregistered\. Nothing was done\.$/),
        extensions: { code: 'FAILED_PRECONDITION', argument: 'service' },
      },
    ]);
    expect(calls.UpdateService).toBeUndefined();
  });

  it('shows the way in a dry run and takes it not', async () => {
    await deploy('2');
    settle();
    const { data, calls } = await rollBack(', dryRun: true');
    expect([calls.UpdateService, calls.StopServiceDeployment]).toEqual([undefined, undefined]);
    expect(calls.DescribeServices).toBe(1);
    expect(data?.rollBackService.plan[0]?.operation).toBe('UpdateService');
    expect(revisionOf(data?.rollBackService)).toBe('cart:2');
  });

  it.each(['under way', 'over'])(
    'is done once for a key: sent again after a deployment that was %s, it goes back no further',
    async (when) => {
      await deploy('2');
      settle();
      await deploy('3');
      if (when === 'over') settle();
      else world.sandbox.clock.advance(20_000);
      const first = await rollBack(', idempotencyKey: "b1"');
      expect(first.errors).toBeUndefined();
      settle();
      const again = await rollBack(', idempotencyKey: "b1"');
      expect([again.calls.UpdateService, again.calls.StopServiceDeployment]).toEqual([undefined, undefined]);
      expect(again.extensions).toMatchObject({ replayed: true });
      const { service } = await world.data<{ service: { taskDefinitionArn: string } }>(
        `{ service(${CART}) { taskDefinitionArn } }`,
      );
      expect(service.taskDefinitionArn.split('/').at(-1)).toBe('cart:2');
    },
  );

  it('is refused where there is no way back', async () => {
    const none = await rollBack();
    expect(none.errors?.[0]?.extensions).toMatchObject({ code: 'FAILED_PRECONDITION', argument: 'service' });
    await deploy('2');
    world.sandbox.clock.advance(20_000);
    await rollBack();
    const twice = await rollBack();
    expect(twice.errors?.[0]?.message).toContain('rolling the service back already');
  });
});
