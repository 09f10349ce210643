import { type GraphQLInputObjectType, getNamedType, getNullableType, isListType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld } from '../live/support/live-world.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { type Answer, createWorld, type World } from '../support/gateway/world.ts';
import { afterStep, BEFORE, runWrite, type StepContext } from '../support/operations/every-write.ts';
import { WRITE_STEPS } from '../support/operations/write-steps/index.ts';

// The rule: what a caller names and ECS does not have is NOT_FOUND, with the argument that named it. A look-up of one
// thing is null instead, and results for several things say NOT_FOUND or MISSING of each.

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const ID = '0'.repeat(32);

/** References to what does not exist, by member. */
const MISSING: Readonly<Record<string, string>> = {
  capacityProvider: 'nope',
  capacityProviderArns: 'nope',
  capacityProviders: 'nope',
  cluster: 'nope',
  clusterArn: 'nope',
  containerInstance: ID,
  containerInstances: ID,
  daemonArn: `${ARN}:daemon/main/nope`,
  daemonTaskDefinition: 'nope:1',
  daemonTaskDefinitionArn: 'nope:1',
  gateway: `${ARN}:gateway/nope/abc`,
  primaryTaskSet: 'ecs-svc/1',
  resourceArn: `${ARN}:service/main/nope`,
  service: 'nope',
  serviceArn: `${ARN}:service/main/nope`,
  serviceDeploymentArn: `${ARN}:service-deployment/main/nope/abc`,
  task: ID,
  taskDefinition: 'nope:1',
  taskDefinitionArn: 'nope:1',
  taskDefinitions: 'nope:1',
  taskSet: 'ecs-svc/1',
  tasks: ID,
};

/** Writes of several things, whose payload has a failure for each. */
const IN_FAILURES: ReadonlySet<string> = new Set([
  'DeleteTaskDefinitions.taskDefinitions',
  'StartTask.containerInstances',
  'UpdateContainerInstancesState.containerInstances',
  'UpdateTaskProtection.tasks',
]);

interface Reference {
  readonly name: string;
  readonly isList: boolean;
}

function referencesOf(operation: string): Reference[] {
  const type = sharedSchema().getType(`${operation}Input`) as GraphQLInputObjectType;
  return Object.values(type.getFields())
    .filter(({ type: member }) => getNamedType(member).name === 'ID')
    .map(({ name, type: member }) => ({ name, isList: isListType(getNullableType(member)) }));
}

/** The input with one reference to what does not exist. Names take the place of ARNs in another cluster. */
function withMissing(input: object, { name, isList }: Reference): object {
  const value = MISSING[name];
  const short = (text: unknown) =>
    typeof text === 'string' && text.startsWith(`${ARN}:`) ? text.slice(text.lastIndexOf('/') + 1) : text;
  const named =
    name === 'cluster'
      ? Object.fromEntries(
          Object.entries(input).map(([key, member]) => [
            key,
            Array.isArray(member) ? member.map(short) : short(member),
          ]),
        )
      : input;
  return { ...named, [name]: isList ? [value] : value };
}

describe('a write that names what does not exist', () => {
  let context: StepContext;
  beforeAll(async () => {
    context = { world: await createWorld({ seed: 'empty' }), made: {} };
  });
  afterAll(() => context.world.dispose());

  it.each(WRITE_STEPS.map((step, index) => [`${index + 1}. ${step.operation}`, step] as const))(
    'is refused at that argument, with NOT_FOUND: %s',
    async (_, step) => {
      const { operation, input, selection } = step;
      const { world, made } = context;
      await BEFORE[operation]?.(context);
      for (const reference of referencesOf(operation)) {
        // The members of attributes name the instance; their ARNs contradict another cluster.
        if (reference.name === 'cluster' && operation.endsWith('Attributes')) continue;
        const { payload, errors } = await runWrite(world, operation, withMissing(input(made), reference), selection);
        const path = `${operation}.${reference.name}`;
        if (IN_FAILURES.has(path)) {
          expect({ path, payload }).toMatchObject({ path, payload: { failures: [{ reason: 'MISSING' }] } });
          continue;
        }
        const { code, argument } = errors?.[0]?.extensions ?? {};
        expect({ path, code, argument: String(argument).replace(/\.\d+$/, '') }).toEqual({
          path,
          code: 'NOT_FOUND',
          argument: `input.${reference.name}`,
        });
      }
      const { payload, errors } = await runWrite(world, operation, input(made), selection);
      expect(errors).toBeUndefined();
      afterStep(context, step, payload);
    },
  );

  it('covers every ECS write with a reference, but those of agents', () => {
    const covered = new Set<string>(WRITE_STEPS.map(({ operation }) => operation));
    const left = Object.keys(sharedSchema().getMutationType()?.getFields() ?? {})
      .map((field) => field.charAt(0).toUpperCase() + field.slice(1))
      .filter((operation) => !covered.has(operation));
    expect(left.toSorted()).toEqual(OTHERS.toSorted());
  });
});

