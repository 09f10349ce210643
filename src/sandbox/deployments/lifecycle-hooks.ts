import type {
  DeploymentLifecycleHook,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookDetail,
  DeploymentLifecycleHookTargetType,
} from '@aws-sdk/client-ecs';
import { functionName } from '../model/external-services.ts';
import type { HookResult } from '../model/hook-result.ts';
import type { Stage } from '../model/services/deployment-stages.ts';
import type { HookRun } from '../model/services/hook-run.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { toSeconds, type Wire } from '../util/wire-types.ts';

const DEFAULT_TIMEOUT_MINUTES = 1440;
/** AWS's default delay before a function that returned IN_PROGRESS is invoked again. */
const DEFAULT_CALL_BACK_SECONDS = 30;
const MINUTE = 60_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function hookId(world: World, targetType: DeploymentLifecycleHookTargetType): string {
  let id = targetType === 'PAUSE' ? 'ecs-pause-' : 'ecs-lambda-';
  for (let length = 0; length < 43; length += 1) id += ALPHABET[world.random.integer(ALPHABET.length)] ?? 'A';
  return id;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The result of a function: as set through `/_sandbox/hooks`; else as in the hook's own `hookDetails` `{ "sandbox": {
 * "status", "seconds", "callBackDelay" } }`; else success.
 */
function resultOf(world: World, hook: Wire<DeploymentLifecycleHook>): HookResult {
  const set = world.surroundings.functions.get(functionName(hook.hookTargetArn ?? ''));
  if (set !== undefined) return set;
  const details: unknown = hook.hookDetails;
  const wish = isRecord(details) && isRecord(details.sandbox) ? details.sandbox : {};
  const number = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 ? value : undefined);
  return {
    status: wish.status === 'FAILED' || wish.status === 'IN_PROGRESS' ? wish.status : 'SUCCEEDED',
    seconds: number(wish.seconds),
    callBackDelay: number(wish.callBackDelay),
  };
}

function answersAt(world: World, hook: Wire<DeploymentLifecycleHook>): number {
  const { seconds } = resultOf(world, hook);
  return world.clock.now() + (seconds === undefined ? world.timings.lambdaHook : seconds * 1000);
}

/** Starts all hooks of the step that a deployment has just entered. Hooks of one stage run in parallel. */
export function startHooks(world: World, record: ServiceDeploymentRecord, stage: Stage): void {
  const now = world.clock.now();
  const hooks = record.deploymentConfiguration.lifecycleHooks ?? [];
  const runs = hooks
    .filter((hook) => hook.lifecycleStages?.some((item) => item === stage))
    .map((hook): HookRun => {
      const targetType = hook.targetType ?? 'AWS_LAMBDA';
      const { timeoutInMinutes = DEFAULT_TIMEOUT_MINUTES, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {};
      return {
        id: hookId(world, targetType),
        hook,
        targetType,
        step: record.step,
        stage,
        status: targetType === 'PAUSE' ? 'AWAITING_ACTION' : 'IN_PROGRESS',
        expiresAt: now + timeoutInMinutes * MINUTE,
        timeoutAction: action,
        answersAt: targetType === 'PAUSE' ? undefined : answersAt(world, hook),
      };
    });
  if (runs.length > 0) change(world, record, { hooks: [...record.hooks, ...runs], updatedAt: now });
}

/**
 * Hooks that still waited when their deployment rolled back or was stopped have failed; they belong to no step any
 * more.
 */
export function closeHooks(runs: readonly HookRun[]): HookRun[] {
  return runs.map((run) => ({ ...run, step: -1, status: isOpen(run) ? 'FAILED' : run.status, answersAt: undefined }));
}

export function isOpen(run: HookRun): boolean {
  return run.status === 'AWAITING_ACTION' || run.status === 'IN_PROGRESS';
}

/** The hook's new state: answered, timed out, invoked again, or unchanged. */
function moveOn(world: World, run: HookRun): HookRun {
  const now = world.clock.now();
  if (!isOpen(run)) return run;
  if (run.answersAt !== undefined && run.answersAt <= now) {
    const { status, callBackDelay = DEFAULT_CALL_BACK_SECONDS } = resultOf(world, run.hook);
    if (status !== 'IN_PROGRESS') return { ...run, status, answersAt: undefined };
    if (run.expiresAt > now) return { ...run, answersAt: answersAt(world, run.hook) + callBackDelay * 1000 };
  }
  return run.expiresAt <= now ? { ...run, status: 'TIMED_OUT', answersAt: undefined } : run;
}

export type HooksStand =
  | { readonly state: 'DONE' }
  | { readonly state: 'WAITING'; readonly until: number }
  | { readonly state: 'FAILED'; readonly reason: string };

function reasonOf(run: HookRun): string {
  const what = run.targetType === 'PAUSE' ? `Pause hook ${run.id}` : `Lifecycle hook target ${run.hook.hookTargetArn}`;
  const failed = run.targetType === 'PAUSE' ? 'was answered with ROLLBACK' : 'returned FAILED status';
  const how = run.status === 'TIMED_OUT' ? 'timed out' : failed;
  return `${run.stage} lifecycle hook(s) failed. ${what} ${how}.`;
}

/** Advances the hooks of the current step and returns whether the step may continue. */
export function pollHooks(world: World, record: ServiceDeploymentRecord): HooksStand {
  const moved = record.hooks.map((run) => (run.step === record.step ? moveOn(world, run) : run));
  if (moved.some((run, index) => run !== record.hooks[index])) {
    change(world, record, { hooks: moved, updatedAt: world.clock.now() });
  }
  const runs = moved.filter((run) => run.step === record.step);
  const failed = runs.find(
    (run) => run.status === 'FAILED' || (run.status === 'TIMED_OUT' && run.timeoutAction === 'ROLLBACK'),
  );
  if (failed !== undefined) return { state: 'FAILED', reason: reasonOf(failed) };
  const open = runs.filter(isOpen);
  if (open.length === 0) return { state: 'DONE' };
  return {
    state: 'WAITING',
    until: Math.min(...open.map((run) => Math.min(run.expiresAt, run.answersAt ?? run.expiresAt))),
  };
}

/** Applies ContinueServiceDeployment to a pause hook. */
export function answerHook(
  world: World,
  record: ServiceDeploymentRecord,
  answered: HookRun,
  action: DeploymentLifecycleHookAction,
): void {
  const status = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED';
  const hooks = record.hooks.map((run) => (run === answered ? ({ ...run, status } as const) : run));
  change(world, record, { hooks, updatedAt: world.clock.now() });
}

export function renderHook(run: HookRun): Wire<DeploymentLifecycleHookDetail> {
  return {
    hookId: run.id,
    targetType: run.targetType,
    targetArn: run.targetType === 'PAUSE' ? undefined : run.hook.hookTargetArn,
    status: run.status,
    expiresAt: toSeconds(run.expiresAt),
    timeoutAction: run.timeoutAction,
  };
}
