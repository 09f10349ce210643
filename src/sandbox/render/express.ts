import type {
  ECSExpressGatewayService,
  ExpressGatewayServiceConfiguration,
  ExpressGatewayServiceStatus,
} from '@aws-sdk/client-ecs';
import { endpointOf } from '../express/express-resources.ts';
import type { ExpressRecord } from '../model/services/express-records.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceRevisionRecord } from '../model/services/service-revision-record.ts';
import type { World } from '../model/world.ts';
import { toSeconds, type Wire } from '../util/wire-types.ts';

export function renderConfiguration(
  world: World,
  express: ExpressRecord,
  revision: ServiceRevisionRecord,
): Wire<ExpressGatewayServiceConfiguration> {
  const settings = express.settings.get(revision);
  return {
    serviceRevisionArn: revision.arn,
    taskDefinitionArn: revision.spec.taskDefinition?.arn,
    ...settings,
    ingressPaths: [{ accessType: 'PUBLIC', endpoint: endpointOf(world, express) }],
    createdAt: toSeconds(revision.bornAt),
  };
}

export function renderStatus(service: ServiceRecord): Wire<ExpressGatewayServiceStatus> {
  return { statusCode: service.status as Wire<ExpressGatewayServiceStatus>['statusCode'] };
}

export function renderExpress(
  world: World,
  service: ServiceRecord,
  express: ExpressRecord,
  include: readonly string[],
): Wire<ECSExpressGatewayService> {
  const [primary] = service.deployments;
  const active = service.deployments.map((deployment) => deployment.revision);
  return {
    cluster: service.cluster.arn,
    serviceName: service.name,
    serviceArn: service.arn,
    infrastructureRoleArn: express.infrastructureRoleArn,
    status: renderStatus(service),
    currentDeployment: primary?.serviceDeployment.arn,
    activeConfigurations: active.map((revision) => renderConfiguration(world, express, revision)),
    tags: include.includes('TAGS') ? service.tags : [],
    createdAt: toSeconds(express.createdAt),
    updatedAt: toSeconds(express.updatedAt),
  };
}
