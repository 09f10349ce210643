import { type Container, type Draft, eachContainer, isPresent, repeated, rule } from './registration.ts';
import type { Rule } from './rule.ts';

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;
const MOST_CONTAINERS = 10;
const MOST_ENVIRONMENT_FILES = 10;
const LEAST_MEMORY = 4;
const MOST_BYTES = 65_536;
const RESTART_PERIOD = { least: 60, most: 1800 };
const MOST_IGNORED_CODES = 50;

/** Numbers of a container that are amounts or times. */
const NOT_NEGATIVE: readonly (readonly [member: string, read: (container: Container) => number | undefined])[] = [
  ['cpu', ({ cpu }) => cpu],
  ['memoryReservation', ({ memoryReservation }) => memoryReservation],
  ['startTimeout', ({ startTimeout }) => startTimeout],
  ['stopTimeout', ({ stopTimeout }) => stopTimeout],
  ['sharedMemorySize', ({ linuxParameters }) => linuxParameters?.sharedMemorySize],
  ['maxSwap', ({ linuxParameters }) => linuxParameters?.maxSwap],
  ['size', ({ linuxParameters }) => linuxParameters?.tmpfs?.find(({ size }) => size < 0)?.size],
];
const MOST_SWAPPINESS = 100;

function find({ containers }: Draft, name: string | undefined): Container | undefined {
  return containers.find((container) => container.name === name);
}

/** Whether a container waits for itself, directly or through others. */
function waitsForItself(draft: Draft, start: Container): boolean {
  const seen = new Set<Container>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { containerName } of at.dependsOn ?? []) {
      const next = find(draft, containerName);
      if (next === start) return true;
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}

