import type { Describer } from '../../ecs/batching/describe-batcher.ts';
import { realTimers, type Timers } from '../../ecs/core/timers.ts';
import { listAll } from '../../ecs/lists/list.ts';
import { EcsSession } from '../../ecs/request-session.ts';
import type { Upstream } from '../../ecs/sdk/upstream.ts';
import { createLoaders } from '../../loaders/index.ts';

/** How long, in milliseconds, a reading answers for later ones. */
const KEPT_MS = 30_000;
const DEADLINE_MS = 10_000;

/**
 * Reads how many clusters there are and how much each holds, for estimates of cost: one ListClusters and one
 * DescribeClusters for each 100 clusters, at most once in 30 s. What they return, `FleetSizes` learns from every answer.
 */
export function createSizeReader(
  upstream: Upstream,
  describer: Describer,
  timers: Timers = realTimers(),
): () => Promise<void> {
  let last: { readonly at: number; readonly done: Promise<void> } | undefined;
  const read = async (): Promise<void> => {
    const signal = new AbortController().signal;
    const deadlines = { readDeadlineMs: DEADLINE_MS, writeDeadlineMs: DEADLINE_MS };
    const ecs = new EcsSession({ upstream, describer, signal, lane: 'poll', ...deadlines });
    try {
      const loader = createLoaders(ecs).of('Cluster');
      const arns = await listAll(ecs, 'ListClusters', {});
      await Promise.all(arns.map((id) => loader.load({ id, members: ['activeServicesCount'] })));
    } catch {
      // The estimate then takes what is known. The operation itself would report the error.
    } finally {
      ecs.release();
    }
  };
  return () => {
    const now = timers.monotonic();
    if (last === undefined || now - last.at >= KEPT_MS) last = { at: now, done: read() };
    return last.done;
  };
}
