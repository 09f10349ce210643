import type { Gateway } from '@aws-sdk/client-ecs';
import { parseArn } from '../core/arn.ts';
import { type Evidence, field, matches, orAbsent, type WriteCheck } from './check.ts';

const showGateway = (gateway: string | undefined) => field('ecsGateway', { gateway }, 'gatewayArn status updatedAt');

const toAnswer = ({ gatewayArn, name, status }: Gateway) => ({ gatewayArn, name, status });

export const createGateway: WriteCheck<'CreateGateway'> = { resend: true, check: ({ name }) => showGateway(name) };

export const updateGateway: WriteCheck<'UpdateGateway'> = {
  check: ({ gateway }) => showGateway(gateway),
  async find(evidence, { gateway: name, ...wanted }) {
    const { gateway } = await evidence.read('DescribeGateway', { gateway: name });
    return gateway !== undefined && matches(gateway, wanted) ? toAnswer(gateway) : undefined;
  },
};

export const deleteGateway: WriteCheck<'DeleteGateway'> = {
  check: ({ gateway }) => showGateway(gateway),
  async find(evidence, { gateway: nameOrArn = '' }) {
    const answer = await orAbsent(evidence.read('DescribeGateway', { gateway: nameOrArn }));
    if (answer !== undefined) return answer.gateway?.status === 'DELETED' ? toAnswer(answer.gateway) : undefined;
    // ECS no longer shows a deleted gateway, and a name alone does not identify it.
    const arn = parseArn(nameOrArn);
    return arn && { gatewayArn: nameOrArn, name: arn.name.split('/')[0], status: 'DELETED' };
  },
};

interface Pair {
  readonly gateway?: string | undefined;
  readonly cluster?: string | undefined;
}

const showAssociations = ({ gateway, cluster }: Pair) =>
  field('gatewayClusterAssociations', { gateway, cluster }, 'nodes { gatewayArn clusterArn status }');

async function readAssociation(evidence: Evidence, { gateway, cluster }: Pair) {
  const { gatewayClusterAssociations = [] } = await evidence.read('ListGatewayClusterAssociations', {
    gateway,
    cluster,
  });
  // An ended association may be listed beside a new one.
  return gatewayClusterAssociations.find(({ status }) => status === 'ACTIVE') ?? gatewayClusterAssociations[0];
}

export const associateGatewayWithCluster: WriteCheck<'AssociateGatewayWithCluster'> = {
  check: showAssociations,
  async find(evidence, input) {
    const association = await readAssociation(evidence, input);
    return association?.status === 'ACTIVE' ? association : undefined;
  },
};

export const disassociateGatewayFromCluster: WriteCheck<'DisassociateGatewayFromCluster'> = {
  check: showAssociations,
  async find(evidence, { gateway: name, cluster = '' }) {
    const association = await readAssociation(evidence, { gateway: name, cluster });
    if (association !== undefined) return association.status === 'ACTIVE' ? undefined : association;
    const { gateway } = await evidence.read('DescribeGateway', { gateway: name });
    const { clusters } = await evidence.read('DescribeClusters', { clusters: [cluster] });
    return { gatewayArn: gateway?.gatewayArn, clusterArn: clusters?.[0]?.clusterArn, status: 'INACTIVE' };
  },
};
