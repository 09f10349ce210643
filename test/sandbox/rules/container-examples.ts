/** An input that breaks one rule and no other, the nearest that passes, and what AWS says of the former. */
export interface Example {
  readonly refused: object;
  /** Other rules that a violation of this one always violates. */
  readonly also?: readonly string[];
  readonly passes: object;
  readonly text: string;
}

export const ROLE = 'arn:aws:iam::123456789012:role/x';
const CONTAINER = { name: 'a', image: 'i' };

/** A definition for instances, of containers each with its memory. */
export function onEc2(containers: readonly object[], more: object = {}): object {
  return {
    family: 'f',
    containerDefinitions: containers.map((item) => ({ ...CONTAINER, memory: 64, ...item })),
    ...more,
  };
}

/** The same for Fargate, of the smallest size. */
export function onFargate(containers: readonly object[], more: object = {}): object {
  const fargate = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' };
  return {
    family: 'f',
    containerDefinitions: containers.map((item) => ({ ...CONTAINER, ...item })),
    ...fargate,
    ...more,
  };
}

/** Two containers of which the first waits for the second. */
function waiting(condition: string, other: object): readonly object[] {
  return [{ dependsOn: [{ containerName: 'b', condition }] }, { name: 'b', ...other }];
}

const HEALTH_CHECK = { command: ['CMD-SHELL', 'true'] };
const SECRETS = [{ name: 'X', valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/x' }];
const AWSLOGS = {
  logDriver: 'awslogs',
  options: { 'awslogs-region': 'eu-west-1', 'awslogs-group': 'g', 'awslogs-stream-prefix': 'p' },
};
const FILES = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ value: `arn:aws:s3:::b/${at}.env`, type: 's3' }));
const { 'awslogs-stream-prefix': _prefix, ...WITHOUT_PREFIX } = AWSLOGS.options;
/** A definition of exactly this many bytes once it is registered. */
function ofBytes(bytes: number): object {
  const of = (length: number) => onEc2([{ environment: [{ name: 'X', value: 'x'.repeat(length) }] }]);
  return of(bytes - JSON.stringify(of(0)).length);
}

