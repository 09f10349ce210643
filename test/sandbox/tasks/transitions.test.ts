import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { EcsError } from '../../../src/sandbox/checks/ecs-errors.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { alarmChanged } from '../../../src/sandbox/deployments/deployment-alarms.ts';
import type { ServiceDeploymentRecord } from '../../../src/sandbox/model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../../../src/sandbox/model/services/service-record.ts';
import type { World } from '../../../src/sandbox/model/world.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';

/** AWS's table, reference/ecs.md 3.3. */
const ALLOWED: Record<string, readonly string[]> = {
  PENDING: ['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'STOP_REQUESTED', 'STOPPED'],
  IN_PROGRESS: ['SUCCESSFUL', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'STOPPED'],
  STOP_REQUESTED: ['STOPPED'],
  ROLLBACK_REQUESTED: ['ROLLBACK_IN_PROGRESS', 'SUCCESSFUL', 'STOPPED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
  SUCCESSFUL: [],
  STOPPED: [],
  ROLLBACK_SUCCESSFUL: [],
  ROLLBACK_FAILED: [],
};

const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const REGION = 'eu-west-1';
const MINUTE = 60_000;
const contract = readContract();

const FAMILIES: Record<string, Record<string, string>> = {
  good: {},
  slow: { 'sandbox.start-delay': '300' },
  broken: { 'sandbox.pull-error': 'true' },
};

/** One service on Fargate, and all transitions that its deployments make. */
class Rollouts {
  readonly backend = new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), contract, 'empty', 11);
  readonly seen: [string, string][] = [];
  readonly service: ServiceRecord;

  constructor() {
    this.world.observers.push({
      onTask() {},
      onInstance() {},
      onRecord: (record, before) => {
        if (record.kind !== 'serviceDeployment') return;
        const { status } = (before ?? {}) as Partial<ServiceDeploymentRecord>;
        if (status !== undefined && status !== record.status) this.seen.push([status, record.status]);
      },
    });
    this.call('CreateCluster', { clusterName: 'main' });
    for (const [family, dockerLabels] of Object.entries(FAMILIES)) {
      this.call('RegisterTaskDefinition', {
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: 'x', dockerLabels }],
      });
    }
    this.call('CreateService', {
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'good',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } },
    });
    const service = this.world.clusters.get('main')?.services.get('web');
    if (service === undefined) throw new Error('the service was not made');
    this.service = service;
    this.backend.clock.advance(5 * MINUTE);
  }

  get world(): World {
    return this.backend.world(REGION);
  }

  get current(): ServiceDeploymentRecord | undefined {
    return this.service.deployments[0]?.serviceDeployment;
  }

  call(operation: string, input: object): void {
    try {
      this.backend.call(REGION, CALLER, operation, input);
    } catch (error) {
      if (!(error instanceof EcsError) || error.status >= 500) throw error;
    }
  }

  update(input: object): void {
    this.call('UpdateService', { cluster: 'main', service: 'web', ...input });
  }

  ring(name: string, on: boolean): void {
    if (on) this.backend.surroundings.alarms.add(name);
    else this.backend.surroundings.alarms.delete(name);
    alarmChanged(this.world, name);
  }
}

type Step = (rollouts: Rollouts) => void;

