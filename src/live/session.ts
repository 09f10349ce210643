import type { Upstream } from '../ecs/call.ts';
import type { Describer } from '../ecs/describe.ts';
import { EcsError } from '../ecs/errors.ts';
import { EcsSession } from '../ecs/session.ts';
import { realTimers } from '../ecs/timers.ts';
import { createLoaders, type Loaders } from '../loaders/index.ts';
import { Hub, type HubOptions } from './hub.ts';

/** What all looks of one moment read through: one deadline, one set of loaders, so that their calls share batches. */
export interface LiveSession {
  readonly ecs: EcsSession;
  readonly loaders: Loaders;
}

export type LiveHub = Hub<LiveSession>;

export interface LiveOptions
  extends Partial<Pick<HubOptions<LiveSession>, 'timers' | 'pace' | 'random' | 'mostTopics' | 'ringSize'>> {
  readonly upstream: Upstream;
  readonly describer: Describer;
}

/** A look that takes longer than this has failed; the next one may be luckier. */
const LOOK_DEADLINE_MS = 15_000;

/** Makes the hub of a gateway. It does nothing until somebody follows something. */
export function createLiveHub({ upstream, describer, ...options }: LiveOptions): LiveHub {
  return new Hub<LiveSession>({
    timers: realTimers(),
    ...options,
    now: () => upstream.clock.now(),
    describeError,
    openSession(signal) {
      const deadlines = { readDeadlineMs: LOOK_DEADLINE_MS, writeDeadlineMs: LOOK_DEADLINE_MS };
      const ecs = new EcsSession({ upstream, describer, signal, lane: 'poll', ...deadlines });
      return { ecs, loaders: createLoaders(ecs) };
    },
  });
}

function describeError(error: unknown): { code: string; message: string; retryable: boolean } {
  if (error instanceof EcsError) return { code: error.code, message: error.message, retryable: error.retryable };
  return { code: 'INTERNAL_SERVER_ERROR', message: 'a fault of this server', retryable: false };
}
