import type { DaemonDeployment } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  type DaemonLook,
  type DaemonSnapshot,
  daemonProgress,
  daemonSummary,
  observeDaemon,
} from '../../../src/live/daemon/daemon-progress.ts';
import type { DeploymentCause, DeploymentOutcome } from '../../../src/live/deployment/deployment-outcome.ts';
import { at, CLUSTER, T0 } from '../support/fixtures.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012:daemon-deployment/prod/logs/abc';

function deployment(more: Partial<DaemonDeployment> = {}): DaemonDeployment {
  return {
    daemonDeploymentArn: ARN,
    clusterArn: CLUSTER,
    status: 'IN_PROGRESS',
    startedAt: at(0),
    targetDaemonRevision: {
      totalRunningInstanceCount: 2,
      totalDrainingInstanceCount: 1,
      totalWithoutDaemonInstanceCount: 0,
    },
    sourceDaemonRevisions: [{ totalRunningInstanceCount: 5 }],
    circuitBreaker: { status: 'MONITORING', failureCount: 1, threshold: 3 },
    ...more,
  };
}

function progress(looks: readonly (DaemonDeployment | null)[], stoppedBy: DaemonLook['stoppedBy'] = null) {
  let snapshot: DaemonSnapshot | undefined;
  for (const look of looks) snapshot = observeDaemon(snapshot, ARN, { deployment: look, stoppedBy }, T0);
  return daemonProgress(snapshot as DaemonSnapshot);
}

const breaker = { status: 'TRIGGERED', failureCount: 3, threshold: 3 } as const;
const ENDINGS: readonly (readonly [
  string,
  readonly (DaemonDeployment | null)[],
  readonly [DeploymentOutcome, DeploymentCause | null] | null,
])[] = [
  ['in progress', [deployment()], null],
  ['rolling back', [deployment({ status: 'ROLLBACK_IN_PROGRESS' })], null],
  ['success', [deployment({ status: 'SUCCESSFUL' })], ['SUCCEEDED', null]],
  [
    'rolled back by the breaker',
    [deployment({ status: 'ROLLBACK_SUCCESSFUL', circuitBreaker: breaker })],
    ['ROLLED_BACK', 'CIRCUIT_BREAKER'],
  ],
  [
    'rolled back by an alarm',
    [deployment({ status: 'ROLLBACK_SUCCESSFUL', alarms: { status: 'TRIGGERED' } })],
    ['ROLLED_BACK', 'ALARM'],
  ],
  ['rollback failed', [deployment({ status: 'ROLLBACK_FAILED' })], ['ROLLBACK_FAILED', 'USER']],
  [
    'stopped by the breaker',
    [deployment({ status: 'STOPPED', circuitBreaker: breaker })],
    ['FAILED', 'CIRCUIT_BREAKER'],
  ],
  ['stopped', [deployment({ status: 'STOPPED' })], ['STOPPED', 'UNKNOWN']],
  ['missing once', [deployment(), null], null],
  ['gone', [deployment(), null, null], ['SERVICE_DELETED', 'SERVICE_DELETED']],
  ['ended, then read late', [deployment({ status: 'SUCCESSFUL' }), deployment()], ['SUCCEEDED', null]],
];

describe('the deployment of a daemon', () => {
  it.each(ENDINGS)('%s', (_name, looks, expected) => {
    const { ending } = progress(looks);
    expect(ending && [ending.outcome, ending.cause]).toEqual(expected);
  });

  it('was stopped for a newer one, with its daemon, or for an unknown reason', () => {
    const outcomes = ([null, 'NEWER_DEPLOYMENT', 'DELETION'] as const).map(
      (stoppedBy) => progress([deployment({ status: 'STOPPED' })], stoppedBy).ending?.outcome,
    );
    expect(outcomes).toEqual(['STOPPED', 'SUPERSEDED', 'SERVICE_DELETED']);
    const tripped = deployment({ status: 'STOPPED', circuitBreaker: breaker });
    expect(progress([tripped], 'NEWER_DEPLOYMENT').ending?.outcome).toBe('FAILED');
  });

  it('counts instances', () => {
    const reported = progress([deployment()]);
    expect(reported).toMatchObject({
      runningCount: 2,
      drainingInstanceCount: 1,
      sourceRunningInstanceCount: 5,
      percent: 25,
      circuitBreaker: { failureCount: 1 },
    });
    expect(daemonSummary(reported, T0)).toBe('daemon logs in prod: 25 % (on 2 of 8 instances, 1 draining)');
  });
});

describe('since when the deployment of a daemon has come no further', () => {
  it('moves with each instance more than ever before, and with its status', () => {
    const on = (running: number, status?: DaemonDeployment['status']) =>
      deployment({ targetDaemonRevision: { totalRunningInstanceCount: running }, ...(status && { status }) });
    const looks = [on(1), on(3), on(0), on(3), on(2, 'ROLLBACK_IN_PROGRESS'), on(4, 'ROLLBACK_IN_PROGRESS')];
    let snapshot: DaemonSnapshot | undefined;
    const moments = looks.map((look, index) => {
      snapshot = observeDaemon(snapshot, ARN, { deployment: look, stoppedBy: null }, T0 + index);
      return snapshot.advance.at - T0;
    });
    expect(moments).toEqual([0, 1, 1, 1, 4, 5]);
  });
});
