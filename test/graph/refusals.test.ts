import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';

const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-a'] } };

/** Refusals of ECS, and the member that a form has to mark. */
const REFUSED: readonly (readonly [string, string, Record<string, unknown>, string | undefined])[] = [
  ['a negative count', 'UpdateService', { service: 'web', desiredCount: -1 }, 'desiredCount'],
  ['an unknown task definition', 'UpdateService', { service: 'web', taskDefinition: 'none:7' }, 'taskDefinition'],
  ['an unknown service', 'UpdateService', { service: 'none', desiredCount: 1 }, 'service'],
  ['an unknown cluster', 'DeleteCluster', { cluster: 'none' }, 'cluster'],
  [
    'a missing network configuration',
    'RunTask',
    { taskDefinition: 'web', launchType: 'FARGATE' },
    'networkConfiguration',
  ],
  [
    'a percentage',
    'UpdateService',
    { service: 'web', deploymentConfiguration: { maximumPercent: 10, minimumHealthyPercent: 0 } },
    'deploymentConfiguration.maximumPercent',
  ],
  ['a count out of range', 'RunTask', { taskDefinition: 'web', count: 11 }, 'count'],
  ['a tag', 'CreateCluster', { clusterName: 'b', tags: [{ key: 'aws:a', value: 'b' }] }, 'tags'],
  [
    'a missing count',
    'CreateService',
    { serviceName: 'b', taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: NETWORK },
    'desiredCount',
  ],
  ['a missing network', 'CreateService', { serviceName: 'b', taskDefinition: 'web' }, 'networkConfiguration'],
  ['a reason', 'StopTask', { task: '0123456789abcdef0123456789abcdef', reason: 'r'.repeat(2_000) }, 'reason'],
  ['an unknown stop', 'StopTask', { task: '0123456789abcdef0123456789abcdef' }, 'task'],
];

describe('a refusal of ECS names the member that it is about', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.data(`mutation {
      createCluster(input: { clusterName: "default" }) { __typename }
      registerTaskDefinition(input: {
        family: "web", networkMode: AWSVPC, requiresCompatibilities: [FARGATE], cpu: "256", memory: "512"
        containerDefinitions: [{ name: "app", image: "nginx" }]
      }) { __typename }
      createService(input: {
        serviceName: "web", taskDefinition: "web", desiredCount: 0, launchType: FARGATE
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-a"] } }
      }) { __typename }
    }`);
  });
  afterAll(() => world.dispose());

  it.each(REFUSED)('%s', async (_what, operation, input, member) => {
    const field = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
    const { errors } = await world.query(
      `mutation ($input: ${operation}Input!) { ${field}(input: $input) { __typename } }`,
      { input },
    );
    expect(errors?.[0]).toMatchObject({ path: [field], extensions: { argument: `input.${member}` } });
  });
});

describe('an id of a task or an instance that ECS refuses', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.dispose());

  it.each([
    ['{ task(cluster: "storefront", task: "zz") { id } }', 'task'],
    ['{ containerInstance(cluster: "platform", containerInstance: "zz") { id } }', 'containerInstance'],
    ['{ tasks(clusters: ["platform"], containerInstance: "zz") { nodes { id } } }', 'containerInstance'],
    ['{ drainForecast(cluster: "platform", containerInstances: ["zz"]) { summary } }', 'containerInstances'],
    ['mutation { stopTask(input: { task: "zz" }) { task { id } } }', 'input.task'],
    [
      'mutation { executeCommand(input: { task: "zz", command: "ls", interactive: true }) { session { sessionId } } }',
      'input.task',
    ],
    [
      'mutation { updateTaskProtection(input: { tasks: ["zz"], protectionEnabled: true }) { failures { arn } } }',
      'input.tasks.0',
    ],
    [
      'mutation { deregisterContainerInstance(input: { containerInstance: "zz" }) { containerInstance { id } } }',
      'input.containerInstance',
    ],
    [
      'mutation { updateContainerInstancesState(input: { containerInstances: ["zz"], status: DRAINING }) { failures { arn } } }',
      'input.containerInstances.0',
    ],
    [
      'mutation { putAttributes(input: { attributes: [{ name: "a", targetId: "zz" }] }) { attributes { name } } }',
      'input.attributes.0.targetId',
    ],
  ])('is blamed on the argument: %s', async (document, argument) => {
    const { errors } = await world.query(document);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('length should be one of [32,36]'),
        extensions: { code: 'INVALID_PARAMETER', argument },
      },
    ]);
  });
});