/** Rules for a container definition, and for references between the containers of a task. */
export const CONTAINER_RULES: readonly Rule<Draft>[] = [
  rule('tags-empty', 'Terraform’s aws_ecs_task_definition', ({ registration: { tags } }) =>
    tags?.length === 0 ? 'Tags can not be empty.' : undefined,
  ),
  rule('definition-size', 'logs; AWS’s quota of 64 KiB', ({ registration }) => {
    const bytes = Buffer.byteLength(JSON.stringify(registration));
    return bytes > MOST_BYTES ? `Actual length: '${bytes}'. Max allowed length is '${MOST_BYTES}' bytes.` : undefined;
  }),
  rule('containers-empty', 'API RegisterTaskDefinition; choice of text', ({ containers }) =>
    containers.length === 0 ? 'Container list cannot be empty.' : undefined,
  ),
  rule('containers-too-many', 'AWS’s quota; the beginning of the text in a public log', ({ containers }) =>
    containers.length > MOST_CONTAINERS ? 'Too many containers in the task definition.' : undefined,
  ),
  eachContainer('container-name', 'logs', ({ name }) =>
    name === undefined || name === '' ? 'Container.name should not be null or empty.' : undefined,
  ),
  eachContainer('container-name-form', 'API ContainerDefinition.name; choice of text', ({ name = '' }) =>
    NAME.test(name) ? undefined : 'Container.name contains invalid characters.',
  ),
  eachContainer('container-image', 'logs', ({ image }) =>
    image === undefined || image === '' ? 'Container.image should not be null or empty.' : undefined,
  ),
  rule('container-names-unique', 'cdk-preflight pf-ecs-duplicate-container-names', ({ containers }) =>
    repeated(containers.map(({ name }) => name)) === undefined
      ? undefined
      : 'Container names must be unique within a task definition.',
  ),
  rule('essential-container', 'cdk-preflight pf-ecs-essential-container', ({ containers }) =>
    containers.every(({ essential }) => essential === false)
      ? "Task definition doesn't have any essential container."
      : undefined,
  ),
  eachContainer('container-memory-required', 'aws/aws-cli#4453', (container, draft) =>
    draft.memory === undefined && container.memory === undefined && container.memoryReservation === undefined
      ? `Invalid setting for container '${container.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`
      : undefined,
  ),
  eachContainer(
    'container-memory-least',
    'task_definition_parameters.md (4 MiB in its older editions); choice of text',
    ({ name, memory }) =>
      memory !== undefined && memory < LEAST_MEMORY
        ? `Invalid setting for container '${name}'. 'memory' must be at least ${LEAST_MEMORY}.`
        : undefined,
  ),
  ...NOT_NEGATIVE.map(([member, read]) =>
    eachContainer(`negative-${member}`, 'task_definition_parameters.md; choice of text', (container) => {
      const value = read(container);
      return value !== undefined && value < 0
        ? `Invalid setting for container '${container.name}'. '${member}' must not be negative.`
        : undefined;
    }),
  ),
  eachContainer('swappiness', 'API LinuxParameters; choice of text', ({ name, linuxParameters }) =>
    (linuxParameters?.swappiness ?? 0) > MOST_SWAPPINESS || (linuxParameters?.swappiness ?? 0) < 0
      ? `Invalid setting for container '${name}'. 'swappiness' must be between 0 and ${MOST_SWAPPINESS}.`
      : undefined,
  ),
  eachContainer('memory-reservation', 'cdk-preflight pf-ecs-container-memory-reservation', (container) => {
    const { name, memory, memoryReservation } = container;
    return memory !== undefined && memoryReservation !== undefined && memory < memoryReservation
      ? `Invalid setting for container '${name}'. 'memory' must be greater than or equal to 'memoryReservation'.`
      : undefined;
  }),
  eachContainer(
    'container-memory-over-task',
    'cdk-preflight pf-ecs-container-memory-over-task',
    ({ name, memory }, draft) =>
      memory !== undefined && draft.memory !== undefined && memory > draft.memory
        ? `The 'memory' setting for container '${name}' is greater than for the task.`
        : undefined,
  ),
  rule('container-cpu-over-task', 'klothoplatform/klotho#892', ({ containers, cpu }) =>
    cpu !== undefined && containers.reduce((sum, container) => sum + (container.cpu ?? 0), 0) > cpu
      ? "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."
      : undefined,
  ),
  eachContainer(
    'depends-on-unknown',
    'cdk-preflight pf-ecs-dependson-container-missing',
    ({ dependsOn = [] }, draft) => {
      const missing = dependsOn.find(({ containerName }) => find(draft, containerName) === undefined);
      return missing && `Cannot depend on container ${missing.containerName} because it does not exist.`;
    },
  ),
  eachContainer('depends-on-circle', 'API ContainerDefinition.dependsOn; choice of text', (container, draft) =>
    waitsForItself(draft, container)
      ? `Invalid 'dependsOn' setting for container '${container.name}'. Dependencies must not form a circle.`
      : undefined,
  ),
  eachContainer('depends-on-essential', 'boto/boto3#2436', ({ dependsOn = [] }, draft) =>
    dependsOn.some(
      ({ condition, containerName }) =>
        (condition === 'SUCCESS' || condition === 'COMPLETE') && find(draft, containerName)?.essential !== false,
    )
      ? 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container.'
      : undefined,
  ),
  eachContainer(
    'depends-on-health',
    'cdk-preflight pf-ecs-dependson-healthy-without-healthcheck',
    ({ dependsOn = [] }, draft) =>
      dependsOn.some(
        ({ condition, containerName }) =>
          condition === 'HEALTHY' && find(draft, containerName)?.healthCheck === undefined,
      )
        ? 'A dependency container with HEALTHY condition must have health check configured.'
        : undefined,
  ),
  eachContainer(
    'restart-period',
    'cdk-preflight pf-ecs-restart-policy-attempt-period-range',
    ({ name, restartPolicy }) => {
      const period = restartPolicy?.restartAttemptPeriod;
      const { least, most } = RESTART_PERIOD;
      return period !== undefined && (period < least || period > most)
        ? `the 'restartAttemptPeriod' setting for container '${name}' must be between ${least} and ${most}.`
        : undefined;
    },
  ),
  eachContainer('restart-codes', 'API ContainerRestartPolicy; choice of text', ({ name, restartPolicy }) =>
    (restartPolicy?.ignoredExitCodes?.length ?? 0) > MOST_IGNORED_CODES
      ? `the 'ignoredExitCodes' setting for container '${name}' can have at most ${MOST_IGNORED_CODES} items.`
      : undefined,
  ),
  eachContainer('environment-files', 'cdk-preflight pf-ecs-environment-files-max', ({ environmentFiles = [] }) =>
    environmentFiles.length > MOST_ENVIRONMENT_FILES
      ? 'The maximum number of environment files was exceeded. Specify ten or less and try again.'
      : undefined,
  ),
  eachContainer('environment-file-arn', 'cdk-preflight pf-ecs-environment-files-type', ({ environmentFiles = [] }) =>
    environmentFiles.some(({ value }) => !value.startsWith('arn:')) ? 'Invalid arn syntax.' : undefined,
  ),
  rule('inference-accelerators', 'cdk-preflight pf-ecs-fargate-inference-accelerator', ({ registration }) =>
    isPresent(registration.inferenceAccelerators) ? "Unsupported field 'inferenceAccelerators'." : undefined,
  ),
];