/** Tested below, and the agent's operations. */
const OTHERS = [
  'CleanUpTaskDefinitions',
  'DeployImages',
  'DrainContainerInstances',
  'ExecuteCommand',
  'PutAccountSettingDefault',
  'RegisterContainerInstance',
  'ReplaceContainerInstances',
  'RestartService',
  'RollBackService',
  'RunJob',
  'ScaleService',
  'SubmitAttachmentStateChanges',
  'SubmitContainerStateChange',
  'SubmitTaskStateChange',
];

/** A field, and the argument at which it is NOT_FOUND. `in` is in the message where ECS's default was looked in. */
const NOT_FOUND: readonly (readonly [document: string, argument: string, words?: string])[] = [
  ['{ attributes(clusters: ["nope"], targetType: CONTAINER_INSTANCE) { nodes { name } } }', 'clusters'],
  ['{ capacityProviders(cluster: "nope") { nodes { name } } }', 'cluster'],
  ['{ containerInstances(clusters: ["nope"]) { nodes { id } } }', 'clusters'],
  [`{ daemonDeployments(daemonArn: "${ARN}:daemon/storefront/nope") { nodes { __typename } } }`, 'daemonArn'],
  ['{ daemons(clusters: ["nope"]) { nodes { id } } }', 'clusters'],
  [`{ drainForecast(containerInstances: ["${ID}"]) { hasRoom } }`, 'containerInstances', 'in cluster "default"'],
  ['{ ecsGatewayRoutes: gatewayRoutes(gateway: "MISSING_GATEWAY") { nodes { __typename } } }', 'gateway'],
  ['{ overview(clusters: ["nope"]) { taskCounts { running } } }', 'clusters'],
  ['{ search(text: "a", clusters: ["nope"]) { nodes { __typename } } }', 'clusters'],
  ['{ serviceDeployments(service: "nope") { nodes { id } } }', 'service', 'in cluster "default"'],
  ['{ serviceDeployments(cluster: "nope", service: "cart") { nodes { id } } }', 'cluster'],
  ['{ services(clusters: ["nope"]) { nodes { id } } }', 'clusters'],
  ['{ stopReasons(clusters: ["nope"]) { count } }', 'clusters'],
  ['{ stoppedTasks(clusters: ["nope"]) { nodes { id } } }', 'clusters'],
  ['{ stoppedTasks(services: ["cart", "nope"]) { nodes { id } } }', 'services'],
  [`{ tags(resourceArn: "${ARN}:service/storefront/nope") { key } }`, 'resourceArn'],
  ['{ taskDefinitionDiff(from: "nope:1", to: "nope:2") { __typename } }', 'from'],
  ['{ taskSets(service: "nope") { nodes { id } } }', 'service', 'in cluster "default"'],
  ['{ tasks(clusters: ["nope"]) { nodes { id } } }', 'clusters'],
  ['{ tasks(serviceName: "nope") { nodes { id } } }', 'serviceName', 'in no cluster'],
  [`{ tasks(containerInstance: "${ID}") { nodes { id } } }`, 'containerInstance', 'in no cluster'],
  ['{ cluster(cluster: "storefront") { tasks(serviceName: "nope") { nodes { id } } } }', 'serviceName'],
  ['mutation { restartService(service: "nope") { __typename } }', 'service', 'in cluster "default"'],
  ['mutation { rollBackService(service: "nope") { __typename } }', 'service', 'in cluster "default"'],
  ['mutation { cleanUpTaskDefinitions(families: ["nope"]) { __typename } }', 'families.0'],
  [`mutation { replaceContainerInstances(containerInstances: ["${ID}"]) { __typename } }`, 'containerInstances'],
  ['mutation { runJob(service: "nope") { __typename } }', 'service', 'in cluster "default"'],
  ['mutation { runJob(taskDefinition: "nope") { __typename } }', 'taskDefinition'],
  ['mutation { scaleService(service: "nope", desiredCount: 1) { __typename } }', 'service', 'in cluster "default"'],
  [
    'mutation { deployImages(service: "nope", images: [{ container: "a", image: "b" }]) { __typename } }',
    'service',
    'in cluster "default"',
  ],
  [
    `mutation { executeCommand(input: { task: "${ID}", command: "ls", interactive: true }) { __typename } }`,
    'input.task',
    'in cluster "default"',
  ],
  [`mutation { stopTask(input: { task: "${ID}" }) { __typename } }`, 'input.task', 'in cluster "default"'],
  [
    `mutation { deregisterContainerInstance(input: { containerInstance: "${ID}" }) { __typename } }`,
    'input.containerInstance',
    'in cluster "default"',
  ],
  [
    `mutation { updateContainerAgent(input: { containerInstance: "${ID}" }) { __typename } }`,
    'input.containerInstance',
    'in cluster "default"',
  ],
  [
    'mutation { deregisterTaskDefinition(input: { taskDefinition: "zz:1" }) { __typename } }',
    'input.taskDefinition',
    '"zz:1"',
  ],
  [
    `mutation { registerContainerInstance(input: { containerInstanceArn: "${ARN}:container-instance/default/${ID}" }) { __typename } }`,
    'input.containerInstanceArn',
  ],
];

