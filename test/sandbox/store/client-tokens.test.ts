import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  PutAccountSettingCommand,
  RunTaskCommand,
  type SettingName,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readService, readTasks } from '../support/read.ts';
import { registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;

describe('a client token', () => {
  it('of RunTask is valid for an hour longer than its tasks, and returns little of stopped ones', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s);
    const run = async (count = 1) => {
      const input = { cluster: 'main', taskDefinition, count, clientToken: 'once' };
      return (await s.ecs.send(new RunTaskCommand(input))).tasks ?? [];
    };
    const [first] = await run();
    s.sandbox.clock.advance(MINUTE);
    expect((await run())[0]).toMatchObject({ taskArn: first?.taskArn, lastStatus: 'RUNNING' });
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: first?.taskArn }));
    s.sandbox.clock.advance(MINUTE);
    const little = { taskArn: first?.taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
    expect(await run()).toEqual([little]);
    await expect(run(2)).rejects.toMatchObject({ name: 'ConflictException', resourceIds: [first?.taskArn] });
    s.sandbox.clock.advance(60 * MINUTE);
    const again = await run(2);
    expect(again).toHaveLength(2);
    expect(again.map((task) => task.taskArn)).not.toContain(first?.taskArn);
  });

  it('of CreateService gives the same service, or the error that AWS has for it', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s);
    const input = { cluster: 'main', serviceName: 'web', taskDefinition, clientToken: 'once' };
    const create = (desiredCount: number) => s.ecs.send(new CreateServiceCommand({ ...input, desiredCount }));
    const { service } = await create(1);
    expect((await create(1)).service).toEqual(service);
    await expect(create(2)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    });
    await s.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    s.sandbox.clock.advance(MINUTE);
    expect((await create(2)).service).toMatchObject({ status: 'ACTIVE', desiredCount: 2 });
  });
});

describe('old-format ARNs', () => {
  it('apply to principals that enable them, and their services have tasks in the same format', async () => {
    await using s = await withSandbox();
    const other = s.client({ credentials: { accessKeyId: 'other', secretAccessKey: 'x' } });
    await withCluster(s);
    for (const kind of ['service', 'task', 'containerInstance']) {
      const name = `${kind}LongArnFormat` as SettingName;
      await s.ecs.send(new PutAccountSettingCommand({ name, value: 'disabled' }));
    }
    const instance = await registerInstance(s, 'a');
    const prefix = 'arn:aws:ecs:eu-west-1:123456789012';
    const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
    expect(instance).toMatch(new RegExp(`^${prefix}:container-instance/${uuid}`));
    const input = { cluster: 'main', taskDefinition: await registerTaskDefinition(s), desiredCount: 1 };
    const { service } = await s.ecs.send(new CreateServiceCommand({ ...input, serviceName: 'old' }));
    expect(service?.serviceArn).toBe(`${prefix}:service/old`);
    const tags = [{ key: 'team', value: 'shop' }];
    const tagged = s.ecs.send(new CreateServiceCommand({ ...input, serviceName: 'tagged', tags }));
    await expect(tagged).rejects.toThrow(/must be enabled to add tags to the service/);
    await other.send(new CreateServiceCommand({ ...input, serviceName: 'new' }));
    s.sandbox.clock.advance(MINUTE);
    expect((await readService(s, 'new')).serviceArn).toBe(`${prefix}:service/main/new`);
    const [old, long] = [await readTasks(s, { serviceName: 'old' }), await readTasks(s, { serviceName: 'new' })];
    expect(old[0]?.taskArn).toMatch(new RegExp(`^${prefix}:task/${uuid}`));
    expect(long[0]?.taskArn).toMatch(new RegExp(`^${prefix}:task/main/[0-9a-f]{32}$`));
    const read = { cluster: 'main', tasks: [old[0]?.taskArn ?? ''] };
    expect((await s.ecs.send(new DescribeTasksCommand(read))).tasks).toHaveLength(1);
    const services = [`${prefix}:service/old`];
    expect((await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services }))).services).toHaveLength(1);
  });
});
