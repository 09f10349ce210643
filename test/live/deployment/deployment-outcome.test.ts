import { describe, expect, it } from 'vitest';
import {
  type DeploymentCause,
  type DeploymentOutcome,
  deploymentEnding,
} from '../../../src/live/deployment/deployment-outcome.ts';
import { deploymentProgress } from '../../../src/live/deployment/deployment-progress.ts';
import { idOf } from '../../../src/live/deployment/deployment-snapshot.ts';
import type { DeploymentLook } from '../../../src/live/deployment/deployment-state.ts';
import { deploymentSummary } from '../../../src/live/deployment/deployment-summary.ts';
import {
  at,
  deployment,
  failedTask,
  look,
  NEW,
  NEWER,
  OLD,
  OLD_STYLE,
  observed,
  SERVICE_DEPLOYMENT,
  service,
  serviceDeployment,
  T0,
  TARGET,
  task,
} from '../support/fixtures.ts';

type Expected = readonly [DeploymentOutcome, DeploymentCause | null] | undefined;

const rolledBack = { reason: 'why', startedAt: at(30) };
const breaker = { status: 'TRIGGERED', failureCount: 3, threshold: 3 } as const;
const alarms = { status: 'TRIGGERED', alarmNames: ['a', 'b'], triggeredAlarmNames: ['b'] } as const;
const superseding = service({
  currentServiceDeployment: `${SERVICE_DEPLOYMENT}d`,
  deployments: [deployment(NEWER), deployment(NEW, { status: 'ACTIVE' }), deployment(OLD, { status: 'ACTIVE' })],
});