export const OF_CONTAINERS: Readonly<Record<string, Example>> = {
  'tags-empty': {
    refused: onEc2([{}], { tags: [] }),
    passes: onEc2([{}], { tags: [{ key: 'a', value: 'b' }] }),
    text: 'Tags can not be empty.',
  },
  'definition-size': {
    refused: ofBytes(65_537),
    passes: ofBytes(65_536),
    text: "Actual length: '65537'. Max allowed length is '65536' bytes.",
  },
  'containers-empty': {
    refused: onEc2([]),
    also: ['essential-container'],
    passes: onEc2([{}]),
    text: 'Container list cannot be empty.',
  },
  'containers-too-many': {
    refused: onEc2(Array.from({ length: 11 }, (_, at) => ({ name: `c${at}` }))),
    passes: onEc2(Array.from({ length: 10 }, (_, at) => ({ name: `c${at}` }))),
    text: 'Too many containers in the task definition.',
  },
  'container-name': {
    refused: onEc2([{ name: '' }]),
    also: ['container-name-form'],
    passes: onEc2([{ name: 'a' }]),
    text: 'Container.name should not be null or empty.',
  },
  'container-name-form': {
    refused: onEc2([{ name: 'a b' }]),
    passes: onEc2([{ name: 'a_b' }]),
    text: 'Container.name contains invalid characters.',
  },
  'container-image': {
    refused: onEc2([{ image: '' }]),
    passes: onEc2([{ image: 'i' }]),
    text: 'Container.image should not be null or empty.',
  },
  'container-names-unique': {
    refused: onEc2([{}, {}]),
    passes: onEc2([{}, { name: 'b' }]),
    text: 'Container names must be unique within a task definition.',
  },
  'essential-container': {
    refused: onEc2([{ essential: false }]),
    passes: onEc2([{ essential: false }, { name: 'b' }]),
    text: "Task definition doesn't have any essential container.",
  },
  'container-memory-required': {
    refused: onEc2([{ memory: undefined }]),
    passes: onEc2([{ memory: undefined, memoryReservation: 64 }]),
    text: "Invalid setting for container 'a'. At least one of 'memory' or 'memoryReservation' must be specified.",
  },
  'container-memory-least': {
    refused: onEc2([{ memory: 3 }]),
    passes: onEc2([{ memory: 4 }]),
    text: "Invalid setting for container 'a'. 'memory' must be at least 4.",
  },
  ...Object.fromEntries(
    Object.entries({
      cpu: (value: number) => ({ cpu: value }),
      memoryReservation: (value: number) => ({ memoryReservation: value }),
      startTimeout: (value: number) => ({ startTimeout: value }),
      stopTimeout: (value: number) => ({ stopTimeout: value }),
      sharedMemorySize: (value: number) => ({ linuxParameters: { sharedMemorySize: value } }),
      maxSwap: (value: number) => ({ linuxParameters: { maxSwap: value } }),
      size: (value: number) => ({ linuxParameters: { tmpfs: [{ containerPath: '/t', size: value }] } }),
    }).map(([member, of]) => [
      `negative-${member}`,
      {
        refused: onEc2([{ memory: 64, ...of(-1) }]),
        passes: onEc2([{ memory: 64, ...of(2) }]),
        text: `Invalid setting for container 'a'. '${member}' must not be negative.`,
      },
    ]),
  ),
  swappiness: {
    refused: onEc2([{ memory: 64, linuxParameters: { swappiness: 101 } }]),
    passes: onEc2([{ memory: 64, linuxParameters: { swappiness: 100 } }]),
    text: "Invalid setting for container 'a'. 'swappiness' must be between 0 and 100.",
  },
  'memory-reservation': {
    refused: onEc2([{ memory: 64, memoryReservation: 65 }]),
    passes: onEc2([{ memory: 64, memoryReservation: 64 }]),
    text: "Invalid setting for container 'a'. 'memory' must be greater than or equal to 'memoryReservation'.",
  },
  'container-memory-over-task': {
    refused: onFargate([{ memory: 513 }]),
    passes: onFargate([{ memory: 512 }]),
    text: "The 'memory' setting for container 'a' is greater than for the task.",
  },
  'container-cpu-over-task': {
    refused: onFargate([{ cpu: 128 }, { name: 'b', cpu: 129 }]),
    passes: onFargate([{ cpu: 128 }, { name: 'b', cpu: 128 }]),
    text: "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
  },
  'depends-on-unknown': {
    refused: onEc2([{ dependsOn: [{ containerName: 'b', condition: 'START' }] }]),
    passes: onEc2(waiting('START', {})),
    text: 'Cannot depend on container b because it does not exist.',
  },
  'depends-on-circle': {
    refused: onEc2(waiting('START', { dependsOn: [{ containerName: 'a', condition: 'START' }] })),
    passes: onEc2(waiting('START', {})),
    text: "Invalid 'dependsOn' setting for container 'a'. Dependencies must not form a circle.",
  },
  'depends-on-essential': {
    refused: onEc2(waiting('SUCCESS', {})),
    passes: onEc2(waiting('SUCCESS', { essential: false })),
    text: 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container.',
  },
  'depends-on-health': {
    refused: onEc2(waiting('HEALTHY', {})),
    passes: onEc2(waiting('HEALTHY', { healthCheck: HEALTH_CHECK })),
    text: 'A dependency container with HEALTHY condition must have health check configured.',
  },
  'restart-period': {
    refused: onEc2([{ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }]),
    passes: onEc2([{ restartPolicy: { enabled: true, restartAttemptPeriod: 60 } }]),
    text: "the 'restartAttemptPeriod' setting for container 'a' must be between 60 and 1800.",
  },
  'restart-codes': {
    refused: onEc2([{ restartPolicy: { enabled: true, ignoredExitCodes: Array(51).fill(0) } }]),
    passes: onEc2([{ restartPolicy: { enabled: true, ignoredExitCodes: Array(50).fill(0) } }]),
    text: "the 'ignoredExitCodes' setting for container 'a' can have at most 50 items.",
  },
  'environment-files': {
    refused: onEc2([{ environmentFiles: FILES(11) }], { executionRoleArn: ROLE }),
    passes: onEc2([{ environmentFiles: FILES(10) }], { executionRoleArn: ROLE }),
    text: 'The maximum number of environment files was exceeded. Specify ten or less and try again.',
  },
  'environment-file-arn': {
    refused: onEc2([{ environmentFiles: [{ value: 's3://b/x.env', type: 's3' }] }], { executionRoleArn: ROLE }),
    passes: onEc2([{ environmentFiles: FILES(1) }], { executionRoleArn: ROLE }),
    text: 'Invalid arn syntax.',
  },
  'inference-accelerators': {
    refused: onEc2([{}], { inferenceAccelerators: [{ deviceName: 'd', deviceType: 'eia2.medium' }] }),
    passes: onEc2([{}], { inferenceAccelerators: [] }),
    text: "Unsupported field 'inferenceAccelerators'.",
  },
};

