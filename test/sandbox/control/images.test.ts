import {
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesImage } from '../../../src/sandbox/model/tasks/simulated-behavior.ts';
import { readService, readTasks } from '../support/read.ts';
import { NETWORK, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const FARGATE = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;

async function post({ sandbox }: SandboxUnderTest, body: object, path = 'images'): Promise<unknown> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

async function register(s: SandboxUnderTest, image: string, more: object = {}): Promise<void> {
  await s.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image, ...more }],
    }),
  );
}

/** How a task ends, or stands, some time after it was run. */
async function run(s: SandboxUnderTest, ms = 120_000): Promise<Task | undefined> {
  const { tasks } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', ...FARGATE }));
  s.sandbox.clock.advance(ms);
  const found = [...(await readTasks(s)), ...(await readTasks(s, { desiredStatus: 'STOPPED' }))];
  return found.find(({ taskArn }) => taskArn === tasks?.[0]?.taskArn);
}

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web';

describe('the fate in the tag of any image', () => {
  it.each([
    [':sandbox-exit-3', { stopCode: 'EssentialContainerExited', containers: [{ exitCode: 3 }] }],
    [':sandbox-exit-999', { stopCode: 'EssentialContainerExited', containers: [{ exitCode: 231 }] }],
    [':sandbox-exit', { stopCode: 'EssentialContainerExited', containers: [{ exitCode: 1 }] }],
    [
      ':sandbox-exit-after-20-4',
      { stopCode: 'EssentialContainerExited', containers: [{ exitCode: 4 }], startedAt: expect.any(Date) },
    ],
    [':sandbox-oom-10', { containers: [{ exitCode: 137, reason: expect.stringContaining('OutOfMemoryError') }] }],
    [
      ':sandbox-pull-error',
      { stopCode: 'TaskFailedToStart', stoppedReason: expect.stringContaining('CannotPullContainerError') },
    ],
    [
      ':sandbox-start-error',
      { stopCode: 'TaskFailedToStart', stoppedReason: expect.stringContaining('ResourceInitializationError') },
    ],
    [':sandbox-start-delay-300', { lastStatus: 'ACTIVATING' }],
    [':1.0-sandbox-exit-1', { lastStatus: 'RUNNING' }],
    ['', { lastStatus: 'RUNNING' }],
  ])('%s', async (tag, expected) => {
    await using s = await withSandbox();
    await withCluster(s);
    await register(s, `registry.example/shop/web${tag}`);
    expect(await run(s)).toMatchObject(expected);
  });

  it('lets a tool that only changes a tag meet the circuit breaker', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await register(s, 'registry.example/web:1');
    await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        ...FARGATE,
      }),
    );
    s.sandbox.clock.advance(180_000);
    await register(s, 'registry.example/web:sandbox-exit-1');
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }));
    s.sandbox.clock.advance(1200_000);
    const service = await readService(s);
    expect(service.taskDefinition).toMatch(/web:1$/);
    expect(service.events?.some(({ message }) => message?.includes('rolling back'))).toBe(true);
  });
});

