import type { DeploymentControllerType, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { Input } from '../util/wire-types.ts';

/** Members of UpdateService that the deployment controller manages, and AWS's names for them in its refusal. */
const REFUSED = [
  ['taskDefinition', 'Unable to update task definition'],
  ['networkConfiguration', 'Unable to update network parameters'],
  ['platformVersion', 'Unable to update platform version'],
  ['loadBalancers', 'Unable to update load balancers'],
  ['serviceRegistries', 'Unable to update service registries'],
] as const satisfies readonly (readonly [keyof UpdateServiceRequest, string])[];

export function controllerOf(service: ServiceRecord): DeploymentControllerType {
  return service.deploymentController.type ?? 'ECS';
}

/** Refuses changes that need a new task set. A service that leaves its controller is no longer bound by it. */
export function checkController(service: ServiceRecord, input: Input<UpdateServiceRequest>): void {
  const type = input.deploymentController?.type ?? controllerOf(service);
  if (type === 'ECS') return;
  const advice = type === 'CODE_DEPLOY' ? ' Use AWS CodeDeploy to trigger a new deployment.' : '';
  const refuse = (what: string): never => {
    throw invalidParameter(`${what} on services with a ${type} deployment controller.${advice}`);
  };
  for (const [name, what] of REFUSED) if (input[name] !== undefined) refuse(what);
  if (input.forceNewDeployment === true) refuse('Cannot force a new deployment');
}
