import { describe, expect, it } from 'vitest';
import { ON_FARGATE, SchedulingWorld } from '../support/scheduling-world.ts';

const ID = '0123456789abcdef0123456789abcdef';
const SERVICE_ARN = 'arn:aws:ecs:eu-west-1:123456789012:service/main/s';

/** A world with a service `s` of the definition `e`, and an EXTERNAL one. */
function createWorld(): SchedulingWorld {
  const world = new SchedulingWorld();
  world.instance();
  world.create(world.onInstances('e'), 1);
  world.call('CreateService', { serviceName: 'sets', deploymentController: { type: 'EXTERNAL' }, desiredCount: 1 });
  world.seconds(60);
  return world;
}

// Logs of seven projects for taskId, of one for instanceId; of three for the separators.
describe('what cannot be an id', () => {
  it.each([
    ['DescribeTasks', { tasks: ['None'] }, 'taskId length should be one of [32,36]'],
    ['DescribeTasks', { tasks: [''] }, 'taskId length should be one of [32,36]'],
    ['DescribeTasks', { tasks: [ID.slice(1)] }, 'taskId length should be one of [32,36]'],
    ['DescribeTasks', { tasks: [`main/${ID}`] }, 'Invalid identifier: Unexpected number of separators'],
    ['StopTask', { task: 'None' }, 'taskId length should be one of [32,36]'],
    ['DescribeContainerInstances', { containerInstances: ['None'] }, 'instanceId length should be one of [32,36]'],
    ['DeregisterContainerInstance', { containerInstance: 'None' }, 'instanceId length should be one of [32,36]'],
  ])('is refused by %s: %j', (operation, input, message) => {
    const refused = expect.objectContaining({ code: 'InvalidParameterException', message });
    expect(() => createWorld().call(operation, input)).toThrow(refused);
  });

  it('differs from the id of a task that does not exist', () => {
    const world = createWorld();
    expect(() => world.call('StopTask', { task: 'a'.repeat(32) })).toThrow('The referenced task was not found.');
    expect(world.call('DescribeTasks', { tasks: [ID] })).toMatchObject({
      tasks: [],
      failures: [{ reason: 'MISSING' }],
    });
  });
});

// aws-actions/amazon-ecs-deploy-task-definition#312, #369, #544 (2022 to 2024); aws/aws-sdk-ruby#1748 (2018).
describe('the ARN of a failure', () => {
  it.each([
    ['DescribeServices', { services: ['nope'] }, 'service/nope'],
    ['DescribeTasks', { tasks: [ID] }, `task/${ID}`],
    ['DescribeContainerInstances', { containerInstances: [ID] }, `container-instance/${ID}`],
  ])('of %s is of the old format, without a cluster', (operation, input, end) => {
    const { failures } = createWorld().call<{ failures: { arn: string }[] }>(operation, input);
    expect(failures).toEqual([{ arn: `arn:aws:ecs:eu-west-1:123456789012:${end}`, reason: 'MISSING' }]);
  });

  it('is the one that was asked for', () => {
    const arn = `arn:aws:ecs:eu-west-1:123456789012:task/main/${ID}`;
    expect(createWorld().call('DescribeTasks', { tasks: [arn] })).toMatchObject({ failures: [{ arn }] });
  });
});

describe('lists that are empty or too long', () => {
  it.each([
    ['DescribeServices', { services: Array(11).fill('s') }, 'service names can have at most 10 items.'],
    ['DescribeServices', { services: [] }, 'Services cannot be empty.'],
    ['DescribeTasks', { tasks: Array(101).fill(ID) }, 'taskIds can have at most 100 items.'],
    ['DescribeTasks', { tasks: [] }, 'Tasks cannot be empty.'],
    ['DescribeContainerInstances', { containerInstances: [] }, 'Container instance cannot be empty.'],
    ['DescribeClusters', { clusters: Array(101).fill('main') }, 'Clusters cannot have more than 100 elements.'],
  ])('%s %j', (operation, input, message) => {
    expect(() => createWorld().call(operation, input)).toThrow(message);
  });
});

// moto, whose texts look copied from AWS.
describe('task definitions that are not named right', () => {
  it.each([
    ['fake', 'ClientException', 'Revision is missing.'],
    ['fake:foo', 'InvalidParameterException', 'Invalid revision number. Number: foo'],
    ['fake:1', 'ClientException', 'The specified task definition does not exist.'],
  ])('%s is refused by DeregisterTaskDefinition', (taskDefinition, code, message) => {
    const deregister = () => createWorld().call('DeregisterTaskDefinition', { taskDefinition });
    expect(deregister).toThrow(expect.objectContaining({ code, message }));
  });

  it('are failures of DeleteTaskDefinitions, one by one', () => {
    const world = createWorld();
    world.call('DeregisterTaskDefinition', { taskDefinition: 'e:1' });
    expect(world.call('DeleteTaskDefinitions', { taskDefinitions: ['e:1', 'e', 'e:9'] })).toMatchObject({
      taskDefinitions: [{ family: 'e', status: 'DELETE_IN_PROGRESS' }],
      failures: [
        { arn: 'e', reason: expect.stringContaining('identifier is invalid. Specify a valid name or ARN') },
        { arn: 'e:9', reason: expect.stringContaining('does not exist. Specify a valid account, family, revision') },
      ],
    });
  });
});

