import { isNonNullType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALWAYS_PRESENT } from '../../../src/schema/core/always-present.ts';
import type { OperationName, StructureName } from '../../../src/schema/generated/types.ts';
import { type Member, Model } from '../../../src/schema/sdk-types/sdk-model.ts';
import { inputTypeName, outputFieldName, outputTypeName } from '../../../src/schema/sdk-types/type-names.ts';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

const model = new Model();
const schema = sharedSchema();

/** Members that mean "none" where they are absent, so that an answer of AWS may lack them. */
const NONE_IF_ABSENT: ReadonlySet<string> = new Set([
  'Service.deployments',
  'Service.taskSets',
  'ServiceRevision.loadBalancers',
  'Task.attributes',
]);
/** Sent only where the call asks for them. */
const INCLUDES = /^Cluster\.(settings|statistics|attachments)$/;
type Wire = Readonly<Record<string, unknown>>;

/** Every member of the table that an answer lacks although the object around it is there. */
function missingIn(members: readonly Member[], record: Wire, owner: string, found: Set<string>): void {
  const table = (ALWAYS_PRESENT as Readonly<Record<string, object | undefined>>)[owner] ?? {};
  for (const name of Object.keys(table)) if ((record[name] ?? null) === null) found.add(`${owner}.${name}`);
  for (const { name, type } of members) {
    if (type.kind !== 'structure') continue;
    for (const item of [record[name] ?? []].flat()) {
      missingIn(model.structure(type.name), item as Wire, type.name, found);
    }
  }
}

describe('what ECS always sends', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    const external = { serviceName: 'sets', deploymentController: { type: 'EXTERNAL' }, desiredCount: 1 };
    await call('CreateService', { cluster: 'storefront', ...external });
    await call('CreateTaskSet', { cluster: 'storefront', service: 'sets', taskDefinition: 'cart' });
    world.sandbox.clock.advance(60_000);
  });
  afterAll(() => world.dispose());

  async function call(operation: OperationName, input: object): Promise<Wire> {
    const response = await fetch(world.sandbox.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=sandbox/20260101/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    });
    return (await response.json()) as Wire;
  }

  it('is in every answer of the sandbox, except members whose absence has a meaning', async () => {
    const found = new Set<string>();
    let seen = 0;
    const look = async (operation: OperationName, input: object) => {
      const output = await call(operation, input);
      expect(output).not.toHaveProperty('__type');
      missingIn(model.response(operation), output, operation, found);
      seen += 1;
      return output as Readonly<Record<string, string[]>>;
    };
    const { clusterArns = [] } = await look('ListClusters', {});
    await look('DescribeClusters', { clusters: clusterArns, include: ['TAGS', 'SETTINGS', 'STATISTICS'] });
    for (const cluster of clusterArns) {
      const { serviceArns = [] } = await look('ListServices', { cluster, maxResults: 100 });
      for (let at = 0; at < serviceArns.length; at += 10)
        await look('DescribeServices', { cluster, services: serviceArns.slice(at, at + 10), include: ['TAGS'] });
      for (const desiredStatus of ['RUNNING', 'STOPPED']) {
        const { taskArns: tasks = [] } = await look('ListTasks', { cluster, desiredStatus });
        if (tasks.length > 0) await look('DescribeTasks', { cluster, tasks, include: ['TAGS'] });
      }
      const { containerInstanceArns: containerInstances = [] } = await look('ListContainerInstances', { cluster });
      if (containerInstances.length > 0)
        await look('DescribeContainerInstances', { cluster, containerInstances, include: ['TAGS'] });
      for (const service of serviceArns) {
        const { serviceDeployments = [] } = await look('ListServiceDeployments', { cluster, service });
        const briefs = serviceDeployments as unknown as Record<string, string>[];
        const serviceDeploymentArns = briefs.slice(0, 20).map((brief) => brief.serviceDeploymentArn);
        const serviceRevisionArns = briefs.slice(0, 20).map((brief) => brief.targetServiceRevisionArn);
        if (briefs.length > 0) await look('DescribeServiceDeployments', { serviceDeploymentArns });
        if (briefs.length > 0)
          await look('DescribeServiceRevisions', { serviceRevisionArns: [...new Set(serviceRevisionArns)] });
      }
    }
    const { taskDefinitionArns = [] } = await look('ListTaskDefinitions', {});
    for (const taskDefinition of taskDefinitionArns)
      await look('DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] });
    await look('DescribeTaskSets', { cluster: 'storefront', service: 'sets', include: ['TAGS'] });
    expect(seen).toBeGreaterThan(50);
    expect([...found].filter((member) => !NONE_IF_ABSENT.has(member) && !INCLUDES.test(member)).sort()).toEqual([]);
  });

  it('is non-null in the graph, and so is what a request of the same shape requires', () => {
    const nullable = (Object.keys(ALWAYS_PRESENT) as StructureName[]).flatMap((name) => {
      const type = schema.getType(
        name === 'DaemonDetail'
          ? 'Daemon'
          : name === 'ECSExpressGatewayService'
            ? 'ExpressGatewayService'
            : outputTypeName(name),
      );
      const fields = isObjectType(type) ? type.getFields() : {};
      return Object.keys(ALWAYS_PRESENT[name] ?? {})
        .map((member) => outputFieldName(name, member))
        .filter((field) => !isNonNullType(fields[field]?.type))
        .map((field) => `${name}.${field}`);
    });
    expect(nullable).toEqual([]);
    const required = [...model.requestedStructures].flatMap((name) => {
      const [input, output] = [inputTypeName(name), outputTypeName(name)].map((type) => schema.getType(type));
      if (!input || !isObjectType(output)) return [];
      return model
        .structure(name)
        .filter((member) => member.required && !model.isUnion(name))
        .map((member) => ({
          path: `${name}.${member.name}`,
          isNonNull: isNonNullType(output.getFields()[outputFieldName(name, member.name)]?.type),
        }));
    });
    expect(required.filter(({ isNonNull }) => isNonNull).length).toBeGreaterThan(70);
    // A value that may be hidden is null then.
    expect(required.filter(({ isNonNull }) => !isNonNull).map(({ path }) => path)).toEqual([
      'RepositoryCredentials.credentialsParameter',
      'HealthCheck.command',
      'EnvironmentFile.value',
    ]);
  });
});