/** One thing looked up: null. */
const NULL: readonly string[] = [
  'capacityProvider(capacityProvider: "nope") { name }',
  'cluster(cluster: "nope") { id }',
  `containerInstance(containerInstance: "${ID}") { id }`,
  `daemon(daemonArn: "${ARN}:daemon/storefront/nope") { id }`,
  'daemonTaskDefinition(daemonTaskDefinition: "nope:1") { id }',
  'ecsGateway(gateway: "nope") { id }',
  `expressGatewayService(serviceArn: "${ARN}:service/storefront/nope") { __typename }`,
  `gatewayRoute(gatewayRouteArn: "${ARN}:gateway-route/nope/abc") { __typename }`,
  'service(service: "nope") { id }',
  `serviceDeployment(serviceDeploymentArn: "${ARN}:service-deployment/storefront/nope/abc") { id }`,
  `task(task: "${ID}") { id }`,
  'taskDefinition(taskDefinition: "nope:1") { id }',
];

const SUBSCRIPTIONS: readonly (readonly [document: string, argument: string])[] = [
  ['clusterEvents(clusters: ["nope"])', 'clusters'],
  [
    `daemonDeploymentProgress(daemonDeploymentArn: "${ARN}:daemon-deployment/storefront/nope/abc")`,
    'daemonDeploymentArn',
  ],
  ['deploymentProgress(service: "nope")', 'service'],
  ['deploymentProgress(cluster: "storefront", service: "cart", deploymentId: "ecs-svc/1")', 'deploymentId'],
  ['deployments(clusters: ["nope"])', 'clusters'],
  ['deployments(clusters: ["storefront"], services: ["nope"])', 'services'],
  [`drainProgress(containerInstances: ["${ID}"])`, 'containerInstances'],
  ['drains(clusters: ["nope"])', 'clusters'],
  ['serviceEvents(service: "nope")', 'service'],
  [`taskProgress(tasks: ["${ID}"])`, 'tasks'],
];

describe('a field that names what does not exist', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.dispose());

  const failure = async (document: string): Promise<NonNullable<Answer<object>['errors']>[number] | undefined> => {
    const { errors } = await world.query(document.replace('MISSING_GATEWAY', String(MISSING.gateway)));
    return errors?.[0];
  };

  it.each(NOT_FOUND)('is NOT_FOUND at its argument: %s', async (document, argument, words) => {
    const error = await failure(String(document));
    expect(error).toMatchObject({
      extensions: { code: 'NOT_FOUND', argument },
      message: expect.stringContaining(words ?? ''),
    });
  });

  it.each(NULL)('is null: { %s }', async (field) => {
    expect(Object.values(await world.data<object>(`{ ${field} }`))).toEqual([null]);
  });

  it('has its argument in errors about malformed ids, too', async () => {
    expect(await failure('{ drainForecast(containerInstances: ["abc"]) { hasRoom } }')).toMatchObject({
      extensions: { code: 'INVALID_PARAMETER', argument: 'containerInstances' },
    });
  });

  it('has a code for each of several instances to drain', async () => {
    const { drainContainerInstances } = await world.data<{ drainContainerInstances: object }>(
      `mutation { drainContainerInstances(input: { containerInstances: ["${ID}"] }) { results { code reason } } }`,
    );
    expect(drainContainerInstances).toEqual({ results: [{ code: 'NOT_FOUND', reason: 'MISSING' }] });
  });

  it('answers for a deleted service that still has stopped tasks', async () => {
    const { stoppedTasks } = await world.data<{ stoppedTasks: { nodes: { group: string }[] } }>(
      '{ stoppedTasks { nodes { group } } }',
    );
    const name =
      stoppedTasks.nodes.find(({ group }) => group?.startsWith('service:'))?.group.slice('service:'.length) ?? '';
    const { services } = await world.data<{ services: { nodes: { serviceArn: string }[] } }>(
      `{ services(filter: { name: { eq: "${name}" } }) { nodes { serviceArn } } }`,
    );
    for (const { serviceArn } of services.nodes)
      await world.data(`mutation { deleteService(input: { service: "${serviceArn}", force: true }) { __typename } }`);
    world.sandbox.clock.advance(10_000);
    const found = await world.count<typeof stoppedTasks extends never ? never : { stoppedTasks: { nodes: object[] } }>(
      `{ stoppedTasks(services: ["${name}"]) { nodes { group } } }`,
    );
    expect(found.data?.stoppedTasks.nodes.length).toBeGreaterThan(0);
    expect(found.calls.DescribeServices).toBeUndefined();
  });
});

describe('a subscription that names what does not exist', () => {
  let world: LiveWorld;
  beforeAll(async () => {
    world = await liveWorld({ seed: 'demo' });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(SUBSCRIPTIONS)('is NOT_FOUND at its argument: %s', async (field, argument) => {
    await expect(world.subscribe(`subscription { ${field} { summary } }`)).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND', argument },
    });
  });

  it('has its argument in errors about malformed ids, too', async () => {
    await expect(world.subscribe('subscription { taskProgress(tasks: ["abc"]) { summary } }')).rejects.toMatchObject({
      originalError: { code: 'INVALID_PARAMETER', argument: 'tasks' },
    });
  });
});
