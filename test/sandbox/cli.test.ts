import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withSandbox } from './support.ts';

const hasCli = spawnSync('aws', ['--version']).status === 0;
// A skipped test is easily overlooked: this one says so where the results are read.
const title = hasCli ? 'the AWS CLI' : 'the AWS CLI: SKIPPED, no `aws` on this machine';
const run = promisify(execFile);

/** The CLI as anyone would call it, answering what it prints. */
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

const CONTAINERS = JSON.stringify([{ name: 'app', image: 'web:1', memory: 128 }]);

describe.skipIf(!hasCli)(title, () => {
  it('goes from create-cluster to delete-cluster, its waiters too', { timeout: 60_000 }, async () => {
    // Fast enough that each waiter is content with its first look, which it takes at once.
    await using s = await withSandbox({ speed: 1000 });
    const call = (...args: string[]) => aws(s.sandbox.url, ...args);
    const settle = () => s.sandbox.clock.advance(300_000);
    await call('create-cluster', '--cluster-name', 'cli');
    const on = ['--cluster', 'cli'];
    await call('register-container-instance', ...on, '--total-resources', 'name=CPU,type=INTEGER,integerValue=2048');
    await call('register-task-definition', '--family', 'web', '--container-definitions', CONTAINERS);
    const web = ['--task-definition', 'web'];
    await call('create-service', ...on, '--service-name', 'web', ...web, '--desired-count', '2');
    settle();
    await call('wait', 'services-stable', ...on, '--services', 'web');
    const ran = (await call('run-task', ...on, ...web)) as { tasks: { taskArn: string }[] };
    const task = ran.tasks[0]?.taskArn ?? '';
    settle();
    await call('wait', 'tasks-running', ...on, '--tasks', task);
    await call('stop-task', ...on, '--task', task);
    settle();
    await call('wait', 'tasks-stopped', ...on, '--tasks', task);
    await call('delete-service', ...on, '--service', 'web', '--force');
    settle();
    await call('wait', 'services-inactive', ...on, '--services', 'web');
    const listed = (await call('list-container-instances', ...on)) as { containerInstanceArns: string[] };
    const [instance = ''] = listed.containerInstanceArns;
    await call('deregister-container-instance', ...on, '--container-instance', instance);
    expect(await call('delete-cluster', ...on)).toMatchObject({ cluster: { status: 'INACTIVE' } });
  });
});
