import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeWorld, FakeException } from '../../support/ecs/fake-ecs.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

/** Time stands still, so ECS lists nothing of what a test writes. */
describe('lists of an ECS whose reads lag behind its writes', () => {
  let world: World;
  let taskDefinition: string;

  beforeAll(async () => {
    world = await createWorld({ seed: 'demo' });
    const found = await run<{ service: { taskDefinitionArn: string } }>(
      '{ service(cluster: "platform", service: "payments-worker") { taskDefinitionArn } }',
    );
    taskDefinition = found.service.taskDefinitionArn;
    world.sandbox.faults.set({ staleReadsMs: 10_000 });
  });
  afterAll(() => world.dispose());

  const run = <Data>(query: string, variables?: Record<string, unknown>) => world.data<Data>(query, variables);

  const write = <Data = unknown>(name: string, input: object, selection: string) =>
    run<Data>(
      `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${selection} } }`,
      { input },
    );

  /** The items of a list, of which one member is selected. */
  async function list(field: string, member: string): Promise<string[]> {
    const data = await run<{ list: { nodes: Record<string, string>[] } }>(`{ list: ${field} { nodes { ${member} } } }`);
    return data.list.nodes.map((node) => node[member] ?? '');
  }

  it('have a cluster once it was created, and not any more once it was deleted', async () => {
    const before = await list('clusters', 'clusterName');
    await write('createCluster', { clusterName: 'lists' }, 'cluster { clusterName }');
    expect((await list('clusters', 'clusterName')).sort()).toEqual([...before, 'lists'].sort());
    expect(await list('services(clusters: ["lists"])', 'serviceName')).toEqual([]);
    await write('deleteCluster', { cluster: 'lists' }, 'cluster { clusterName }');
    expect((await list('clusters', 'clusterName')).sort()).toEqual([...before].sort());
  });

  it('have a service deployment once a write started it, with what ECS shows of it by then', async () => {
    const SELECTION = 'service { serviceArn currentServiceDeployment { serviceDeploymentArn } }';
    interface Written {
      readonly service: { readonly serviceArn: string; readonly currentServiceDeployment: Record<string, string> };
    }
    const input = { cluster: 'platform', serviceName: 'deployed', taskDefinition, desiredCount: 1, launchType: 'EC2' };
    const { createService } = await write<{ createService: Written }>('createService', input, SELECTION);
    const arn = createService.service.currentServiceDeployment.serviceDeploymentArn;
    const deployments = (filters = '', member = 'serviceDeploymentArn') =>
      list(`serviceDeployments(cluster: "platform", service: "deployed"${filters})`, member);
    expect(await deployments()).toEqual([arn]);
    expect(await deployments('', 'status')).toEqual(['PENDING']);
    expect(await deployments(', status: [SUCCESSFUL]')).toEqual([]);
    // By the ARN of the service, which names its cluster.
    const { serviceArn } = createService.service;
    expect(await list(`serviceDeployments(service: "${serviceArn}")`, 'serviceDeploymentArn')).toEqual([arn]);
    expect(await list('serviceDeployments(cluster: "platform", service: "payments-worker")', 'status')).not.toContain(
      'PENDING',
    );

    // Seen by ECS, the next one is not yet.
    world.sandbox.clock.advance(20_000);
    const update = { cluster: 'platform', service: 'deployed', forceNewDeployment: true };
    const { updateService } = await write<{ updateService: Written }>('updateService', update, SELECTION);
    const next = updateService.service.currentServiceDeployment.serviceDeploymentArn;
    expect(next).not.toBe(arn);
    expect(await deployments()).toEqual([next, arn]);
    expect(
      await allPages('serviceDeployments(cluster: "platform", service: "deployed", PAGE)', 'serviceDeploymentArn', 1),
    ).toEqual([next, arn]);
    // Time for the scheduler's first plan, and for ECS to show it.
    world.sandbox.clock.advance(40_000);
    expect(await deployments()).toEqual([next, arn]);
    expect(await deployments('', 'status')).not.toContain('PENDING');
  });

  it('have a daemon and its deployment, and report its end', async () => {
    const { registerDaemonTaskDefinition } = await write<{
      registerDaemonTaskDefinition: { daemonTaskDefinitionArn: string };
    }>(
      'registerDaemonTaskDefinition',
      { family: 'agent', containerDefinitions: [{ name: 'agent', image: 'agent', memory: 64 }] },
      'daemonTaskDefinitionArn',
    );
    await write(
      'createCapacityProvider',
      {
        name: 'own',
        autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:x:y' },
      },
      'capacityProvider { name }',
    );
    const { cluster } = await run<{ cluster: { clusterArn: string } }>(
      '{ cluster(cluster: "platform") { clusterArn } }',
    );
    const { clusterArn } = cluster;
    const { createDaemon } = await write<{ createDaemon: { daemonArn: string; deploymentArn: string } }>(
      'createDaemon',
      { daemonName: 'logs', clusterArn, capacityProviderArns: ['own'], ...registerDaemonTaskDefinition },
      'daemonArn deploymentArn',
    );
    const { daemonArn, deploymentArn } = createDaemon;
    const daemons = (member: string) => list(`daemons(clusters: ["${clusterArn}"])`, member);
    expect(await daemons('daemonArn')).toEqual([daemonArn]);
    expect(await daemons('status')).toEqual(['ACTIVE']);
    expect(await list('daemons', 'daemonArn')).toEqual([daemonArn]);
    expect(await list('daemons(clusters: "storefront")', 'daemonArn')).toEqual([]);
    const deployments = (filters = '') =>
      list(`daemonDeployments(daemonArn: "${daemonArn}"${filters})`, 'daemonDeploymentArn');
    expect(await deployments()).toEqual([deploymentArn]);
    expect(await deployments(', status: [SUCCESSFUL]')).toEqual([]);
    world.sandbox.clock.advance(20_000);
    await write('deleteDaemon', { daemonArn }, 'daemonArn');
    expect(await daemons('status')).toEqual(['DELETE_IN_PROGRESS']);
    expect(await deployments()).toHaveLength(2);
  });

  it('leave out a cluster that ECS still lists', async () => {
    world.sandbox.faults.set({ staleReadsMs: 0 });
    await write('createCluster', { clusterName: 'doomed' }, 'cluster { clusterName }');
    world.sandbox.clock.advance(20_000);
    world.sandbox.faults.set({ staleReadsMs: 10_000 });
    expect(await list('clusters', 'clusterName')).toContain('doomed');
    await write('deleteCluster', { cluster: 'doomed' }, 'cluster { clusterName }');
    expect(await list('clusters', 'clusterName')).not.toContain('doomed');
    expect(await list('clusters', 'status')).not.toContain('INACTIVE');
  });

  it('have a new service where the filters let it in, once over all pages, and leave out a deleted one', async () => {
    const services = (filters = '') => list(`services(clusters: ["platform"]${filters})`, 'serviceName');
    const before = await services();
    const input = { cluster: 'platform', serviceName: 'newest', taskDefinition, desiredCount: 0, launchType: 'EC2' };
    await write('createService', input, 'service { serviceName }');
    expect((await services()).sort()).toEqual([...before, 'newest'].sort());
    expect(await services(', launchType: EC2')).toContain('newest');
    expect(await services(', launchType: FARGATE')).not.toContain('newest');
    expect(await services(', schedulingStrategy: DAEMON')).not.toContain('newest');
    expect((await allPages('services(clusters: ["platform"], PAGE)', 'serviceName', 2)).sort()).toEqual(
      [...before, 'newest'].sort(),
    );
    const [oldest = ''] = before;
    await write('deleteService', { cluster: 'platform', service: oldest, force: true }, 'service { status }');
    expect(await services()).not.toContain(oldest);
    expect(await allPages('services(clusters: ["platform"], PAGE)', 'serviceName', 2)).not.toContain(oldest);
    const uses = await run<{ taskDefinition: { services: { nodes: { serviceName: string }[] } } }>(
      `{ taskDefinition(taskDefinition: "${taskDefinition}") { services(clusters: ["platform"]) { nodes { serviceName } } } }`,
    );
    expect(uses.taskDefinition.services.nodes.map(({ serviceName }) => serviceName)).toContain('newest');
  });

  it('have a task that matches the filters, and list it as stopped once it was stopped', async () => {
    const tasks = (filters = '') => list(`tasks(clusters: ["platform"]${filters})`, 'taskArn');
    const input = { cluster: 'platform', taskDefinition, startedBy: 'me', count: 2 };
    const { runTask } = await write<{ runTask: { tasks: { taskArn: string }[] } }>(
      'runTask',
      input,
      'tasks { taskArn }',
    );
    const [one = '', two = ''] = runTask.tasks.map(({ taskArn }) => taskArn);
    const family = taskDefinition.split('/')[1]?.split(':')[0];
    for (const filters of ['', ', startedBy: "me"', `, family: "${family}"`, ', launchType: EC2']) {
      expect(await tasks(filters), filters).toEqual(expect.arrayContaining([one, two]));
    }
    for (const filters of [', startedBy: "you"', ', family: "other"', ', desiredStatus: STOPPED']) {
      expect(await tasks(filters), filters).not.toContain(one);
    }
    await write('stopTask', { cluster: 'platform', task: one }, 'task { taskArn }');
    expect(await tasks()).toEqual(expect.arrayContaining([two]));
    expect(await tasks()).not.toContain(one);
    expect(await tasks(', desiredStatus: STOPPED')).toContain(one);
    expect(new Set(await allPages('tasks(clusters: ["platform"], PAGE)', 'taskArn', 3))).toEqual(
      new Set(await tasks()),
    );
  });

  it('have more than a hundred instances that ECS does not list yet, once over all pages', async () => {
    const instances = 'containerInstances(clusters: ["many"], PAGE)';
    await write('createCluster', { clusterName: 'many' }, 'cluster { clusterName }');
    const register = Array.from(
      { length: 7 },
      (_, index) =>
        `r${index}: registerContainerInstance(input: { cluster: "many" }) { containerInstance { containerInstanceArn } }`,
    );
    const registered: string[] = [];
    for (let count = 0; count < 15; count += 1) {
      const answers = await run<Record<string, { containerInstance: { containerInstanceArn: string } }>>(
        `mutation { ${register.join(' ')} }`,
      );
      registered.push(...Object.values(answers).map((answer) => answer.containerInstance.containerInstanceArn));
    }
    expect(new Set(registered).size).toBe(105);
    for (const first of [40, 104, 1_000]) {
      expect((await allPages(instances, 'containerInstanceArn', first)).sort()).toEqual([...registered].sort());
    }
  });

  it("leave a stopped task out of its service's and its instance's, and have it among their stopped ones", async () => {
    const owners = `{ service(cluster: "platform", service: "payments-worker") {
      running: tasks { nodes { taskArn containerInstanceArn } }
      stopped: tasks(desiredStatus: STOPPED) { nodes { taskArn } } } }`;
    interface Owned {
      service: Record<'running' | 'stopped', { nodes: { taskArn: string; containerInstanceArn: string }[] }>;
    }
    const before = await run<Owned>(owners);
    const [task] = before.service.running.nodes;
    await write('stopTask', { cluster: 'platform', task: task?.taskArn }, 'task { taskArn }');
    const after = await run<Owned>(owners);
    const arns = (nodes: { taskArn: string }[]) => nodes.map(({ taskArn }) => taskArn);
    expect(arns(after.service.running.nodes)).not.toContain(task?.taskArn);
    expect(arns(after.service.stopped.nodes)).toEqual(
      [...arns(before.service.stopped.nodes), task?.taskArn ?? ''].sort(),
    );
    const { containerInstance } = await run<{ containerInstance: { tasks: { nodes: { taskArn: string }[] } } }>(
      `{ containerInstance(containerInstance: "${task?.containerInstanceArn}") { tasks { nodes { taskArn } } } }`,
    );
    expect(arns(containerInstance.tasks.nodes)).not.toContain(task?.taskArn);
    // Of several services in one cluster, the cluster's tasks are listed and grouped.
    const { services } = await run<{ services: { nodes: { tasks: { nodes: { taskArn: string }[] } }[] } }>(
      '{ services(clusters: ["platform"]) { nodes { tasks { nodes { taskArn } } } } }',
    );
    expect(services.nodes.flatMap(({ tasks }) => arns(tasks.nodes))).not.toContain(task?.taskArn);
  });

  it('have an instance under its new status', async () => {
    const instances = (filters = '') =>
      list(`containerInstances(clusters: ["platform"]${filters})`, 'containerInstanceArn');
    const all = await instances();
    const [one = ''] = await instances(', status: ACTIVE');
    await write(
      'updateContainerInstancesState',
      { cluster: 'platform', containerInstances: [one], status: 'DRAINING' },
      'containerInstances { status }',
    );
    expect(await instances(', status: DRAINING')).toContain(one);
    expect(await instances(', status: ACTIVE')).not.toContain(one);
    expect(await instances()).toEqual(all);
  });

  it('have a revision in its place in the order, and under INACTIVE once it was deregistered', async () => {
    const revisions = (filters: string) => list(`taskDefinitions(${filters})`, 'revision');
    const register = (family: string) =>
      write(
        'registerTaskDefinition',
        { family, containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] },
        'taskDefinition { taskDefinitionArn }',
      );
    const all = await list('taskDefinitions', 'taskDefinitionArn');
    const family = all[0]?.split('/')[1]?.split(':')[0] ?? '';
    const before = await revisions(`family: "${family}"`);
    await register(family);
    const next = Number(before.at(-1)) + 1;
    expect(await revisions(`family: "${family}"`)).toEqual([...before, next]);
    expect(await revisions(`family: "${family}", sort: DESC`)).toEqual([next, ...before.toReversed()]);
    const names = (arns: string[]) => arns.map((arn) => arn.split('/')[1]);
    const expected = names(all).toSpliced(before.length, 0, `${family}:${next}`);
    expect(names(await list('taskDefinitions', 'taskDefinitionArn'))).toEqual(expected);
    for (const first of [1, before.length, before.length + 1]) {
      expect(names(await allPages('taskDefinitions(PAGE)', 'taskDefinitionArn', first))).toEqual(expected);
    }
    const old = `${family}:${before[0]}`;
    await write('deregisterTaskDefinition', { taskDefinition: old }, 'taskDefinition { status }');
    expect(names(await list('taskDefinitions', 'taskDefinitionArn'))).not.toContain(old);
    expect(names(await list('taskDefinitions(status: INACTIVE)', 'taskDefinitionArn'))).toContain(old);
  });

  it('have a new family in its place, where the filters let it in', async () => {
    const families = (filters = '') => list(`taskDefinitionFamilies${filters}`, 'family');
    const before = await families();
    const family = `${before[0]}-next`;
    const input = { family, containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] };
    for (const _revision of [1, 2]) await write('registerTaskDefinition', input, 'taskDefinition { revision }');
    const expected = [...before, family].sort();
    expect(await families()).toEqual(expected);
    expect(await families('(status: ACTIVE)')).toContain(family);
    expect(await families('(status: INACTIVE)')).not.toContain(family);
    expect(await families(`(familyPrefix: "${family}")`)).toEqual([family]);
    expect(await families('(familyPrefix: "zzz")')).toEqual([]);
    for (const first of [1, 2, before.length]) {
      expect(await allPages('taskDefinitionFamilies(PAGE)', 'family', first)).toEqual(expected);
    }
  });

  it('have a new capacity provider, and the changes of one that ECS lists as it was', async () => {
    const providers = (filters = '', member = 'name') => list(`capacityProviders${filters}`, member);
    const before = await providers();
    const group = (targetCapacity: number) => ({
      managedScaling: { status: 'ENABLED', targetCapacity },
    });
    const autoScalingGroupArn =
      'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:x:autoScalingGroupName/new';
    await write(
      'createCapacityProvider',
      { name: 'new', autoScalingGroupProvider: { autoScalingGroupArn, ...group(80) } },
      'capacityProvider { name }',
    );
    expect((await providers()).sort()).toEqual([...before, 'new'].sort());
    expect(await providers('(capacityProviders: ["new"])', 'status')).toEqual(['ACTIVE']);
    expect(await providers('(capacityProviders: ["FARGATE"])')).toEqual(['FARGATE']);
    expect((await allPages('capacityProviders(PAGE)', 'name', 1)).sort()).toEqual([...before, 'new'].sort());

    world.sandbox.faults.set({ staleReadsMs: 0 });
    world.sandbox.clock.advance(20_000);
    world.sandbox.faults.set({ staleReadsMs: 10_000 });
    await write(
      'updateCapacityProvider',
      { name: 'new', autoScalingGroupProvider: group(60) },
      'capacityProvider { name }',
    );
    const { capacityProviders } = await run<{ capacityProviders: { nodes: unknown[] } }>(
      '{ capacityProviders { nodes { name autoScalingGroupProvider { managedScaling { targetCapacity } } } } }',
    );
    expect(capacityProviders.nodes).toContainEqual({
      name: 'new',
      autoScalingGroupProvider: { managedScaling: { targetCapacity: 60 } },
    });
  });

  /** Follows the list page by page. */
  async function allPages(field: string, member: string, first: number): Promise<string[]> {
    const items: string[] = [];
    let after: string | null = null;
    do {
      const data: { list: Page } = await run(
        `query ($first: Int, $after: String) { list: ${field.replace('PAGE', 'first: $first, after: $after')} {
           nodes { ${member} } pageInfo { hasNextPage endCursor } } }`,
        { first, after },
      );
      items.push(...data.list.nodes.map((node) => node[member] ?? ''));
      after = data.list.pageInfo.hasNextPage ? data.list.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(items).size).toBe(items.length);
    return items;
  }
});

