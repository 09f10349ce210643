import type { DrainTarget } from './drain-snapshot.ts';
import { packInstances, unpackInstances } from './packed-instances.ts';

// A stream that was begun without naming its target goes on with the same target, whatever would be chosen by now: its
// cursors carry what they are of. Cursors come back from clients, so that each part of a mark is checked.

/** The instances, for cursors of when all of them were draining. */
export function drainMark({ clusterArn, containerInstanceArns: arns, mark }: DrainTarget): string | undefined {
  return arns.length === 0 ? mark : (mark ?? packInstances(clusterArn, arns));
}

/**
 * The instances in a mark, as of this cluster; undefined where it names none.
 * @param list all instances that the cluster has now, for marks that name none by its id
 */
export async function markedInstances(
  mark: string,
  clusterArn: string,
  list: () => Promise<readonly string[]>,
): Promise<DrainTarget | undefined> {
  const packed = unpackInstances(clusterArn, mark);
  if (packed === undefined || packed.count === 0) return undefined;
  const containerInstanceArns = packed.arns ?? (await list()).filter((arn) => packed.has(arn));
  const goneInstanceCount = Math.max(0, packed.count - containerInstanceArns.length);
  return {
    clusterArn,
    containerInstanceArns,
    haveDrained: true,
    mark,
    ...(goneInstanceCount > 0 && { goneInstanceCount }),
  };
}
