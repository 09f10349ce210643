import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { withSandbox } from '../support/start-sandbox.ts';

interface Found {
  readonly services: Service[];
  readonly tasks: Task[];
}

async function readAll(ecs: ECSClient): Promise<Found> {
  const services: Service[] = [];
  const tasks: Task[] = [];
  for (const cluster of (await ecs.send(new ListClustersCommand({}))).clusterArns ?? []) {
    const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
    const described = await ecs.send(
      new DescribeServicesCommand({ cluster, services: serviceArns, include: ['TAGS'] }),
    );
    services.push(...(described.services ?? []));
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
      if (taskArns.length === 0) continue;
      tasks.push(...((await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? []));
    }
  }
  return { services, tasks };
}

describe('the demo seed', () => {
  it('is a world that looks lived in', async () => {
    await using s = await withSandbox({ seed: 'demo' });
    const { clusters = [] } = await s.ecs.send(
      new DescribeClustersCommand({ clusters: ['default', 'platform', 'storefront'] }),
    );
    const instances = clusters.map((cluster) => cluster.registeredContainerInstancesCount ?? 0);
    expect(instances.reduce((sum, count) => sum + count, 0)).toBe(8);
    const { services, tasks } = await readAll(s.ecs);
    expect(services).toHaveLength(12);
    const running = tasks.filter((task) => task.desiredStatus === 'RUNNING');
    expect(running.length).toBeGreaterThanOrEqual(55);
    expect(running.length).toBeLessThanOrEqual(65);
    expect(new Set(tasks.map((task) => task.availabilityZone)).size).toBe(3);
    expect(running.some((task) => !task.group?.startsWith('service:'))).toBe(true);
    const exitCodes = new Set(tasks.flatMap((task) => (task.containers ?? []).map((container) => container.exitCode)));
    expect([...exitCodes].sort()).toEqual(expect.arrayContaining([0, 1, 137]));
    const inProgress = services.filter((service) => service.deployments?.[0]?.rolloutState === 'IN_PROGRESS');
    expect(inProgress.map((service) => service.serviceName).sort()).toEqual(['checkout', 'payments-worker', 'reports']);
    const failing = services.find((service) => service.serviceName === 'payments-worker');
    expect(failing?.deployments?.[0]?.failedTasks).toBeGreaterThan(5);
    const latest = Math.max(...tasks.map((task) => task.createdAt?.getTime() ?? 0));
    expect(latest).toBeLessThanOrEqual(s.sandbox.clock.now());
  });

  it('is the same each time', async () => {
    await using one = await withSandbox({ seed: 'demo' });
    await using other = await withSandbox({ seed: 'demo' });
    expect(await readAll(one.ecs)).toEqual(await readAll(other.ecs));
  });
});

describe('the fleet seed', () => {
  it('has 20 clusters of 50 services of 10 tasks, all of them running', async () => {
    await using s = await withSandbox({ seed: 'fleet' });
    const { clusterArns = [] } = await s.ecs.send(new ListClustersCommand({}));
    const { clusters = [] } = await s.ecs.send(new DescribeClustersCommand({ clusters: clusterArns }));
    expect(clusters).toHaveLength(20);
    for (const cluster of clusters) expect(cluster).toMatchObject({ activeServicesCount: 50, runningTasksCount: 500 });
    const instances = clusters.map((cluster) => cluster.registeredContainerInstancesCount);
    expect(instances.sort()).toEqual([...Array(10).fill(24), ...Array(10).fill(3)]);
  });
});