interface Page {
  nodes: Record<string, string>[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';

describe('lists of an ECS that is asked about what it does not know yet', () => {
  const clusterArn = `${ARN}:cluster/early`;
  const service = { serviceArn: `${ARN}:service/early/api`, serviceName: 'api', clusterArn, status: 'ACTIVE' };
  const unknown = (what: string) => {
    throw new FakeException(`${what}NotFoundException`);
  };

  it('are empty, or have what was written, and trust the write where a description is refused', async () => {
    await using world = await createFakeWorld((operation) => {
      switch (operation) {
        case 'CreateCluster':
          return { cluster: { clusterArn, clusterName: 'early', status: 'ACTIVE' } };
        case 'CreateService':
          return { service };
        case 'ListClusters':
          return { clusterArns: [] };
        case 'ListServices':
          return unknown('Cluster');
        case 'ListTasks':
          return unknown('Service');
        case 'DescribeServices':
          throw new FakeException('AccessDeniedException');
        default:
          return { clusters: [] };
      }
    });
    expect((await world.query('{ services(clusters: ["early"]) { nodes { serviceName } } }')).data).toEqual({
      services: null,
    });
    await world.query('mutation { createCluster(input: { clusterName: "early" }) { cluster { clusterName } } }');
    const { data } = await world.query('{ clusters { nodes { clusterName services { nodes { serviceName } } } } }');
    expect(data).toEqual({ clusters: { nodes: [{ clusterName: 'early', services: { nodes: [] } }] } });
    await world.query(
      'mutation { createService(input: { cluster: "early", serviceName: "api" }) { service { serviceName } } }',
    );
    const { data: later, errors } = await world.query(
      '{ services(clusters: ["early"]) { nodes { serviceName tasks { nodes { taskArn } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(later).toEqual({ services: { nodes: [{ serviceName: 'api', tasks: { nodes: [] } }] } });
  });
});

describe('lists of an ECS whose reads do not lag', () => {
  it('cost no call more after a write', async () => {
    const world = await createWorld({ seed: 'demo' });
    try {
      await world.query('mutation { createCluster(input: { clusterName: "prompt" }) { cluster { clusterName } } }');
      const { calls } = await world.count('{ clusters { nodes { clusterName } } }');
      expect(calls).toEqual({ ListClusters: 1 });
    } finally {
      await world.dispose();
    }
  });
});
