import type { DaemonDetail } from '@aws-sdk/client-ecs';
import { type Evidence, field, matches, type WriteCheck } from './check.ts';

const showDaemon = (daemonArn: string | undefined) =>
  field('daemon', { daemonArn }, 'status createdAt updatedAt deploymentArn');

const showDaemonTaskDefinition = (daemonTaskDefinition: string | undefined) =>
  field('daemonTaskDefinition', { daemonTaskDefinition }, 'daemonTaskDefinitionArn revision status registeredAt');

/** The output of a daemon's write from the output of DescribeDaemon. */
function toAnswer({ daemonArn, status, createdAt, updatedAt, deploymentArn }: DaemonDetail) {
  return { daemonArn, status, createdAt, updatedAt, deploymentArn };
}

export const createDaemon: WriteCheck<'CreateDaemon'> = {
  resend: true,
  check: ({ clusterArn }) =>
    field('daemons', { clusters: clusterArn ?? 'default' }, 'nodes { daemonArn status createdAt deploymentArn }'),
  makes: ({ deploymentArn }) => [deploymentArn],
};

export const updateDaemon: WriteCheck<'UpdateDaemon'> = {
  check: ({ daemonArn }) => showDaemon(daemonArn),
  async find(evidence, { daemonArn, daemonTaskDefinitionArn }) {
    const { daemon } = await evidence.read('DescribeDaemon', { daemonArn });
    const { deploymentArn } = daemon ?? {};
    if (daemon === undefined || deploymentArn === undefined || evidence.isTaken(deploymentArn)) return undefined;
    const isOurs = await deploys(evidence, deploymentArn, daemonTaskDefinitionArn);
    return isOurs ? toAnswer(daemon) : undefined;
  },
  makes: ({ deploymentArn }) => [deploymentArn],
};

/** Whether a deployment is newer than the write and rolls out the task definition. */
async function deploys(evidence: Evidence, deploymentArn: string, taskDefinitionArn = ''): Promise<boolean> {
  const daemonDeploymentArns = [deploymentArn];
  const { daemonDeployments } = await evidence.read('DescribeDaemonDeployments', { daemonDeploymentArns });
  const { createdAt, targetDaemonRevision } = daemonDeployments?.[0] ?? {};
  if (!evidence.isSince(createdAt) || targetDaemonRevision?.arn === undefined) return false;
  const daemonRevisionArns = [targetDaemonRevision.arn];
  const { daemonRevisions } = await evidence.read('DescribeDaemonRevisions', { daemonRevisionArns });
  return daemonRevisions?.[0]?.daemonTaskDefinitionArn === taskDefinitionArn;
}

export const deleteDaemon: WriteCheck<'DeleteDaemon'> = {
  check: ({ daemonArn }) => showDaemon(daemonArn),
  async find(evidence, { daemonArn }) {
    const { daemon } = await evidence.read('DescribeDaemon', { daemonArn });
    return daemon?.status === 'DELETE_IN_PROGRESS' ? toAnswer(daemon) : undefined;
  },
};

export const registerDaemonTaskDefinition: WriteCheck<'RegisterDaemonTaskDefinition'> = {
  check: ({ family }) => showDaemonTaskDefinition(family),
  async find(evidence, { tags: _tags, ...content }) {
    const { daemonTaskDefinition } = await evidence.read('DescribeDaemonTaskDefinition', {
      daemonTaskDefinition: content.family,
    });
    const { daemonTaskDefinitionArn, registeredAt } = daemonTaskDefinition ?? {};
    const isOurs = evidence.isSince(registeredAt) && !evidence.isTaken(daemonTaskDefinitionArn);
    return isOurs && matches(daemonTaskDefinition, content) ? { daemonTaskDefinitionArn } : undefined;
  },
  makes: ({ daemonTaskDefinitionArn }) => [daemonTaskDefinitionArn],
};

export const deleteDaemonTaskDefinition: WriteCheck<'DeleteDaemonTaskDefinition'> = {
  check: (input) => showDaemonTaskDefinition(input.daemonTaskDefinition),
  async find(evidence, input) {
    const { daemonTaskDefinition } = await evidence.read('DescribeDaemonTaskDefinition', input);
    const { daemonTaskDefinitionArn, status = 'ACTIVE' } = daemonTaskDefinition ?? {};
    return status === 'ACTIVE' ? undefined : { daemonTaskDefinitionArn };
  },
};
