import type { Container, Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { ON_FARGATE, SchedulingWorld } from '../support/scheduling-world.ts';

type Given = Record<string, unknown> & { readonly name: string };

const HEALTH_CHECK = { command: ['CMD-SHELL', 'true'] };

function waitsFor(...dependencies: readonly [containerName: string, condition: string][]): object {
  return { dependsOn: dependencies.map(([containerName, condition]) => ({ containerName, condition })) };
}

/** A task on Fargate of these containers, watched second by second. */
class Played {
  readonly world = new SchedulingWorld();
  readonly #task: string;
  #passed = 0;

  constructor(...containers: readonly Given[]) {
    const containerDefinitions = containers.map((item) => ({ image: 'i', ...item }));
    const size = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' };
    this.world.call('RegisterTaskDefinition', { family: 'f', containerDefinitions, ...size });
    const { tasks } = this.world.call<{ tasks: Task[] }>('RunTask', { taskDefinition: 'f', ...ON_FARGATE });
    this.#task = tasks[0]?.taskArn ?? '';
  }

  get task(): Task {
    return this.world.call<{ tasks: Task[] }>('DescribeTasks', { tasks: [this.#task] }).tasks[0] ?? {};
  }

  container(name: string): Container {
    return this.task.containers?.find((item) => item.name === name) ?? {};
  }

  /** `PENDING a=RUNNING b=PENDING`, with exit codes. */
  get now(): string {
    const { lastStatus, containers = [] } = this.task;
    const parts = containers.map(({ name, lastStatus: status, exitCode }) =>
      exitCode === undefined ? `${name}=${status}` : `${name}=${status}(${exitCode})`,
    );
    return [lastStatus, ...parts].join(' ');
  }

  stop(): void {
    this.world.call('StopTask', { task: this.#task });
  }

  /** Goes on until something is so; the seconds that it took since the last time. */
  until(isSo: (now: string) => boolean): number {
    const from = this.#passed;
    while (!isSo(this.now)) {
      this.world.seconds(1);
      this.#passed += 1;
      if (this.#passed - from > 20_000) throw new Error(`still ${this.now}`);
    }
    return this.#passed - from;
  }

  /** All states within this many seconds, each once. */
  story(seconds: number): string[] {
    const states: string[] = [];
    for (let passed = 0; passed < seconds; passed += 1) {
      const { now } = this;
      if (states.at(-1) !== now) states.push(now);
      this.world.seconds(1);
    }
    return states;
  }
}

// API ContainerDependency; the agent's source (agent/engine/dependencygraph).
describe('a container that waits', () => {
  it('for SUCCESS starts when the other has exited with 0, and the task is PENDING until then', () => {
    const played = new Played(
      { name: 'init', image: 'sandbox/exit-after:30-0', essential: false },
      { name: 'app', ...waitsFor(['init', 'SUCCESS']) },
    );
    expect(played.story(120)).toEqual([
      'PROVISIONING init=PENDING app=PENDING',
      'PENDING init=PENDING app=PENDING',
      'PENDING init=RUNNING app=PENDING',
      'ACTIVATING init=STOPPED(0) app=RUNNING',
      'RUNNING init=STOPPED(0) app=RUNNING',
    ]);
    const { startedAt, pullStoppedAt } = played.task;
    expect(Number(startedAt) - Number(pullStoppedAt)).toBeGreaterThan(30);
  });

  it('for COMPLETE starts whatever the other exits with', () => {
    const played = new Played(
      { name: 'init', image: 'sandbox/exit-after:10-3', essential: false },
      { name: 'app', ...waitsFor(['init', 'COMPLETE']) },
    );
    played.until((now) => now === 'RUNNING init=STOPPED(3) app=RUNNING');
  });

  it('for HEALTHY starts when the other is', () => {
    const played = new Played(
      { name: 'db', healthCheck: HEALTH_CHECK },
      { name: 'app', ...waitsFor(['db', 'HEALTHY']) },
    );
    played.until((now) => now === 'PENDING db=RUNNING app=PENDING');
    expect(played.container('db').healthStatus).toBe('UNKNOWN');
    expect(played.until((now) => now.includes('app=RUNNING'))).toBe(15);
    expect(played.container('db').healthStatus).toBe('HEALTHY');
  });

  it('for START starts after the other, even if that has already ended (aws/amazon-ecs-agent#3927)', () => {
    const played = new Played(
      { name: 'app', ...waitsFor(['side', 'START']) },
      { name: 'side', essential: false, image: 'sandbox/exit:0', dockerLabels: { 'sandbox.start-delay': '20' } },
    );
    played.until((now) => now.startsWith('PENDING'));
    expect(played.until((now) => now.includes('app=RUNNING'))).toBeGreaterThan(20);
    played.until((now) => now === 'RUNNING app=RUNNING side=STOPPED(0)');
  });

  it('waits for all that it names, and over several steps', () => {
    const played = new Played(
      { name: 'c', ...waitsFor(['a', 'START'], ['b', 'SUCCESS']) },
      { name: 'b', essential: false, image: 'sandbox/exit-after:10-0', ...waitsFor(['a', 'HEALTHY']) },
      { name: 'a', healthCheck: HEALTH_CHECK },
    );
    const order = played.story(120).filter((now) => now.startsWith('PENDING'));
    expect(order).toEqual([
      'PENDING c=PENDING b=PENDING a=PENDING',
      'PENDING c=PENDING b=PENDING a=RUNNING',
      'PENDING c=PENDING b=RUNNING a=RUNNING',
    ]);
    expect(played.now).toBe('RUNNING c=RUNNING b=STOPPED(0) a=RUNNING');
  });
});

// aws/amazon-ecs-agent#3218: the texts and the exit code.
describe('a dependency that can never be met', () => {
  const INIT = { name: 'init', image: 'sandbox/exit-after:10-1', essential: false };
  const TEXT =
    'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [init(sandbox/exit-after:10-1) (STOPPED->RUNNING) - Exit: 1] for target [app(i) (NONE->RUNNING)] as dependency did not exit successfully.';

  it('takes the task along if an essential container waits for it', () => {
    const played = new Played(INIT, { name: 'side' }, { name: 'app', ...waitsFor(['init', 'SUCCESS']) });
    played.until((now) => now.startsWith('STOPPING'));
    expect(played.now).toBe('STOPPING init=STOPPED(1) side=RUNNING app=STOPPED(143)');
    played.until((now) => now.startsWith('STOPPED'));
    expect(played.now).toBe('STOPPED init=STOPPED(1) side=STOPPED(0) app=STOPPED(143)');
    expect(played.task).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: TEXT });
    expect(played.task.startedAt).toBeUndefined();
    expect(played.container('app')).toMatchObject({ exitCode: 143, reason: TEXT });
  });

  it('leaves the task alone if none of them is essential', () => {
    const played = new Played(
      INIT,
      { name: 'app' },
      { name: 'late', essential: false, ...waitsFor(['init', 'SUCCESS']) },
      { name: 'later', essential: false, ...waitsFor(['late', 'START']) },
    );
    played.until((now) => now.startsWith('RUNNING'));
    expect(played.now).toBe('RUNNING init=STOPPED(1) app=RUNNING late=STOPPED(143) later=STOPPED(143)');
    expect(played.container('later').reason).toContain('because dependency will never start');
  });

  it('trips the circuit breaker of a service', () => {
    const { world } = new Played(INIT, { name: 'app', ...waitsFor(['init', 'SUCCESS']) });
    world.create('f', 1, {
      ...ON_FARGATE,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    world.seconds(600);
    expect(world.deployments()).toEqual(['f:1 1/0 FAILED']);
  });
});

// API ContainerDefinition.startTimeout: that of the container that others wait for.
describe('startTimeout', () => {
  const slow = (startTimeout: number) => ({
    name: 'init',
    image: 'sandbox/exit-after:60-0',
    essential: false,
    startTimeout,
  });

  it('ends the wait, and the task of an essential container', () => {
    const played = new Played(slow(20), { name: 'app', ...waitsFor(['init', 'SUCCESS']) });
    played.until((now) => now.includes('init=RUNNING'));
    expect(played.until((now) => now.includes('app=STOPPED'))).toBe(20);
    expect(played.container('app').reason).toMatch(/^CannotStartContainerError: .* has timed out\.$/);
    played.until((now) => now === 'STOPPED init=STOPPED(0) app=STOPPED(143)');
  });

  it('does nothing if what was waited for comes in time', () => {
    const played = new Played(slow(61), { name: 'app', ...waitsFor(['init', 'SUCCESS']) });
    played.until((now) => now === 'RUNNING init=STOPPED(0) app=RUNNING');
    expect(played.story(120)).toEqual(['RUNNING init=STOPPED(0) app=RUNNING']);
  });

  it('is all that ends a wait for health, else the task is given up after three hours', () => {
    const sick = { name: 'db', healthCheck: HEALTH_CHECK, dockerLabels: { 'sandbox.unhealthy-after': '5' } };
    const played = new Played(sick, { name: 'app', ...waitsFor(['db', 'HEALTHY']) });
    played.until((now) => now.includes('db=RUNNING'));
    played.world.seconds(3 * 3600 - 60);
    expect(played.now).toBe('PENDING db=RUNNING app=PENDING');
    played.until((now) => now.startsWith('STOPPED'));
    expect(played.task).toMatchObject({ stopCode: 'TaskFailedToStart' });
  });
});

// API ContainerDefinition.dependsOn: reversed at shutdown.
describe('the order of a stop', () => {
  const STUBBORN = { dockerLabels: { 'sandbox.ignore-sigterm': 'true' }, stopTimeout: 30 };

  it('is that of the start reversed, each with its own stopTimeout', () => {
    const played = new Played({ name: 'a', ...STUBBORN }, { name: 'b', ...STUBBORN, ...waitsFor(['a', 'START']) });
    played.until((now) => now.startsWith('RUNNING'));
    played.stop();
    played.until((now) => now.startsWith('STOPPING'));
    expect(played.until((now) => now === 'STOPPING a=RUNNING b=STOPPED(137)')).toBe(30);
    expect(played.until((now) => now === 'DEPROVISIONING a=STOPPED(137) b=STOPPED(137)')).toBe(30);
  });

  it('counts only those that run: one that still waits was never started', () => {
    const played = new Played(
      { name: 'init', image: 'sandbox/exit-after:600-0', essential: false },
      { name: 'app', ...waitsFor(['init', 'SUCCESS']) },
    );
    played.until((now) => now.includes('init=RUNNING'));
    played.stop();
    played.until((now) => now === 'STOPPED init=STOPPED(0) app=STOPPED');
    expect(played.task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' });
  });
});

// container-restart-policy.md, aws/containers-roadmap#326.
describe('a restart policy', () => {
  const policy = (ignoredExitCodes: number[] = []) => ({
    restartPolicy: { enabled: true, ignoredExitCodes, restartAttemptPeriod: 60 },
  });

  it('runs a container again that ran for long enough; its task stays RUNNING', () => {
    const played = new Played({ name: 'a', image: 'sandbox/exit-after:90-1', healthCheck: HEALTH_CHECK, ...policy() });
    played.until((now) => now.startsWith('RUNNING'));
    const health: string[] = [];
    for (let passed = 0; passed < 200; passed += 1) {
      played.world.seconds(1);
      const { healthStatus = '' } = played.container('a');
      if (health.at(-1) !== healthStatus) health.push(healthStatus);
    }
    expect(played.now).toBe('RUNNING a=RUNNING');
    expect(health).toEqual(['UNKNOWN', 'HEALTHY', 'UNKNOWN', 'HEALTHY', 'UNKNOWN', 'HEALTHY']);
  });

  it.each([
    ['ran too short', { image: 'sandbox/exit-after:59-1', ...policy() }, 1],
    ['exits with a code that is ignored', { image: 'sandbox/exit-after:90-3', ...policy([3]) }, 3],
    ['has its policy switched off', { image: 'sandbox/exit-after:90-1', restartPolicy: { enabled: false } }, 1],
  ])('leaves one alone that %s', (_why, given, exitCode) => {
    const played = new Played({ name: 'a', ...given });
    played.until((now) => now === `STOPPED a=STOPPED(${exitCode})`);
    expect(played.task).toMatchObject({ stopCode: 'EssentialContainerExited' });
  });

  it('does not hold up a stop, and keeps no past of a container that is restarted for days', () => {
    const played = new Played({ name: 'a', image: 'sandbox/oom:61', ...policy() });
    played.until((now) => now.startsWith('RUNNING'));
    played.world.seconds(3 * 86_400);
    const record = [...(played.world.backend.world('eu-west-1').clusters.get('main')?.tasks.values() ?? [])][0];
    expect(record?.incidents.length).toBeLessThan(3);
    expect(played.now).toBe('RUNNING a=RUNNING');
    played.stop();
    played.until((now) => now === 'STOPPED a=STOPPED(0)');
  });
});
