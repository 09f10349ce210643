import { describe, expect, it } from 'vitest';
import { createFakeWorld, type FakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS, OLD_REVISION, OLD_TASK_DEFINITION, SERVICE, TASK } from '../../support/ecs/one-of-each.ts';

type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>>;

/** One thing of each kind, but for what the test says otherwise. */
function worldWith(answers: Answers = {}): Promise<FakeWorld> {
  return createFakeWorld((operation, input) => (answers[operation] ?? ANSWERS[operation])?.(input) ?? {});
}

const LOOK_UP = `{ task(task: "${ARNS.Task}") `;
const NEWER = 'ecs-svc/2222222222222222222';
const OLDER = 'ecs-svc/1111111111111111111';

const task = (overrides: object = {}) => ({ ...TASK, ...overrides });
const service = (overrides: object) => () => ({ services: [{ ...SERVICE, ...overrides }] });

describe('what started a task', () => {
  it('is found by startedBy among the deployments and task sets of its service, in one DescribeServices', async () => {
    await using world = await worldWith();
    const { data } = await world.query(`${LOOK_UP} { deploymentSlot { deploymentId status } taskSet { taskSetId } } }`);
    expect(data).toEqual({
      task: { deploymentSlot: { deploymentId: NEWER, status: 'PRIMARY' }, taskSet: { taskSetId: NEWER } },
    });
    expect(world.counts()).toEqual({ DescribeTasks: 1, DescribeServices: 1 });
  });

  it('is nothing for a standalone task, and costs nothing', async () => {
    const standalone = () => ({ tasks: [task({ group: 'family:web', startedBy: 'me' })] });
    await using world = await worldWith({ DescribeTasks: standalone });
    const links =
      'deploymentSlot { status } taskSet { id } serviceRevision { id } serviceDeployment { id } protection { taskArn }';
    const { data } = await world.query(`${LOOK_UP} { ${links} } }`);
    const nothing = {
      deploymentSlot: null,
      taskSet: null,
      serviceRevision: null,
      serviceDeployment: null,
      protection: null,
    };
    expect(data).toEqual({ task: nothing });
    expect(world.counts()).toEqual({ DescribeTasks: 1 });
  });

  const revision = `${LOOK_UP} { serviceRevision { serviceRevisionArn serviceArn } } }`;

  // A revision's number is its deployment's: 3 of 3 pairs in recordings of two accounts (CreateService and UpdateService, 2026-04).
  it.each([
    ['a deployment', NEWER, ARNS.ServiceRevision],
    ['an older deployment, be it of the same task definition or gone from the list', OLDER, OLD_REVISION],
    ['whoever else names itself', 'deployer', null],
  ])('is the revision with the number of %s, without a call', async (_what, startedBy, arn) => {
    await using world = await worldWith({ DescribeTasks: () => ({ tasks: [task({ startedBy })] }) });
    const { data } = await world.query(revision);
    expect(data).toEqual({ task: { serviceRevision: arn && { serviceRevisionArn: arn, serviceArn: ARNS.Service } } });
    expect(world.counts()).toEqual({ DescribeTasks: 1 });
  });

  it('is null if ECS has no revision of that number', async () => {
    await using world = await worldWith({
      DescribeServiceRevisions: () => ({ failures: [{ arn: ARNS.ServiceRevision, reason: 'MISSING' }] }),
    });
    const { data } = await world.query(`${LOOK_UP} { serviceRevision { launchType } } }`);
    expect(data).toEqual({ task: { serviceRevision: null } });
  });

  it('lists the service deployments of a service once for all of its tasks', async () => {
    const arns = ['a', 'b', 'c'].map((id) => `${ARNS.Cluster.replace(':cluster/', ':task/')}/${id}`);
    await using world = await worldWith({
      ListTasks: () => ({ taskArns: arns }),
      DescribeTasks: () => ({ tasks: arns.map((taskArn) => task({ taskArn })) }),
    });
    const { data } = await world.query('{ tasks(clusters: ["prod"]) { nodes { serviceDeployment { status } } } }');
    expect(data).toEqual({ tasks: { nodes: arns.map(() => ({ serviceDeployment: { status: 'IN_PROGRESS' } })) } });
    expect(world.counts()).toEqual({
      ListTasks: 1,
      DescribeTasks: 1,
      ListServiceDeployments: 1,
    });
  });
});

