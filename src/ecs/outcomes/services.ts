import type { Service } from '@aws-sdk/client-ecs';
import type { Input } from '../core/operations.ts';
import { type Evidence, field, isRevision, matches, type WriteCheck } from './check.ts';

type Named = { readonly cluster?: string | undefined; readonly service?: string | undefined };

const showService = ({ cluster, service }: Named) =>
  field(
    'service',
    { cluster, service },
    'status desiredCount taskDefinitionArn deployments { deploymentId status taskDefinitionArn createdAt }',
  );

async function readService(evidence: Evidence, { cluster, service = '' }: Named): Promise<Service | undefined> {
  const { services } = await evidence.read('DescribeServices', { cluster, services: [service] });
  return services?.[0];
}

/** Members of UpdateService that the service's description does not show. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['cluster', 'service', 'forceNewDeployment', 'taskDefinition']);

function isUpdated(evidence: Evidence, service: Service, input: Input<'UpdateService'>): boolean {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  const isNew = evidence.isSince(primary?.createdAt) && !evidence.isTaken(service.currentServiceDeployment);
  if (input.forceNewDeployment === true && !isNew) return false;
  if (input.taskDefinition !== undefined && !isRevision(service.taskDefinition, input.taskDefinition)) return false;
  const shown: Readonly<Record<string, unknown>> = { ...primary, ...service };
  return Object.entries(input).every(([name, wanted]) => NOT_COMPARED.has(name) || matches(shown[name], wanted));
}

export const createService: WriteCheck<'CreateService'> = {
  resend: true,
  check: ({ cluster, serviceName }) => showService({ cluster, service: serviceName }),
  makes: ({ service }) => [service?.currentServiceDeployment],
};

export const updateService: WriteCheck<'UpdateService'> = {
  check: showService,
  async find(evidence, input) {
    const service = await readService(evidence, input);
    return service?.status === 'ACTIVE' && isUpdated(evidence, service, input) ? { service } : undefined;
  },
  makes: ({ service }) => [service?.currentServiceDeployment],
};

export const deleteService: WriteCheck<'DeleteService'> = {
  check: showService,
  async find(evidence, input) {
    const service = await readService(evidence, input);
    return service?.status === 'DRAINING' || service?.status === 'INACTIVE' ? { service } : undefined;
  },
};

const showServiceDeployment = ({ serviceDeploymentArn = '' }: { serviceDeploymentArn?: string | undefined }) =>
  field('serviceDeployment', { serviceDeploymentArn }, 'status statusReason lifecycleHookDetails { hookId status }');

async function readServiceDeployment(evidence: Evidence, serviceDeploymentArn: string | undefined) {
  const serviceDeploymentArns = [serviceDeploymentArn ?? ''];
  const { serviceDeployments } = await evidence.read('DescribeServiceDeployments', { serviceDeploymentArns });
  return serviceDeployments?.[0];
}

export const stopServiceDeployment: WriteCheck<'StopServiceDeployment'> = {
  check: showServiceDeployment,
  async find(evidence, { serviceDeploymentArn, stopType }) {
    const { status = '' } = (await readServiceDeployment(evidence, serviceDeploymentArn)) ?? {};
    return status.startsWith(stopType === 'ABORT' ? 'STOP' : 'ROLLBACK_') ? { serviceDeploymentArn } : undefined;
  },
};

export const continueServiceDeployment: WriteCheck<'ContinueServiceDeployment'> = {
  check: showServiceDeployment,
  async find(evidence, { serviceDeploymentArn, hookId, action }) {
    const { lifecycleHookDetails } = (await readServiceDeployment(evidence, serviceDeploymentArn)) ?? {};
    const hook = lifecycleHookDetails?.find((detail) => detail.hookId === hookId);
    return hook?.status === (action === 'ROLLBACK' ? 'FAILED' : 'SUCCEEDED') ? { serviceDeploymentArn } : undefined;
  },
};

type OfTaskSet = Named & { readonly taskSet?: string | undefined };

const showTaskSets = ({ cluster, service }: Named) =>
  field(
    'service',
    { cluster, service },
    'taskSets { taskSetId status taskDefinitionArn createdAt scale { value unit } }',
  );

async function readTaskSet(evidence: Evidence, { cluster, service, taskSet = '' }: OfTaskSet) {
  const { taskSets } = await evidence.read('DescribeTaskSets', { cluster, service, taskSets: [taskSet] });
  return taskSets?.[0];
}

export const createTaskSet: WriteCheck<'CreateTaskSet'> = { resend: true, check: showTaskSets };

export const updateTaskSet: WriteCheck<'UpdateTaskSet'> = {
  check: showTaskSets,
  async find(evidence, input) {
    const taskSet = await readTaskSet(evidence, input);
    return taskSet !== undefined && matches(taskSet.scale, input.scale) ? { taskSet } : undefined;
  },
};

export const updateServicePrimaryTaskSet: WriteCheck<'UpdateServicePrimaryTaskSet'> = {
  check: showTaskSets,
  async find(evidence, { primaryTaskSet, ...input }) {
    const taskSet = await readTaskSet(evidence, { ...input, taskSet: primaryTaskSet });
    return taskSet?.status === 'PRIMARY' ? { taskSet } : undefined;
  },
};

export const deleteTaskSet: WriteCheck<'DeleteTaskSet'> = {
  check: showTaskSets,
  async find(evidence, input) {
    const taskSet = await readTaskSet(evidence, input);
    return taskSet?.status === 'DRAINING' ? { taskSet } : undefined;
  },
};
