import type { Logger } from 'pino';
import type { Config } from '../config/index.ts';
import { Describer } from '../ecs/batching/describe-batcher.ts';
import { EcsMemory } from '../ecs/consistency/read-cache.ts';
import { CredentialsError } from '../ecs/core/errors.ts';
import type { Scope } from '../ecs/core/scope.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { CheckedKeys } from '../ecs/credentials/checked-keys.ts';
import { confirmOwner } from '../ecs/find-owner.ts';
import { Pacer } from '../ecs/pacing/pacer.ts';
import { ScopeHealth } from '../ecs/scopes/scope-health.ts';
import type { ServerClock } from '../ecs/sdk/aws-clock.ts';
import type { UpstreamSettings } from '../ecs/sdk/client.ts';
import { Upstream, type UpstreamParts } from '../ecs/sdk/upstream.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { createLiveHub } from '../live/core/create-hub.ts';
import { FleetLooks } from '../live/core/fleet-looks.ts';
import { createStallCheck } from '../live/deployment/service-stall.ts';
import { paceBetween } from '../live/pace/poll-interval.ts';
import type { Metrics } from '../observe/metrics.ts';
import { logTrouble } from '../observe/upstream-trouble.ts';
import type { ScopeServices } from '../schema/core/scopes.ts';
import type { Replicas } from '../shared/replicas.ts';
import type { Turns } from '../turns/turns.ts';

/** Settings of one account and region. Absent values come from the SDK's default chains. */
export type ScopeSettings = Pick<UpstreamSettings, 'region' | 'endpoint' | 'credentials' | 'keys'>;

/** The parts that the scopes of a gateway share. */
export interface ScopeParts {
  readonly log: Logger;
  readonly timers: Timers;
  readonly turns: Turns;
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
  const health = new ScopeHealth();
  const pacer = createPacer(config);
  const upstream = await Upstream.create(
    { ...settings, ...upstreamSettings(config) },
    parts.log,
    upstreamParts(parts, pacer, health),
  );
  if (parts.replicas !== undefined) pacer?.shareWith(parts.replicas.tokens(upstream.scope));
  return createScopeOver(upstream, config, parts, health);
}

/**
 * The same for a scope of the scopes file. It makes no call, and reads no file.
 */
export function createConfiguredScope(
  config: Config,
  scope: Scope,
  settings: ScopeSettings & { readonly keys: CheckedKeys },
  parts: ScopeParts,
): ScopeServices {
  const health = new ScopeHealth();
  const pacer = createPacer(config);
  const log = parts.log.child({ account: scope.account, region: scope.region });
  const upstream = Upstream.of(
    scope,
    { ...settings, ...upstreamSettings(config) },
    log,
    upstreamParts({ ...parts, log }, pacer, health),
  );
  if (parts.replicas !== undefined) pacer?.shareWith(parts.replicas.tokens(scope));
  const services = createScopeOver(upstream, config, parts, health);
  return {
    ...services,
    confirmOwner: async () => {
      if (upstream.owner.isConfirmed || (await isProven(settings.keys))) return;
      await confirmOwner(upstream, services.describer, config.queryDeadline);
    },
  };
}

/** Whether the account of the keys is known. Without keys, the call itself says what is wrong. */
async function isProven(keys: CheckedKeys): Promise<boolean> {
  try {
    return await keys.isProven();
  } catch (error) {
    if (error instanceof CredentialsError) return true;
    throw error;
  }
}

function createPacer({ rateShare }: Config): Pacer | undefined {
  return rateShare === 0 ? undefined : new Pacer(rateShare);
}

function upstreamSettings(config: Config) {
  return {
    attemptTimeoutMs: config.attemptTimeout,
    maxAnswerBytes: config.maxUpstreamAnswer,
    fastPaths: config.fastPaths,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxAttempts: MAX_ATTEMPTS,
  };
}

function upstreamParts(
  { log, timers, turns, metrics, clock }: ScopeParts,
  pacer: Pacer | undefined,
  health: ScopeHealth,
): UpstreamParts {
  const report = logTrouble(log);
  return {
    clock,
    pacer,
    timers,
    turns,
    onFailure: (error) => {
      health.failed(error);
      report(error);
    },
    onAttempt: (attempt) => {
      if (attempt.code === undefined) health.answered();
      metrics?.attempt(attempt);
    },
    onWait: metrics && ((lane, waitedMs) => metrics.wait(lane, waitedMs)),
  };
}

/** Creates everything that serves one account and region over its upstream. */
function createScopeOver(
  upstream: Upstream,
  config: Config,
  { timers, history, inventory, replicas }: ScopeParts,
  health: ScopeHealth,
): ScopeServices {
  const held = inventory?.open(upstream);
  const sharing = replicas?.writes(upstream.scope);
  const describer = new Describer(upstream, new EcsMemory({ ttlMs: config.memoryTtl }), {
    windowMs: config.batchWindow,
    timers,
    onDescribed: history && ((kind, items) => history.observe(kind, items)),
    held,
    sharing,
  });
  sharing?.onWrite(({ operation, input, output, at }) => {
    describer.memory.wrote(operation, input, upstream.scope, output, at);
    held?.wrote(operation, input, output);
    if (output !== undefined) upstream.writer.observe(operation, output);
  });
  if (held !== undefined) inventory?.care(held, upstream, describer);
  const live = createLiveHub({
    upstream,
    describer,
    pace: paceBetween(config.liveMinInterval, config.liveMaxInterval),
    ringSize: config.liveReplay,
    confirmMs: config.liveConfirmAfter,
    mostTopics: config.liveMaxTopics,
    sharing: replicas?.topics(upstream.scope),
  });
  const fleet = new FleetLooks({
    upstream,
    describer,
    ttlMs: config.memoryTtl === 0 ? 0 : FLEET_LOOK_TTL_MS,
    timers,
    isStalled: createStallCheck(live.progress),
  });
  return { upstream, describer, live, fleet, health };
}
