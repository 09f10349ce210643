import type { Logger } from 'pino';
import type { Config } from './config/index.ts';
import { Describer } from './ecs/batching/describe-batcher.ts';
import { EcsMemory } from './ecs/consistency/read-cache.ts';
import type { Timers } from './ecs/core/timers.ts';
import { Pacer } from './ecs/pacing/pacer.ts';
import type { ServerClock } from './ecs/sdk/aws-clock.ts';
import type { UpstreamSettings } from './ecs/sdk/client.ts';
import { Upstream } from './ecs/sdk/upstream.ts';
import type { Recorder } from './history/recorder.ts';
import type { Inventory } from './inventory/inventory.ts';
import { createLiveHub } from './live/core/create-hub.ts';
import { FleetLooks } from './live/core/fleet-looks.ts';
import { createStallCheck } from './live/deployment/service-stall.ts';
import { paceBetween } from './live/pace/poll-interval.ts';
import type { Metrics } from './observe/metrics.ts';
import { logTrouble } from './observe/upstream-trouble.ts';
import type { ScopeServices } from './schema/core/scopes.ts';
import type { Replicas } from './shared/replicas.ts';

/** Settings of one account and region. Absent values come from the SDK's default chains. */
export type ScopeSettings = Pick<UpstreamSettings, 'region' | 'endpoint' | 'credentials'>;

/** What the scopes of a gateway share. */
export interface ScopeParts {
  readonly log: Logger;
  readonly timers: Timers;
  readonly metrics?: Metrics | undefined;
  readonly history?: Recorder | undefined;
  /** Tasks and instances that events keep up to date; absent without a source of events. */
  readonly inventory?: Inventory | undefined;
  /** ECS's clock, where others than the scope itself need it. */
  readonly clock?: ServerClock | undefined;
  /** Absent if this gateway has no replicas. */
  readonly replicas?: Replicas | undefined;
}

const CONNECT_TIMEOUT_MS = 1_000;
/** How long callers share a read of a whole cluster. */
const FLEET_LOOK_TTL_MS = 30_000;
const MAX_ATTEMPTS = 3;

/**
 * Creates everything that serves one account and region: its SDK clients, pacer, batcher, memory and hub.
 * @throws {Error} if no region is configured and the SDK's default chain finds none
 */
export async function createScope(config: Config, settings: ScopeSettings, parts: ScopeParts): Promise<ScopeServices> {
  const { log, timers, metrics, clock, replicas } = parts;
  const pacer = config.rateShare === 0 ? undefined : new Pacer(config.rateShare);
  const upstream = await Upstream.create(
    {
      ...settings,
      attemptTimeoutMs: config.attemptTimeout,
      maxAnswerBytes: config.maxUpstreamAnswer,
      fastPaths: config.fastPaths,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      maxAttempts: MAX_ATTEMPTS,
    },
    log,
    {
      clock,
      pacer,
      timers,
      onFailure: logTrouble(log),
      onAttempt: metrics && ((report) => metrics.attempt(report)),
      onWait: metrics && ((lane, waitedMs) => metrics.wait(lane, waitedMs)),
    },
  );
  if (replicas !== undefined) pacer?.shareWith(replicas.tokens(upstream.scope));
  return createScopeOver(upstream, config, parts);
}

/** Creates everything that serves one account and region over its upstream. */
function createScopeOver(
  upstream: Upstream,
  config: Config,
  { timers, history, inventory }: ScopeParts,
): ScopeServices {
  const held = inventory?.open(upstream);
  const describer = new Describer(upstream, new EcsMemory({ ttlMs: config.memoryTtl }), {
    windowMs: config.batchWindow,
    timers,
    onDescribed: history && ((kind, items) => history.observe(kind, items)),
    held,
  });
  if (held !== undefined) inventory?.care(held, upstream, describer);
  const live = createLiveHub({
    upstream,
    describer,
    pace: paceBetween(config.liveMinInterval, config.liveMaxInterval),
    ringSize: config.liveReplay,
    confirmMs: config.liveConfirmAfter,
    mostTopics: config.liveMaxTopics,
  });
  const fleet = new FleetLooks({
    upstream,
    describer,
    ttlMs: config.memoryTtl === 0 ? 0 : FLEET_LOOK_TTL_MS,
    timers,
    isStalled: createStallCheck(live.progress),
  });
  return { upstream, describer, live, fleet };
}
