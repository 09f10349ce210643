import type { HookRun } from '../model/services/hook-run.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { World } from '../model/world.ts';
import { eventTime } from '../util/event-time.ts';

function addHook(world: World, record: ServiceDeploymentRecord, run: HookRun): void {
  const at = world.clock.now();
  const detail = {
    eventType: run.status === 'FAILED' || run.status === 'TIMED_OUT' ? 'ERROR' : 'INFO',
    eventName: `HOOK_${run.status}`,
    hookId: run.id,
    hookType: run.targetType,
    expiresAt: eventTime(run.expiresAt),
    lifecycleStage: run.stage,
    clusterArn: record.service.cluster.arn,
    serviceArn: record.service.arn,
    serviceDeploymentArn: record.arn,
    updatedAt: eventTime(at),
  };
  world.events.add({ at, detailType: 'ECS Hook State Change', resources: [record.arn], detail: () => detail });
}

/** A lifecycle hook started, or its status changed. */
export function onHooks(
  world: World,
  record: ServiceDeploymentRecord,
  before: Partial<ServiceDeploymentRecord> | undefined,
): void {
  if (before?.hooks === undefined || before.hooks === record.hooks) return;
  const known = new Map(before.hooks.map((run) => [run.id, run.status]));
  for (const run of record.hooks) if (known.get(run.id) !== run.status) addHook(world, record, run);
}
