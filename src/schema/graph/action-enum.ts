import type { EnumRef } from '@pothos/core';
import { ACTION_NAMES, ACTIONS, type ActionName, OWN_ACTIONS } from '../../policy/model/actions.ts';
import type { Builder, Types } from '../core/builder.ts';
import { enumValueName } from '../sdk-types/enum-types.ts';

const OWN_MEANINGS: Readonly<Record<keyof typeof OWN_ACTIONS, string>> = {
  ReadSecrets: 'Reading values that may be secret, such as environment variables.',
  DestroySeveral: 'More destructive writes in one request than `MAX_DESTRUCTIVE_FIELDS` allows.',
  ReadMetrics: 'Reading `/metrics` and `rateBudget`.',
};

/** The enum of what policies decide, in the graph's spelling. */
export function addActions(builder: Builder): EnumRef<Types, ActionName> {
  const values = ACTION_NAMES.map((name) => [
    enumValueName(name),
    {
      value: name,
      description: `${meaningOf(name)} Policies spell it \`${name}\`, in the group \`${ACTIONS[name].group}\`.`,
    },
  ]);
  return builder.enumType('EcsAction', {
    description: 'An action that policies decide: an operation of ECS, or an action of the gateway itself.',
    values: Object.fromEntries(values),
  }) as never;
}

function meaningOf(name: ActionName): string {
  return Object.hasOwn(OWN_ACTIONS, name) ? OWN_MEANINGS[name as keyof typeof OWN_ACTIONS] : 'The operation of ECS.';
}
