import type { Describer } from './batching/describe-batcher.ts';
import { type EcsArn, parseArn } from './core/arn.ts';
import { toEcsError } from './core/errors.ts';
import { EcsSession } from './request-session.ts';
import type { Upstream } from './sdk/upstream.ts';

/** Reads the account of the credentials from ECS's own answers: one DescribeClusters at most. */
export async function findOwner(
  upstream: Upstream,
  describer: Describer,
  deadlineMs: number,
): Promise<{ readonly account: string; readonly partition: string }> {
  return upstream.owner.known ?? askOwner(upstream, describer, deadlineMs);
}

/**
 * Makes sure, before the first write, that the credentials of a configured account are of that account: one DescribeClusters, once.
 * @throws {EcsError} CREDENTIALS_UNAVAILABLE if they are of another one
 */
export async function confirmOwner(upstream: Upstream, describer: Describer, deadlineMs: number): Promise<void> {
  if (upstream.owner.isConfirmed) return;
  const arn = await askOwner(upstream, describer, deadlineMs);
  try {
    upstream.owner.confirm(arn);
  } catch (error) {
    throw toEcsError('DescribeClusters', error);
  }
}

async function askOwner(upstream: Upstream, describer: Describer, deadlineMs: number): Promise<EcsArn> {
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
    return arn;
  } finally {
    session.release();
  }
}