const BY_SERVICE_DEPLOYMENT: readonly (readonly [string, DeploymentLook, Expected])[] = [
  ['PENDING', look({ serviceDeployment: serviceDeployment({ status: 'PENDING' }) }), undefined],
  ['IN_PROGRESS', look(), undefined],
  ['STOP_REQUESTED', look({ serviceDeployment: serviceDeployment({ status: 'STOP_REQUESTED' }) }), undefined],
  ['ROLLBACK_REQUESTED', look({ serviceDeployment: serviceDeployment({ status: 'ROLLBACK_REQUESTED' }) }), undefined],
  [
    'ROLLBACK_IN_PROGRESS',
    look({ serviceDeployment: serviceDeployment({ status: 'ROLLBACK_IN_PROGRESS' }) }),
    undefined,
  ],
  ['success', look({ serviceDeployment: serviceDeployment({ status: 'SUCCESSFUL' }) }), ['SUCCEEDED', null]],
  [
    'rollback by the breaker',
    look({
      serviceDeployment: serviceDeployment({
        status: 'ROLLBACK_SUCCESSFUL',
        rollback: rolledBack,
        deploymentCircuitBreaker: breaker,
      }),
    }),
    ['ROLLED_BACK', 'CIRCUIT_BREAKER'],
  ],
  [
    'rollback by an alarm',
    look({
      serviceDeployment: serviceDeployment({
        status: 'ROLLBACK_SUCCESSFUL',
        rollback: rolledBack,
        alarms: { ...alarms, alarmNames: ['a'], triggeredAlarmNames: ['b'] },
      }),
    }),
    ['ROLLED_BACK', 'ALARM'],
  ],
  [
    'rollback by hand',
    look({ serviceDeployment: serviceDeployment({ status: 'ROLLBACK_SUCCESSFUL', rollback: rolledBack }) }),
    ['ROLLED_BACK', 'USER'],
  ],
  [
    'rollback by a hook',
    look({
      serviceDeployment: serviceDeployment({
        status: 'ROLLBACK_SUCCESSFUL',
        lifecycleHookDetails: [{ hookId: 'h', status: 'FAILED' }],
      }),
    }),
    ['ROLLED_BACK', 'LIFECYCLE_HOOK'],
  ],
  [
    'rollback that fails',
    look({ serviceDeployment: serviceDeployment({ status: 'ROLLBACK_FAILED', deploymentCircuitBreaker: breaker }) }),
    ['ROLLBACK_FAILED', 'CIRCUIT_BREAKER'],
  ],
  [
    'stopped by the breaker without rollback',
    look({ serviceDeployment: serviceDeployment({ status: 'STOPPED', deploymentCircuitBreaker: breaker }) }),
    ['FAILED', 'CIRCUIT_BREAKER'],
  ],
  [
    'stopped by an alarm without rollback',
    look({ serviceDeployment: serviceDeployment({ status: 'STOPPED', alarms: { status: 'TRIGGERED' } }) }),
    ['FAILED', 'ALARM'],
  ],
  [
    'superseded',
    look({ service: superseding, serviceDeployment: serviceDeployment({ status: 'STOPPED' }) }),
    ['SUPERSEDED', 'NEWER_DEPLOYMENT'],
  ],
  ['stopped by hand', look({ serviceDeployment: serviceDeployment({ status: 'STOPPED' }) }), ['STOPPED', 'USER']],
  [
    'service being deleted',
    look({ service: service({ status: 'DRAINING' }), serviceDeployment: serviceDeployment({ status: 'STOPPED' }) }),
    ['SERVICE_DELETED', 'SERVICE_DELETED'],
  ],
  [
    'service deleted after the breaker had ended it',
    look({
      service: service({ status: 'DRAINING' }),
      serviceDeployment: serviceDeployment({ status: 'STOPPED', deploymentCircuitBreaker: breaker }),
    }),
    ['FAILED', 'CIRCUIT_BREAKER'],
  ],
  [
    'service deleted after a newer deployment had taken its place',
    look({
      service: { ...superseding, status: 'INACTIVE' },
      serviceDeployment: serviceDeployment({ status: 'STOPPED' }),
    }),
    ['SUPERSEDED', 'NEWER_DEPLOYMENT'],
  ],
  [
    'service gone after the breaker had ended it',
    look({
      service: null,
      serviceDeployment: serviceDeployment({ status: 'STOPPED', deploymentCircuitBreaker: breaker }),
    }),
    ['FAILED', 'CIRCUIT_BREAKER'],
  ],
  [
    'service deleted while it is under way',
    look({ service: service({ status: 'DRAINING' }), serviceDeployment: serviceDeployment({ status: 'IN_PROGRESS' }) }),
    ['SERVICE_DELETED', 'SERVICE_DELETED'],
  ],
  [
    'service deleted after success',
    look({ service: service({ status: 'INACTIVE' }), serviceDeployment: serviceDeployment({ status: 'SUCCESSFUL' }) }),
    ['SUCCEEDED', null],
  ],
];

describe('a deployment followed by its service deployment', () => {
  it.each(BY_SERVICE_DEPLOYMENT)('%s', (_name, seen, expected) => {
    const ending = deploymentEnding(observed([seen]));
    expect(ending && [ending.outcome, ending.cause]).toEqual(expected);
  });

  it('is deleted with its service only when it is missing twice in a row', () => {
    const gone = look({ service: null, serviceDeployment: null });
    expect(deploymentEnding(observed([look(), gone]))).toBeUndefined();
    expect(deploymentEnding(observed([look(), gone, look(), gone]))).toBeUndefined();
    expect(deploymentEnding(observed([look(), gone, gone]))?.outcome).toBe('SERVICE_DELETED');
  });

  it('is not called stopped by hand while its service is missing, for it stops with its service too', () => {
    const stopped = serviceDeployment({ status: 'STOPPED', updatedAt: at(30) });
    const gone = look({ service: null, serviceDeployment: stopped });
    expect(deploymentEnding(observed([look(), gone]))).toBeUndefined();
    expect(deploymentEnding(observed([look(), gone, gone]))?.outcome).toBe('SERVICE_DELETED');
    expect(deploymentEnding(observed([look(), gone, look({ serviceDeployment: stopped })]))?.outcome).toBe('STOPPED');
  });

  it('never goes back in time', () => {
    const done = look({ serviceDeployment: serviceDeployment({ status: 'SUCCESSFUL', updatedAt: at(90) }) });
    expect(deploymentEnding(observed([look(), done, look()]))?.outcome).toBe('SUCCEEDED');
    const later = look({
      service: service({ deployments: [deployment(NEW, { runningCount: 3, updatedAt: at(60) })] }),
    });
    const earlier = look({
      service: service({ deployments: [deployment(NEW, { runningCount: 1, updatedAt: at(50) })] }),
    });
    expect(deploymentProgress(observed([later, earlier]), T0).runningCount).toBe(3);
    const stopped = failedTask();
    const before = { ...stopped, lastStatus: 'RUNNING', desiredStatus: 'RUNNING', version: 3 };
    expect(observed([look({ tasks: [stopped] }), look({ tasks: [before] })]).tasks).toEqual([stopped]);
  });
});

