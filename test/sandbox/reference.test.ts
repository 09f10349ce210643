import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteAccountSettingCommand,
  DeleteServiceCommand,
  DescribeExpressGatewayServiceCommand,
  DescribeServiceRevisionsCommand,
  ListAccountSettingsCommand,
  ListAttributesCommand,
  ListContainerInstancesCommand,
  ListGatewayClusterAssociationsCommand,
  ListTaskDefinitionsCommand,
  PutAccountSettingCommand,
  PutAttributesCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from './support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from './support/start-sandbox.ts';

const MINUTE = 60_000;

/** The answer to a call that the SDK's types would not let through. */
async function post(s: SandboxUnderTest, operation: string, body: object): Promise<{ status: number; text: string }> {
  const headers = { 'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}` };
  const response = await fetch(s.sandbox.url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

describe('an input', () => {
  const container = { name: 'app', image: 'web:1', memory: 128 };
  const metric = { metricNames: ['CPUUtilization'], resolutionSeconds: 20 };
  it.each([
    ['RegisterTaskDefinition', { runtimePlatform: { cpuArchitecture: 'PDP11' } }, 'cpuArchitecture'],
    ['RegisterTaskDefinition', { proxyConfiguration: { type: 'SQUID', containerName: 'app' } }, 'proxyConfiguration'],
    ['ListAttributes', { targetType: 'task' }, 'targetType'],
    ['PutAccountSetting', { name: 'serviceLongArns', value: 'enabled' }, 'name'],
    ['ListContainerInstances', { status: 'INACTIVE' }, 'status'],
    ['CreateCluster', { settings: [{ name: 'insights', value: 'enabled' }] }, 'settings'],
    ['CreateService', { monitoring: { metricConfigurations: [{ ...metric, resolutionSeconds: 19 }] } }, 'resolution'],
    ['CreateService', { monitoring: { metricConfigurations: [{ ...metric, metricNames: [] }] } }, 'metricNames'],
    ['CreateService', { monitoring: { metricConfigurations: Array(6).fill(metric) } }, 'metricConfigurations'],
    [
      'CreateService',
      {
        serviceConnectConfiguration: {
          enabled: true,
          services: [{ portName: 'http', clientAliases: [{ port: 65_536 }] }],
        },
      },
      'port',
    ],
  ])('of %s with %j is refused', async (operation, input, member) => {
    await using s = await withSandbox();
    const base = { family: 'web', containerDefinitions: [container], serviceName: 'web' };
    const { status, text } = await post(s, operation, { ...base, ...input });
    expect([status, text]).toEqual([
      400,
      expect.stringMatching(/InvalidParameterException.*failed to satisfy constraint/),
    ]);
    expect(text).toContain(member);
  });
});

describe('a service on Fargate', () => {
  it('says LATEST, its deployment and its revision the version that this is', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const input = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 1 };
    const { service } = await s.ecs.send(
      new CreateServiceCommand({ ...input, launchType: 'FARGATE', networkConfiguration: NETWORK }),
    );
    expect(service).toMatchObject({ platformVersion: 'LATEST', deployments: [{ platformVersion: '1.4.0' }] });
    const serviceRevisionArns = [service?.currentServiceRevisions?.[0]?.arn ?? ''];
    const { serviceRevisions } = await s.ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
    expect(serviceRevisions).toMatchObject([{ platformVersion: '1.4.0' }]);
  });
});

describe('a task on Fargate', () => {
  it('has the storage that it was started with, and the architecture of its task definition', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const { taskDefinition } = await s.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'arm',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        runtimePlatform: { cpuArchitecture: 'ARM64' },
        ephemeralStorage: { sizeInGiB: 30 },
        containerDefinitions: [{ name: 'app', image: 'app:1' }],
      }),
    );
    const start = async (sizeInGiB?: number) => {
      const overrides = sizeInGiB === undefined ? {} : { ephemeralStorage: { sizeInGiB } };
      const { tasks } = await s.ecs.send(
        new RunTaskCommand({
          cluster: 'main',
          taskDefinition: taskDefinition?.taskDefinitionArn,
          launchType: 'FARGATE',
          networkConfiguration: NETWORK,
          overrides,
        }),
      );
      return tasks?.map(({ ephemeralStorage, attributes }) => ({ ephemeralStorage, attributes }));
    };
    const attributes = [{ name: 'ecs.cpu-architecture', value: 'arm64' }];
    expect(await start(50)).toEqual([{ ephemeralStorage: { sizeInGiB: 50 }, attributes }]);
    expect(await start()).toEqual([{ ephemeralStorage: { sizeInGiB: 30 }, attributes }]);
  });
});