describe('a deployment', () => {
  const arns = ['a', 'b', 'c'].map((id) => `${ARNS.Cluster.replace(':cluster/', ':task/')}/${id}`);
  const started = (taskArn: string, index: number) => task({ taskArn, startedBy: index === 0 ? OLDER : NEWER });
  const answers: Answers = {
    DescribeServices: service({
      deployments: [
        { id: NEWER, status: 'PRIMARY', taskDefinition: ARNS.TaskDefinition },
        { id: OLDER, status: 'ACTIVE', taskDefinition: OLD_TASK_DEFINITION },
      ],
    }),
    ListTasks: () => ({ taskArns: arns }),
    DescribeTasks: () => ({ tasks: arns.map(started) }),
  };

  it('has its service and the tasks that it started, listed once for all deployments of the service', async () => {
    await using world = await worldWith(answers);
    const { data, errors } = await world.query(
      `{ service(cluster: "prod", service: "web") { deployments {
           deploymentId service { serviceName status } tasks { nodes { taskArn deploymentSlot { deploymentId } } } } } }`,
    );
    expect(errors).toBeUndefined();
    const [oldest, ...others] = arns.map((taskArn, index) => {
      return { taskArn, deploymentSlot: { deploymentId: index === 0 ? OLDER : NEWER } };
    });
    const its = { serviceName: SERVICE.serviceName, status: SERVICE.status };
    expect(data).toEqual({
      service: {
        deployments: [
          { deploymentId: NEWER, service: its, tasks: { nodes: others } },
          { deploymentId: OLDER, service: its, tasks: { nodes: [oldest] } },
        ],
      },
    });
    expect(world.counts()).toEqual({ DescribeServices: 1, ListTasks: 1, DescribeTasks: 1 });
  });

  it('has the revision that it brings in and the service deployment that does, each read once', async () => {
    await using world = await worldWith(answers);
    const { data } = await world.query(
      `{ service(cluster: "prod", service: "web") { deployments {
           serviceRevision { serviceRevisionArn } serviceDeployment { status } taskDefinition { taskDefinitionArn } } } }`,
    );
    expect(data).toEqual({
      service: {
        deployments: [
          {
            serviceRevision: { serviceRevisionArn: ARNS.ServiceRevision },
            serviceDeployment: { status: 'IN_PROGRESS' },
            taskDefinition: { taskDefinitionArn: ARNS.TaskDefinition },
          },
          {
            serviceRevision: { serviceRevisionArn: OLD_REVISION },
            serviceDeployment: null,
            taskDefinition: { taskDefinitionArn: OLD_TASK_DEFINITION },
          },
        ],
      },
    });
    expect(world.counts()).toEqual({ DescribeServices: 1, ListServiceDeployments: 1 });
  });

  it.each([
    ['two deployments of one task definition', undefined, [ARNS.ServiceRevision, OLD_REVISION]],
    ['a service without revisions', [], [null, null]],
  ])('has its revision by its number: %s', async (_what, currentServiceRevisions, expected) => {
    const deployments = [NEWER, OLDER].map((id) => ({ id, taskDefinition: ARNS.TaskDefinition }));
    await using world = await worldWith({
      DescribeServices: service({ deployments, ...(currentServiceRevisions && { currentServiceRevisions }) }),
    });
    const { data } = await world.query(
      '{ service(cluster: "prod", service: "web") { deployments { serviceRevision { serviceRevisionArn } } } }',
    );
    const revisions = expected.map((arn) => ({ serviceRevision: arn && { serviceRevisionArn: arn } }));
    expect(data).toEqual({ service: { deployments: revisions } });
    expect(world.counts()).toEqual({ DescribeServices: 1 });
  });
});

describe('protection of tasks', () => {
  it('is read for 100 tasks of a cluster at a time, and only for those of services', async () => {
    const arns = Array.from(
      { length: 240 },
      (_, index) => `${ARNS.Cluster.replace(':cluster/', ':task/')}/t${1000 + index}`,
    );
    const known = arns.map((taskArn, index) => task({ taskArn, group: index < 210 ? 'service:web' : 'family:web' }));
    await using world = await worldWith({
      ListTasks: ({ nextToken }) =>
        nextToken
          ? {
              taskArns: arns.slice(Number(nextToken), Number(nextToken) + 100),
              ...(nextToken === '100' && { nextToken: '200' }),
            }
          : { taskArns: arns.slice(0, 100), nextToken: '100' },
      DescribeTasks: ({ tasks }) => ({
        tasks: known.filter((item) => (tasks as string[]).includes((item as { taskArn: string }).taskArn)),
      }),
      GetTaskProtection: ({ tasks }) => ({
        protectedTasks: (tasks as string[]).map((taskArn) => ({ taskArn, protectionEnabled: taskArn.endsWith('7') })),
      }),
    });
    const { data } = await world.query<{ tasks: { nodes: { protection: { protectionEnabled: boolean } | null }[] } }>(
      '{ tasks(clusters: ["prod"], first: 1000) { nodes { protection { protectionEnabled } } } }',
    );
    const nodes = data?.tasks.nodes ?? [];
    expect(nodes.filter((node) => node.protection?.protectionEnabled)).toHaveLength(21);
    expect(nodes.filter((node) => node.protection === null)).toHaveLength(30);
    expect(world.counts().GetTaskProtection).toBe(3);
  });
});