// Ansible's ecs_service sends the first two, its task definition to services of CodeDeploy; fabfuel/ecs-deploy the roles.
describe('an empty text', () => {
  it('is no token and no role', () => {
    const world = createWorld();
    for (const serviceName of ['one', 'two']) {
      const input = { serviceName, taskDefinition: 'e', desiredCount: 0, clientToken: '', role: '' };
      expect(world.call('CreateService', input)).toMatchObject({ service: { serviceName } });
    }
    for (const count of [1, 2]) {
      expect(world.call('RunTask', { taskDefinition: 'e', clientToken: '', count })).toMatchObject({ failures: [] });
    }
    const container = { name: 'a', image: 'i', memory: 64 };
    const roles = { taskRoleArn: '', executionRoleArn: '' };
    const { taskDefinition } = world.call<{ taskDefinition: object }>('RegisterTaskDefinition', {
      family: 'f',
      containerDefinitions: [container],
      ...roles,
    });
    expect(Object.keys(taskDefinition)).not.toContain('taskRoleArn');
    expect(JSON.stringify(taskDefinition)).not.toContain('task-iam-role');
  });

  it('is no task definition of an update', () => {
    const world = createWorld();
    const update = { service: 'sets', taskDefinition: '', desiredCount: 2 };
    expect(world.call('UpdateService', update)).toMatchObject({ service: { desiredCount: 2 } });
  });

  it('is a wrong cluster, platform and page', () => {
    const world = createWorld();
    expect(() => world.call('ListTasks', { cluster: '' })).toThrow('Cluster not found.');
    expect(() => world.call('ListTasks', { nextToken: '' })).toThrow('Invalid token.');
  });
});

