import type { World } from '../model/world.ts';
import { flat } from '../util/flat-string.ts';

type Place = Pick<World, 'partition' | 'region' | 'account'>;

/** An ARN of any service in the world's account and Region. */
export function arnOf({ partition, region, account }: Place, service: string, resource: string): string {
  return flat(`arn:${partition}:${service}:${region}:${account}:${resource}`);
}

/** ARNs of IAM contain no Region. */
export function iamArn({ partition, account }: Pick<World, 'partition' | 'account'>, resource: string): string {
  return `arn:${partition}:iam::${account}:${resource}`;
}

function arn(place: Place, resource: string): string {
  return arnOf(place, 'ecs', resource);
}

export function clusterArn(place: Place, cluster: string): string {
  return arn(place, `cluster/${cluster}`);
}

export function serviceArn(place: Place, cluster: string, service: string, longFormat = true): string {
  return arn(place, longFormat ? `service/${cluster}/${service}` : `service/${service}`);
}

export function taskArn(place: Place, cluster: string, id: string, longFormat = true): string {
  return arn(place, longFormat ? `task/${cluster}/${id}` : `task/${id}`);
}

/** Built from the ARN of its cluster. */
export function containerArn(cluster: string, task: string, id: string): string {
  return `${cluster.replace(':cluster/', ':container/')}/${task}/${id}`;
}

export function containerInstanceArn(place: Place, cluster: string, id: string, longFormat = true): string {
  return arn(place, longFormat ? `container-instance/${cluster}/${id}` : `container-instance/${id}`);
}

export function taskDefinitionArn(place: Place, family: string, revision: number): string {
  return arn(place, `task-definition/${family}:${revision}`);
}

export function capacityProviderArn(place: Place, name: string): string {
  return arn(place, `capacity-provider/${name}`);
}

export function taskSetArn(place: Place, cluster: string, service: string, id: string): string {
  return arn(place, `task-set/${cluster}/${service}/${id}`);
}

export function serviceDeploymentArn(place: Place, cluster: string, service: string, id: string): string {
  return arn(place, `service-deployment/${cluster}/${service}/${id}`);
}

export function serviceRevisionArn(place: Place, cluster: string, service: string, id: string): string {
  return arn(place, `service-revision/${cluster}/${service}/${id}`);
}

export function daemonArn(place: Place, cluster: string, daemon: string): string {
  return arn(place, `daemon/${cluster}/${daemon}`);
}

export function daemonDeploymentArn(place: Place, cluster: string, daemon: string, id: string): string {
  return arn(place, `daemon-deployment/${cluster}/${daemon}/${id}`);
}

export function daemonRevisionArn(place: Place, cluster: string, daemon: string, id: string): string {
  return arn(place, `daemon-revision/${cluster}/${daemon}/${id}`);
}

export function daemonTaskDefinitionArn(place: Place, family: string, revision: number): string {
  return arn(place, `daemon-task-definition/${family}:${revision}`);
}

export function gatewayArn(place: Place, name: string, id: string): string {
  return arn(place, `gateway/${name}/${id}`);
}

export function gatewayRouteArn(place: Place, gateway: string, gatewayId: string, id: string): string {
  return arn(place, `gateway-route/${gateway}/${gatewayId}/${id}`);
}

export interface ParsedArn {
  readonly region: string;
  readonly account: string;
  /** The part before the first slash: `cluster`, `service`, `task`, ... */
  readonly type: string;
  /** The parts after it. */
  readonly path: readonly string[];
}

const ARN = /^arn:[a-z-]+:ecs:([^:]*):([^:]*):([a-z-]+)\/(.+)$/;

/** Undefined for anything but an ECS ARN. */
export function parseArn(text: string): ParsedArn | undefined {
  const match = ARN.exec(text);
  if (match === null) return undefined;
  const [, region = '', account = '', type = '', rest = ''] = match;
  return { region, account, type, path: rest.split('/') };
}

export function isArn(text: string): boolean {
  return text.startsWith('arn:');
}
