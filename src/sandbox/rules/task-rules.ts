import { parseSize } from '../util/sizes.ts';
import { fitsFargate } from './fargate-rules.ts';
import { launchRule, type TaskLaunch } from './launch.ts';
import { LAUNCH_RULES } from './launch-rules.ts';
import type { Rule } from './rule.ts';

const MOST_CHARACTERS = 8192;

function sizeOf({ overrides, definition }: TaskLaunch) {
  return {
    cpu: parseSize(overrides?.cpu ?? definition?.cpu, 'vcpu'),
    memory: parseSize(overrides?.memory ?? definition?.memory, 'gb'),
  };
}

/** The rules of RunTask and StartTask. */
export const TASK_RULES: readonly Rule<TaskLaunch>[] = [
  ...LAUNCH_RULES,
  launchRule('group-namespace', 'a public client; floci#2716', ({ group }) =>
    group?.startsWith('service:') ? 'Invalid namespace for group.' : undefined,
  ),
  launchRule('overrides-size', 'API TaskOverride', ({ overrides }) =>
    overrides !== undefined && JSON.stringify(overrides).length > MOST_CHARACTERS
      ? `Container Overrides length must be at most ${MOST_CHARACTERS}`
      : undefined,
  ),
  launchRule('overrides-container', 'logs', ({ overrides, definition }) => {
    const isThere = (name: string | undefined) => definition?.containerDefinitions?.some((item) => item.name === name);
    const missing = overrides?.containerOverrides?.find(({ name }) => !isThere(name));
    return missing && `Override for container named ${missing.name} is not a container in the TaskDefinition.`;
  }),
  ...(['cpu', 'memory', 'memoryReservation'] as const).map((member) =>
    launchRule<TaskLaunch>(
      `overrides-negative-${member}`,
      'after RegisterTaskDefinition; choice of text',
      ({ overrides }) => {
        const wrong = overrides?.containerOverrides?.find((override) => (override[member] ?? 0) < 0);
        return wrong && `Invalid setting for container '${wrong.name}'. '${member}' must not be negative.`;
      },
    ),
  ),
  launchRule('overrides-cpu', 'after RegisterTaskDefinition; choice of text', ({ overrides }) =>
    overrides?.cpu !== undefined && parseSize(overrides.cpu, 'vcpu') === undefined
      ? "Invalid 'cpu' setting for task."
      : undefined,
  ),
  launchRule('overrides-memory', 'after RegisterTaskDefinition; choice of text', ({ overrides }) =>
    overrides?.memory !== undefined && parseSize(overrides.memory, 'gb') === undefined
      ? "Invalid 'memory' setting for task."
      : undefined,
  ),
  launchRule('overrides-fargate-size', 'after RegisterTaskDefinition; choice of code', (launch) => {
    const { cpu, memory } = sizeOf(launch);
    const isChanged = launch.overrides?.cpu !== undefined || launch.overrides?.memory !== undefined;
    return launch.isFargate && isChanged && !fitsFargate(cpu, memory)
      ? `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`
      : undefined;
  }),
  launchRule('overrides-container-memory', 'after RegisterTaskDefinition; choice of code', (launch) => {
    const { memory: most = Number.POSITIVE_INFINITY } = sizeOf(launch);
    const large = launch.overrides?.containerOverrides?.find(({ memory = 0 }) => memory > most);
    return large && `The 'memory' setting for container '${large.name}' is greater than for the task.`;
  }),
];
