import type { DeployDialogMutation, RunJobMutation, ScaleDialogMutation } from '../generated/graphql.ts';
import { row } from './text.ts';

type Plan = DeployDialogMutation['deployImages']['plan'];

function planned(plan: Plan): string[] {
  return plan.flatMap(({ operation, changes }) => [
    operation,
    ...changes.map(({ field, before, after }) => row(`  ${field}`, before ?? 'not set', after ?? 'not set')),
  ]);
}

/** 8 Deploy dialog: the preview, or what was done. */
export function renderDeployDialog({
  deployImages: { plan, taskDefinition, deploymentId },
}: DeployDialogMutation): string {
  const registered = taskDefinition === null ? [] : [`registered ${taskDefinition.family}:${taskDefinition.revision}`];
  return [...planned(plan), ...registered, ...(deploymentId === null ? [] : [`started ${deploymentId}`])].join('\n');
}

/** 9 Scale dialog. */
export function renderScaleDialog({ scaleService: { plan, service } }: ScaleDialogMutation): string {
  return [...planned(plan), ...(service === null ? [] : [`${service.desiredCount} desired`])].join('\n');
}

/** 10 Run a job. */
export function renderRunJob({ runTask: { tasks, failures } }: RunJobMutation): string {
  return [
    ...(tasks ?? []).map(({ taskId, lastStatus }) => row(taskId, lastStatus)),
    ...(failures ?? []).map(({ reason, detail }) => row(reason ?? 'failed', detail ?? '')),
  ].join('\n');
}
