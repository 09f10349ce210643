import {
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  RegisterDaemonTaskDefinitionCommand,
  RunTaskCommand,
  SubmitContainerStateChangeCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { withSandbox } from './support.ts';
import { registerInstance, registerTaskDefinition, withCluster } from './world.ts';

describe('an agent', () => {
  it('ends a container by reporting it STOPPED', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s);
    const { tasks = [] } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    const task = tasks[0]?.taskArn ?? '';
    s.sandbox.clock.advance(60_000);
    const report = { cluster: 'main', task, containerName: 'app', status: 'STOPPED', exitCode: 3, reason: 'tired' };
    await s.ecs.send(new SubmitContainerStateChangeCommand(report));
    s.sandbox.clock.advance(60_000);
    const read = await s.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [task] }));
    expect(read.tasks).toMatchObject([
      {
        lastStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        containers: [{ name: 'app', exitCode: 3, reason: 'tired' }],
      },
    ]);
  });
});

describe('tags', () => {
  it('are also for the newer resources', async () => {
    await using s = await withSandbox();
    const { daemonTaskDefinitionArn: resourceArn } = await s.ecs.send(
      new RegisterDaemonTaskDefinitionCommand({
        family: 'agent',
        containerDefinitions: [{ name: 'agent', image: 'agent:1', memory: 64 }],
      }),
    );
    const tags = [{ key: 'team', value: 'platform' }];
    await s.ecs.send(new TagResourceCommand({ resourceArn, tags }));
    expect((await s.ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags);
  });
});
