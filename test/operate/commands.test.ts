import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveWorld } from '../live/support/live-world.ts';
import { createServiceOnInstances, registerInstances } from '../live/support/setting.ts';
import { type LiveApp, startLiveApp } from '../support/gateway/live-app.ts';
import { operate, PLAIN_TERMINAL } from './run-operate.ts';

let app: LiveApp;
beforeEach(async () => {
  app = await startLiveApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const pass = (ms: number) => app.world.sandbox.clock.advance(ms);
/** Lets time pass with everything that is printed. */
const passing = (ms = 60_000) => {
  let out = '';
  return {
    host: {
      out: (text: string) => {
        out += text;
        pass(ms);
      },
    },
    lines: () => out.trim().split('\n'),
    json: () =>
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
};
const writes = () =>
  Object.fromEntries(
    Object.entries(app.world.sandbox.calls()).filter(([operation]) => !/^(List|Describe|Get)/.test(operation)),
  );
const WEB = ['web', '--cluster', 'prod'];

async function steadyService() {
  await app.register('shop/web:1');
  await app.createService();
  pass(300_000);
  app.world.sandbox.resetCalls();
}

describe('ecs-graphql deploy', () => {
  beforeEach(steadyService);

  it('deploys an image to the only container, and follows the deployment to its end', async () => {
    const { host, json } = passing();
    const { code, err } = await operate(app.url, ['deploy', 'web', 'shop/web:2', '--cluster', 'prod'], host);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [payload, ...events] = json();
    expect(payload).toMatchObject({
      deploymentId: expect.stringMatching(/^ecs-svc/),
      plan: [{ operation: 'RegisterTaskDefinition' }, { operation: 'UpdateService' }],
    });
    expect(events.at(-1)).toMatchObject({ type: 'ENDED', outcome: 'SUCCEEDED' });
    expect(writes()).toEqual({ RegisterTaskDefinition: 1, UpdateService: 1 });
  });

  it('exits with 1 for a deployment that fails', async () => {
    await app.world.data(
      `mutation { updateService(input: { cluster: "prod", service: "web", deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }) { service { id } } }`,
    );
    const { host, json } = passing();
    const { code, err } = await operate(app.url, ['deploy', 'web', 'app=sandbox/exit:1', '--cluster', 'prod'], host);
    expect(code).toBe(1);
    expect(json().at(-1)).toMatchObject({ outcome: 'ROLLED_BACK' });
    expect(err).not.toBe('');
  });

  it('changes environment and size, shows what it would do, and follows nothing then', async () => {
    const argv = [
      'deploy',
      ...WEB,
      '--env',
      'app.LEVEL=debug=1',
      '--cpu',
      'app=128',
      '--task-memory',
      '1024',
      '--dry-run',
    ];
    const { code, out } = await operate(app.url, argv, { terminal: PLAIN_TERMINAL });
    expect(code).toBe(0);
    expect(out).toContain('RegisterTaskDefinition\n');
    expect(out).toContain('  containers.app.cpu: ');
    expect(out).toContain('  containers.app.environment.LEVEL: (no value) -> ***');
    expect(out).toContain('UpdateService\n  taskDefinition: web:1 -> (by ECS)\n');
    expect(writes()).toEqual({});
  });

  it('stops after the mutation with --no-wait, and does nothing twice for a key', async () => {
    const argv = ['deploy', 'web', 'shop/web:3', '-c', 'prod', '--no-wait', '--key', 'release-3'];
    const first = await operate(app.url, argv);
    const again = await operate(app.url, argv);
    expect([first.code, again.code]).toEqual([0, 0]);
    expect(JSON.parse(again.out)).toEqual(JSON.parse(first.out));
    expect(writes()).toEqual({ RegisterTaskDefinition: 1, UpdateService: 1 });
  });

  it('shows what was done if it stops half-way, and how to go on', async () => {
    app.world.sandbox.faults.set({ rules: [{ operations: ['UpdateService'], fault: 'accessDenied', times: 1 }] });
    const argv = ['deploy', 'web', 'shop/web:4', '-c', 'prod', '--no-wait', '--key', 'k4'];
    const failed = await operate(app.url, argv, { terminal: PLAIN_TERMINAL });
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('--key k4');
    expect(failed.err).toContain('  done: RegisterTaskDefinition web:2\n  not done: UpdateService ');
    expect((await operate(app.url, argv)).code).toBe(0);
    expect(writes()).toEqual({ RegisterTaskDefinition: 1, UpdateService: 2 });
  });

  it.each([
    [['deploy'], 2, 'needs a service'],
    [['deploy', 'web'], 2, 'needs an image'],
    [['deploy', 'web', 'a', '--env', 'X=1'], 2, '--env X=1 is not <container>.<NAME>=<value>'],
    [['deploy', 'web', 'a', '--cpu', '1'], 2, '--cpu 1 is not <container>=<number>'],
    [['deploy', 'web', 'a', '--memory', 'app=x'], 2, '--memory must be a whole number'],
    [['deploy', 'web', 'a', '--timeout', 'x'], 2, '--timeout must be a duration'],
    [['deploy', 'web', 'a', '--clster', 'prod'], 2, 'Did you mean --cluster?'],
    [['deploy', 'nobody', 'a', '-c', 'prod'], 1, 'There is no service "nobody" in cluster "prod"'],
    [['deploy', 'web', 'other=a', '-c', 'prod'], 2, 'is not a container of web:1'],
    [['deploy', 'web', 'a', '-c', 'prod', '--expected-revision', '7'], 1, 'FAILED_PRECONDITION'],
  ])('%j exits with %i', async (argv, code, shown) => {
    const answer = await operate(app.url, argv);
    expect(answer.code).toBe(code);
    expect(answer.err).toContain(shown);
    expect(writes()).toEqual({});
  });
});

describe('ecs-graphql scale, restart and rollback', () => {
  beforeEach(steadyService);

  it('scales, with a precondition', async () => {
    const { code, out } = await operate(app.url, ['scale', 'web', '3', '-c', 'prod'], { terminal: PLAIN_TERMINAL });
    expect({ code, out }).toEqual({ code: 0, out: 'UpdateService\n  desiredCount: 1 -> 3\n' });
    const stale = await operate(app.url, ['scale', 'web', '5', '-c', 'prod', '--expected', '1']);
    expect(stale).toMatchObject({ code: 1, err: expect.stringContaining('FAILED_PRECONDITION') });
    const same = await operate(app.url, ['scale', 'web', '3', '-c', 'prod'], { terminal: PLAIN_TERMINAL });
    expect(same.out).toBe('Nothing to do.\n');
    expect(writes()).toEqual({ UpdateService: 1 });
    expect(await operate(app.url, ['scale', 'web'])).toMatchObject({ code: 2 });
    expect(await operate(app.url, ['scale', 'web', '-c', 'prod', 'many'])).toMatchObject({ code: 2 });
  });

  it('asks before it scales to 0', async () => {
    const argv = ['scale', 'web', '0', '-c', 'prod'];
    expect(await operate(app.url, argv)).toMatchObject({ code: 2, err: expect.stringContaining('--yes is needed') });
    const questions: string[] = [];
    const ask = (answer: boolean) => async (question: string) => {
      questions.push(question);
      return answer;
    };
    const no = await operate(app.url, argv, { ask: ask(false), terminal: PLAIN_TERMINAL });
    expect(no).toMatchObject({ code: 1, out: '', err: 'UpdateService\n  desiredCount: 1 -> 0\nNothing was done.\n' });
    expect(writes()).toEqual({});
    expect(await operate(app.url, argv, { ask: ask(true) })).toMatchObject({ code: 0 });
    expect(questions).toEqual(['Scale web to 0?', 'Scale web to 0?']);
    expect(writes()).toEqual({ UpdateService: 1 });
  });

  it('restarts, and follows the deployment', async () => {
    const { host, json } = passing();
    const { code } = await operate(app.url, ['restart', ...WEB], host);
    expect(code).toBe(0);
    expect(json().at(-1)).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(writes()).toEqual({ UpdateService: 1 });
  });

  it('rolls back what is under way, which is a success', async () => {
    await operate(app.url, ['deploy', 'web', 'shop/web:2', '-c', 'prod', '--no-wait']);
    pass(10_000);
    app.world.sandbox.resetCalls();
    expect(await operate(app.url, ['rollback', ...WEB])).toMatchObject({ code: 2 });
    expect(writes()).toEqual({});
    const { host, json } = passing();
    const { code, err } = await operate(app.url, ['rollback', ...WEB, '--yes'], host);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(json().at(-1)).toMatchObject({ outcome: 'ROLLED_BACK' });
    expect(writes()).toEqual({ StopServiceDeployment: 1 });
  });

  it('does what was agreed to, or nothing', async () => {
    await operate(app.url, ['deploy', 'web', 'shop/web:2', '-c', 'prod', '--no-wait']);
    pass(600_000);
    app.world.sandbox.resetCalls();
    const ask = async () => {
      await operate(app.url, ['deploy', 'web', 'shop/web:3', '-c', 'prod', '--no-wait']);
      return true;
    };
    const { code, err } = await operate(app.url, ['rollback', ...WEB], { ask });
    expect(code).toBe(1);
    expect(err).toContain('The service uses revision 3, not 2.');
    expect(writes()).toEqual({ RegisterTaskDefinition: 1, UpdateService: 1 });
  });
});

describe('ecs-graphql run', () => {
  it('runs a command as the tasks of a service run, and follows it to its verdict', async () => {
    await steadyService();
    const { host, json } = passing(900_000);
    const argv = ['run', '--service', 'web', '-c', 'prod', '--timeout', '10m', '--', 'migrate', '--all'];
    const { code } = await operate(app.url, argv, host);
    // The image runs until it is stopped.
    expect(code).toBe(124);
    const [payload] = json() as [{ readonly taskArns: readonly string[] }];
    expect(payload).toMatchObject({ taskArns: [expect.any(String)], failures: [] });
    expect(writes()).toEqual({ RunTask: 1 });
    const { task } = await app.world.data<{
      task: { overrides: { containerOverrides: { name: string }[] }; launchType: string };
    }>(`{ task(task: "${payload.taskArns[0]}") { launchType overrides { containerOverrides { name } } } }`);
    expect(task).toEqual({ launchType: 'FARGATE', overrides: { containerOverrides: [{ name: 'app' }] } });
  });

  it.each([
    ['sandbox/exit-after:5-0', 0, 'SUCCEEDED'],
    ['sandbox/exit-after:5-3', 1, 'FAILED'],
  ])('exits as the containers of %s do: %i', async (image, expected, outcome) => {
    await app.register(image);
    const { host, json } = passing();
    const argv = ['run', 'web', '-c', 'prod', '--launch-type', 'fargate', '--subnets', 'subnet-1', '--count', '2'];
    expect((await operate(app.url, argv, host)).code).toBe(expected);
    expect(json().at(-1)).toMatchObject({ type: 'ENDED', outcome });
  });

  it('exits with 1 and the reasons if no task could start', async () => {
    await registerInstances(app as unknown as LiveWorld, 1, 128);
    await createServiceOnInstances(app as unknown as LiveWorld, { desiredCount: 0 });
    const { code, err, out } = await operate(app.url, ['run', 'web', '-c', 'prod', '--launch-type', 'EC2']);
    expect(code).toBe(1);
    expect(err).toContain('A task could not start: RESOURCE_CPU');
    expect(JSON.parse(out)).toMatchObject({ taskArns: [] });
  });

  it.each([
    [['run'], 'needs a task definition or --service'],
    [['run', 'a', 'b'], 'write a command after --'],
    [['run', 'a', '--env', 'X'], '--env X is not <NAME>=<value>'],
    [['run', 'a', '--launch-type', 'moon'], '--launch-type must be one of'],
    [['run', 'a', '--public-ip'], '--security-groups and --public-ip need --subnets'],
    [['run', 'a', '--conut', '2'], 'Did you mean --count?'],
  ])('%j exits with 2', async (argv, shown) => {
    const { code, err } = await operate(app.url, argv);
    expect(code).toBe(2);
    expect(err).toContain(shown);
  });
});

describe('a write whose answer from the gateway is lost', () => {
  it('gives the key to send it again with, unless it surely was not sent', async () => {
    const argv = ['scale', 'web', '3', '-c', 'prod', '--key', 'k'];
    const server = createServer((request) => request.socket.destroy());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    try {
      const lost = await operate(url, argv, { terminal: PLAIN_TERMINAL });
      expect(lost).toMatchObject({ code: 1, err: expect.stringContaining('with --key k (') });
      const dry = await operate(url, [...argv, '--dry-run'], { terminal: PLAIN_TERMINAL });
      expect(dry).toMatchObject({ code: 1, err: expect.not.stringContaining('--key') });
    } finally {
      server.close();
      await once(server, 'close');
    }
    const refused = await operate(url, argv, { terminal: PLAIN_TERMINAL });
    expect(refused.err).toContain('ECONNREFUSED');
    expect(refused).toMatchObject({ code: 1, err: expect.not.stringContaining('--key') });
  });
});

describe('ecs-graphql clean-up', () => {
  beforeEach(async () => {
    await steadyService();
    for (let index = 0; index < 24; index += 1) await app.register(`shop/web:${index}`);
    app.world.sandbox.resetCalls();
  });

  it('shows what it would remove, and removes nothing', async () => {
    const { code, out } = await operate(app.url, ['clean-up', 'web', '--keep', '2', '--dry-run'], {
      terminal: PLAIN_TERMINAL,
    });
    expect(code).toBe(0);
    expect(out).toContain('DeregisterTaskDefinition\n  web:2.status: ACTIVE -> INACTIVE\n');
    expect(out).toContain('... and 2 more revisions\n');
    expect(writes()).toEqual({});
  });

  it('asks, and goes on until nothing is left', async () => {
    const argv = ['clean-up', 'web', '--keep', '2', '--delete'];
    expect(await operate(app.url, argv)).toMatchObject({ code: 2 });
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return true;
    };
    const { code, out } = await operate(app.url, argv, { ask, terminal: PLAIN_TERMINAL });
    expect(questions).toEqual(['Delete 22 revisions?']);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(22);
    expect(out).toContain('web:2: delete in progress\n');
    expect(writes()).toEqual({ DeregisterTaskDefinition: 22, DeleteTaskDefinitions: 3 });
  });

  it('ends with 1 for what ECS refuses, and does not try again', async () => {
    const rules = [
      { operations: ['DeregisterTaskDefinition'], fault: 'error' as const, code: 'ClientException', message: 'No.' },
    ];
    app.world.sandbox.faults.set({ rules });
    const { code, err } = await operate(app.url, ['clean-up', 'web', '--keep', '20', '--yes']);
    expect(code).toBe(1);
    expect(err).toContain('ECS refused to remove 4 revisions.');
    expect(writes()).toEqual({ DeregisterTaskDefinition: 4 });
    expect(await operate(app.url, ['clean-up'])).toMatchObject({ code: 2 });
    expect(await operate(app.url, ['clean-up', 'web', '--keep', '-1'])).toMatchObject({ code: 2 });
  });
});

describe('ecs-graphql replace-instances', () => {
  let instances: string[];
  beforeEach(async () => {
    instances = await registerInstances(app as unknown as LiveWorld, 3, 512);
    await createServiceOnInstances(app as unknown as LiveWorld, { desiredCount: 2 });
    pass(300_000);
    app.world.sandbox.resetCalls();
  });

  it('drains wave after wave, and deregisters', async () => {
    const named = instances.slice(0, 2).map((arn) => arn.split('/').at(-1) ?? '');
    const { host, json } = passing(120_000);
    const argv = ['replace-instances', ...named, '-c', 'prod', '--deregister', '--yes'];
    const { code, err } = await operate(app.url, argv, host);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const waves = json().filter((line) => 'state' in line);
    expect(waves.map(({ state }) => state)).toEqual(['STARTED', 'STARTED', 'DONE']);
    expect(writes()).toEqual({ UpdateContainerInstancesState: 2, DeregisterContainerInstance: 2 });
  });

  it('waits for a trouble that passes', async () => {
    const { host, json } = passing(120_000);
    const argv = ['replace-instances', '-c', 'prod', '--wave-size', '3', '--yes'];
    let waits = 0;
    const wait = async () => {
      waits += 1;
      if (waits === 2) await registerInstances(app as unknown as LiveWorld, 2, 2_048);
    };
    const { code } = await operate(app.url, argv, { ...host, wait });
    expect(code).toBe(0);
    expect(waits).toBe(2);
    expect(json().flatMap((line) => line.state ?? [])).toEqual(['BLOCKED', 'STARTED', 'DONE']);
  });

  it('stops on trouble with a token to go on with', async () => {
    await app.world.data(
      'mutation { runTask(input: { cluster: "prod", taskDefinition: "web", launchType: EC2, count: 3 }) { tasks { id } } }',
    );
    pass(60_000);
    app.world.sandbox.resetCalls();
    const argv = ['replace-instances', '-c', 'prod', '--wave-size', '3', '--yes'];
    const stopped = await operate(app.url, argv, { terminal: PLAIN_TERMINAL });
    expect(stopped.code).toBe(1);
    expect(stopped.out).toContain('Wave 1 cannot begin (0 of 3 drained):\n');
    expect(stopped.out).toContain('  STANDALONE_TASKS: ');
    const [, token = ''] = /--continue-with (\S+)/.exec(stopped.err) ?? [];
    expect(writes()).toEqual({});
    const dry = await operate(
      app.url,
      [
        'replace-instances',
        '--continue-with',
        token,
        '--ignore',
        'standalone-tasks',
        '--ignore',
        'NO_ROOM',
        '--dry-run',
      ],
      { terminal: PLAIN_TERMINAL },
    );
    expect(dry.code).toBe(0);
    expect(dry.out).toContain('UpdateContainerInstancesState');
    expect(writes()).toEqual({});
  });

  it.each([
    [['replace-instances', '--continue-with', 'x', '-c', 'prod'], 2, '--continue-with already holds the instances'],
    [['replace-instances', '-c', 'prod', '--wave-size', 'x'], 2, '--wave-size must be a whole number'],
    [['replace-instances', '-c', 'prod'], 2, '--yes is needed'],
    [['replace-instances', '-c', 'prod', '--ignore', 'no-rom', '--yes'], 2, 'Did you mean no-room?'],
    [['replace-instances', '-c', 'prod', '--wave-sise', '1'], 2, 'Did you mean --wave-size?'],
  ])('%j exits with %i', async (argv, code, shown) => {
    const answer = await operate(app.url, argv);
    expect(answer.code).toBe(code);
    expect(answer.err).toContain(shown);
    expect(writes()).toEqual({});
  });
});