describe('an update of a service', () => {
  it('to Fargate gives it a platform, in a deployment that has to be forced', async () => {
    await using s = await withSandbox();
    await s.ecs.send(new CreateClusterCommand({ clusterName: 'main', capacityProviders: ['FARGATE'] }));
    await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const input = {
      cluster: 'main',
      serviceName: 'web',
      taskDefinition,
      desiredCount: 0,
      networkConfiguration: NETWORK,
    };
    await s.ecs.send(new CreateServiceCommand(input));
    const move = async (provider?: string) => {
      const capacityProviderStrategy = provider === undefined ? [] : [{ capacityProvider: provider, weight: 1 }];
      const update = { cluster: 'main', service: 'web', capacityProviderStrategy };
      // The text stands in logs of four tools (pipe-cd/pipecd#6385 of 2025-12, reproio/ecs_deploy#74, kayac/ecspresso#481, aws/aws-cdk#34631).
      await expect(s.ecs.send(new UpdateServiceCommand(update))).rejects.toThrow(
        'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
      );
      return (await s.ecs.send(new UpdateServiceCommand({ ...update, forceNewDeployment: true }))).service;
    };
    const moved = await move('FARGATE');
    expect(moved).toMatchObject({ platformVersion: 'LATEST', platformFamily: 'Linux' });
    const back = await move();
    expect(back).not.toHaveProperty('platformVersion');
    expect(back).toMatchObject({ launchType: 'EC2' });
    expect(back?.deployments?.map(({ launchType }) => launchType)).toEqual(['EC2', undefined, 'EC2']);
  });

  it('is checked and completed as its creation is', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s);
    const input = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 0 };
    await s.ecs.send(new CreateServiceCommand(input));
    const update = (more: object) => s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...more }));
    const { service } = await update({ placementStrategy: [{ type: 'spread', field: 'host' }] });
    expect(service?.placementStrategy).toEqual([{ type: 'spread', field: 'instanceId' }]);
    const targetGroupArn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1';
    const loadBalancers = [{ targetGroupArn, containerName: 'app', containerPort: 80 }];
    await expect(update({ loadBalancers })).rejects.toThrow('did not have a container port 80');
  });
});

describe('a service that has been deleted', () => {
  it('can be deleted again: DRAINING and INACTIVE it answers as it is', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 1 };
    await s.ecs.send(new CreateServiceCommand({ ...service, launchType: 'FARGATE', networkConfiguration: NETWORK }));
    s.sandbox.clock.advance(2 * MINUTE);
    const remove = async () =>
      (await s.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }))).service?.status;
    expect(await remove()).toBe('DRAINING');
    expect(await remove()).toBe('DRAINING');
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await remove()).toBe('INACTIVE');
  });
});

describe('what is not there', () => {
  it('is reported by an error that the operation models', async () => {
    await using s = await withSandbox();
    const serviceArn = 'arn:aws:ecs:eu-west-1:123456789012:service/main/web';
    const describing = s.ecs.send(new DescribeExpressGatewayServiceCommand({ serviceArn }));
    await expect(describing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const listing = s.ecs.send(new ListGatewayClusterAssociationsCommand({ gateway: 'none' }));
    expect((await listing).gatewayClusterAssociations).toEqual([]);
  });
});

describe('task definitions', () => {
  it('are listed by family before revision, also where one name begins with another', async () => {
    await using s = await withSandbox();
    for (const family of ['web-api', 'web', 'web_1']) await registerTaskDefinition(s, { family });
    const { taskDefinitionArns = [] } = await s.ecs.send(new ListTaskDefinitionsCommand({}));
    expect(taskDefinitionArns.map((arn) => arn.split('/').pop())).toEqual(['web:1', 'web-api:1', 'web_1:1']);
  });
});

describe('a setting of the root user', () => {
  it('holds for all who have set nothing themselves', async () => {
    await using s = await withSandbox();
    const name = 'containerInsights';
    const principalArn = 'arn:aws:iam::123456789012:root';
    await s.ecs.send(new PutAccountSettingCommand({ name, value: 'enhanced', principalArn }));
    const effective = async () =>
      (await s.ecs.send(new ListAccountSettingsCommand({ name, effectiveSettings: true }))).settings?.[0]?.value;
    expect(await effective()).toBe('enhanced');
    const { settings } = await s.ecs.send(new ListAccountSettingsCommand({ principalArn }));
    expect(settings).toMatchObject([{ name, value: 'enhanced', principalArn }]);
    await s.ecs.send(new PutAccountSettingCommand({ name, value: 'enabled' }));
    expect(await effective()).toBe('enabled');
    for (const input of [{}, { principalArn }]) await s.ecs.send(new DeleteAccountSettingCommand({ name, ...input }));
    expect(await effective()).toBe('disabled');
  });
});

describe('the setting of GuardDuty', () => {
  it('cannot be set', async () => {
    await using s = await withSandbox();
    const put = s.ecs.send(new PutAccountSettingCommand({ name: 'guardDutyActivate', value: 'on' }));
    await expect(put).rejects.toThrow('read-only');
  });
});

describe('attributes', () => {
  it('are put all together or not at all', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const targetId = await registerInstance(s, 'a');
    const put = (attributes: { name: string; value?: string }[]) =>
      s.ecs.send(
        new PutAttributesCommand({ cluster: 'main', attributes: attributes.map((item) => ({ ...item, targetId })) }),
      );
    await put(Array.from({ length: 9 }, (_, index) => ({ name: `own-${index}`, value: 'x' })));
    await expect(put([{ name: 'tenth' }, { name: 'eleventh' }])).rejects.toMatchObject({
      name: 'AttributeLimitExceededException',
    });
    for (const value of ['', ' x', 'x ', 'a=b', 'x'.repeat(129)]) {
      await expect(put([{ name: 'tenth', value }])).rejects.toThrow('Invalid attribute value');
    }
    await put([{ name: 'tenth', value: 'a b:c/d\\e@f' }]);
    const listed = await s.ecs.send(new ListAttributesCommand({ cluster: 'main', targetType: 'container-instance' }));
    const own = listed.attributes?.filter(({ name }) => /^(own-|tenth|eleventh)/.test(name ?? ''));
    expect(own).toHaveLength(10);
  });
});

