import type { Describer } from '../../ecs/batching/describe-batcher.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import { listAll } from '../../ecs/lists/list.ts';
import { EcsSession } from '../../ecs/request-session.ts';
import type { Upstream } from '../../ecs/sdk/upstream.ts';
import { createLoaders } from '../../loaders/index.ts';

/** How long, in milliseconds, a reading answers for later ones. */
const KEPT_MS = 30_000;
/** A reading that failed is repeated for the next estimate after this many milliseconds. */
const FAILED_KEPT_MS = 1_000;

/**
 * Reads how many clusters there are and how much each holds, for estimates of cost: one ListClusters and one
 * DescribeClusters for each 100 clusters, at most once in 30 s. What they return, `FleetSizes` learns from every answer.
 * @param deadlineMs of the reading; the query that it is for has no more time
 */
export function createSizeReader(
  upstream: Upstream,
  describer: Describer,
  timers: Timers,
  deadlineMs: number,
): () => Promise<void> {
  let last: Promise<void> | undefined;
  let until = 0;
  const read = async (): Promise<void> => {
    let keptMs = FAILED_KEPT_MS;
    const signal = new AbortController().signal;
    const deadlines = { readDeadlineMs: deadlineMs, writeDeadlineMs: deadlineMs };
    const ecs = new EcsSession({ upstream, describer, signal, lane: 'poll', ...deadlines });
    try {
      const loader = createLoaders(ecs).of('Cluster');
      const arns = await listAll(ecs, 'ListClusters', {});
      await Promise.all(arns.map((id) => loader.load({ id, members: ['activeServicesCount'] })));
      keptMs = KEPT_MS;
    } catch {
      // The estimate then takes what is known. The operation itself would report the error.
    } finally {
      ecs.release();
      until = timers.monotonic() + keptMs;
    }
  };
  return () => {
    if (last === undefined || timers.monotonic() >= until) {
      until = Number.POSITIVE_INFINITY;
      last = read();
    }
    return last;
  };
}
