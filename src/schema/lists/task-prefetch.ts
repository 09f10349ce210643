import type { GraphQLResolveInfo } from 'graphql';
import { includesFor } from '../../ecs/core/describe-specs.ts';
import type { OnListed } from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import { selectedBelow } from '../graph/selection.ts';

/** Receives the progress of listing a cluster's services. */
interface ServicesListener {
  readonly onListed: OnListed | undefined;
  readonly onFailed: () => void;
}

/**
 * Prefetches the tasks of a cluster while its services are described, if the operation selects the services' tasks and
 * so many services are listed that the cluster's task list takes fewer calls than the services' lists.
 */
export function tasksBeside(context: GraphContext, info: GraphQLResolveInfo, clusterArn: string): ServicesListener {
  const members = runningTaskMembers(info);
  if (members === undefined) return { onListed: undefined, onFailed: () => undefined };
  let isBegun = false;
  return {
    onListed(services) {
      if (services > 0) isBegun = context.loaders.earlyTasks.begin(clusterArn, members, services);
    },
    onFailed() {
      if (isBegun) context.loaders.earlyTasks.abandon(clusterArn);
    },
  };
}

/**
 * The members of the services' running tasks that will be read; undefined if none are, or if the tasks are selected in
 * several ways that one list cannot serve.
 */
function runningTaskMembers(info: GraphQLResolveInfo): readonly string[] | undefined {
  const selections = selectionsOf(info);
  const [first] = selections;
  if (first === undefined) return undefined;
  const include = includesFor('Task', first.members).join();
  const isOneList = selections.every(
    ({ args, members }) =>
      args.desiredStatus !== 'STOPPED' &&
      args.desiredStatus !== 'PENDING' &&
      includesFor('Task', members).join() === include,
  );
  return isOneList ? [...new Set(selections.flatMap(({ members }) => [...members]))] : undefined;
}

function selectionsOf(info: GraphQLResolveInfo) {
  try {
    return selectedBelow(info, 'Service', 'tasks', 'Task');
  } catch {
    // An invalid argument is reported where its field is resolved.
    return [];
  }
}
