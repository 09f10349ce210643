import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({ seed: 'empty' }, { EXPOSE_KINDS: 'LABEL' });
});
afterEach(() => world.dispose());

const REGISTER = `mutation {
  registerTaskDefinition(input: {
    family: "web", cpu: "256", memory: "512", networkMode: AWSVPC, requiresCompatibilities: [FARGATE],
    containerDefinitions: [{ name: "app", image: "example/web:1", portMappings: [{ containerPort: 80 }], dockerLabels: { team: "web" } }]
  }) { taskDefinition { family revision status containerDefinitions { name dockerLabels } } }
}`;
const CREATE = `mutation ($key: ID) {
  createService(idempotencyKey: $key, input: {
    cluster: "prod", serviceName: "web", taskDefinition: "web", desiredCount: 2, launchType: FARGATE,
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } }
  }) { service { id status desiredCount taskDefinition { family revision } cluster { clusterName } } }
}`;

async function prepare() {
  await world.query('mutation { createCluster(input: { clusterName: "prod" }) { cluster { id } } }');
  const registered = await world.query(REGISTER);
  expect(registered.errors).toBeUndefined();
  return registered;
}

describe('writes', () => {
  it('run from a cluster to a service whose tasks come up, are scaled and stopped', async () => {
    expect((await prepare()).data).toEqual({
      registerTaskDefinition: {
        taskDefinition: {
          family: 'web',
          revision: 1,
          status: 'ACTIVE',
          containerDefinitions: [{ name: 'app', dockerLabels: { team: 'web' } }],
        },
      },
    });
    const created = await world.query(CREATE);
    expect(created).toMatchObject({
      data: {
        createService: {
          service: {
            status: 'ACTIVE',
            desiredCount: 2,
            taskDefinition: { family: 'web', revision: 1 },
            cluster: { clusterName: 'prod' },
          },
        },
      },
    });

    world.sandbox.clock.advance(5 * 60_000);
    const running =
      '{ service(cluster: "prod", service: "web") { runningCount tasks { nodes { taskArn lastStatus } } } }';
    const up = await world.query<{ service: { tasks: { nodes: { taskArn: string }[] } } }>(running);
    expect(up.data).toMatchObject({
      service: { runningCount: 2, tasks: { nodes: [{ lastStatus: 'RUNNING' }, { lastStatus: 'RUNNING' }] } },
    });

    await world.query(
      'mutation { updateService(input: { cluster: "prod", service: "web", desiredCount: 3 }) { service { desiredCount } } }',
    );
    const task = up.data?.service.tasks.nodes[0]?.taskArn;
    const stopped = await world.query(
      'mutation ($task: ID!) { stopTask(input: { cluster: "prod", task: $task, reason: "by test" }) { task { taskArn desiredStatus stoppedReason } } }',
      { task },
    );
    expect(stopped.data).toEqual({
      stopTask: { task: { taskArn: task, desiredStatus: 'STOPPED', stoppedReason: 'by test' } },
    });
    world.sandbox.clock.advance(5 * 60_000);
    expect((await world.query(running)).data).toMatchObject({ service: { runningCount: 3 } });
  });

  it('run tasks, and return what could not be placed as typed failures', async () => {
    await prepare();
    const fargate = await world.query(`mutation {
      runTask(input: { cluster: "prod", taskDefinition: "web", count: 2, launchType: FARGATE,
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { tasks { lastStatus group } failures { reason } }
    }`);
    expect(fargate).toMatchObject({
      data: { runTask: { tasks: [{ group: 'family:web' }, { group: 'family:web' }], failures: [] } },
    });
  });

  it('report a mistake at its place, in ECS’s words, with what to do about it', async () => {
    const { data, errors } = await world.query(
      'mutation { updateService(input: { cluster: "nowhere", service: "web", desiredCount: 3 }) { service { id } } }',
    );
    expect(data).toEqual({ updateService: null });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['updateService'],
        extensions: expect.objectContaining({
          code: 'NOT_FOUND',
          operation: 'UpdateService',
          awsCode: 'ClusterNotFoundException',
          retryable: false,
          requestId: expect.any(String),
        }),
      }),
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/at .*\(|node_modules|stack/);
  });

  it('pass the idempotency key where ECS takes a token: the same service comes back', async () => {
    await prepare();
    const first = await world.query(CREATE, { key: 'deploy-1' });
    const second = await world.query(CREATE, { key: 'deploy-1' });
    expect(second.errors).toBeUndefined();
    expect(second.data).toEqual(first.data);
  });

  it('are done once for a key, by the same server, where ECS takes no token', async () => {
    await prepare();
    await world.query(CREATE);
    const roll = (key: string, desiredCount = 2) => ({
      query: `mutation ($key: ID, $count: Int) {
        updateService(idempotencyKey: $key, input: { cluster: "prod", service: "web", forceNewDeployment: true, desiredCount: $count }) {
          service { deployments { deploymentId } }
        }
      }`,
      variables: { key, count: desiredCount },
    });
    const send = ({ query, variables }: ReturnType<typeof roll>) => world.count(query, variables);
    const [first, beside] = await Promise.all([send(roll('a')), send(roll('a'))]);
    expect(beside.data).toEqual(first.data);
    const again = await send(roll('a'));
    expect(again.data).toEqual(first.data);
    expect(again.calls).toEqual({});
    const next = await send(roll('b'));
    expect(next.calls).toEqual({ UpdateService: 1 });
    expect(next.data).not.toEqual(first.data);
    expect((await world.query(roll('a').query, { key: 'a', count: 3 })).errors).toEqual([
      expect.objectContaining({
        message: 'Argument "idempotencyKey" was sent before with another input.',
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      }),
    ]);
  });

  it('may be tried again by their key where they failed', async () => {
    const register = `mutation { registerTaskDefinition(idempotencyKey: "r", input: {
      family: "retried", containerDefinitions: [{ name: "a", image: "b", memory: 64 }] }) { taskDefinition { revision } } }`;
    world.sandbox.faults.set({ rules: [{ operations: ['RegisterTaskDefinition'], fault: 'accessDenied', times: 1 }] });
    expect((await world.query(register)).errors).toHaveLength(1);
    for (const _time of [1, 2]) {
      expect((await world.query(register)).data).toEqual({
        registerTaskDefinition: { taskDefinition: { revision: 1 } },
      });
    }
  });

  it('are not seen through what the same request read before', async () => {
    await prepare();
    await world.query(CREATE);
    const scale = (count: number, alias: string) =>
      `${alias}: updateService(input: { cluster: "prod", service: "web", desiredCount: ${count} }) { service { desiredCount cluster { activeServicesCount } } }`;
    const { data } = await world.query(`mutation { ${scale(4, 'a')} ${scale(5, 'b')} }`);
    expect(data).toMatchObject({ a: { service: { desiredCount: 4 } }, b: { service: { desiredCount: 5 } } });
  });

  it('drain a container instance and put it back', async () => {
    const demo = await createWorld({ seed: 'demo' });
    try {
      const { data } = await demo.query<{ containerInstances: { nodes: { containerInstanceArn: string }[] } }>(
        '{ containerInstances(clusters: ["platform"], first: 1) { nodes { containerInstanceArn } } }',
      );
      const arn = data?.containerInstances.nodes[0]?.containerInstanceArn;
      const set = (status: string) =>
        demo.query(
          `mutation ($arns: [ID!]!) { updateContainerInstancesState(input: { cluster: "platform", containerInstances: $arns, status: ${status} }) {
            containerInstances { containerInstanceArn status cluster { clusterName } } failures { arn reason } } }`,
          { arns: [arn, arn?.replace(/.{4}$/, '0000')] },
        );
      expect(await set('DRAINING')).toMatchObject({
        data: {
          updateContainerInstancesState: {
            containerInstances: [
              { containerInstanceArn: arn, status: 'DRAINING', cluster: { clusterName: 'platform' } },
            ],
            failures: [{ reason: 'MISSING' }],
          },
        },
      });
      const { data: draining } = await demo.query(
        '{ containerInstances(clusters: ["platform"], status: DRAINING) { nodes { containerInstanceArn } } }',
      );
      expect(draining).toEqual({ containerInstances: { nodes: [{ containerInstanceArn: arn }] } });
      expect(await set('ACTIVE')).toMatchObject({
        data: { updateContainerInstancesState: { containerInstances: [{ status: 'ACTIVE' }] } },
      });
    } finally {
      await demo.dispose();
    }
  });
});

