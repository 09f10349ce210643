import { type EcsError, invalidParameter } from '../checks/ecs-errors.ts';
import { isRoleMissing, SERVICE_LINKED_ROLE } from '../model/external-services.ts';
import type { World } from '../model/world.ts';

/**
 * The calls for which ECS assumes its service-linked role at once (our choice; Terraform retries the first and the
 * second of them).
 */
const NEEDS_SERVICE_LINKED_ROLE: ReadonlySet<string> = new Set([
  'CreateService',
  'CreateCluster',
  'PutClusterCapacityProviders',
  'CreateTaskSet',
]);

/** Input members that name things outside ECS. */
interface Outside {
  readonly role?: string | undefined;
  readonly loadBalancers?: readonly { readonly targetGroupArn?: string | undefined }[] | undefined;
}

/**
 * The fault of something outside ECS that a call needs, as set through the control API. The texts are those that
 * terraform-provider-aws retries (internal/service/ecs/service.go and cluster.go).
 */
export function outsideFault({ surroundings, clock }: World, operation: string, input: Outside): EcsError | undefined {
  const { missingRoles, looseTargetGroups } = surroundings;
  if (missingRoles.size + looseTargetGroups.size === 0) return undefined;
  const now = clock.now();
  if (NEEDS_SERVICE_LINKED_ROLE.has(operation) && isRoleMissing(surroundings, SERVICE_LINKED_ROLE, now)) {
    return invalidParameter(
      'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
    );
  }
  const { role, loadBalancers = [] } = input;
  if (operation === 'CreateService' && role !== undefined && isRoleMissing(surroundings, role, now)) {
    return invalidParameter(
      'Unable to assume role and validate the listeners configured on your load balancer. Please verify that the ECS service role being passed has the proper permissions.',
    );
  }
  const loose = loadBalancers.find(({ targetGroupArn = '' }) => (looseTargetGroups.get(targetGroupArn) ?? 0) > now);
  if (loose === undefined) return undefined;
  return invalidParameter(
    `The target group with targetGroupArn ${loose.targetGroupArn} does not have an associated load balancer.`,
  );
}
