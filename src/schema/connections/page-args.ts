import type { ArgBuilder } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import { inRange } from './argument-range.ts';
import { DEFAULT_FIRST, MOST_FIRST } from './pagination.ts';

/** How the argument `first` of a connection differs from that of others. */
interface FirstOptions {
  readonly defaultValue?: number;
  readonly description?: string;
}

/** The arguments of every connection. */
export function pageArgs(
  arg: ArgBuilder<Types>,
  {
    defaultValue = DEFAULT_FIRST,
    description = `How many items at most, from 0 to ${MOST_FIRST}. More cost more ECS calls.`,
  }: FirstOptions = {},
) {
  return {
    first: arg.int({
      defaultValue,
      description,
      ...inRange(0, MOST_FIRST),
    }),
    after: arg.string({
      description:
        'A cursor of the same list with the same filters: the page starts after it. Null or empty: from the start.',
      extensions: { isCursor: true },
    }),
  };
}

/** The `clusters` argument of lists, usage look-ups and feeds. */
export function clustersArg(arg: ArgBuilder<Types>) {
  return arg.idList({
    description: 'Only these clusters, each by id, ARN or name. Null means all clusters that you may see.',
  });
}

/** The `cluster` argument of a look-up by a name that is unique only in a cluster. */
export function clusterArg(arg: ArgBuilder<Types>) {
  return arg.id({
    description: 'Id, ARN or name of the cluster. Null means the one in the other argument, or else `default`.',
  });
}
