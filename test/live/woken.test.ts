import { ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld } from './support/live-world.ts';
import {
  createCluster,
  createServiceOnInstances,
  registerInstances,
  setStatus,
  updateService,
} from './support/setting.ts';

interface Setting {
  readonly world: LiveWorld;
  readonly instance: string;
  readonly task: string;
}

/** A service on the only instance of a trusted cluster: a drain of it does not end. */
async function start(): Promise<Setting> {
  const world = await liveWorld({ withInventory: true });
  await createCluster(world);
  const [instance = ''] = await registerInstances(world, 1);
  await createServiceOnInstances(world);
  await world.pass(300_000);
  const { taskArns: [task = ''] = [] } = await world.ecs.send(
    new ListTasksCommand({ cluster: 'prod', containerInstance: instance }),
  );
  return { world, instance, task };
}

const stopTask = async ({ world, task }: Setting) => {
  await world.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
};
const drain = ({ world, instance }: Setting) => setStatus(world, [instance], 'DRAINING');
const deploy = ({ world }: Setting) => updateService(world, { forceNewDeployment: true });

describe('what is followed goes on when an event arrives, without a poll that was due', () => {
  it.each([
    ['the events of a service', () => 'serviceEvents(cluster: "prod", service: "web")', stopTask],
    ['the events of a cluster', () => 'clusterEvents(cluster: "prod")', stopTask],
    ['a task', ({ task }: Setting) => `taskProgress(tasks: ["${task}"])`, stopTask],
    ['a drain', ({ instance }: Setting) => `drainProgress(containerInstances: ["${instance}"])`, stopTask],
    ['the deployments of a cluster', () => 'deployments(cluster: "prod")', deploy],
    ['the drains of a cluster', () => 'drains(cluster: "prod")', drain],
  ] as const)('%s', async (_what, field, change) => {
    const setting = await start();
    await using world = setting.world;
    if (field(setting).startsWith('drainProgress')) await drain(setting);
    const stream = await world.subscribe(`subscription { ${field(setting)} { summary } }`);
    await world.pass(600_000);
    const before = stream.events.length;
    await change(setting);
    // ECS's scheduler acts within seconds; no time passes in the gateway until the events are there.
    world.sandbox.clock.advance(4_000);
    await world.timers.pass(200, () => world.hub.settled());
    expect(stream.events.length).toBe(before);
    await world.source.deliver();
    await world.timers.pass(300, () => world.hub.settled());
    expect(stream.events.length).toBeGreaterThan(before);
    expect(stream.errors).toEqual([]);
  });
});
