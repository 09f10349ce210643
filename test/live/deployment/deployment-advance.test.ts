import { describe, expect, it } from 'vitest';
import { quietSince } from '../../../src/live/deployment/deployment-advance.ts';
import { observeDeployment } from '../../../src/live/deployment/deployment-snapshot.ts';
import type { DeploymentLook, DeploymentSnapshot } from '../../../src/live/deployment/deployment-state.ts';
import {
  at,
  deployment,
  failedTask,
  look,
  NEW,
  OLD,
  service,
  serviceDeployment,
  T0,
  TARGET,
  task,
} from '../support/fixtures.ts';

/** Since when each look has come no further, in seconds after T0; looks are a minute apart. */
function quiet(...looks: DeploymentLook[]): number[] {
  let snapshot: DeploymentSnapshot | undefined;
  return looks.map((next, index) => {
    const now = T0 + (index + 1) * 60_000;
    snapshot = observeDeployment(snapshot, TARGET, next, now);
    return (quietSince(snapshot, now) - T0) / 1_000;
  });
}

const old = (runningCount: number) => deployment(OLD, { status: 'ACTIVE', runningCount, rolloutState: 'COMPLETED' });
const healthy = (count: number) =>
  Array.from({ length: count }, () => task({ startedBy: NEW, startedAt: at(-100), healthStatus: 'HEALTHY' }));
const rolling = (ready: number, source: number, more: Partial<DeploymentLook> = {}) =>
  look({
    service: service({ deployments: [deployment(NEW, { runningCount: ready }), old(source)] }),
    tasks: healthy(ready),
    ...more,
  });
const staged = (stage: string, weight: number, configuration: object) =>
  look({
    serviceDeployment: serviceDeployment({
      lifecycleStage: stage as never,
      targetServiceRevision: { arn: 'x', requestedTaskCount: 4, requestedProductionTrafficWeight: weight },
      deploymentConfiguration: configuration,
    }),
  });

describe('since when a deployment has come no further', () => {
  it('moves with each new healthy task and with each old one that is gone', () => {
    expect(quiet(rolling(1, 4), rolling(2, 4), rolling(2, 3), rolling(2, 3)).slice(1)).toEqual([120, 180, 180]);
  });

  it('stays where tasks come and go and there are never more than there were', () => {
    expect(quiet(rolling(1, 4), rolling(2, 4), rolling(0, 4), rolling(2, 4), rolling(1, 4)).slice(1)).toEqual([
      120, 120, 120, 120,
    ]);
    const failing = (count: number) =>
      rolling(0, 4, { tasks: Array.from({ length: count }, () => failedTask({ startedBy: NEW })) });
    // The stall began at second 3.
    expect(quiet(failing(1), failing(4), failing(9))).toEqual([3, 3, 3]);
  });

  it('starts anew in another stage, and in a rollback counts what is undone', () => {
    const back = (ready: number, source: number) =>
      rolling(ready, source, { serviceDeployment: serviceDeployment({ status: 'ROLLBACK_IN_PROGRESS' }) });
    expect(quiet(rolling(2, 3), back(2, 3), back(1, 3), back(2, 3), back(1, 4)).slice(1)).toEqual([120, 180, 180, 300]);
  });

  it.each([
    ['a bake', staged('BAKE_TIME', 100, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 3 }), [60, 120, 180, 240, 240]],
    [
      'a step of traffic',
      staged('PRODUCTION_TRAFFIC_SHIFT', 20, { strategy: 'LINEAR', linearConfiguration: { stepBakeTimeInMinutes: 2 } }),
      [60, 120, 180, 180, 180],
    ],
    [
      'a canary',
      staged('PRODUCTION_TRAFFIC_SHIFT', 5, {
        strategy: 'CANARY',
        canaryConfiguration: { canaryBakeTimeInMinutes: 1 },
      }),
      [60, 120, 120, 120, 120],
    ],
    ['no wait that is configured', staged('SCALE_UP', 0, { strategy: 'BLUE_GREEN' }), [60, 60, 60, 60, 60]],
  ])('waits for %s before it counts', (_name, one, expected) => {
    expect(quiet(one, one, one, one, one)).toEqual(expected);
  });
});
