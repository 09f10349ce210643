import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';
import { operate, PLAIN_TERMINAL } from './run-operate.ts';

let world: World;
let url = '';
let instance = '';
beforeAll(async () => {
  world = await createWorld();
  world.sandbox.clock.advance(60_000);
  url = `${(await world.app.listen()).url}/graphql`;
  const found = await world.data<{ cluster: { containerInstances: { nodes: { containerInstanceArn: string }[] } } }>(
    '{ cluster(cluster: "default") { containerInstances { nodes { containerInstanceArn } } } }',
  );
  instance = found.cluster.containerInstances.nodes[0]?.containerInstanceArn ?? '';
});
afterAll(() => world.dispose());

describe('ecs-graphql preview', () => {
  it('prints what would happen, and exits with 0 if it would be done', async () => {
    world.sandbox.resetCalls();
    const scaled = await operate(url, ['preview', 'scale', 'cart', '5', '-c', 'storefront'], {
      terminal: PLAIN_TERMINAL,
    });
    expect({ code: scaled.code, err: scaled.err }).toEqual({ code: 0, err: '' });
    expect(scaled.out).toMatch(/^Scaling of cart to 5 in storefront would be done after about 1 min \d+ s \(/);
    expect(scaled.out).toContain('cart: healthy 3, at worst 3, then 5 of 5; at most 5 tasks');
    expect(Object.keys(world.sandbox.calls())).not.toContain('UpdateService');
    const deployed = await operate(url, ['preview', 'deploy', 'cart', '--task-definition', 'cart', '-c', 'storefront']);
    expect(deployed.code).toBe(0);
    expect(JSON.parse(deployed.out)).toMatchObject({ outcome: 'DONE', tasks: { nodes: expect.any(Array) } });
  });

  it('exits with 1 for another end, and with 124 at the horizon', async () => {
    const lost = await operate(url, ['preview', 'loss', '--zone', 'eu-west-1a', '--cluster', 'platform']);
    expect(lost.code).toBe(1);
    expect(lost.err).toBe(`${JSON.parse(lost.out).outcome}\n`);
    const short = await operate(url, ['preview', 'deploy', 'cart', '-c', 'storefront', '--horizon', '1m']);
    expect(JSON.parse(short.out)).toMatchObject({ outcome: 'UNFINISHED', horizon: 'PT1M' });
    expect(short).toMatchObject({ code: 124, err: 'UNFINISHED\n' });
    const drained = await operate(url, ['preview', 'drain', instance, '--seed', '7']);
    expect([0, 1]).toContain(drained.code);
    expect(JSON.parse(drained.out).summary).toMatch(/^Drain of 1 instance in default would /);
  });

  it.each([
    [[], 'preview needs one of drain, deploy, scale, loss first'],
    [['drian'], 'not "drian"'],
    [['drain'], 'preview drain needs at least one container instance'],
    [['deploy'], 'preview deploy needs one service'],
    [['scale', 'cart'], 'preview scale needs one service and its new desired count'],
    [['scale', 'cart', 'many'], 'the desired count must be a whole number, not many'],
    [['loss'], 'preview loss needs a container instance or --zone'],
    [['scale', 'cart', '2', '--zone', 'x'], '--zone is not for preview scale'],
    [['scale', 'cart', '2', '--horizon', 'soon'], '--horizon must be a duration'],
  ])('%j exits with 2 and the usage', async (argv, shown) => {
    const { code, out, err } = await operate(url, ['preview', ...argv]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(shown);
    expect(err).toContain('Usage: ecs-graphql preview drain');
  });

  it('exits with 1 where the gateway refuses', async () => {
    const { code, err } = await operate(url, ['preview', 'scale', 'nothing', '2']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('There is no service "nothing"') });
  });
});