const stage = fc.constantFrom(
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
);
const lambdaStage = fc.constantFrom('TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT');
const pause = stage.map((at) => ({
  targetType: 'PAUSE',
  lifecycleStages: [at],
  timeoutConfiguration: { timeoutInMinutes: 20, action: 'CONTINUE' },
}));
const lambda = fc.tuple(lambdaStage, fc.constantFrom('SUCCEEDED', 'FAILED')).map(([at, status]) => ({
  hookTargetArn: `arn:aws:lambda:${REGION}:123456789012:function:check`,
  lifecycleStages: [at],
  hookDetails: { sandbox: { status } },
}));
const strategy = fc.constantFrom(
  { strategy: 'ROLLING' },
  { strategy: 'BLUE_GREEN' },
  { strategy: 'LINEAR', linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 2 } },
  { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 2 } },
);
const settings = fc.record({
  bakeTimeInMinutes: fc.constantFrom(0, 3),
  deploymentCircuitBreaker: fc.record({ enable: fc.constant(true), rollback: fc.boolean() }),
  alarms: fc.record({ enable: fc.boolean(), rollback: fc.boolean(), alarmNames: fc.constant(['errors']) }),
  lifecycleHooks: fc.array(fc.oneof(pause, lambda), { maxLength: 2 }),
});
const configuration = fc.tuple(strategy, settings).map(([first, rest]) => ({ ...first, ...rest }));

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.nat(12 * MINUTE).map(
      (ms): Step =>
        (r) =>
          r.backend.clock.advance(ms),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(configuration, fc.constantFrom(...Object.keys(FAMILIES)))
      .map(([deploymentConfiguration, taskDefinition]): Step => {
        return (r) => r.update({ deploymentConfiguration, taskDefinition, forceNewDeployment: true });
      }),
  },
  fc.constantFrom('ROLLBACK', 'ABORT').map((stopType): Step => {
    return (r) => r.call('StopServiceDeployment', { serviceDeploymentArn: r.current?.arn ?? '', stopType });
  }),
  fc.constantFrom('CONTINUE', 'ROLLBACK').map((action): Step => {
    return (r) => {
      const hookId = r.current?.hooks.find((run) => run.status === 'AWAITING_ACTION')?.id ?? 'none';
      r.call('ContinueServiceDeployment', { serviceDeploymentArn: r.current?.arn ?? '', hookId, action });
    };
  }),
  fc.boolean().map(
    (on): Step =>
      (r) =>
        r.ring('errors', on),
  ),
  fc.nat(4).map(
    (desiredCount): Step =>
      (r) =>
        r.update({ desiredCount }),
  ),
  fc.constant<Step>((r) => r.call('DeleteService', { cluster: 'main', service: 'web', force: true })),
);

describe('service deployments, whatever is done to them', () => {
  it('only make the transitions that AWS names, and all end', { timeout: 60_000 }, () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 20 }), (plan) => {
        const rollouts = new Rollouts();
        for (const step of plan) {
          step(rollouts);
          const traffic = rollouts.current?.traffic;
          if (traffic !== undefined) expect(traffic.production).toBeLessThanOrEqual(100);
        }
        const all = [...rollouts.service.serviceDeployments.values()];
        const { current } = rollouts;
        rollouts.ring('errors', false);
        // ECS itself never gives up a rolling deployment that cannot start its tasks.
        const isStuck = current?.traffic === undefined && rollouts.service.spec.taskDefinition?.family === 'broken';
        rollouts.backend.clock.advance(50 * 60 * MINUTE);
        for (const [from, to] of rollouts.seen) {
          expect(ALLOWED[from], `${from} -> ${to}`).toContain(to);
          met.add(`${from} -> ${to}`);
        }
        for (const record of all) {
          const isOver = record.finishedAt !== undefined || record.stoppedAt !== undefined;
          if (!isStuck || record !== current) expect([record.status, isOver]).toEqual([record.status, true]);
          expect(record.hooks.filter((run) => run.status === 'AWAITING_ACTION')).toEqual([]);
        }
        rollouts.backend.clock.close();
      }),
      { numRuns: 400, seed: 20_260_301 },
    );
    // 13 are known to come about; which of the rare ones do depends on the seed.
    expect(met.size).toBeGreaterThanOrEqual(11);
  });

  it('emit an EventBridge event for each change of a hook', () => {
    const rollouts = new Rollouts();
    const hook = { targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] };
    const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [hook] };
    rollouts.update({ deploymentConfiguration, forceNewDeployment: true });
    rollouts.backend.clock.advance(MINUTE);
    const serviceDeploymentArn = rollouts.current?.arn ?? '';
    const hookId = rollouts.current?.hooks[0]?.id ?? '';
    rollouts.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId });
    const { events } = rollouts.world.events.read(rollouts.world, 0);
    const emitted = events.filter((event) => event['detail-type'] === 'ECS Hook State Change');
    expect(emitted).toMatchObject([
      {
        resources: [serviceDeploymentArn],
        detail: { eventName: 'HOOK_AWAITING_ACTION', hookId, hookType: 'PAUSE', lifecycleStage: 'PRE_SCALE_UP' },
      },
      { detail: { eventName: 'HOOK_SUCCEEDED', hookId, serviceDeploymentArn } },
    ]);
  });
});
