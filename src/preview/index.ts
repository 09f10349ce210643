import type { Task } from '@aws-sdk/client-ecs';
import type { LiveSession } from '../live/core/create-hub.ts';
import { previewOf } from './preview.ts';
import { readCluster } from './read-cluster.ts';
import { oneByOne } from './turns.ts';
import type { Preview, PreviewRequest } from './types.ts';

/** The parts of a request and its gateway that a preview uses. */
export interface PreviewHost {
  readonly session: LiveSession;
  /** The time of ECS, in epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Previews of one owner are simulated one after another. */
  readonly owner: object;
  /** Stopped tasks that ECS no longer shows; absent without a history. */
  readonly past?: (() => Promise<readonly Task[]>) | undefined;
}

/**
 * Reads a cluster once and simulates what a change would do to it. Nothing is changed.
 * @throws {PreviewRefusedError} if ECS would refuse the change
 * @throws {TooLargeError}
 */
export async function preview(host: PreviewHost, request: PreviewRequest): Promise<Preview> {
  const [reading, past = []] = await Promise.all([
    readCluster(host.session, request.clusterArn, request.change, host.now),
    host.past?.(),
  ]);
  return oneByOne(host.owner, () => previewOf(reading, past, request, host.signal));
}
