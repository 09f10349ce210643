import { describe, expect, it } from 'vitest';
import { ON_FARGATE, SchedulingWorld } from '../support/scheduling-world.ts';

function create(more: object, isFargate = false): () => unknown {
  const world = new SchedulingWorld();
  world.call('PutClusterCapacityProviders', {
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  });
  const taskDefinition = isFargate ? world.onFargate('f') : world.onInstances('e');
  const input = { serviceName: 's', taskDefinition, ...(isFargate ? ON_FARGATE : {}), ...more };
  return () => world.call<{ service: object }>('CreateService', input).service;
}

// ecs_service-options.md; aws-cdk refuses the same.
describe('a DAEMON service', () => {
  const DAEMON = { schedulingStrategy: 'DAEMON' };
  it.each([
    ['maximumPercent', { deploymentConfiguration: { maximumPercent: 200 } }],
    ['desired count', { desiredCount: 2 }],
    ['placement strategies', { placementStrategy: [{ type: 'random' }] }],
  ])('has no choice of %s', (named, more) => {
    expect(create({ ...DAEMON, ...more })).toThrow(named);
    expect(create({ ...DAEMON })()).toMatchObject({
      schedulingStrategy: 'DAEMON',
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
    });
  });
});

// AWS's notice of 2025-06 (DistributedScience/Distributed-CellProfiler#198), service-rebalancing.md, the provider texts of Terraform and Pulumi.
describe('Availability Zone rebalancing', () => {
  const REPLICA = { desiredCount: 1 };
  it.each([
    ['a maximumPercent of 100', { deploymentConfiguration: { maximumPercent: 100 } }],
    ['a placement strategy that does not spread', { placementStrategy: [{ type: 'binpack', field: 'memory' }] }],
    [
      'a placement constraint on',
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.availability-zone == a' }] },
    ],
    ['the EXTERNAL deployment controller', { deploymentController: { type: 'EXTERNAL' }, taskDefinition: undefined }],
  ])('is DISABLED with %s, and cannot be asked for', (obstacle, more) => {
    expect(create({ ...REPLICA, ...more })()).toMatchObject({ availabilityZoneRebalancing: 'DISABLED' });
    const asked = create({ ...REPLICA, ...more, availabilityZoneRebalancing: 'ENABLED' });
    expect(asked).toThrow(`Availability Zone rebalancing is not supported for services with ${obstacle}`);
  });

  it('is ENABLED else, and goes off with an update that it cannot have', () => {
    const world = new SchedulingWorld();
    world.create(world.onInstances('e'), 1);
    expect(world.service()).toMatchObject({ availabilityZoneRebalancing: 'ENABLED' });
    world.update({ deploymentConfiguration: { maximumPercent: 100 } });
    expect(world.service()).toMatchObject({ availabilityZoneRebalancing: 'DISABLED' });
  });
});

// CapacityProviderStrategyItem (API): of *several* providers one must have a weight; all of weight 0 fail RunTask and CreateService only.
describe('a capacity provider strategy', () => {
  const of = (...weights: (number | undefined)[]) => ({
    launchType: undefined,
    desiredCount: 1,
    capacityProviderStrategy: weights.map((weight, at) => ({
      capacityProvider: ['FARGATE_SPOT', 'FARGATE'][at],
      weight,
    })),
  });

  it('of one provider needs no weight', () => {
    expect(create(of(undefined), true)()).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 0, base: 0 }],
    });
    const world = new SchedulingWorld();
    const { networkConfiguration } = ON_FARGATE;
    world.create(world.onFargate('f'), 2, { ...of(undefined), networkConfiguration, desiredCount: 2 });
    world.seconds(120);
    expect(world.running().map(({ capacityProviderName }) => capacityProviderName)).toEqual([
      'FARGATE_SPOT',
      'FARGATE_SPOT',
    ]);
  });

  it('of several needs one, in CreateService and RunTask; a cluster takes it all the same', () => {
    expect(create(of(0, 0), true)).toThrow('with a weight value greater than zero');
    expect(create(of(0, 1), true)()).toMatchObject({ status: 'ACTIVE' });
    const world = new SchedulingWorld();
    const { capacityProviderStrategy } = of(0, 0);
    world.call('PutClusterCapacityProviders', {
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: capacityProviderStrategy,
    });
    const { networkConfiguration } = ON_FARGATE;
    expect(() => world.call('RunTask', { taskDefinition: world.onFargate('f'), networkConfiguration })).toThrow(
      'with a weight value greater than zero',
    );
  });
});

// task-maintenance.md; the reason stands in five public programs.
describe('task retirement on Fargate', () => {
  const REASON = 'ECS is performing maintenance on the underlying infrastructure hosting the task';

  it('starts a replacement before it stops the task of a service', () => {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), 2, ON_FARGATE);
    world.seconds(120);
    const [{ taskArn = '' } = {}] = world.running();
    world.cause({ accident: 'task-retirement', task: taskArn });
    expect(world.watch(180, () => world.running().length)).toEqual({ least: 2, most: 3 });
    const { tasks } = world.call<{ tasks: object[] }>('DescribeTasks', { tasks: [taskArn] });
    expect(tasks).toMatchObject([
      { lastStatus: 'STOPPED', stopCode: 'ServiceSchedulerInitiated', stoppedReason: REASON },
    ]);
  });

  it('stops a standalone task, and refuses one on an instance', () => {
    const world = new SchedulingWorld();
    const input = { taskDefinition: world.onFargate('f'), ...ON_FARGATE };
    const { tasks } = world.call<{ tasks: { taskArn: string }[] }>('RunTask', input);
    world.seconds(60);
    world.cause({ accident: 'task-retirement', task: tasks[0]?.taskArn ?? '' });
    world.seconds(60);
    const answer = world.call<{ tasks: object[] }>('DescribeTasks', { tasks: [tasks[0]?.taskArn] });
    expect(answer.tasks).toMatchObject([{ lastStatus: 'STOPPED', stoppedReason: REASON }]);
    world.instance();
    const onInstance = world.call<{ tasks: { taskArn: string }[] }>('RunTask', {
      taskDefinition: world.onInstances('e'),
    });
    expect(() => world.cause({ accident: 'task-retirement', task: onInstance.tasks[0]?.taskArn ?? '' })).toThrow(
      'is not on Fargate',
    );
  });
});
