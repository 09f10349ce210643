import { DeleteClusterCommand, DeregisterContainerInstanceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { deploymentProgress } from '../../../src/live/deployment/deployment-progress.ts';
import { observeDeployment } from '../../../src/live/deployment/deployment-snapshot.ts';
import type { DeploymentSnapshot } from '../../../src/live/deployment/deployment-state.ts';
import { deploymentSummary } from '../../../src/live/deployment/deployment-summary.ts';
import { OLD_STYLE, service, T0 } from '../support/fixtures.ts';
import { type LiveWorld, liveWorld } from '../support/live-world.ts';
import {
  createCluster,
  createService,
  createServiceOnInstances,
  deleteService,
  registerInstances,
  registerRevision,
  runTask,
  setStatus,
} from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly summary: string;
}

const FIELDS = 'type cursor outcome summary';
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

/** Follows, leaves, lets something happen to what is followed, and goes on through a gateway that knows nothing of it. */
async function away(world: LiveWorld, field: string, meanwhile: () => Promise<unknown>): Promise<Update> {
  const query = `subscription ($after: String) { ${field.replace(')', ', after: $after)')} { ${FIELDS} } }`;
  const before = await world.subscribe<Update>(query);
  expect(before.events.map(({ type }) => type)).toEqual(['SNAPSHOT']);
  await before.leave();
  await meanwhile();
  world.restart();
  const after = await world.subscribe<Update>(query, { after: before.events[0]?.cursor });
  await world.until(() => after.isDone, 60_000);
  expect(after.errors).toEqual([]);
  return after.events.at(-1) as Update;
}

describe('what is gone when a stream goes on', () => {
  it.each([
    ['deploymentProgress(cluster: "prod", service: "web")', 60_000],
    ['deploymentProgress(cluster: "prod", service: "web")', 7_200_000_000],
    ['serviceEvents(cluster: "prod", service: "web")', 60_000],
    ['serviceEvents(cluster: "prod", service: "web")', 7_200_000_000],
  ])('%s ends with its service, %i ms later', async (field, ms) => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    const last = await away(world, field, async () => {
      await deleteService(world);
      await world.pass(ms);
    });
    expect(last).toMatchObject({ type: 'ENDED', outcome: 'SERVICE_DELETED' });
  });

  it.each([
    ['deploymentProgress(cluster: "prod", service: "web")', 'SERVICE_DELETED'],
    ['serviceEvents(cluster: "prod", service: "web")', 'SERVICE_DELETED'],
    ['drainProgress(cluster: "prod")', 'DEREGISTERED'],
  ])('%s ends with its cluster', async (field, outcome) => {
    await using world = await liveWorld();
    await createCluster(world);
    const [instance = ''] = await registerInstances(world, 1);
    // More than there is room for: neither the deployment nor the drain ends by itself.
    await createServiceOnInstances(world, { desiredCount: 9 });
    await world.pass(60_000);
    await setStatus(world, [instance], 'DRAINING');
    const last = await away(world, field, async () => {
      await deleteService(world);
      await world.pass(150_000);
      await world.ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'prod', containerInstance: instance }));
      await world.ecs.send(new DeleteClusterCommand({ cluster: 'prod' }));
      await world.pass(7_200_000);
    });
    expect(last).toMatchObject({ type: 'ENDED', outcome });
  });

  it('is a task that ECS shows no more', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world, 'sandbox/exit-after:60-0');
    const arn = await runTask(world, { launchType: 'FARGATE', networkConfiguration: NETWORK });
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    const last = await away(world, `taskProgress(cluster: "prod", tasks: ["${id}"])`, () => world.pass(14_400_000));
    expect(last).toMatchObject({ outcome: 'GONE' });
    const query = `subscription { taskProgress(cluster: "prod", tasks: ["${id}"]) { ${FIELDS} } }`;
    await expect(world.subscribe(query)).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  it('is an instance that left the cluster', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const [instance = ''] = await registerInstances(world, 1);
    await registerRevision(world, 'web:1', { networkMode: 'bridge', requiresCompatibilities: ['EC2'] });
    await runTask(world, { launchType: 'EC2' });
    await setStatus(world, [instance], 'DRAINING');
    const last = await away(world, `drainProgress(cluster: "prod", containerInstances: ["${instance}"])`, async () => {
      const input = { cluster: 'prod', containerInstance: instance, force: true };
      await world.ecs.send(new DeregisterContainerInstanceCommand(input));
      await world.pass(7_200_000);
    });
    expect(last).toMatchObject({ outcome: 'DEREGISTERED' });
  });

  it('is a deployment that no list shows, of which nothing is known but that', () => {
    let snapshot: DeploymentSnapshot | undefined;
    const look = { service: service({ deployments: [] }), serviceDeployment: null, tasks: [] };
    const endings = [1, 2].map(() => {
      snapshot = observeDeployment(snapshot, OLD_STYLE, look, T0);
      return deploymentProgress(snapshot, T0).ending;
    });
    expect(endings).toMatchObject([null, { outcome: 'SUPERSEDED', cause: 'UNKNOWN', inferred: true }]);
    expect(deploymentSummary(deploymentProgress(snapshot as DeploymentSnapshot, T0), T0)).toBe(
      'web in prod: deployment was superseded by a newer one: ECS does not list it any more, and how it ended was not seen',
    );
  });

  it('is some of many hundred instances, of which the others go on', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const instances = await registerInstances(world, 320);
    await createServiceOnInstances(world, { desiredCount: 4 });
    await runTask(world, { launchType: 'EC2' });
    await world.pass(100_000);
    for (let from = 0; from < 320; from += 10) await setStatus(world, instances.slice(from, from + 10), 'DRAINING');
    const query = `subscription ($after: String) { drainProgress(cluster: "prod", after: $after) { ${FIELDS} progress { goneInstanceCount instances { outcome } } } }`;
    const feed = `subscription ($after: String) { drains(cluster: "prod", after: $after) { type cursor items { kind outcome } } }`;
    const drain = await world.subscribe<Update>(query);
    const drains = await world.subscribe<Update>(feed);
    await world.pass(4_000);
    const cursors = [drain, drains].map(({ events }) => events.at(-1)?.cursor ?? '');
    for (const cursor of cursors) expect(cursor.length).toBeLessThan(3_000);
    await Promise.all([drain.leave(), drains.leave()]);
    for (const containerInstance of instances.slice(-7)) {
      await world.ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'prod', containerInstance, force: true }));
    }
    await world.pass(60_000);
    world.restart();
    const again = await world.subscribe<Update & { readonly progress: object }>(query, { after: cursors[0] });
    expect(again.errors).toEqual([]);
    expect(again.events).toMatchObject([{ type: 'RESYNC', progress: { goneInstanceCount: 7 } }]);
    expect(again.events[0]?.summary).toMatch(/^313 instances in prod: .*; 7 instances left the cluster unseen$/);
    const other = await world.subscribe<Update>(feed, { after: cursors[1] });
    expect([other.errors, other.events.map(({ type }) => type)]).toEqual([[], ['RESYNC']]);
  });
});
