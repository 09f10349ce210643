import {
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  PutAccountSettingCommand,
  RegisterContainerInstanceCommand,
  UpdateContainerAgentCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

async function register(s: SandboxUnderTest, name?: string, value?: string): Promise<string> {
  const attributes = [
    { name: 'ecs.instance-type', value: 'm6i.large' },
    ...(name === undefined ? [] : [{ name, value }]),
  ];
  const input = { cluster: 'main', attributes, versionInfo: { agentVersion: '1.80.0' } };
  const { containerInstance } = await s.ecs.send(new RegisterContainerInstanceCommand(input));
  return containerInstance?.containerInstanceArn ?? '';
}

async function read(s: SandboxUnderTest, arn: string) {
  const input = { cluster: 'main', containerInstances: [arn] };
  const { containerInstances = [] } = await s.ecs.send(new DescribeContainerInstancesCommand(input));
  return containerInstances[0];
}

describe('a container instance', () => {
  it.each([
    [undefined, ['PENDING', 'STAGING', 'STAGED', 'UPDATING', 'UPDATED']],
    ['sandbox.agent-update-fails', ['PENDING', 'STAGING', 'STAGED', 'UPDATING', 'FAILED']],
  ])('goes through the states of an agent update (%s)', async (attribute, expected) => {
    await using s = await withSandbox();
    await withCluster(s);
    const containerInstance = await register(s, attribute);
    const update = new UpdateContainerAgentCommand({ cluster: 'main', containerInstance });
    await s.ecs.send(update);
    await expect(s.ecs.send(update)).rejects.toMatchObject({ name: 'UpdateInProgressException' });
    const states: (string | undefined)[] = [];
    for (let step = 0; step < 5; step += 1) {
      states.push((await read(s, containerInstance))?.agentUpdateStatus);
      s.sandbox.clock.advance(10_000);
    }
    expect(states).toEqual(expected);
  });

  it('is REGISTERING while its trunk ENI is attached, and DEREGISTERING while that goes', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await s.ecs.send(new PutAccountSettingCommand({ name: 'awsvpcTrunking', value: 'enabled' }));
    const arn = await register(s);
    expect(await read(s, arn)).toMatchObject({ status: 'REGISTERING', attachments: [{ status: 'PRECREATED' }] });
    const list = new ListContainerInstancesCommand({ cluster: 'main', status: 'REGISTERING' });
    expect((await s.ecs.send(list)).containerInstanceArns).toEqual([arn]);
    s.sandbox.clock.advance(10_000);
    expect(await read(s, arn)).toMatchObject({
      status: 'ACTIVE',
      attachments: [{ status: 'ATTACHED' }],
      attributes: expect.arrayContaining([expect.objectContaining({ name: 'ecs.awsvpc-trunk-id' })]),
    });
    await s.ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance: arn }));
    expect(await read(s, arn)).toMatchObject({ status: 'DEREGISTERING', attachments: [{ status: 'DETACHING' }] });
    s.sandbox.clock.advance(10_000);
    expect(await read(s, arn)).toMatchObject({ status: 'INACTIVE', attachments: [{ status: 'DELETED' }] });
  });

  it('fails to register, and says why, where the trunk cannot be attached', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await s.ecs.send(new PutAccountSettingCommand({ name: 'awsvpcTrunking', value: 'enabled' }));
    const arn = await register(s, 'sandbox.trunk-fails', 'No free addresses in the subnet.');
    s.sandbox.clock.advance(10_000);
    expect(await read(s, arn)).toMatchObject({
      status: 'REGISTRATION_FAILED',
      statusReason: 'No free addresses in the subnet.',
    });
  });
});
