import { type Evidence, field, matches, type WriteCheck } from './check.ts';

const showExpressService = (serviceArn: string | undefined) =>
  field('expressGatewayService', { serviceArn }, 'status { statusCode } currentDeployment updatedAt');

async function readExpressService(evidence: Evidence, serviceArn: string | undefined) {
  const { service } = await evidence.read('DescribeExpressGatewayService', { serviceArn });
  return service;
}

export const createExpressGatewayService: WriteCheck<'CreateExpressGatewayService'> = {
  check: ({ cluster, serviceName }) =>
    serviceName === undefined
      ? field('services', { clusters: cluster ?? 'default' }, 'nodes { serviceArn createdAt }')
      : field('service', { cluster, service: serviceName }, 'serviceArn status createdAt'),
  async find(evidence, { cluster, serviceName }) {
    // Without a name ECS makes one up, so nothing shows which service it is.
    if (serviceName === undefined) return undefined;
    const { services } = await evidence.read('DescribeServices', { cluster, services: [serviceName] });
    const { serviceArn, createdAt, status } = services?.[0] ?? {};
    if (status !== 'ACTIVE' || !evidence.isSince(createdAt) || evidence.isTaken(serviceArn)) return undefined;
    return { service: await readExpressService(evidence, serviceArn) };
  },
  makes: ({ service }) => [service?.serviceArn],
};

export const updateExpressGatewayService: WriteCheck<'UpdateExpressGatewayService'> = {
  check: ({ serviceArn }) => showExpressService(serviceArn),
  async find(evidence, { serviceArn, ...wanted }) {
    const service = await readExpressService(evidence, serviceArn);
    const targetConfiguration = service?.activeConfigurations?.find(
      (configuration) => evidence.isSince(configuration.createdAt) && matches(configuration, wanted),
    );
    if (service === undefined || targetConfiguration === undefined) return undefined;
    const { cluster, serviceName, status, createdAt, updatedAt } = service;
    return { service: { serviceArn, cluster, serviceName, status, targetConfiguration, createdAt, updatedAt } };
  },
};

export const deleteExpressGatewayService: WriteCheck<'DeleteExpressGatewayService'> = {
  check: ({ serviceArn }) => showExpressService(serviceArn),
  async find(evidence, { serviceArn }) {
    const service = await readExpressService(evidence, serviceArn);
    const { statusCode = 'ACTIVE' } = service?.status ?? {};
    return statusCode === 'ACTIVE' ? undefined : { service };
  },
};
