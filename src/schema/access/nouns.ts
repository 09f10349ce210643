import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { ResourceType } from '../../policy/model/actions.ts';

/** The type of a noun in policies. An Express service is a service, with the same ARN. */
export function resourceTypeOf(noun: EntityKind): ResourceType {
  return noun === 'ExpressGatewayService' ? 'Service' : noun;
}

export function isNoun(type: string): type is EntityKind {
  return Object.hasOwn(KINDS, type);
}
