import { describe, expect, it } from 'vitest';
import { ON_FARGATE, SchedulingWorld, TARGETS } from '../support/scheduling-world.ts';

const percents = (minimumHealthyPercent: number, maximumPercent: number) => ({
  deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
});

// DeploymentConfiguration.minimumHealthyPercent (API): below 100 a deployment needs no additional capacity, because old tasks are
// stopped to make room. caltechads/deployfish#4, eagletmt/hako#21 and convox/rack#849 use it so.
describe('a deployment that finds no room', () => {
  it.each([
    ['a fixed host port on one instance', 1, { hostPort: 80 }, 1, 0],
    ['a fixed host port on two instances', 2, { hostPort: 80 }, 2, 50],
    ['memory for half of the tasks', 2, { memory: 900 }, 4, 0],
    ['memory, but half must stay healthy', 2, { memory: 900 }, 4, 50],
  ])('stops old tasks, down to the minimum: %s', (_what, instances, options, desired, minimum) => {
    const world = new SchedulingWorld();
    for (let made = 0; made < instances; made += 1) world.instance();
    world.create(world.onInstances('web', options), desired, percents(minimum, 200));
    world.seconds(120);
    world.update({ taskDefinition: world.onInstances('web', options) });
    const floor = Math.ceil((desired * minimum) / 100);
    expect(world.watch(600, () => world.running().length).least).toBeGreaterThanOrEqual(floor);
    expect(world.deployments()).toEqual([`web:2 ${desired}/${desired} COMPLETED`]);
  });

  it('starts first as long as there is room', () => {
    const world = new SchedulingWorld();
    world.instance();
    world.create(world.onInstances('web'), 4, percents(50, 200));
    world.seconds(120);
    world.update({ taskDefinition: world.onInstances('web') });
    expect(world.watch(300, () => world.running().length).least).toBe(4);
    expect(world.deployments()).toEqual(['web:2 4/4 COMPLETED']);
  });

  it('gives up no old task where all have to stay healthy', () => {
    const world = new SchedulingWorld();
    world.instance();
    world.create(world.onInstances('web', { hostPort: 80 }), 1, percents(100, 200));
    world.seconds(120);
    world.update({ taskDefinition: world.onInstances('web', { hostPort: 80 }) });
    expect(world.watch(900, () => world.running('web:1').length)).toEqual({ least: 1, most: 1 });
  });
});

// Deployment.rolloutState (API) and deployment-circuit-breaker.md: a FAILED deployment launches no new tasks; the service's
// desired count is still what is maintained.
describe('a FAILED deployment without rollback', () => {
  function failed(desired = 3) {
    const world = new SchedulingWorld();
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: false } };
    world.create(world.onFargate('f'), desired, { ...ON_FARGATE, deploymentConfiguration });
    world.seconds(120);
    world.update({ taskDefinition: world.onFargate('f', { image: 'sandbox/exit:1' }) });
    world.seconds(600);
    expect(world.deployments()).toEqual([`f:2 ${desired}/0 FAILED`, `f:1 ${desired}/${desired} COMPLETED`]);
    return world;
  }

  it.each([0, 1, 5])('scales its service from 3 to %s', (desired) => {
    const world = failed();
    world.update({ desiredCount: desired });
    world.seconds(180);
    expect(world.service()).toMatchObject({ desiredCount: desired, runningCount: desired });
  });

  it('lets the revision before it get back what it loses', () => {
    const world = failed();
    world.call('StopTask', { task: world.running()[0]?.taskArn });
    world.seconds(120);
    expect(world.deployments()).toEqual(['f:2 3/0 FAILED', 'f:1 3/3 COMPLETED']);
  });
});

