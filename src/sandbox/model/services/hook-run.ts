import type {
  DeploymentLifecycleHook,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStatus,
  DeploymentLifecycleHookTargetType,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import type { Stage } from './deployment-stages.ts';

/** One execution of a lifecycle hook. */
export interface HookRun {
  readonly id: string;
  readonly hook: Wire<DeploymentLifecycleHook>;
  readonly targetType: DeploymentLifecycleHookTargetType;
  /** The step of the deployment's plan that it belongs to. */
  readonly step: number;
  readonly stage: Stage;
  readonly status: DeploymentLifecycleHookStatus;
  readonly expiresAt: number;
  readonly timeoutAction: DeploymentLifecycleHookAction;
  /** When the running function returns. */
  readonly answersAt: number | undefined;
}