describe('references in writes', () => {
  it.each(['id', 'serviceArn'])('accept the %s of a service, which contains its cluster', async (field) => {
    await prepare();
    const { createService } = await world.data<{ createService: { service: Record<string, string> } }>(
      CREATE.replace('id status', 'id serviceArn status'),
    );
    const service = createService.service[field];
    const updated = await world.data(
      'mutation ($s: ID!) { updateService(input: { service: $s, desiredCount: 1 }) { service { serviceName desiredCount } } }',
      { s: service },
    );
    expect(updated).toEqual({ updateService: { service: { serviceName: 'web', desiredCount: 1 } } });
    const other = await world.count(
      'mutation ($s: ID!) { updateService(input: { cluster: "other", service: $s, desiredCount: 1 }) { service { id } } }',
      { s: service },
    );
    expect(other.errors).toMatchObject([
      {
        message: expect.stringContaining('is in cluster "prod", but "input.cluster" names another'),
        extensions: { code: 'BAD_USER_INPUT', argument: 'input.service' },
      },
    ]);
    expect(other.calls).toEqual({});
  });

  it('take ids of tasks, task definitions and clusters', async () => {
    await prepare();
    const ids = await world.data<{ cluster: { id: string }; taskDefinition: { id: string } }>(
      '{ cluster(cluster: "prod") { id } taskDefinition(taskDefinition: "web") { id } }',
    );
    const { runTask } = await world.data<{ runTask: { tasks: { id: string }[] } }>(
      `mutation ($c: ID, $d: ID!) { runTask(input: { cluster: $c, taskDefinition: $d, launchType: FARGATE,
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { tasks { id } } }`,
      { c: ids.cluster.id, d: ids.taskDefinition.id },
    );
    const [task] = runTask.tasks;
    const stop = 'mutation ($t: ID!) { stopTask(input: { task: $t }) { task { id desiredStatus } } }';
    expect(await world.data(stop, { t: task?.id })).toEqual({
      stopTask: { task: { id: task?.id, desiredStatus: 'STOPPED' } },
    });
    const wrong = await world.query(stop, { t: ids.cluster.id });
    expect(wrong.errors).toMatchObject([
      {
        message: 'Argument "input.task" is the id of a cluster, not of a task.',
        extensions: { code: 'BAD_USER_INPUT', argument: 'input.task' },
      },
    ]);
  });

  it('by a bare name are looked up in the cluster "default", which the error names', async () => {
    await world.query('mutation { createCluster(input: { clusterName: "default" }) { cluster { id } } }');
    const answer = await world.query(
      'mutation { updateService(input: { service: "web", desiredCount: 1 }) { service { id } } }',
    );
    expect(answer.errors).toMatchObject([
      {
        message: expect.stringContaining('looked in cluster "default"'),
        extensions: { code: 'NOT_FOUND', argument: 'input.service' },
      },
    ]);
  });
});

