import type * as aws from '@aws-sdk/client-ecs';
import type { Tags, Wire } from '../util/wire-types.ts';
import type { BaseRecord } from './base-record.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { ServiceRecord } from './services/service-record.ts';

export type GatewayWorldRecord = GatewayRecord | GatewayRouteRecord;

export interface GatewayRecord extends BaseRecord {
  readonly kind: 'gateway';
  readonly id: string;
  readonly name: string;
  status: aws.GatewayStatus;
  infrastructureRoleArn: string;
  deletionProtection: boolean;
  configuration: Wire<aws.HostSharedAlbConfiguration>;
  propagateTags: aws.PropagateGatewayTags;
  tags: Tags;
  updatedAt: number;
  associations: ReadonlyMap<ClusterRecord, aws.GatewayClusterAssociationStatus>;
  /** By ARN. */
  readonly routes: Map<string, GatewayRouteRecord>;
}

/** One service behind one gateway, by the port of its connector. */
export interface GatewayRouteRecord extends BaseRecord {
  readonly kind: 'gatewayRoute';
  readonly id: string;
  readonly gateway: GatewayRecord;
  readonly service: ServiceRecord;
  readonly portName: string;
  status: aws.GatewayRouteStatus;
}
