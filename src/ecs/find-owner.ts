import type { Describer } from './batching/describe-batcher.ts';
import { parseArn } from './core/arn.ts';
import { EcsSession } from './request-session.ts';
import type { Upstream } from './sdk/upstream.ts';

/** Whose ECS this is, as ECS itself says: one DescribeClusters at most. */
export async function findOwner(
  upstream: Upstream,
  describer: Describer,
  deadlineMs: number,
): Promise<{ readonly account: string; readonly partition: string }> {
  const known = upstream.owner.known;
  if (known !== undefined) return known;
  const session = new EcsSession({
    upstream,
    describer,
    signal: new AbortController().signal,
    lane: 'query',
    readDeadlineMs: deadlineMs,
    writeDeadlineMs: deadlineMs,
  });
  try {
    // A cluster that does not exist is reported by its ARN too, with the account of the credentials.
    const { clusters = [], failures = [] } = await session.read('DescribeClusters', { clusters: ['default'] });
    const arn = parseArn(clusters[0]?.clusterArn ?? failures[0]?.arn ?? '');
    if (arn === undefined) throw new Error('ECS does not tell the account: DescribeClusters names no ARN');
    return { account: arn.account, partition: arn.partition };
  } finally {
    session.release();
  }
}