describe('a service behind a Classic Load Balancer', () => {
  it('does not show its rollout', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const container = { portMappings: [{ containerPort: 80 }] };
    const taskDefinition = await registerTaskDefinition(s, { container });
    const loadBalancers = [{ loadBalancerName: 'old', containerName: 'app', containerPort: 80 }];
    const input = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 1, loadBalancers };
    const { service } = await s.ecs.send(new CreateServiceCommand(input));
    expect(service?.deployments).toMatchObject([{ status: 'PRIMARY' }]);
    expect(service?.deployments?.[0]).not.toHaveProperty('rolloutState');
  });
});

describe('container instances', () => {
  it('have a hundred ports to reserve, those that they keep for themselves counted', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const run = async (first: number, count: number) => {
      const portMappings = Array.from({ length: count }, (_, index) => ({
        containerPort: first + index,
        hostPort: first + index,
      }));
      const taskDefinition = await registerTaskDefinition(s, { cpu: 1, memory: 4, container: { portMappings } });
      return s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    };
    expect((await run(1000, 95)).failures).toEqual([]);
    expect((await run(2000, 1)).failures).toMatchObject([{ reason: 'RESOURCE:PORTS' }]);
  });

  it('are found by their count of tasks', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const labels = { 'sandbox.ignore-sigterm': 'true' };
    const taskDefinition = await registerTaskDefinition(s, { labels });
    const { tasks } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    s.sandbox.clock.advance(MINUTE);
    const found = async (count: number) => {
      const filter = `runningTasksCount == ${count}`;
      return (await s.ecs.send(new ListContainerInstancesCommand({ cluster: 'main', filter }))).containerInstanceArns;
    };
    expect([await found(0), await found(1)]).toMatchObject([[], [expect.any(String)]]);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
    // The task still runs, and no longer counts.
    expect([await found(0), await found(1)]).toMatchObject([[expect.any(String)], []]);
  });

  it('change their state all together or not at all', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const good = await registerInstance(s, 'a');
    await s.ecs.send(new PutAccountSettingCommand({ name: 'awsvpcTrunking', value: 'enabled' }));
    const attributes = [
      { name: 'sandbox.trunk-fails', value: 'No free addresses.' },
      { name: 'ecs.instance-type', value: 'c5.large' },
    ];
    const { containerInstance } = await s.ecs.send(
      new RegisterContainerInstanceCommand({ cluster: 'main', attributes }),
    );
    const bad = containerInstance?.containerInstanceArn ?? '';
    s.sandbox.clock.advance(MINUTE);
    const drain = s.ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: 'main',
        containerInstances: [good, bad],
        status: 'DRAINING',
      }),
    );
    await expect(drain).rejects.toThrow('REGISTRATION_FAILED');
    const { containerInstanceArns } = await s.ecs.send(
      new ListContainerInstancesCommand({ cluster: 'main', status: 'ACTIVE' }),
    );
    expect(containerInstanceArns).toEqual([good]);
  });
});
