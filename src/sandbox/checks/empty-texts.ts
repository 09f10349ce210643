/**
 * Texts that mean the same empty as left out: tools send them for what they have not been given (Ansible the token, the role and,
 * of CODE_DEPLOY services, the task definition; fabfuel/ecs-deploy the roles). All others are values, and wrong ones.
 */
const ABSENT_IF_EMPTY: readonly string[] = ['clientToken', 'role', 'taskRoleArn', 'executionRoleArn'];
const ABSENT_IN: Readonly<Record<string, readonly string[]>> = {
  CreateServiceRequest: ['taskDefinition'],
  UpdateServiceRequest: ['taskDefinition'],
};

/** Whether a member of an operation's input was not given, though it is there. */
export function isAbsent(shape: string, member: string, value: unknown): boolean {
  if (value !== '') return false;
  return ABSENT_IF_EMPTY.includes(member) || (ABSENT_IN[shape]?.includes(member) ?? false);
}