describe('answers as recorded from real accounts, and as emulators give them', () => {
  const arn = (path: string) => `arn:aws:ecs:eu-west-1:123456789012:${path}`;
  const at = 1_713_000_000;

  it('read without an error where members are missing', async () => {
    const answers: Readonly<Record<string, object>> = {
      // A service with task sets: no deployments, no desiredCount in them, no tags without an include (C-24-03, C-24-02).
      DescribeServices: {
        services: [
          {
            serviceArn: arn('service/main/web'),
            status: 'ACTIVE',
            taskSets: [{ id: 'ecs-svc/1', taskSetArn: arn('task-set/main/web/ecs-svc/1') }],
          },
        ],
      },
      // A task that never got capacity: no containers, no attributes, no zone (UFO).
      DescribeTasks: {
        tasks: [
          {
            taskArn: arn('task/main/0123'),
            taskDefinitionArn: arn('task-definition/web:7'),
            createdAt: at,
            containers: [],
          },
        ],
      },
      // As an emulator may answer: hardly anything.
      DescribeClusters: { clusters: [{ clusterArn: arn('cluster/main') }] },
      DescribeTaskDefinition: { taskDefinition: { taskDefinitionArn: arn('task-definition/web:7') } },
      DescribeContainerInstances: {
        containerInstances: [{ containerInstanceArn: arn('container-instance/main/0123') }],
      },
    };
    await using world = await createFakeWorld((operation) => answers[operation] ?? {});
    const { data, errors } = await world.query(`{
      service(service: "${arn('service/main/web')}") { serviceName clusterArn status desiredCount createdAt events { message }
        loadBalancers { containerName } deployments { deploymentId } taskSets { runningCount clusterArn createdAt loadBalancers { containerName } } }
      task(cluster: "main", task: "0123") { clusterArn group lastStatus createdAt attributes { name } containers { name } attachments { attachmentId } }
      cluster(cluster: "${arn('cluster/main')}") { clusterName status activeServicesCount settings { name } statistics { name } attachments { attachmentId } }
      taskDefinition(taskDefinition: "${arn('task-definition/web:7')}") { family revision status volumes { name } containerDefinitions { name } }
      containerInstance(cluster: "main", containerInstance: "0123") { status agentConnected clusterArn attributes { name } registeredResources { name } }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      service: {
        serviceName: 'web',
        clusterArn: arn('cluster/main'),
        status: 'ACTIVE',
        desiredCount: 0,
        createdAt: '1970-01-01T00:00:00.000Z',
        events: [],
        loadBalancers: [],
        deployments: [],
        taskSets: [
          {
            runningCount: 0,
            clusterArn: arn('cluster/main'),
            createdAt: '1970-01-01T00:00:00.000Z',
            loadBalancers: [],
          },
        ],
      },
      task: {
        clusterArn: arn('cluster/main'),
        group: 'family:web',
        lastStatus: 'UNRECOGNIZED',
        createdAt: '2024-04-13T09:20:00.000Z',
        attributes: [],
        containers: [],
        attachments: [],
      },
      cluster: {
        clusterName: 'main',
        status: 'UNRECOGNIZED',
        activeServicesCount: 0,
        settings: [],
        statistics: [],
        attachments: [],
      },
      taskDefinition: {
        family: 'web',
        revision: 7,
        status: 'UNRECOGNIZED',
        volumes: [],
        containerDefinitions: [],
      },
      containerInstance: {
        status: 'UNRECOGNIZED',
        agentConnected: false,
        clusterArn: arn('cluster/main'),
        attributes: [],
        registeredResources: [],
      },
    });
    // A missing item is not requested again.
    expect(world.counts()).toEqual({
      DescribeClusters: 1,
      DescribeContainerInstances: 1,
      DescribeServices: 1,
      DescribeTaskDefinition: 1,
      DescribeTasks: 1,
    });
  });
});

describe('what ECS sends only when asked', () => {
  it('is read in the answer of a write, which lacks it', async () => {
    const service = { serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/main/web', serviceName: 'web' };
    const tags = [{ key: 'team', value: 'shop' }];
    await using world = await createFakeWorld((operation, { include }) =>
      operation === 'UpdateService'
        ? { service }
        : { services: [include === undefined ? service : { ...service, tags }] },
    );
    const { data, errors } = await world.query(
      'mutation { updateService(input: { cluster: "main", service: "web" }) { service { serviceName tags { key value } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ updateService: { service: { serviceName: 'web', tags } } });
    expect(world.counts()).toEqual({ UpdateService: 1, DescribeServices: 1 });
  });
});