describe('what is set for an image', () => {
  it.each([
    [{ exitCode: 7 }, { stopCode: 'EssentialContainerExited', containers: [{ exitCode: 7 }] }],
    [
      { startError: 'Timeout waiting for network interface provisioning to complete.' },
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'Timeout waiting for network interface provisioning to complete.',
      },
    ],
    [
      { pullError: 'CannotPullContainerError: dial tcp: i/o timeout' },
      { stoppedReason: 'CannotPullContainerError: dial tcp: i/o timeout' },
    ],
    [
      { exitAfter: 5, exitCode: 9 },
      { containers: [{ exitCode: 9 }], startedAt: expect.any(Date) },
    ],
    [{ startDelay: 500 }, { lastStatus: 'ACTIVATING' }],
  ])('%o holds for tasks of what was registered before, over its labels', async (fate, expected) => {
    await using s = await withSandbox();
    await withCluster(s);
    await register(s, 'registry.example/shop/web:1.1', { dockerLabels: { 'sandbox.exit-code': '1' } });
    expect(await post(s, { image: '*/web:1.*', ...fate })).toMatchObject({ images: [{ image: '*/web:1.*' }] });
    expect(await run(s)).toMatchObject(expected);
    expect(await post(s, { image: '*/web:1.*' })).toEqual({ images: [] });
    expect(await run(s)).toMatchObject({ containers: [{ exitCode: 1 }] });
  });

  it('makes health slow: the check passes late, and the deployment waits for it', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await register(s, 'web:1', { healthCheck: { command: ['CMD-SHELL', 'true'] } });
    await post(s, { image: 'web:1', healthyAfter: 600 });
    expect(await run(s)).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'UNKNOWN' });
    expect(await run(s, 660_000)).toMatchObject({ healthStatus: 'HEALTHY' });
  });

  it('is the latest that was set, is listed, cleared, and forgotten by a reset', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await register(s, 'web:1');
    await post(s, { image: 'web:*', exitCode: 1 });
    await post(s, { image: 'web:1', exitCode: 2 });
    expect(await run(s)).toMatchObject({ containers: [{ exitCode: 2 }] });
    await post(s, { image: 'web:*', exitCode: 3 });
    expect(await run(s)).toMatchObject({ containers: [{ exitCode: 3 }] });
    const listed = await (await fetch(`${s.sandbox.url}/_sandbox/images`)).json();
    expect(listed).toEqual({
      images: [
        { image: 'web:1', exitCode: '2' },
        { image: 'web:*', exitCode: '3' },
      ],
    });
    expect(await post(s, {}, 'images/clear')).toEqual({ images: [] });
    expect(await run(s)).toMatchObject({ lastStatus: 'RUNNING' });
    await post(s, { image: 'web:1', exitCode: 2 });
    s.sandbox.reset();
    expect(await (await fetch(`${s.sandbox.url}/_sandbox/images`)).json()).toEqual({ images: [] });
  });

  it('is checked', async () => {
    await using s = await withSandbox();
    for (const [body, error] of [
      [{ exitCode: 1 }, 'image is missing'],
      [{ image: 'x', exitCode: 256 }, 'exitCode must be an exit code from 0 to 255'],
      [{ image: 'x', oomAfter: 'soon' }, 'oomAfter must be a number of seconds, 0 or more'],
      [{ image: 'x', ignoreSigterm: 'maybe' }, 'ignoreSigterm must be true or false'],
      [{ image: 'x', startError: '' }, 'startError must be a text, or true for a usual one'],
      [{ image: 'x'.repeat(1001), exitCode: 1 }, 'image must have at most 1000 characters'],
      [{ image: 'x', exit: 1 }, expect.stringMatching(/^exit is not a parameter of this/)],
    ] as const) {
      expect(await post(s, body)).toEqual({ error });
    }
  });
});

describe('a pattern of images', () => {
  it.each([
    ['web:1', 'web:1', true],
    ['web:1', `${REGISTRY}:1`, true],
    ['web:1', 'web:11', false],
    ['web:1', 'myweb:1', false],
    ['*/web:1', 'web:1', true],
    ['shop/web:*', `${REGISTRY}:1.2`, true],
    ['*', 'anything', true],
    ['*:1.*', 'a/b:1.2', true],
    ['*:1.*', 'a/b:2.1', false],
    ['web*web', 'web', false],
    ['a*b*c', 'aXbYc', true],
    ['a*b*b', 'ab', false],
  ])('%s and %s: %s', (pattern, image, expected) => {
    expect(matchesImage(pattern, image)).toBe(expected);
  });

  it('means what it would mean as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '*'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (given, image) => {
        const body = given.replace(/^\*\//, '').split('*').join('.*');
        expect(matchesImage(given, image)).toBe(new RegExp(`^(.*/)?${body}$`).test(image));
      }),
      { numRuns: 2000 },
    );
  });
});
