import type { ArgBuilder } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import { DEFAULT_FIRST, MOST_FIRST } from './pagination.ts';

/** The arguments of every connection. */
export function pageArgs(arg: ArgBuilder<Types>) {
  return {
    first: arg.int({
      defaultValue: DEFAULT_FIRST,
      description: `How many items at most, from 0 to ${MOST_FIRST}. More cost more ECS calls.`,
    }),
    after: arg.string({
      description:
        'A cursor of the same list with the same filters: the page starts after it. Null or empty: from the start.',
    }),
  };
}

/** The `cluster` argument of look-ups and lists, with ECS's own default. */
export function clusterArg(arg: ArgBuilder<Types>) {
  return arg.string({
    defaultValue: 'default',
    description: 'Name or ARN of the cluster. As in ECS, null means the cluster `default`.',
  });
}
