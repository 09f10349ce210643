import { describe, expect, it } from 'vitest';
import { withSandbox } from '../sandbox/support/start-sandbox.ts';
import { LACK, loadPackage } from './support/packages.ts';
import { titleOf } from './support/tools.ts';

/** The interface that the first and the newest release of the client have in common. */
interface ClientModule {
  readonly ECSClient: new (
    config: object,
  ) => { send(command: unknown): Promise<Record<string, unknown>>; destroy(): void };
  readonly [command: string]: unknown;
}

type Call = (operation: string, input: object) => Promise<Record<string, unknown>>;

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const FARGATE = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
};

/** A service's life, from its cluster to the end of that, and the errors on the way. */
async function live(call: Call, settle: () => void): Promise<void> {
  const on = { cluster: 'main' };
  await call('CreateCluster', { clusterName: 'main' });
  const containerDefinitions = [{ name: 'app', image: 'web:1', portMappings: [{ containerPort: 80 }] }];
  const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' };
  await call('RegisterTaskDefinition', { family: 'web', containerDefinitions, ...size });
  const created = await call('CreateService', {
    ...on,
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 2,
    ...FARGATE,
  });
  expect(created.service).toMatchObject({ serviceName: 'web', status: 'ACTIVE', createdAt: expect.any(Date) });
  settle();
  const look = async () => ((await call('DescribeServices', { ...on, services: ['web'] })).services as object[])[0];
  expect(await look()).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
  await call('UpdateService', { ...on, service: 'web', forceNewDeployment: true });
  settle();
  expect(await look()).toMatchObject({ runningCount: 2, deployments: [{ status: 'PRIMARY' }] });
  const ran = await call('RunTask', { ...on, taskDefinition: 'web', ...FARGATE });
  const task = (ran.tasks as { taskArn: string }[])[0]?.taskArn;
  settle();
  await call('StopTask', { ...on, task });
  settle();
  const described = await call('DescribeTasks', { ...on, tasks: [task] });
  expect(described.tasks).toMatchObject([{ lastStatus: 'STOPPED', stoppedAt: expect.any(Date) }]);
  await expect(call('DeleteService', { ...on, service: 'none' })).rejects.toMatchObject({
    name: 'ServiceNotFoundException',
  });
  await expect(call('ListTasks', { cluster: 'none' })).rejects.toMatchObject({
    name: 'ClusterNotFoundException',
    message: 'Cluster not found.',
  });
  await call('UpdateService', { ...on, service: 'web', desiredCount: 0 });
  settle();
  await call('DeleteService', { ...on, service: 'web' });
  settle();
  expect((await call('DeleteCluster', on)).cluster).toMatchObject({ status: 'INACTIVE' });
}

describe.each(['client-ecs-first', 'client-ecs-newest'])('%s', (name) => {
  const client = loadPackage<ClientModule>(name);

  it.skipIf(client === undefined)(titleOf('lives the life of a service', client !== undefined, LACK), async () => {
    await using s = await withSandbox();
    const { ECSClient } = client as ClientModule;
    const ecs = new ECSClient({
      endpoint: s.sandbox.url,
      region: 'eu-west-1',
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
    const call: Call = (operation, input) => {
      const Command = client?.[`${operation}Command`] as new (input: object) => unknown;
      return ecs.send(new Command(input));
    };
    await live(call, () => s.sandbox.clock.advance(300_000));
    ecs.destroy();
  });
});
