import type { DrainTarget } from './drain-snapshot.ts';
import { packInstances, unpackInstances } from './packed-instances.ts';

// A stream that started without naming its target resumes with the same target: its cursors contain it. Cursors come
// back from clients, so each part of a mark is validated.

/** The instances, for cursors of streams over all draining instances. */
export function drainMark({ clusterArn, containerInstanceArns: arns, mark }: DrainTarget): string | undefined {
  return arns.length === 0 ? mark : (mark ?? packInstances(clusterArn, arns));
}

/**
 * The instances in a mark of this cluster; undefined if it contains none.
 * @param list all current instances of the cluster, for marks without complete ids
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
