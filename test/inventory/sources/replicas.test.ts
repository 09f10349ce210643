import { describe, expect, it } from 'vitest';
import { Messaging } from '../../sandbox/support/messaging.ts';
import { startReplicas } from '../../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, withRedis } from '../../support/programs/redis-server.ts';

const SCALE = `mutation { updateService(input: { cluster: "storefront", service: "cart", desiredCount: 9 }) { service { status } } }`;
const TASKS = '{ tasks(clusters: ["storefront"], serviceName: "cart") { nodes { taskArn lastStatus } } }';

interface Tasks {
  readonly tasks: { readonly nodes: readonly { readonly taskArn: string; readonly lastStatus: string }[] };
}

describe.runIf(HAS_REDIS)(withRedis('replicas that read one queue'), () => {
  it('have all events each, and answer alike from their inventories', async () => {
    await using world = await startReplicas(0, { RATE_SHARE: '0', MEMORY_TTL: '0' });
    const messaging = new Messaging(world.sandbox);
    const { url, arn } = await messaging.queue('events');
    await messaging.rule('changes', { Arn: arn });
    const replicas = [await world.add({ EVENTS_QUEUE: url }), await world.add({ EVENTS_QUEUE: url })];
    await world.connected();
    const taken = () =>
      replicas.map((replica) => replica.metric('ecs_graphql_ecs_events_total{source="sqs",result="taken"}'));
    const isFromInventory = async (at: number) => {
      const { extensions } = (await replicas[at]?.query(TASKS)) ?? {};
      return ((extensions?.ecs as { fromInventory?: number } | undefined)?.fromInventory ?? 0) > 0;
    };
    for (const at of [0, 1]) await eventually(() => isFromInventory(at), 'the inventory answers');

    await replicas[0]?.query(SCALE);
    for (let second = 0; second < 90; second += 1) world.sandbox.clock.advance(1_000);
    const states = async (at: number) => {
      const { data } = (await replicas[at]?.query<Tasks>(TASKS)) ?? {};
      return (data?.tasks.nodes ?? []).map(({ taskArn, lastStatus }) => `${taskArn} ${lastStatus}`).sort();
    };
    await eventually(async () => {
      const [one, other] = [await states(0), await states(1)];
      return one.length === 9 && one.every((state) => state.endsWith('RUNNING')) && one.join() === other.join();
    }, 'both show nine running tasks');
    for (const at of [0, 1]) expect(await isFromInventory(at)).toBe(true);
    const [first = 0, second = 0] = await Promise.all(taken());
    expect(first + second).toBeGreaterThan(9);
    messaging[Symbol.dispose]();
  });
});