describe('stopped tasks of a service', () => {
  const stopped = (serviceName: string, id: string) => ({
    taskArn: `${ARNS.Cluster.replace(':cluster/', ':task/')}/${id}`,
    clusterArn: ARNS.Cluster,
    group: `service:${serviceName}`,
  });
  const all = [stopped('web', 'a'), stopped('web', 'b'), stopped('api', 'c')];
  const answers: Answers = {
    DescribeServices: ({ services }) => ({
      services: (services as string[]).map((name) => ({
        serviceArn: name.startsWith('arn:') ? name : `${ARNS.Service.replace(/web$/, name)}`,
        serviceName: name.split('/').at(-1),
        clusterArn: ARNS.Cluster,
      })),
    }),
    // As ECS at times does: nothing for the service, although its tasks are still there.
    ListTasks: ({ serviceName }) => ({ taskArns: serviceName ? [] : all.map((item) => item.taskArn) }),
    DescribeTasks: ({ tasks }) => ({ tasks: all.filter((item) => (tasks as string[]).includes(item.taskArn)) }),
  };

  it('are the tasks of its group in the cluster if ECS lists none', async () => {
    await using world = await worldWith(answers);
    const { data } = await world.query(
      '{ service(cluster: "prod", service: "web") { tasks(desiredStatus: STOPPED) { nodes { taskArn } } } }',
    );
    expect(data).toEqual({
      service: { tasks: { nodes: [{ taskArn: all[0]?.taskArn }, { taskArn: all[1]?.taskArn }] } },
    });
    expect(
      world.calls.filter(({ operation }) => operation === 'ListTasks').map(({ input }) => input.serviceName),
    ).toEqual(['web', undefined]);
  });

  it('are searched for once, however many services lack them', async () => {
    const page = (token: unknown) => Number(token ?? 0);
    await using world = await worldWith({
      ...answers,
      ListServices: () => ({ serviceArns: ['web', 'api'].map((name) => ARNS.Service.replace(/web$/, name)) }),
      ListTasks: ({ serviceName, nextToken }) => {
        const number = page(nextToken);
        const next = number < 2 ? { nextToken: String(number + 1) } : {};
        return serviceName
          ? { taskArns: [] }
          : { taskArns: all.slice(number, number + 1).map((item) => item.taskArn), ...next };
      },
    });
    type Data = { services: { nodes: { tasks: { nodes: object[] } }[] } };
    const { data } = await world.query<Data>(
      '{ services(clusters: ["prod"]) { nodes { tasks(desiredStatus: STOPPED) { nodes { taskArn } } } } }',
    );
    expect(data?.services.nodes.map(({ tasks }) => tasks.nodes.length)).toEqual([2, 1]);
    // Two pages of the cluster's list, as dear as two lists; those two; then the third page, as a request reads a page once.
    expect(world.counts().ListTasks).toBe(2 + 2 + 1);
  });

  it('are not searched for where running ones were asked for', async () => {
    await using world = await worldWith(answers);
    await world.query('{ service(cluster: "prod", service: "web") { tasks { nodes { taskArn } } } }');
    expect(world.counts().ListTasks).toBe(1);
  });
});

describe('a container instance', () => {
  it('has the services of its tasks, each once, described only where more than the name is read', async () => {
    const arns = ['a', 'b'].map((id) => `${ARNS.Cluster.replace(':cluster/', ':task/')}/${id}`);
    await using world = await worldWith({
      ListTasks: () => ({ taskArns: arns }),
      DescribeTasks: () => ({ tasks: arns.map((taskArn) => task({ taskArn })) }),
    });
    const { data } = await world.query(
      `{ containerInstance(containerInstance: "${ARNS.ContainerInstance}") { services { nodes { serviceName } } } }`,
    );
    expect(data).toEqual({ containerInstance: { services: { nodes: [{ serviceName: 'web' }] } } });
    expect(world.counts()).toEqual({ DescribeContainerInstances: 1, ListTasks: 1, DescribeTasks: 1 });
  });
});

describe('a task definition', () => {
  it('has a previous revision, but the first has none and makes no call', async () => {
    await using world = await worldWith();
    const { data } = await world.query(
      '{ taskDefinition(taskDefinition: "web:2") { previous { revision previous { revision } } } }',
    );
    expect(data).toEqual({ taskDefinition: { previous: { revision: 1, previous: null } } });
    expect(world.counts()).toEqual({ DescribeTaskDefinition: 2 });
  });

  it('has the services and tasks that run it, the lists read once for several revisions', async () => {
    await using world = await worldWith({
      ListTaskDefinitions: () => ({ taskDefinitionArns: [OLD_TASK_DEFINITION, ARNS.TaskDefinition] }),
    });
    const { data } = await world.query(
      '{ taskDefinitions { nodes { revision services(clusters: ["prod"]) { nodes { serviceName } } tasks(clusters: ["prod"]) { nodes { taskArn } } } } }',
    );
    const services = { nodes: [{ serviceName: 'web' }] };
    expect(data).toEqual({
      taskDefinitions: {
        nodes: [
          { revision: 1, services, tasks: { nodes: [] } },
          { revision: 2, services, tasks: { nodes: [{ taskArn: ARNS.Task }] } },
        ],
      },
    });
    expect(world.counts()).toEqual({
      ListTaskDefinitions: 1,
      ListServices: 1,
      DescribeServices: 1,
      ListTasks: 1,
      DescribeTasks: 1,
    });
  });
});