const COMPLETED = { rolloutState: 'COMPLETED' } as const;
const FAILED = {
  rolloutState: 'FAILED',
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
} as const;
const ROLLING_BACK = {
  rolloutState: 'FAILED',
  rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${OLD}.`,
  status: 'ACTIVE',
} as const;
const withRollback = { deploymentCircuitBreaker: { enable: true, rollback: true } };
const seen = (...deployments: ReturnType<typeof deployment>[]) =>
  look({ serviceDeployment: null, service: service({ deployments }) });
const old = (more = {}) => deployment(OLD, { status: 'ACTIVE', runningCount: 4, ...COMPLETED, ...more });

const BY_DEPLOYMENT: readonly (readonly [string, readonly DeploymentLook[], Expected])[] = [
  ['in progress', [seen(deployment(NEW), old())], undefined],
  ['completed', [seen(deployment(NEW, COMPLETED))], ['SUCCEEDED', null]],
  ['failed without rollback', [seen(deployment(NEW, FAILED), old())], ['FAILED', 'CIRCUIT_BREAKER']],
  [
    'failed, and the rollback is yet to begin',
    [
      look({
        serviceDeployment: null,
        service: service({ deployments: [deployment(NEW, FAILED), old()], deploymentConfiguration: withRollback }),
      }),
    ],
    undefined,
  ],
  [
    'failed, with nothing to roll back to',
    [
      look({
        serviceDeployment: null,
        service: service({ deployments: [deployment(NEW, FAILED)], deploymentConfiguration: withRollback }),
      }),
    ],
    ['FAILED', 'CIRCUIT_BREAKER'],
  ],
  ['rolling back', [seen(deployment(OLD), deployment(NEW, ROLLING_BACK))], undefined],
  [
    'rolled back',
    [seen(deployment(OLD, COMPLETED), deployment(NEW, ROLLING_BACK))],
    ['ROLLED_BACK', 'CIRCUIT_BREAKER'],
  ],
  [
    'rolled back and gone from the list',
    [seen(deployment(NEW, FAILED), old()), seen(deployment(OLD, COMPLETED))],
    ['ROLLED_BACK', 'CIRCUIT_BREAKER'],
  ],
  [
    'rollback failed',
    [seen(deployment(OLD, FAILED), deployment(NEW, ROLLING_BACK))],
    ['ROLLBACK_FAILED', 'CIRCUIT_BREAKER'],
  ],
  [
    'superseded',
    [seen(deployment(NEWER), deployment(NEW, { status: 'ACTIVE' }), old())],
    ['SUPERSEDED', 'NEWER_DEPLOYMENT'],
  ],
  ['superseded and gone', [seen(deployment(NEW), old()), seen(deployment(NEWER))], ['SUPERSEDED', 'NEWER_DEPLOYMENT']],
  [
    'completed, then replaced while nobody looked',
    [seen(deployment(NEW, COMPLETED)), seen(deployment(NEWER))],
    ['SUCCEEDED', null],
  ],
  [
    'service deleted after success',
    [
      look({
        serviceDeployment: null,
        service: service({ status: 'DRAINING', deployments: [deployment(NEW, { rolloutState: 'COMPLETED' })] }),
      }),
    ],
    ['SUCCEEDED', null],
  ],
  [
    'service deleted while it is under way',
    [look({ serviceDeployment: null, service: service({ status: 'DRAINING', deployments: [deployment(NEW)] }) })],
    ['SERVICE_DELETED', 'SERVICE_DELETED'],
  ],
  [
    'service deleted',
    [look({ serviceDeployment: null, service: service({ status: 'INACTIVE', deployments: [] }) })],
    ['SERVICE_DELETED', 'SERVICE_DELETED'],
  ],
];

describe('a deployment followed by its ecs-svc id alone', () => {
  it.each(BY_DEPLOYMENT)('%s', (_name, looks, expected) => {
    const ending = deploymentEnding(observed(looks, OLD_STYLE));
    expect(ending && [ending.outcome, ending.cause]).toEqual(expected);
  });

  it('without a rollout state is over when one is left at full strength, and says that it concluded so', () => {
    const plain = { rolloutState: undefined };
    const running = seen(
      deployment(NEW, { ...plain, runningCount: 4 }),
      deployment(OLD, { ...plain, status: 'ACTIVE' }),
    );
    expect(deploymentEnding(observed([running], OLD_STYLE))).toBeUndefined();
    const alone = seen(deployment(NEW, { ...plain, runningCount: 4 }));
    expect(deploymentEnding(observed([running, alone], OLD_STYLE))).toMatchObject({
      outcome: 'SUCCEEDED',
      inferred: true,
    });
  });

  it('reads task sets where there are no deployments', () => {
    const taskSets = [{ id: NEW, status: 'PRIMARY', computedDesiredCount: 4, runningCount: 4, pendingCount: 0 }];
    const stabilizing = {
      serviceDeployment: null,
      service: service({
        deployments: [],
        runningCount: 4,
        taskSets: [{ ...taskSets[0], stabilityStatus: 'STABILIZING' }],
      }),
      tasks: [],
    };
    expect(deploymentEnding(observed([stabilizing], OLD_STYLE))).toBeUndefined();
    const steady = {
      ...stabilizing,
      service: service({
        deployments: [],
        runningCount: 4,
        taskSets: [{ ...taskSets[0], stabilityStatus: 'STEADY_STATE' }],
      }),
    };
    expect(deploymentEnding(observed([steady], OLD_STYLE))).toMatchObject({ outcome: 'SUCCEEDED', inferred: true });
  });
});

describe('the ecs-svc id of a service deployment', () => {
  it('is found by the revision, then by the time of creation', () => {
    expect(idOf(service(), serviceDeployment())).toBe(NEW);
    expect(idOf(service(), serviceDeployment({ targetServiceRevision: { arn: 'x/9' }, createdAt: at(1) }))).toBe(OLD);
    expect(idOf(service(), serviceDeployment({ targetServiceRevision: {}, createdAt: at(500) }))).toBeUndefined();
    expect(idOf(service(), null)).toBe(NEW);
    expect(observed([look()], { ...TARGET, deploymentId: undefined }).target.deploymentId).toBe(NEW);
  });
});

describe('the summary of a deployment', () => {
  it('says where it stands, and how it ended', () => {
    const running = task({ startedAt: at(-100) });
    const moving = observed([
      look({
        tasks: [running],
        service: service({
          deployments: [deployment(NEW, { runningCount: 1, pendingCount: 1 }), old({ runningCount: 3 })],
        }),
      }),
    ]);
    expect(deploymentSummary(deploymentProgress(moving, T0 + 63_000), T0 + 63_000)).toBe(
      'web in prod: 14 % (1 of 4 healthy, 1 pending, 3 old running), about 6 min 9 s left',
    );
    const ended = serviceDeployment({
      status: 'ROLLBACK_SUCCESSFUL',
      deploymentCircuitBreaker: breaker,
      finishedAt: at(193),
    });
    expect(
      deploymentSummary(
        deploymentProgress(observed([look({ serviceDeployment: ended, tasks: [failedTask()] })]), T0),
        T0,
      ),
    ).toBe(
      'web in prod: deployment was rolled back after 3 min 10 s: the circuit breaker tripped; Essential container in task exited; app exited with 1',
    );
  });
});
