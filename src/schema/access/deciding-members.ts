import type { Principal } from '../../auth/principal.ts';
import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import { type ActionName, writesOn } from '../../policy/model/actions.ts';
import type { Policies } from '../../policy/policies.ts';
import { resourceTypeOf } from './nouns.ts';

/**
 * Members that decisions about a principal need in every description of a kind.
 * @param readsActions whether the operation selects `viewerActions`
 */
export function decidingMembers(
  policies: Pick<Policies, 'fixed' | 'needs'>,
  principal: Principal,
  kind: EntityKind,
  readsActions: boolean,
): readonly string[] {
  const actions: readonly ActionName[] = [
    KINDS[kind].operation,
    'ReadSecrets',
    ...(readsActions ? writesOn(resourceTypeOf(kind)) : []),
  ];
  const all = actions
    .filter((action) => policies.fixed(principal, action) === undefined)
    .map((action) => policies.needs(principal, action));
  return [
    ...(all.some(({ tags }) => tags) && Object.hasOwn(KINDS[kind].includes, 'tags') ? ['tags'] : []),
    ...(all.some(({ service }) => service) && kind === 'Task' ? ['group'] : []),
  ];
}
