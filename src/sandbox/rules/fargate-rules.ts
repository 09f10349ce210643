import { type Draft, eachContainer, isFargate, isPresent, isWindows, rule } from './registration.ts';
import type { Rule } from './rule.ts';

/** CPU units to the MiB that Fargate offers with them: [least, most, step]. */
const SIZES: Readonly<Record<number, readonly [number, number, number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};
const LEAST_WINDOWS_CPU = 1024;
const STORAGE = { least: 21, most: 200 };
const TIMEOUT = { least: 2, most: 120 };
const GUIDE = 'fargate-tasks-services.md; choice of text';

export function fitsFargate(cpu: number | undefined, memory: number | undefined): boolean {
  if (cpu === undefined || memory === undefined) return false;
  const [least, most, step] = SIZES[cpu] ?? [];
  if (least === undefined || most === undefined || step === undefined) return false;
  // The smallest size offers only 512, 1024 and 2048.
  if (cpu === 256) return memory === 512 || memory === 1024 || memory === 2048;
  return memory >= least && memory <= most && (memory - least) % step === 0;
}

function isOutside(seconds: number | undefined): boolean {
  return seconds !== undefined && (seconds < TIMEOUT.least || seconds > TIMEOUT.most);
}

/** Members of linuxParameters that Fargate lacks. */
const LINUX = ['devices', 'sharedMemorySize', 'tmpfs', 'maxSwap', 'swappiness'] as const;

function unsupported(what: string): string {
  return `Fargate compatible task definitions do not support ${what}`;
}

/** Fargate's requirements on a definition, whether it requires Fargate or is only reported as compatible. */
export const FARGATE_NEEDS: readonly Rule<Draft>[] = [
  rule('fargate-network', 'logs', ({ registration }) =>
    registration.networkMode === 'awsvpc' ? undefined : 'Fargate only supports network mode ‘awsvpc’.',
  ),
  rule('fargate-cpu', 'logs', ({ cpu }) =>
    cpu === undefined ? "Fargate requires that 'cpu' be defined at the task level." : undefined,
  ),
  rule('fargate-memory', 'aws/amazon-ecs-cli#982', ({ memory }) =>
    memory === undefined ? "Fargate requires that 'memory' be defined at the task level." : undefined,
  ),
  rule('fargate-size', 'logs', (draft) => {
    const { cpu = 0, memory } = draft;
    const isLarge = !isWindows(draft) || cpu >= LEAST_WINDOWS_CPU;
    return fitsFargate(cpu, memory) && isLarge
      ? undefined
      : `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`;
  }),
  rule('fargate-pid', 'aws/aws-cdk#29619', ({ registration: { pidMode } }) =>
    pidMode === undefined || pidMode === 'task'
      ? undefined
      : `Tasks using the Fargate launch type do not support pidMode '${pidMode}'. The supported value for pidMode is 'task'.`,
  ),
  rule('fargate-ipc', 'cn-terraform/terraform-aws-ecs-fargate#2', ({ registration: { ipcMode } }) =>
    ipcMode === undefined ? undefined : 'Tasks using the Fargate launch type do not support ipcMode.',
  ),
  rule('fargate-constraints', 'cdk-preflight pf-ecs-fargate-placement-constraints', ({ registration }) =>
    isPresent(registration.placementConstraints) ? unsupported('constraints') : undefined,
  ),
  rule('fargate-source-path', 'cloudposse/terraform-aws-ecs-alb-service-task#174', ({ registration }) =>
    registration.volumes?.some(({ host }) => host?.sourcePath !== undefined) ? unsupported('sourcePath') : undefined,
  ),
  rule('fargate-docker-volume', 'cdk-preflight pf-ecs-fargate-docker-volume', ({ registration }) =>
    registration.volumes?.some(({ dockerVolumeConfiguration }) => dockerVolumeConfiguration !== undefined)
      ? unsupported('dockerVolumeConfiguration')
      : undefined,
  ),
  eachContainer('fargate-privileged', 'cdk-preflight pf-ecs-fargate-privileged', ({ privileged }) =>
    privileged === true ? "Fargate requires that the 'privileged' setting be 'false'." : undefined,
  ),
  eachContainer('fargate-security-options', 'cdk-preflight pf-ecs-fargate-docker-security-options', (container) =>
    isPresent(container.dockerSecurityOptions) ? unsupported('dockerSecurityOptions') : undefined,
  ),
  ...LINUX.map((member) =>
    eachContainer(
      `fargate-${member}`,
      member === 'tmpfs' || member === 'swappiness'
        ? 'fargate-tasks-services.md; text after maxSwap'
        : `cdk-preflight pf-ecs-fargate-${member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      ({ linuxParameters }) => {
        const value = linuxParameters?.[member];
        const isSet = Array.isArray(value) ? isPresent(value) : value !== undefined;
        return isSet ? unsupported(member) : undefined;
      },
    ),
  ),
  eachContainer('fargate-capabilities', 'cdk-preflight pf-ecs-fargate-capabilities-add', ({ linuxParameters }) => {
    const other = linuxParameters?.capabilities?.add?.find((name) => name !== 'SYS_PTRACE');
    return other === undefined ? undefined : `${other} is not allowed on Fargate.`;
  }),
  eachContainer('fargate-gpu', 'a public template linter', ({ resourceRequirements = [] }) =>
    resourceRequirements.some(({ type }) => type === 'GPU')
      ? 'Tasks using the Fargate launch type do not support GPU resource requirements.'
      : undefined,
  ),
  eachContainer('fargate-ulimits', GUIDE, ({ ulimits = [] }) =>
    ulimits.some(({ name }) => name !== 'nofile') ? unsupported('ulimits other than nofile') : undefined,
  ),
  eachContainer(
    'fargate-timeouts',
    'API ContainerDefinition.stopTimeout, startTimeout; choice of text',
    (container) => {
      const wrong = (['stopTimeout', 'startTimeout'] as const).find((member) => isOutside(container[member]));
      const { least, most } = TIMEOUT;
      return wrong && `The ${wrong} must be between ${least} and ${most} seconds on Fargate.`;
    },
  ),
];

/** The same for definitions that require Fargate, and rules for storage that only Fargate has. */
export const FARGATE_RULES: readonly Rule<Draft>[] = [
  ...FARGATE_NEEDS.map((item) => ({
    ...item,
    fault: (draft: Draft) => (isFargate(draft) ? item.fault(draft) : undefined),
  })),
  rule('storage-without-fargate', 'cdk-preflight pf-ecs-fargate-ephemeral-storage-ec2', (draft) =>
    draft.registration.ephemeralStorage !== undefined && !isFargate(draft)
      ? 'Tasks using the EC2 launch type do not support EphemeralStorage.'
      : undefined,
  ),
  rule('storage-size', 'cdk-preflight pf-ecs-ephemeral-storage-range', ({ registration }) => {
    const size = registration.ephemeralStorage?.sizeInGiB;
    if (size === undefined) return undefined;
    if (size < STORAGE.least) return `EphemeralStorage size should be at least ${STORAGE.least}.`;
    return size > STORAGE.most ? `EphemeralStorage size should be at most ${STORAGE.most}.` : undefined;
  }),
  rule('windows-arm', 'API RuntimePlatform; choice of text', (draft) =>
    isWindows(draft) && draft.registration.runtimePlatform?.cpuArchitecture === 'ARM64'
      ? 'The ARM64 CPU architecture is not supported for Windows.'
      : undefined,
  ),
];
