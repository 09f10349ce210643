import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

/** Time stands still, so what was written in a test is never in ECS's readings, whenever it is read again. */
describe('an ECS whose reads lag behind its writes', () => {
  let world: World;
  let cluster: string;
  let service: string;
  let taskDefinition: string;

  beforeAll(async () => {
    world = await createWorld({ seed: 'demo' });
    const found = await run<{
      service: { clusterArn: string; serviceArn: string; taskDefinitionArn: string };
    }>('{ service(cluster: "platform", service: "payments-worker") { clusterArn serviceArn taskDefinitionArn } }');
    ({ clusterArn: cluster, serviceArn: service, taskDefinitionArn: taskDefinition } = found.service);
    world.sandbox.faults.set({ staleReadsMs: 10_000 });
  });
  afterAll(() => world.dispose());

  const run = <Data>(query: string, variables?: Record<string, unknown>) => world.data<Data>(query, variables);

  const SERVICE = `query ($cluster: ID!, $service: ID!) {
    service(cluster: $cluster, service: $service) { desiredCount status deployments { status desiredCount } }
  }`;

  it('shows a service as it was written, and as ECS has it once that is newer', async () => {
    const read = () => run<{ service: { desiredCount: number } | null }>(SERVICE, { cluster, service });
    const before = (await read()).service?.desiredCount ?? 0;
    const input = { cluster, service, desiredCount: before + 1 };
    await run('mutation ($input: UpdateServiceInput!) { updateService(input: $input) { service { serviceName } } }', {
      input,
    });
    expect((await read()).service?.desiredCount).toBe(before + 1);
    expect((await run<{ node: unknown }>(BY_ARN, { service })).node).toMatchObject({ desiredCount: before + 1 });
  });

  const BY_ARN = 'query ($service: ID!) { node: service(service: $service) { desiredCount } }';

  it('shows a service that ECS does not find yet', async () => {
    const input = { cluster, serviceName: 'fresh', taskDefinition, desiredCount: 0 };
    await run('mutation ($input: CreateServiceInput!) { createService(input: $input) { service { serviceName } } }', {
      input,
    });
    const { service: found } = await run<{ service: unknown }>(SERVICE, { cluster, service: 'fresh' });
    expect(found).toMatchObject({ status: 'ACTIVE', desiredCount: 0 });
  });

  it('shows a task that ECS does not find yet as it was started, and a stopped one as stopping', async () => {
    const input = { cluster, taskDefinition };
    const { runTask } = await run<{ runTask: { tasks: { taskArn: string }[] } }>(
      'mutation ($input: RunTaskInput!) { runTask(input: $input) { tasks { taskArn } } }',
      { input },
    );
    const task = runTask.tasks[0]?.taskArn ?? '';
    const TASK = 'query ($task: ID!) { task(task: $task) { lastStatus desiredStatus } }';
    const read = () => run<{ task: { lastStatus: string; desiredStatus: string } | null }>(TASK, { task });
    expect((await read()).task).toMatchObject({ desiredStatus: 'RUNNING' });
    expect(['PROVISIONING', 'PENDING']).toContain((await read()).task?.lastStatus);
    await run('mutation ($input: StopTaskInput!) { stopTask(input: $input) { task { taskArn } } }', {
      input: { cluster, task },
    });
    expect((await read()).task).toMatchObject({ desiredStatus: 'STOPPED' });
  });

  it('shows whether tasks are protected, as was written', async () => {
    const TASKS = `query ($cluster: ID!) {
      service(cluster: $cluster, service: "payments-worker") {
        tasks(first: 2) { nodes { taskArn protection { protectionEnabled expirationDate } } }
      }
    }`;
    interface Tasks {
      readonly service: { readonly tasks: { readonly nodes: { taskArn: string; protection: object }[] } };
    }
    const [one, other] = (await run<Tasks>(TASKS, { cluster })).service.tasks.nodes;
    expect(one?.protection).toMatchObject({ protectionEnabled: false });
    const input = { cluster, tasks: [one?.taskArn], protectionEnabled: true, expiresInMinutes: 60 };
    const { updateTaskProtection } = await run<{ updateTaskProtection: { protectedTasks: object[] } }>(
      `mutation ($input: UpdateTaskProtectionInput!) {
         updateTaskProtection(input: $input) { protectedTasks { protectionEnabled expirationDate } } }`,
      { input },
    );
    const { nodes } = (await run<Tasks>(TASKS, { cluster })).service.tasks;
    expect(nodes[0]?.protection).toEqual(updateTaskProtection.protectedTasks[0]);
    expect(nodes[1]).toEqual(other);
  });

  it('shows task sets as they were created, changed and deleted', async () => {
    const external = { cluster, serviceName: 'outside', desiredCount: 0, deploymentController: { type: 'EXTERNAL' } };
    await run('mutation ($input: CreateServiceInput!) { createService(input: $input) { service { serviceName } } }', {
      input: external,
    });
    world.sandbox.clock.advance(20_000);
    const place = { cluster, service: 'outside' };
    const created = await run<{ createTaskSet: { taskSet: { id: string; taskSetArn: string; taskSetId: string } } }>(
      'mutation ($input: CreateTaskSetInput!) { createTaskSet(input: $input) { taskSet { id taskSetId taskSetArn } } }',
      { input: { ...place, taskDefinition, scale: { value: 50, unit: 'PERCENT' } } },
    );
    const { id, taskSetArn } = created.createTaskSet.taskSet;
    const TASK_SETS = `query ($cluster: ID!, $only: [ID!], $id: ID!) {
      all: taskSets(cluster: $cluster, service: "outside") { nodes { taskSetArn scale { value } } }
      these: taskSets(cluster: $cluster, service: "outside", taskSets: $only) { nodes { taskSetArn } }
      others: taskSets(cluster: $cluster, service: "outside", taskSets: ["ecs-svc/1"]) { nodes { taskSetArn } }
      node(id: $id) { ... on TaskSet { status scale { value } } }
    }`;
    const read = () => run<Record<string, unknown>>(TASK_SETS, { cluster, id, only: [taskSetArn] });
    expect(await read()).toEqual({
      all: { nodes: [{ taskSetArn, scale: { value: 50 } }] },
      these: { nodes: [{ taskSetArn }] },
      others: { nodes: [] },
      node: { status: 'ACTIVE', scale: { value: 50 } },
    });
    world.sandbox.clock.advance(20_000);
    const scale = { value: 25, unit: 'PERCENT' };
    await run('mutation ($input: UpdateTaskSetInput!) { updateTaskSet(input: $input) { taskSet { id } } }', {
      input: { ...place, taskSet: taskSetArn, scale },
    });
    expect(await read()).toMatchObject({ all: { nodes: [{ scale: { value: 25 } }] }, node: { scale: { value: 25 } } });
    await run('mutation ($input: DeleteTaskSetInput!) { deleteTaskSet(input: $input) { taskSet { id } } }', {
      input: { ...place, taskSet: taskSetArn, force: true },
    });
    expect(await read()).toMatchObject({ node: { status: 'DRAINING' } });
  });

  it('shows an instance as draining', async () => {
    const { cluster: found } = await run<{
      cluster: { containerInstances: { nodes: { containerInstanceArn: string }[] } };
    }>('{ cluster(cluster: "platform") { containerInstances(first: 1) { nodes { containerInstanceArn } } } }');
    const containerInstance = found.containerInstances.nodes[0]?.containerInstanceArn ?? '';
    await run(
      `mutation ($input: UpdateContainerInstancesStateInput!) {
         updateContainerInstancesState(input: $input) { containerInstances { status } } }`,
      { input: { cluster, containerInstances: [containerInstance], status: 'DRAINING' } },
    );
    const { containerInstance: read } = await run<{ containerInstance: unknown }>(
      'query ($containerInstance: ID!) { containerInstance(containerInstance: $containerInstance) { status } }',
      { containerInstance },
    );
    expect(read).toEqual({ status: 'DRAINING' });
  });

  it('shows a cluster that ECS does not find yet, and settings and tags as they were set', async () => {
    await run('mutation { createCluster(input: { clusterName: "new" }) { cluster { clusterName } } }');
    expect(await run('{ cluster(cluster: "new") { status } }')).toEqual({ cluster: { status: 'ACTIVE' } });
    const { tagResource } = await run<{ tagResource: { tags: unknown[] } }>(
      'mutation ($resourceArn: ID!) { tagResource(input: { resourceArn: $resourceArn, tags: [{ key: "owner", value: "me" }] }) { tags { key value } } }',
      { resourceArn: cluster },
    );
    expect(tagResource.tags).toContainEqual({ key: 'owner', value: 'me' });
    const { cluster: tagged } = await run<{ cluster: { tags: unknown[] } }>(
      '{ cluster(cluster: "platform") { tags { key value } } }',
    );
    expect(tagged.tags).toContainEqual({ key: 'owner', value: 'me' });
  });

  it('shows a revision that ECS does not find yet, as the latest of its family too', async () => {
    const { registerTaskDefinition } = await run<{ registerTaskDefinition: { taskDefinition: { revision: number } } }>(
      `mutation { registerTaskDefinition(input: { family: "novel", containerDefinitions: [{ name: "a", image: "b", memory: 64 }] }) {
         taskDefinition { revision } } }`,
    );
    expect(registerTaskDefinition.taskDefinition.revision).toBe(1);
    expect(await run('{ taskDefinition(taskDefinition: "novel") { revision status } }')).toEqual({
      taskDefinition: { revision: 1, status: 'ACTIVE' },
    });
  });
});
