import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { capacityProviderArn } from '../store/arns.ts';
import { eventTime } from '../util/event-time.ts';

export type EventType = 'INFO' | 'WARN' | 'ERROR';

/** A service action as EventBridge shows it, independent of the text of the service's event. */
export interface ServiceAction {
  readonly eventType: EventType;
  readonly eventName: string;
  /** Further members of the detail. */
  readonly more?: object;
}

export function info(eventName: string, more?: object): ServiceAction {
  return { eventType: 'INFO', eventName, ...(more === undefined ? {} : { more }) };
}

export function emitServiceAction(
  world: World,
  service: ServiceRecord,
  { eventType, eventName, more }: ServiceAction,
  at = world.clock.now(),
): void {
  const clusterArn = service.cluster.arn;
  const detail = (): object => ({ eventType, eventName, clusterArn, createdAt: eventTime(at), ...more });
  world.events.add({ at, detailType: 'ECS Service Action', resources: [service.arn], detail });
}

/** The capacity providers of a service's strategy. */
export function providersOf(world: World, service: ServiceRecord): { capacityProviderArns?: string[] } {
  const names = (service.spec.capacityProviderStrategy ?? []).map((item) => item.capacityProvider ?? '');
  return names.length === 0 ? {} : { capacityProviderArns: names.map((name) => capacityProviderArn(world, name)) };
}
