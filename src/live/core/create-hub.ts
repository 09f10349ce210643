import { randomUUID } from 'node:crypto';
import type { Describer } from '../../ecs/batching/describe-batcher.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import { realTimers } from '../../ecs/core/timers.ts';
import { EcsSession } from '../../ecs/request-session.ts';
import type { Upstream } from '../../ecs/sdk/upstream.ts';
import { createLoaders, type Loaders } from '../../loaders/index.ts';
import { TaskOwners } from '../../loaders/task-owners.ts';
import { Hub } from '../hub/hub.ts';
import type { HubOptions } from '../hub/hub-options.ts';
import { ProgressMemory } from './progress-memory.ts';
import { SteadyTasks, type TaskRound } from './steady-tasks.ts';

/**
 * The session of all polls of one moment: one deadline and one set of loaders, so that their calls share batches.
 */
export interface LiveSession {
  readonly ecs: EcsSession;
  readonly loaders: Loaders;
  /** The tasks that need not be described in this round; absent for a single poll. */
  readonly tasks?: TaskRound;
  /** How far deployments and drains came when they were followed before; absent where it does not matter. */
  readonly progress?: ProgressMemory;
}

/** The hub of a gateway, with what it remembers of the progress of everything that was followed. */
export class LiveHub extends Hub<LiveSession> {
  readonly progress: ProgressMemory;

  constructor(options: HubOptions<LiveSession>, progress: ProgressMemory) {
    super(options);
    this.progress = progress;
  }
}

export interface LiveOptions
  extends Partial<
    Pick<HubOptions<LiveSession>, 'timers' | 'pace' | 'random' | 'mostTopics' | 'ringSize' | 'confirmMs' | 'sharing'>
  > {
  readonly upstream: Upstream;
  readonly describer: Describer;
  /** Time limit of a poll; the next one may succeed. */
  readonly lookDeadlineMs?: number;
}

const LOOK_DEADLINE_MS = 15_000;

/** Creates the hub of a gateway. It does nothing until a subscriber follows something. */
export function createLiveHub({
  upstream,
  describer,
  timers = realTimers(),
  lookDeadlineMs = LOOK_DEADLINE_MS,
  ...options
}: LiveOptions): LiveHub {
  const now = () => upstream.clock.now();
  const owners = new TaskOwners();
  const progress = new ProgressMemory();
  const steady = new SteadyTasks({ now, monotonic: () => timers.monotonic() });
  const hubOptions: HubOptions<LiveSession> = {
    ...options,
    timers,
    now,
    describeError,
    errorToData,
    errorFromData,
    usableFrom: () => describer.memory.usableFrom,
    isAnnounced: (clusters) => clusters.every((cluster) => describer.held?.isTrusted(cluster) === true),
    openSession(signal, confirms) {
      const deadlines = { readDeadlineMs: lookDeadlineMs, writeDeadlineMs: lookDeadlineMs };
      const apart = confirms ? randomUUID() : undefined;
      const ecs = new EcsSession({ upstream, describer, signal, lane: 'poll', apart, ...deadlines });
      const loaders = createLoaders(ecs, undefined, owners);
      return { ecs, loaders, tasks: steady.round(loaders.of('Task'), (cluster) => ecs.isHeld(cluster)), progress };
    },
    closeSession: ({ ecs }) => ecs.release(),
  };
  const hub = new LiveHub(hubOptions, progress);
  describer.held?.onChange((keys) => hub.wake(keys));
  return hub;
}

function describeError(error: unknown): { code: string; message: string; retryable: boolean } {
  if (error instanceof EcsError) return { code: error.code, message: error.message, retryable: error.retryable };
  return { code: 'INTERNAL_SERVER_ERROR', message: 'a fault of this server', retryable: false };
}

/** The members of an error that other processes may report. */
type ErrorData = Pick<
  EcsError,
  'code' | 'operation' | 'message' | 'awsCode' | 'requestId' | 'retryable' | 'retryAfterMs'
>;

function errorToData(error: unknown): ErrorData | undefined {
  if (!(error instanceof EcsError)) return undefined;
  const { code, operation, message, awsCode, requestId, retryable, retryAfterMs } = error;
  return { code, operation, message, awsCode, requestId, retryable, retryAfterMs };
}

function errorFromData(data: unknown): Error {
  if (data === undefined) return new Error('a poll of another replica failed');
  const { code, operation, message, ...details } = data as ErrorData;
  return new EcsError(code, operation, message, details);
}