// AWS since 2025-11 ("improves Service Availability during Rolling deployments", deployment-type-ecs.md): unhealthy or terminated
// tasks are replaced on the revision that they belong to, whatever becomes of the new one, and a scale-out reaches both.
describe('the revision that a troubled deployment is to replace', () => {
  function troubled(
    minimum: number,
    maximum: number,
    labels: Record<string, string> = { 'sandbox.pull-error': 'true' },
  ) {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), 4, { ...ON_FARGATE, loadBalancers: TARGETS, ...percents(minimum, maximum) });
    world.seconds(180);
    world.update({ taskDefinition: world.onFargate('f', { labels }) });
    world.seconds(240);
    return world;
  }

  it.each([
    [100, 150],
    [100, 200],
    [50, 200],
  ])('gets back its unhealthy tasks at %s/%s', (minimum, maximum) => {
    const world = troubled(minimum, maximum);
    const unhealthy = world.running('f:1').slice(0, 2);
    for (const { taskArn = '' } of unhealthy) world.cause({ accident: 'target-unhealthy', task: taskArn });
    world.seconds(300);
    const arns = world.running('f:1').map(({ taskArn }) => taskArn);
    expect(arns).toHaveLength(4);
    for (const { taskArn } of unhealthy) expect(arns).not.toContain(taskArn);
    expect(world.deployments()[1]).toBe('f:1 4/4 COMPLETED');
  });

  it('gets back what was stopped, without waiting for the back-off of the new one', () => {
    const world = troubled(100, 200);
    world.call('StopTask', { task: world.running('f:1')[0]?.taskArn });
    world.seconds(60);
    expect(world.running('f:1')).toHaveLength(4);
  });

  it('is scaled out with the new one', () => {
    const world = troubled(100, 200);
    world.update({ desiredCount: 8 });
    world.seconds(90);
    expect(world.running('f:1')).toHaveLength(8);
    expect(world.deployments().map((text) => text.split(' ')[1]?.split('/')[0])).toEqual(['8', '8']);
  });
});

// update-service-parameters.md, ecs_services.md and minimumHealthyPercent (API): start first if maximumPercent allows; else unhealthy
// tasks are stopped one at a time.
describe('unhealthy tasks', () => {
  function withUnhealthy(desired: number, unhealthy: number, minimum: number, maximum: number) {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), desired, {
      ...ON_FARGATE,
      loadBalancers: TARGETS,
      ...percents(minimum, maximum),
    });
    world.seconds(180);
    const ill = world.running().slice(0, unhealthy);
    for (const { taskArn = '' } of ill) world.cause({ accident: 'target-unhealthy', task: taskArn });
    return {
      world,
      isHealed: () => world.running().every((task) => !ill.some(({ taskArn }) => taskArn === task.taskArn)),
    };
  }

  it('that cannot be replaced start-first are stopped one at a time', () => {
    const { world, isHealed } = withUnhealthy(4, 3, 50, 100);
    // One is on its way down or up at any time, never two.
    expect(world.watch(400, () => world.running().length).least).toBe(3);
    expect(isHealed()).toBe(true);
    expect(world.running()).toHaveLength(4);
  });

  it('stay until their replacements are healthy where there is room to start first', () => {
    const { world, isHealed } = withUnhealthy(2, 2, 100, 150);
    expect(world.watch(300, () => world.running().length).least).toBe(2);
    expect(isHealed()).toBe(true);
    expect(world.running()).toHaveLength(2);
  });

  it('are replaced all at once up to maximumPercent', () => {
    const { world, isHealed } = withUnhealthy(4, 4, 100, 200);
    expect(world.watch(300, () => world.tasks().length).most).toBe(8);
    expect(isHealed()).toBe(true);
  });
});

// update-service-parameters.md: maximumPercent limits PENDING, RUNNING and STOPPING tasks; with 100 a replacement starts when the old
// task has stopped (container-instance-draining.md). aws/copilot-cli#3153 relies on it for singletons.
describe('tasks that are STOPPING', () => {
  it('count for maximumPercent: at 100 no new task is beside an old one', () => {
    const world = new SchedulingWorld();
    const slow = { stopTimeout: 100, labels: { 'sandbox.ignore-sigterm': 'true' } };
    world.create(world.onFargate('f', slow), 2, { ...ON_FARGATE, ...percents(0, 100) });
    world.seconds(180);
    world.update({ taskDefinition: world.onFargate('f', slow) });
    const alive = () => world.tasks(({ lastStatus }) => lastStatus !== 'DEPROVISIONING').length;
    expect(world.watch(400, alive).most).toBe(2);
    expect(world.deployments()).toEqual(['f:2 2/2 COMPLETED']);
  });
});

// Recordings: 64 s (2026-04) and 22 s (2021-04) from "has stopped" to "deployment completed".
describe('a rolling deployment', () => {
  it('completes when the tasks of the revision before it are STOPPED', () => {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), 2, { ...ON_FARGATE, loadBalancers: TARGETS });
    world.seconds(180);
    world.update({ taskDefinition: world.onFargate('f') });
    for (let passed = 0; passed < 300; passed += 1) {
      world.seconds(1);
      const old = world.tasks(({ taskDefinitionArn = '' }) => taskDefinitionArn.endsWith('f:1')).length;
      const [primary, ...others] = world.service().deployments ?? [];
      expect(others.length).toBe(primary?.rolloutState === 'COMPLETED' ? 0 : 1);
      if (old > 0) expect(primary?.rolloutState).toBe('IN_PROGRESS');
    }
    expect(world.deployments()).toEqual(['f:2 2/2 COMPLETED']);
  });
});