describe('an answer has no more than AWS says', () => {
  // Recordings of 2026-04: CreateService and UpdateService.
  it('of a service that was just made or changed', () => {
    const world = createWorld();
    const { service } = world.call<{ service: object }>('UpdateService', { service: 's', forceNewDeployment: true });
    const absent = ['tags', 'healthCheckGracePeriodSeconds'];
    const given = JSON.parse(JSON.stringify(service)) as Record<string, unknown>;
    expect(absent.filter((member) => given[member] !== undefined)).toEqual([]);
    const { service: made } = world.call<{ service: object }>('CreateService', {
      serviceName: 'tagged',
      taskDefinition: 'e',
      desiredCount: 0,
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(made).toHaveProperty('tags', [{ key: 'a', value: 'b' }]);
  });

  // A recording of 2024-03, of CODE_DEPLOY.
  it('of a service with task sets', () => {
    const service = JSON.parse(JSON.stringify(createWorld().service('sets'))) as Record<string, unknown>;
    expect(service).not.toHaveProperty('deployments');
    expect(service.deploymentConfiguration).not.toHaveProperty('deploymentCircuitBreaker');
  });

  // Recordings of 2025-01 and 2025-05.
  it('of health, in the answer of RunTask', () => {
    const world = createWorld();
    const { tasks } = world.call<{ tasks: { taskArn: string }[] }>('RunTask', { taskDefinition: 'e' });
    expect(JSON.stringify(tasks)).not.toContain('healthStatus');
    const described = world.call('DescribeTasks', { tasks: [tasks[0]?.taskArn] });
    expect(described).toMatchObject({
      tasks: [{ healthStatus: 'UNKNOWN', containers: [{ healthStatus: 'UNKNOWN' }] }],
    });
  });

  // A recording of 2022-03.
  it('of a task that waits for its capacity provider', () => {
    const world = createWorld();
    world.call('CreateCapacityProvider', {
      name: 'own',
      autoScalingGroupProvider: {
        autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/own',
        managedScaling: { status: 'ENABLED' },
      },
    });
    world.call('PutClusterCapacityProviders', { capacityProviders: ['own'], defaultCapacityProviderStrategy: [] });
    world.seconds(60);
    const capacityProviderStrategy = [{ capacityProvider: 'own', weight: 1 }];
    const { tasks } = world.call<{ tasks: object[] }>('RunTask', { taskDefinition: 'e', capacityProviderStrategy });
    expect(tasks).toMatchObject([
      { lastStatus: 'PROVISIONING', containers: [], attributes: [], overrides: { containerOverrides: [] } },
    ]);
    expect(JSON.parse(JSON.stringify(tasks[0]))).not.toHaveProperty('availabilityZone');
  });
});

describe('texts and times', () => {
  it('Fargate without capacity (AWS re:Post; AWS’s page of service events)', () => {
    const world = createWorld();
    const taskDefinition = world.onFargate('f');
    world.call('CreateService', { serviceName: 'web', taskDefinition, desiredCount: 1, ...ON_FARGATE });
    for (const zone of ['a', 'b', 'c']) world.cause({ accident: 'zone-lost', zone: `eu-west-1${zone}` });
    const text = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    expect(world.call('RunTask', { taskDefinition, ...ON_FARGATE })).toMatchObject({ failures: [{ reason: text }] });
    world.seconds(60);
    expect(world.service('web').events?.map(({ message }) => message)).toContain(
      `(service web) was unable to place a task. Reason: ${text}.`,
    );
  });

  it('an ARN of too few parts (mondoohq/mql#6370)', () => {
    expect(() => createWorld().call('DescribeClusters', { clusters: ['arn:aws:ecs:us-east-1'] })).toThrow(
      expect.objectContaining({
        code: 'ClientException',
        message: expect.stringMatching(/^com\.amazon\.arn\.ARNSyntaxException: Fifth colon .* not found/),
      }),
    );
  });

  // Recordings of 2023 to 2026-02, four tasks.
  it('a task on Fargate is connected some seconds before its images are pulled', () => {
    const world = createWorld();
    const { tasks } = world.call<{ tasks: { taskArn: string }[] }>('RunTask', {
      taskDefinition: world.onFargate('f'),
      ...ON_FARGATE,
    });
    world.seconds(60);
    const [task] = world.call<{ tasks: { connectivityAt: number; pullStartedAt: number }[] }>('DescribeTasks', {
      tasks: [tasks[0]?.taskArn],
    }).tasks;
    const seconds = (task?.pullStartedAt ?? 0) - (task?.connectivityAt ?? 0);
    expect(seconds).toBeGreaterThan(6);
    expect(seconds).toBeLessThan(10);
  });

  it('the ports that an instance keeps, in the agent’s order (recordings)', () => {
    const { containerInstance } = createWorld().call<{ containerInstance: { registeredResources: object[] } }>(
      'RegisterContainerInstance',
      {},
    );
    const stringSetValue = ['22', '2376', '2375', '51678', '51679'];
    expect(containerInstance.registeredResources).toContainEqual(
      expect.objectContaining({ name: 'PORTS', stringSetValue }),
    );
  });
});

describe('operations by what only some tools do', () => {
  // The AWS CLI's example of the command, and its monitor of Express services.
  it('ListServiceDeployments takes the cluster from the ARN of the service', () => {
    const world = createWorld();
    const input = { cluster: undefined, service: SERVICE_ARN };
    expect(world.call('ListServiceDeployments', input)).toMatchObject({ serviceDeployments: [{}] });
  });

  it('DescribeServiceRevisions refuses those of a service that is INACTIVE', () => {
    const world = createWorld();
    const serviceRevisionArns = [world.service().currentServiceRevisions?.[0]?.arn];
    world.call('DeleteService', { service: 's', force: true });
    world.seconds(120);
    expect(() => world.call('DescribeServiceRevisions', { serviceRevisionArns })).toThrow(
      'Cannot call DescribeServiceRevisions for a service that is INACTIVE',
    );
  });

  it('tags of AWS itself stay (moto#7027)', () => {
    const world = createWorld();
    const remove = () => world.call('UntagResource', { resourceArn: SERVICE_ARN, tagKeys: ['aws:ecs:clusterName'] });
    expect(remove).toThrow('Tag keys must not start with the reserved prefix aws:.');
  });

  // aws/amazon-ecs-agent: members of its own model.
  it('an agent that registers again gets the same instance, and the endpoint of its zone', () => {
    const world = createWorld();
    const register = (clientToken: string) =>
      world.call<{ containerInstance: { containerInstanceArn: string } }>('RegisterContainerInstance', { clientToken })
        .containerInstance.containerInstanceArn;
    expect(register('a')).toBe(register('a'));
    expect(register('b')).not.toBe(register('a'));
    expect(world.call('DiscoverPollEndpoint', { zoneId: 'euw1-az1' })).toHaveProperty('systemLogsEndpoint');
    expect(world.call('DiscoverPollEndpoint', { cluster: 'nowhere' })).not.toHaveProperty('systemLogsEndpoint');
  });
});
