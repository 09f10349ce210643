import { CONTAINER_RULES } from './container-rules.ts';
import { FARGATE_RULES } from './fargate-rules.ts';
import { GPU_RULES } from './gpu-rules.ts';
import { LOG_AND_SECRET_RULES } from './log-and-secret-rules.ts';
import { NETWORK_RULES } from './network-rules.ts';
import { type Draft, rule } from './registration.ts';
import type { Rule } from './rule.ts';
import { VOLUME_RULES } from './volume-rules.ts';

const FAMILY = /^[a-zA-Z0-9_-]{1,255}$/;
const HELP = ' For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** All rules of RegisterTaskDefinition, in the order in which they are checked. */
export const TASK_DEFINITION_RULES: readonly Rule<Draft>[] = [
  rule('family', 'API RegisterTaskDefinition.family; choice of text', ({ registration }) =>
    FAMILY.test(registration.family) ? undefined : 'Family contains invalid characters.',
  ),
  rule('task-cpu', 'logs', ({ registration, cpu }) =>
    registration.cpu !== undefined && cpu === undefined ? `Invalid 'cpu' setting for task.${HELP}` : undefined,
  ),
  rule('task-memory', 'logs', ({ registration, memory }) =>
    registration.memory !== undefined && memory === undefined ? `Invalid 'memory' setting for task.${HELP}` : undefined,
  ),
  ...CONTAINER_RULES,
  ...FARGATE_RULES,
  ...NETWORK_RULES,
  ...VOLUME_RULES,
  ...GPU_RULES,
  ...LOG_AND_SECRET_RULES,
];
