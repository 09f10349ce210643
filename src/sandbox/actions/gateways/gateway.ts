import type {
  CreateGatewayRequest,
  CreateGatewayResponse,
  DeleteGatewayRequest,
  DeleteGatewayResponse,
  DescribeGatewayRequest,
  DescribeGatewayResourcesRequest,
  DescribeGatewayResourcesResponse,
  DescribeGatewayResponse,
  HostSharedAlbConfiguration,
  ListGatewaysRequest,
  ListGatewaysResponse,
  UpdateGatewayRequest,
  UpdateGatewayResponse,
} from '@aws-sdk/client-ecs';
import { clientError, invalidParameter } from '../../checks/ecs-errors.ts';
import { checkName } from '../../checks/input-limits.ts';
import { PAGE_OF_100, paginate, paginateRecords } from '../../checks/paging.ts';
import { gatewayNotFound, requireGateway } from '../../gateways/find-gateway.ts';
import type { GatewayRecord } from '../../model/gateway-records.ts';
import type { World } from '../../model/world.ts';
import { renderGateway, renderGatewayResources, renderGatewaySummary } from '../../render/gateway.ts';
import { gatewayArn } from '../../store/arns.ts';
import { once } from '../../store/client-tokens.ts';
import { allSeen, change, seen } from '../../store/eventual-consistency.ts';
import { newRecord } from '../../store/new-record.ts';
import { checkTags } from '../../store/tags.ts';
import { dueAction } from '../../time/due-action.ts';
import type { Input, Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

/** Duration of an update of the load balancers; AWS gives no figure. */
const UPDATE_MS = 15_000;
const DEFAULT_SUBNETS = ['subnet-0a1b2c3d4e5f60001', 'subnet-0a1b2c3d4e5f60002'];

function complete(given: Input<HostSharedAlbConfiguration>): Wire<HostSharedAlbConfiguration> {
  if ((given.port ?? 443) !== 443) throw invalidParameter('The gateway supports only port 443.');
  if ((given.protocol ?? 'HTTPS') !== 'HTTPS') throw invalidParameter('The gateway supports only HTTPS.');
  return {
    scheme: 'internet-facing',
    port: 443,
    protocol: 'HTTPS',
    maxAlbCount: 10,
    httpDesync: 'defensive',
    ...(given as Wire<HostSharedAlbConfiguration>),
    networkConfiguration: { subnets: DEFAULT_SUBNETS, ipAddressType: 'dualstack', ...given.networkConfiguration },
  };
}

function create(world: World, input: Input<CreateGatewayRequest>): GatewayRecord {
  const name = checkName(input.name, 'Gateway name');
  if (world.gateways.has(name)) throw invalidParameter('A gateway with the specified name already exists.');
  const { hostSharedAlb } = input.configuration;
  if (hostSharedAlb === undefined) throw invalidParameter('Exactly one configuration variant must be set.');
  const id = world.random.hex(32);
  const gateway: GatewayRecord = {
    kind: 'gateway',
    ...newRecord(world),
    id,
    arn: gatewayArn(world, name, id),
    name,
    status: 'ACTIVE',
    infrastructureRoleArn: input.infrastructureRoleArn,
    deletionProtection: input.deletionProtection ?? true,
    configuration: complete(hostSharedAlb),
    propagateTags: input.propagateTags ?? 'GATEWAY',
    tags: checkTags(input.tags),
    updatedAt: world.clock.now(),
    associations: new Map(),
    routes: new Map(),
  };
  world.gateways.set(name, gateway);
  return gateway;
}

export const createGateway: Action<CreateGatewayRequest, CreateGatewayResponse> = (world, input) => {
  const { clientToken, ...parameters } = input;
  const gateway = once(world, {
    operation: 'CreateGateway',
    cluster: '',
    token: clientToken,
    input: parameters,
    run: () => create(world, input),
    replay: (first) => (world.gateways.get(first.name) === first ? first : undefined),
    conflict: () => invalidParameter('Creation of gateway was not idempotent.'),
  });
  return { gatewayArn: gateway.arn, name: gateway.name, status: gateway.status };
};

/** Omitted members stay unchanged, and the variant cannot change. */
export const updateGateway: Action<UpdateGatewayRequest, UpdateGatewayResponse> = (world, input) => {
  const gateway = requireGateway(world, input.gateway);
  const update = input.configuration?.hostSharedAlb;
  const networkConfiguration = { ...gateway.configuration.networkConfiguration, ...update?.networkConfiguration };
  const now = world.clock.now();
  change(world, gateway, {
    status: 'UPDATE_IN_PROGRESS',
    updatedAt: now,
    infrastructureRoleArn: input.infrastructureRoleArn ?? gateway.infrastructureRoleArn,
    deletionProtection: input.deletionProtection ?? gateway.deletionProtection,
    propagateTags: input.propagateTags ?? gateway.propagateTags,
    configuration: {
      ...gateway.configuration,
      ...(update as Wire<HostSharedAlbConfiguration> | undefined),
      networkConfiguration,
    },
  });
  world.clock.after(UPDATE_MS, completeUpdate, world, { gateway, since: now });
  return { gatewayArn: gateway.arn, name: gateway.name, status: 'UPDATE_IN_PROGRESS' };
};

const completeUpdate = dueAction(
  'gateway.completeUpdate',
  (world: World, { gateway, since }: { readonly gateway: GatewayRecord; readonly since: number }) => {
    if (gateway.status === 'UPDATE_IN_PROGRESS' && gateway.updatedAt === since) {
      change(world, gateway, { status: 'UPDATE_COMPLETE' });
    }
  },
);

export const deleteGateway: Action<DeleteGatewayRequest, DeleteGatewayResponse> = (world, input) => {
  const gateway = requireGateway(world, input.gateway);
  if (gateway.deletionProtection) throw clientError('The gateway cannot be deleted while deletion protection is on.');
  if (gateway.associations.size > 0) {
    throw clientError('The gateway cannot be deleted while it is associated with a cluster.');
  }
  world.gateways.delete(gateway.name);
  change(world, gateway, { status: 'DELETED', updatedAt: world.clock.now() });
  return { gatewayArn: gateway.arn, name: gateway.name, status: 'DELETED' };
};

export const describeGateway: Action<DescribeGatewayRequest, DescribeGatewayResponse> = (world, input) => {
  const visible = seen(world, requireGateway(world, input.gateway));
  if (visible === undefined) throw gatewayNotFound();
  return { gateway: renderGateway(visible) };
};

export const describeGatewayResources: Action<DescribeGatewayResourcesRequest, DescribeGatewayResourcesResponse> = (
  world,
  input,
) => {
  const gateway = requireGateway(world, input.gateway);
  const rows = renderGatewayResources(world, gateway).map((resources, index) => ({ resources, index }));
  const { items, ...next } = paginate(
    'DescribeGatewayResources',
    input,
    { fallback: 10, max: 20 },
    rows,
    (row) => String(row.index),
    (row, key) => row.index > Number(key),
  );
  const hostSharedAlb = items.map((row) => row.resources);
  return { gatewayResources: { gatewayArn: gateway.arn, resources: { hostSharedAlb } }, ...next };
};

export const listGateways: Action<ListGatewaysRequest, ListGatewaysResponse> = (world, input) => {
  const { names, status } = input;
  if ((names?.length ?? 0) > 10) throw invalidParameter('Names cannot have more than 10 elements.');
  const listed = [...allSeen(world, world.gateways.values())].filter(
    (gateway) =>
      (!names?.length || names.includes(gateway.name)) && (!status?.length || status.includes(gateway.status)),
  );
  const { items, ...next } = paginateRecords('ListGateways', input, PAGE_OF_100, listed);
  return { gateways: items.map(renderGatewaySummary), ...next };
};
