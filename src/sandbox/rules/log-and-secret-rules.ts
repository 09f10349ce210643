import { type Container, type Draft, eachContainer, isFargate, isPresent } from './registration.ts';
import type { Rule } from './rule.ts';

const AWSLOGS_OPTIONS = ['awslogs-region', 'awslogs-group'];
const FARGATE_DRIVERS = ['awslogs', 'splunk', 'awsfirelens'];
/** Both forms of an address in ECR. */
const ECR_IMAGE =
  /^\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.[a-z]+)?|on\.aws|on\.amazonwebservices\.[a-z.]+)\//;

function lacksRole({ registration }: Draft): boolean {
  return registration.executionRoleArn === undefined;
}

function usesAwslogs({ logConfiguration }: Container): boolean {
  return logConfiguration?.logDriver === 'awslogs';
}

export function isInEcr(image: string | undefined): boolean {
  return ECR_IMAGE.test(image ?? '');
}

/** Log drivers, and features that need an execution role. */
export const LOG_AND_SECRET_RULES: readonly Rule<Draft>[] = [
  eachContainer(
    'fargate-log-driver',
    'cdk-preflight pf-ecs-fargate-log-driver-unsupported',
    ({ logConfiguration }, draft) =>
      isFargate(draft) && logConfiguration !== undefined && !FARGATE_DRIVERS.includes(logConfiguration.logDriver)
        ? `${logConfiguration.logDriver} is not a valid log driver. Must be one of [${FARGATE_DRIVERS.join(', ')}]`
        : undefined,
  ),
  eachContainer(
    'awslogs-options',
    'klothoplatform/klotho#892; cdk-preflight pf-ecs-awslogs-missing-group',
    (container) => {
      if (!usesAwslogs(container)) return undefined;
      const missing = AWSLOGS_OPTIONS.filter((name) => container.logConfiguration?.options?.[name] === undefined);
      return missing.length > 0 ? `Log driver awslogs requires options: ${missing.join(', ')}` : undefined;
    },
  ),
  eachContainer('awslogs-prefix', 'cdk-preflight pf-ecs-awslogs-fargate-missing-stream-prefix', (container, draft) =>
    isFargate(draft) &&
    usesAwslogs(container) &&
    container.logConfiguration?.options?.['awslogs-stream-prefix'] === undefined
      ? 'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.'
      : undefined,
  ),
  eachContainer(
    'firelens-router',
    'cdk-preflight pf-ecs-awsfirelens-without-router',
    ({ logConfiguration }, { containers }) =>
      logConfiguration?.logDriver === 'awsfirelens' &&
      containers.every(({ firelensConfiguration }) => firelensConfiguration === undefined)
        ? 'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be specified.'
        : undefined,
  ),
  eachContainer('role-for-ecr', 'hashicorp/terraform-provider-aws#3051', ({ image }, draft) =>
    isFargate(draft) && lacksRole(draft) && isInEcr(image)
      ? 'Fargate requires task definition to have execution role ARN to support ECR images.'
      : undefined,
  ),
  eachContainer('role-for-awslogs', 'virtual-kubelet#193, aws/aws-cdk#1279', (container, draft) =>
    isFargate(draft) && lacksRole(draft) && usesAwslogs(container)
      ? 'Fargate requires task definition to have execution role ARN to support log driver awslogs.'
      : undefined,
  ),
  eachContainer('role-for-secrets', 'fabfuel/ecs-deploy#87', ({ secrets, logConfiguration }, draft) =>
    lacksRole(draft) && (isPresent(secrets) || isPresent(logConfiguration?.secretOptions))
      ? "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
      : undefined,
  ),
  eachContainer('role-for-files', 'use-environment-file.md; choice of text', ({ environmentFiles }, draft) =>
    lacksRole(draft) && isPresent(environmentFiles)
      ? "When you are specifying environment files, you must also specify a value for 'executionRoleArn'."
      : undefined,
  ),
  eachContainer('role-for-registry', 'private-auth.md; choice of text', ({ repositoryCredentials }, draft) =>
    lacksRole(draft) && repositoryCredentials !== undefined
      ? "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'."
      : undefined,
  ),
];
