import { EcsError } from '../checks/ecs-errors.ts';
import { isRoleMissing } from '../model/external-services.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { World } from '../model/world.ts';
import type { Tags } from '../util/wire-types.ts';

/** Roles with such names cannot be assumed; all others can. */
const NOT_ASSUMABLE = /(^|\/)sandbox-not-assumable[^/]*$/;

/** Why no task of this definition can be launched, even with room: AWS finds out only when it tries. */
export function configurationFault(
  world: World,
  { definition }: TaskDefinitionRecord,
  tags: Tags,
  hasLongArn: boolean,
): string | undefined {
  const role = [definition.taskRoleArn, definition.executionRoleArn].find(
    (arn) =>
      arn !== undefined && (NOT_ASSUMABLE.test(arn) || isRoleMissing(world.surroundings, arn, world.clock.now())),
  );
  if (role !== undefined) {
    return `ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
  }
  if (tags.length > 0 && !hasLongArn) {
    return 'The new ARN and resource ID format must be enabled to add tags to the task. Opt in to the new format and try again.';
  }
  return undefined;
}

export const BLOCKED = 'Your account is currently blocked and thus cannot launch any Fargate tasks.';

/** Refuses a launch on Fargate while the account is blocked. */
export function checkBlocked({ isBlocked }: World, isFargate: boolean): void {
  if (isBlocked && isFargate) throw new EcsError('BlockedException', BLOCKED);
}