export const OF_LOGS_AND_SECRETS: Readonly<Record<string, Example>> = {
  'fargate-log-driver': {
    refused: onFargate([{ logConfiguration: { logDriver: 'syslog' } }]),
    passes: onFargate([{ logConfiguration: { logDriver: 'splunk' } }]),
    text: 'syslog is not a valid log driver. Must be one of [awslogs, splunk, awsfirelens]',
  },
  'awslogs-options': {
    refused: onEc2([{ logConfiguration: { logDriver: 'awslogs' } }]),
    passes: onEc2([{ logConfiguration: AWSLOGS }]),
    text: 'Log driver awslogs requires options: awslogs-region, awslogs-group',
  },
  'awslogs-prefix': {
    refused: onFargate([{ logConfiguration: { ...AWSLOGS, options: WITHOUT_PREFIX } }], { executionRoleArn: ROLE }),
    passes: onFargate([{ logConfiguration: AWSLOGS }], { executionRoleArn: ROLE }),
    text: 'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.',
  },
  'firelens-router': {
    refused: onEc2([{ logConfiguration: { logDriver: 'awsfirelens' } }]),
    passes: onEc2([
      { logConfiguration: { logDriver: 'awsfirelens' } },
      { name: 'b', firelensConfiguration: { type: 'fluentbit' } },
    ]),
    text: 'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be specified.',
  },
  'role-for-ecr': {
    refused: onFargate([{ image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1' }]),
    passes: onFargate([{ image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1' }], { executionRoleArn: ROLE }),
    text: 'Fargate requires task definition to have execution role ARN to support ECR images.',
  },
  'role-for-awslogs': {
    refused: onFargate([{ logConfiguration: AWSLOGS }]),
    passes: onFargate([{ logConfiguration: AWSLOGS }], { executionRoleArn: ROLE }),
    text: 'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
  },
  'role-for-secrets': {
    refused: onEc2([{ secrets: SECRETS }]),
    passes: onEc2([{ secrets: SECRETS }], { executionRoleArn: ROLE }),
    text: "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  },
  'role-for-files': {
    refused: onEc2([{ environmentFiles: FILES(1) }]),
    passes: onEc2([{ environmentFiles: FILES(1) }], { executionRoleArn: ROLE }),
    text: "When you are specifying environment files, you must also specify a value for 'executionRoleArn'.",
  },
  'role-for-registry': {
    refused: onEc2([{ repositoryCredentials: { credentialsParameter: 'x' } }]),
    passes: onEc2([{ repositoryCredentials: { credentialsParameter: 'x' } }], { executionRoleArn: ROLE }),
    text: "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'.",
  },
};
