import type { Service } from '@aws-sdk/client-ecs';
import type { ProgressMemory } from '../core/progress-memory.ts';
import { rolloutOf } from '../core/rollout-state.ts';
import { quietSince } from './deployment-advance.ts';
import { observeDeployment } from './deployment-snapshot.ts';
import { deploymentKey } from './deployment-state.ts';

/** The default of feeds. */
const STALL_AFTER_MS = 300_000;

/**
 * Whether a service's deployment has made no progress for five minutes, as far as the service alone shows it (none of
 * its tasks has stayed since it started) or this process has seen it. Without its tasks, ECS does not date partial
 * progress, so a stall in the middle is known only of deployments that were followed.
 */
export function createStallCheck(progress: ProgressMemory): (service: Service, now: number) => boolean {
  return (service, now) => {
    if (rolloutOf(service).state !== 'DEPLOYING') return false;
    const { clusterArn = '', serviceArn = '', serviceName = '', currentServiceDeployment } = service;
    const target = {
      clusterArn,
      serviceArn,
      serviceName,
      serviceDeploymentArn: currentServiceDeployment,
      deploymentId: undefined,
    };
    const reached = progress.deployments.get(deploymentKey(target));
    const snapshot = observeDeployment(
      undefined,
      target,
      { service, serviceDeployment: null, tasks: null, reached },
      now,
    );
    return now - quietSince(snapshot, now) >= STALL_AFTER_MS;
  };
}
