import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { DeregisterContainerInstanceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { registerInstance, registerTaskDefinition } from './support/sandbox-world.ts';
import { withSandbox } from './support/start-sandbox.ts';

const hasCli = spawnSync('aws', ['--version']).status === 0;
// A skipped test is easily overlooked: this one says so where the results are read.
const title = hasCli ? 'the AWS CLI' : 'the AWS CLI: SKIPPED, no `aws` on this machine';
const run = promisify(execFile);

/** The CLI as any user calls it; resolves with its output. */
async function aws(url: string, ...args: string[]): Promise<Record<string, unknown>> {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
  const { stdout } = await run('aws', ['--endpoint-url', url, '--output', 'json', 'ecs', ...args], { env });
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
}

describe.skipIf(!hasCli)(title, () => {
  it('goes from create-cluster to delete-cluster, its waiters too', { timeout: 150_000 }, async () => {
    // Time is moved on before each waiter, which then is content with its first look.
    await using s = await withSandbox();
    const call = (...args: string[]) => aws(s.sandbox.url, ...args);
    const settle = () => s.sandbox.clock.advance(300_000);
    const on = ['--cluster', 'main'];
    await call('create-cluster', '--cluster-name', 'main');
    const containerInstance = await registerInstance(s, 'a');
    const web = ['--task-definition', await registerTaskDefinition(s)];
    // The CLI takes a second to start: what does not depend on each other runs side by side.
    const [, ran] = await Promise.all([
      call('create-service', ...on, '--service-name', 'web', ...web, '--desired-count', '2'),
      call('run-task', ...on, ...web),
    ]);
    const task = (ran as { tasks: { taskArn: string }[] }).tasks[0]?.taskArn ?? '';
    settle();
    await Promise.all([
      call('wait', 'services-stable', ...on, '--services', 'web'),
      call('wait', 'tasks-running', ...on, '--tasks', task),
    ]);
    await Promise.all([
      call('stop-task', ...on, '--task', task),
      call('delete-service', ...on, '--service', 'web', '--force'),
    ]);
    settle();
    await Promise.all([
      call('wait', 'tasks-stopped', ...on, '--tasks', task),
      call('wait', 'services-inactive', ...on, '--services', 'web'),
    ]);
    await s.ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance }));
    expect(await call('delete-cluster', ...on)).toMatchObject({ cluster: { status: 'INACTIVE' } });
  });
});
