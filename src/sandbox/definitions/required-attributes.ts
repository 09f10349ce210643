import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { isInEcr } from '../rules/log-and-secret-rules.ts';
import { type Container, type Draft, isAwsvpc, isPresent } from '../rules/registration.ts';
import type { Wire } from '../util/wire-types.ts';

const ECS = 'ecs.capability.';
const AMAZON = 'com.amazonaws.ecs.capability.';
const API = `${AMAZON}docker-remote-api.`;

/** Whether a value comes from Secrets Manager or Parameter Store. */
function secretStore(valueFrom: string): 'asm' | 'ssm' {
  return valueFrom.includes(':secretsmanager:') ? 'asm' : 'ssm';
}

function* ofLogging({ logConfiguration, firelensConfiguration }: Container, hasRole: boolean): Generator<string> {
  if (logConfiguration !== undefined) {
    const { logDriver, secretOptions = [], options = {} } = logConfiguration;
    yield `${AMAZON}logging-driver.${logDriver}`;
    if (logDriver === 'awslogs') {
      yield `${API}1.19`;
      if (hasRole) yield `${ECS}execution-role-awslogs`;
    }
    if (logDriver === 'awsfirelens' && options['log-driver-buffer-limit'] !== undefined) {
      yield `${ECS}logging-driver.awsfirelens.log-driver-buffer-limit`;
    }
    for (const { valueFrom } of secretOptions) yield `${ECS}secrets.${secretStore(valueFrom)}.bootstrap.log-driver`;
  }
  if (firelensConfiguration !== undefined) {
    yield `${ECS}firelens.${firelensConfiguration.type}`;
    const source = firelensConfiguration.options?.['config-file-type'];
    if (source !== undefined) yield `${ECS}firelens.options.config.${source}`;
  }
}

function* ofResources(container: Container): Generator<string> {
  const { linuxParameters, memoryReservation, privileged, portMappings = [] } = container;
  if (memoryReservation !== undefined) yield `${API}1.21`;
  if (linuxParameters?.sharedMemorySize !== undefined || isPresent(linuxParameters?.tmpfs)) yield `${API}1.22`;
  if (linuxParameters?.initProcessEnabled === true) yield `${API}1.25`;
  if (privileged === true) yield `${AMAZON}privileged-container`;
  if (portMappings.some(({ containerPortRange }) => containerPortRange !== undefined)) {
    yield `${ECS}network.container-port-range`;
  }
}

function* ofContainer(container: Container, hasRole: boolean): Generator<string> {
  yield* ofLogging(container, hasRole);
  if (isInEcr(container.image)) {
    yield `${AMAZON}ecr-auth`;
    if (hasRole) yield `${ECS}execution-role-ecr-pull`;
  }
  for (const { valueFrom } of container.secrets ?? []) {
    yield `${ECS}secrets.${secretStore(valueFrom)}.environment-variables`;
  }
  if (isPresent(container.environmentFiles)) yield `${ECS}env-files.s3`;
  if (container.repositoryCredentials !== undefined) yield `${ECS}private-registry-authentication.secretsmanager`;
  if (container.healthCheck !== undefined) {
    yield `${API}1.24`;
    yield `${ECS}container-health-check`;
  }
  if (isPresent(container.dependsOn)) yield `${ECS}container-ordering`;
  if (container.restartPolicy?.enabled === true) yield `${ECS}container-restart-policy`;
  yield* ofResources(container);
}

function* ofVolumes({ registration }: Draft): Generator<string> {
  for (const {
    dockerVolumeConfiguration: docker,
    efsVolumeConfiguration: efs,
    configuredAtLaunch,
  } of registration.volumes ?? []) {
    if (docker !== undefined) {
      yield `${API}1.25`;
      yield `${ECS}docker-plugin.${docker.driver ?? 'local'}`;
    }
    if (efs !== undefined) {
      yield `${API}1.25`;
      yield `${ECS}efs`;
      if (efs.authorizationConfig !== undefined) yield `${ECS}efsAuth`;
    }
    if (configuredAtLaunch === true) yield `${ECS}storage.ebs-task-attach`;
  }
}

function* ofTask(draft: Draft): Generator<string> {
  const { networkMode, taskRoleArn, pidMode, ipcMode, proxyConfiguration, enableFaultInjection } = draft.registration;
  if (taskRoleArn !== undefined) {
    yield `${AMAZON}task-iam-role`;
    if (networkMode === 'host') yield `${AMAZON}task-iam-role-network-host`;
  }
  if (pidMode !== undefined || ipcMode !== undefined) yield `${ECS}pid-ipc-namespace-sharing`;
  if (proxyConfiguration !== undefined) yield `${ECS}aws-appmesh`;
  if (enableFaultInjection === true) yield `${ECS}fault-injection`;
  yield `${API}1.18`;
  if (isAwsvpc(draft)) yield `${ECS}task-eni`;
}

/** The capabilities that an instance must have registered to run a task of the definition. */
export function requiredAttributes(draft: Draft): Wire<TaskDefinition['requiresAttributes']> {
  const hasRole = draft.registration.executionRoleArn !== undefined;
  const names = new Set<string>();
  for (const container of draft.containers) for (const name of ofContainer(container, hasRole)) names.add(name);
  for (const name of ofVolumes(draft)) names.add(name);
  for (const name of ofTask(draft)) names.add(name);
  return Array.from(names, (name) => ({ name }));
}
