import type { Service } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { ON_FARGATE, SchedulingWorld } from '../support/scheduling-world.ts';

const NOTHING_YET = { desiredCount: 0, pendingCount: 0, runningCount: 0, rolloutState: 'IN_PROGRESS' };

// Recorded: the answers of CreateService (2026-04-25, another of 2024-12) and UpdateService (2026-04-30), and the DescribeServices that
// follows (2024-02): desiredCount and requestedTaskCount 0; the old deployment's `updatedAt` is as it was. "has started 2 tasks" comes 17 s later.
describe('a new deployment', () => {
  function created() {
    const world = new SchedulingWorld();
    const input = { serviceName: 's', taskDefinition: world.onFargate('f'), desiredCount: 2, ...ON_FARGATE };
    return { world, answer: world.call<{ service: Service }>('CreateService', input).service };
  }

  it('wants no tasks before the scheduler has planned for it', () => {
    const { world, answer } = created();
    for (const service of [answer, world.service()]) {
      expect(service).toMatchObject({ desiredCount: 2, deployments: [{ status: 'PRIMARY', ...NOTHING_YET }] });
      expect(service.currentServiceRevisions).toMatchObject([{ requestedTaskCount: 0 }]);
    }
    world.seconds(14);
    expect(world.service().deployments).toMatchObject([NOTHING_YET]);
    world.seconds(2);
    expect(world.service().deployments).toMatchObject([{ desiredCount: 2, pendingCount: 2 }]);
  });

  it('leaves the one before it as it is until then', () => {
    const { world } = created();
    world.seconds(120);
    const [before] = world.service().deployments ?? [];
    const answer = world.update({ forceNewDeployment: true });
    expect(answer.deployments).toMatchObject([
      NOTHING_YET,
      { status: 'ACTIVE', desiredCount: 2, runningCount: 2, updatedAt: before?.updatedAt },
    ]);
    world.seconds(16);
    const [, old] = world.service().deployments ?? [];
    expect(Number(old?.updatedAt)).toBeGreaterThan(Number(before?.updatedAt));
  });

  it('is not put off by calls that follow each other', () => {
    const { world } = created();
    for (let calls = 0; calls < 4; calls += 1) {
      world.seconds(5);
      world.update({ forceNewDeployment: true });
    }
    expect(world.tasks().length).toBeGreaterThan(0);
  });

  // Recorded by ListServiceDeployments, 2026-01 and 2026-02: finishedAt is 0.3 s after the newer one's createdAt.
  it("ends the service deployment before it, in AWS's words", () => {
    const { world } = created();
    world.seconds(20);
    world.update({ forceNewDeployment: true });
    world.seconds(2);
    const { serviceDeployments } = world.call<{ serviceDeployments: object[] }>('ListServiceDeployments', {
      service: 's',
    });
    expect(serviceDeployments[1]).toMatchObject({
      status: 'STOPPED',
      statusReason: 'Replaced by a new service deployment.',
      finishedAt: expect.any(Number),
    });
  });
});

// AWS CLI v2, customizations/ecs/monitorexpressgatewayservice.py: it asks whether the member is there, and then needs one in it.
describe('a first service deployment', () => {
  it('has no sourceServiceRevisions', () => {
    const world = new SchedulingWorld();
    world.create(world.onFargate('f'), 1, ON_FARGATE);
    const list = world.call<{ serviceDeployments: { serviceDeploymentArn: string }[] }>('ListServiceDeployments', {
      service: 's',
    });
    const serviceDeploymentArns = list.serviceDeployments.map(({ serviceDeploymentArn }) => serviceDeploymentArn);
    const { serviceDeployments } = world.call<{ serviceDeployments: { sourceServiceRevisions?: object[] }[] }>(
      'DescribeServiceDeployments',
      { serviceDeploymentArns },
    );
    expect(serviceDeployments[0]?.sourceServiceRevisions).toBeUndefined();
  });
});

// ServiceRevision (SDK type), UpdateService's page (since 2025-06 both can change on an existing service), terraform-provider-aws#37848 and #29143.
describe('each deployment has its own revision', () => {
  function moved() {
    const world = new SchedulingWorld();
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    world.create(world.onFargate('web'), 2, { ...ON_FARGATE, deploymentConfiguration });
    world.seconds(120);
    world.update({
      taskDefinition: world.onFargate('web', { image: 'sandbox/exit:1' }),
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      forceNewDeployment: true,
    });
    return world;
  }
  const SPOT = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];

  it('with its launch type or strategy, by which its tasks are replaced', () => {
    const world = moved();
    const [fresh, old] = world.service().deployments ?? [];
    expect(fresh).toMatchObject({ capacityProviderStrategy: SPOT });
    expect(fresh).not.toHaveProperty('launchType', 'FARGATE');
    expect(old).toMatchObject({ launchType: 'FARGATE' });
    expect(old?.capacityProviderStrategy).toBeUndefined();
    world.call('StopTask', { task: world.running()[0]?.taskArn });
    world.seconds(60);
    const ofOld = world.running('web:1');
    expect(ofOld.map(({ capacityProviderName, launchType }) => [capacityProviderName, launchType])).toEqual([
      [undefined, 'FARGATE'],
      [undefined, 'FARGATE'],
    ]);
  });

  it('and a rollback brings all of it back', () => {
    const world = moved();
    world.seconds(900);
    const service = world.service();
    expect(service).toMatchObject({ launchType: 'FARGATE', deployments: [{ launchType: 'FARGATE' }] });
    expect(service.capacityProviderStrategy).toBeUndefined();
    expect(service.deployments?.[0]?.capacityProviderStrategy).toBeUndefined();
    const revisions = (service.currentServiceRevisions ?? []).map(({ arn = '' }) => arn);
    const { serviceRevisions } = world.call<{ serviceRevisions: object[] }>('DescribeServiceRevisions', {
      serviceRevisionArns: revisions,
    });
    expect(serviceRevisions).toMatchObject([{ launchType: 'FARGATE' }]);
  });
});