describe('a definition that is read and registered again', () => {
  const READ = `{ taskDefinition(taskDefinition: "web") { family executionRoleArn containerDefinitions {
    name image memory environment { name value isMasked } repositoryCredentials { credentialsParameter isMasked }
  } } }`;
  const REGISTER_INPUT =
    'mutation ($i: RegisterTaskDefinitionInput!) { registerTaskDefinition(input: $i) { taskDefinition { revision } } }';
  const first = {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::123456789012:role/pull',
    containerDefinitions: [
      {
        name: 'app',
        image: 'example/web:1',
        memory: 128,
        environment: [
          { name: 'APP_VERSION', value: '5.2.0' },
          { name: 'EMPTY', value: '' },
        ],
        repositoryCredentials: {
          credentialsParameter: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry',
        },
      },
    ],
  };

  it('keeps its environment where secrets are shown', async () => {
    await using shown = await createDisposableWorld({ EXPOSE_SECRETS: '1' });
    await shown.data(REGISTER_INPUT, { i: first });
    const { taskDefinition: read } = await shown.data<{ taskDefinition: object }>(READ);
    await shown.data(REGISTER_INPUT, { i: read });
    expect((await shown.data<{ taskDefinition: object }>(READ)).taskDefinition).toEqual(read);
  });

  it('is refused where a value was masked, and makes no call', async () => {
    await world.data(REGISTER_INPUT, { i: first });
    const { taskDefinition: read } = await world.data<{ taskDefinition: { containerDefinitions: object[] } }>(READ);
    expect(read.containerDefinitions).toMatchObject([
      {
        environment: [
          { name: 'APP_VERSION', value: null, isMasked: true },
          { name: 'EMPTY', value: null, isMasked: true },
        ],
        repositoryCredentials: { credentialsParameter: null, isMasked: true },
      },
    ]);
    const [container] = read.containerDefinitions;
    const withoutCredentials = { ...container, repositoryCredentials: undefined };
    const unmarked = { ...withoutCredentials, environment: [{ name: 'APP_VERSION', value: null }] };
    const base = 'input.containerDefinitions.0.environment.0';
    for (const [definition, argument] of [
      [withoutCredentials, base],
      [unmarked, `${base}.value`],
    ] as const) {
      const i = { ...read, containerDefinitions: [definition] };
      const { errors, calls } = await world.count(REGISTER_INPUT, { i });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
      expect(calls).toEqual({});
    }
    // Credentials that come back as they were read are refused in the same way, marked or not.
    const plain = { ...container, environment: [] };
    const at = 'input.containerDefinitions.0.repositoryCredentials';
    for (const [repositoryCredentials, argument] of [
      [{ credentialsParameter: null, isMasked: true }, at],
      [{ credentialsParameter: null }, `${at}.credentialsParameter`],
      [{}, `${at}.credentialsParameter`],
    ] as const) {
      const i = { ...read, containerDefinitions: [{ ...plain, repositoryCredentials }] };
      const { errors, calls } = await world.count(REGISTER_INPUT, { i });
      expect(errors).toMatchObject([
        { message: expect.stringMatching(/masked/), extensions: { code: 'BAD_USER_INPUT', argument } },
      ]);
      expect(calls).toEqual({});
    }
  });
});

async function createDisposableWorld(settings: Record<string, string>): Promise<World & AsyncDisposable> {
  const made = await createWorld({ seed: 'empty' }, settings);
  return Object.assign(made, { [Symbol.asyncDispose]: () => made.dispose() });
}
