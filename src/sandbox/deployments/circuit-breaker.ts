import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import type { Wire } from '../util/wire-types.ts';

const DEFAULT_PERCENT = 50;
const LEAST = 3;
const MOST = 200;

/** Number of consecutive failures that make a deployment FAILED, for the service's current desired count. */
export function failureThreshold(breaker: Wire<DeploymentCircuitBreaker> | undefined, desired: number): number {
  const { type = 'BOUNDED_PERCENT', value = DEFAULT_PERCENT } = breaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  // A service without wanted tasks must not fail because 0 tasks failed.
  const share = Math.max(1, Math.ceil((desired * value) / 100));
  return type === 'UNBOUNDED_PERCENT' ? share : Math.min(MOST, Math.max(LEAST, share));
}

/** Adds to a deployment's consecutive failures. The circuit breaker shows the same number while it monitors. */
export function countFailures(world: World, deployment: DeploymentRecord, count: number): void {
  const failedTasks = deployment.failedTasks + count;
  const record = deployment.serviceDeployment;
  change(world, deployment, { failedTasks, updatedAt: world.clock.now() });
  if (record.breaker.status !== 'MONITORING') return;
  change(world, record, { breaker: { ...record.breaker, failureCount: failedTasks }, updatedAt: world.clock.now() });
}
