import type { Gateway, GatewayClusterAssociationStatus } from '@aws-sdk/client-ecs';
import { type Evidence, field, matches, type WriteCheck } from './check.ts';

const showGateway = (gateway: string | undefined) => field('gateway', { gateway }, 'gatewayArn status updatedAt');

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
  async find(evidence, { gateway: name }) {
    const { gateway } = await evidence.read('DescribeGateway', { gateway: name });
    return gateway?.status === 'DELETED' ? toAnswer(gateway) : undefined;
  },
};

interface Pair {
  readonly gateway?: string | undefined;
  readonly cluster?: string | undefined;
}

const showAssociations = ({ gateway, cluster }: Pair) =>
  field('gatewayClusterAssociations', { gateway, cluster }, 'nodes { gatewayArn clusterArn status }');

async function readAssociation(
  evidence: Evidence,
  { gateway, cluster }: Pair,
  statuses: readonly GatewayClusterAssociationStatus[],
) {
  const input = { gateway, cluster, status: [...statuses] };
  const { gatewayClusterAssociations = [] } = await evidence.read('ListGatewayClusterAssociations', input);
  return gatewayClusterAssociations.find(({ status }) => status !== undefined && statuses.includes(status));
}

export const associateGatewayWithCluster: WriteCheck<'AssociateGatewayWithCluster'> = {
  check: showAssociations,
  find: (evidence, input) => readAssociation(evidence, input, ['ACTIVE']),
};

export const disassociateGatewayFromCluster: WriteCheck<'DisassociateGatewayFromCluster'> = {
  check: showAssociations,
  find: (evidence, input) => readAssociation(evidence, input, ['DISASSOCIATING', 'INACTIVE']),
};
