import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Scope } from '../ecs/core/scope.ts';
import type { BucketLevel } from '../ecs/pacing/pacer.ts';
import { addInventoryInstruments } from './inventory-instruments.ts';
import type { MetricSources, ScopeSource, SourceState } from './metric-sources.ts';
import { processMetrics } from './process-metrics.ts';
import { type Read, replicaMetrics, type SetValue } from './replica-metrics.ts';

/** Bounds of the histograms in seconds, from an answer out of memory to the deadlines. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];
/** Most attempts do not wait for a token. */
const WAITS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** All metrics in Prometheus's terms. Labels have few values, and a caller can choose none of them. */
export function createInstruments(sources: MetricSources) {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const name = (rest: string) => `ecs_graphql_${rest}`;
  const { hasScopes, scopes, inFlight, webSockets, events, files, keysAge } = sources;
  // A gateway of one account and region has no labels for them.
  const scopeLabels: ('account' | 'region')[] = hasScopes ? ['account', 'region'] : [];
  const labelsOf = ({ account, region }: Scope) => (hasScopes ? { account, region } : {});

  function counted<Label extends string>(rest: string, help: string, labelNames: Label[], read: Read<Label>): void {
    const counter: Counter<Label> = new Counter({
      name: name(rest),
      help,
      labelNames,
      registers,
      collect() {
        counter.reset();
        read((labels, value) => counter.inc(labels, value));
      },
    });
  }
  function gauge<Label extends string>(rest: string, help: string, labelNames: Label[], read: Read<Label>): void {
    const instrument: Gauge<Label> = new Gauge({
      name: name(rest),
      help,
      labelNames,
      registers,
      collect() {
        instrument.reset();
        read((labels, value) => instrument.set(labels, value));
      },
    });
  }
  if (sources.inventory !== undefined) addInventoryInstruments({ counted, gauge }, sources.inventory);
  const bucketGauge = (rest: string, help: string, value: (level: BucketLevel) => number) =>
    gauge(`rate_bucket_${rest}`, help, ['bucket', ...scopeLabels], (set) => {
      for (const { scope, upstream } of scopes()) {
        for (const level of upstream.rateLevels() ?? [])
          set({ bucket: level.bucket, ...labelsOf(scope) }, value(level));
      }
    });
  const ofScopes = (value: (source: ScopeSource) => number) => (set: SetValue<'account' | 'region'>) => {
    for (const source of scopes()) set(labelsOf(source.scope), value(source));
  };

  if (hasScopes) {
    gauge(
      'scope_degraded',
      '1 where an account and region that was used could not be read the last time.',
      ['alias', ...scopeLabels],
      (set) => {
        for (const { alias, scope, health } of scopes())
          set({ alias, ...labelsOf(scope) }, health?.state === 'DEGRADED' ? 1 : 0);
      },
    );
  }

  gauge('build_info', 'Always 1; the version is in the label.', ['version'], (set) => {
    set({ version: sources.version }, 1);
  });

  gauge(
    'file_refused',
    '1 where the newest version of a file is refused and an older one is in force.',
    ['file'],
    (set) => {
      for (const what of new Set(files.map((file) => file.what))) {
        set({ file: what }, files.some((file) => file.what === what && file.isStale) ? 1 : 0);
      }
    },
  );
  counted(
    'policy_errors_total',
    'Policies that failed while they were evaluated: what a failed `forbid` may forbid is not allowed.',
    ['policy'],
    (set) => {
      for (const [policy, count] of sources.policyErrors ?? []) set({ policy }, count);
    },
  );
  counted(
    'ecs_events_total',
    "Messages and requests with ECS's events, by how they ended: taken, duplicate, untrusted, invalid, other_source, unknown_type or failed.",
    ['source', 'result'],
    (set) => {
      for (const source of sources.eventSources) {
        for (const [result, count] of source.counts()) set({ source: source.state().name, result }, count);
      }
    },
  );
  const bySource = (read: (state: SourceState) => number | undefined): Read<'source'> => {
    return (set) => {
      const highest = new Map<string, number>();
      for (const state of sources.eventSources.map((source) => source.state())) {
        const value = read(state);
        if (value !== undefined) highest.set(state.name, Math.max(value, highest.get(state.name) ?? 0));
      }
      for (const [source, value] of highest) set({ source }, value);
    };
  };
  gauge(
    'ecs_events_backlog_seconds',
    'Age of the oldest event in a queue at the last receipt.',
    ['source'],
    bySource(({ backlogMs }) => (backlogMs === undefined ? undefined : backlogMs / 1_000)),
  );
  gauge(
    'ecs_events_source_failing',
    '1 while a source of events cannot be read, or its events cannot be merged.',
    ['source'],
    bySource(({ trouble }) => (trouble === undefined ? 0 : 1)),
  );
  gauge('issuer_keys_age_seconds', "Time since the issuer's keys were read.", [], (set) => {
    const age = keysAge();
    if (age !== undefined) set({}, age / 1_000);
  });

  const deprecatedUses = new Counter({
    name: name('deprecated_uses_total'),
    help: 'Operations that use what is deprecated in the schema, by its coordinate.',
    labelNames: ['coordinate'],
    registers,
  });
  const calls = new Counter({
    name: name('upstream_calls_total'),
    help: 'Requests sent to ECS, retries included, by how they ended: ok, or a code of the error table.',
    labelNames: ['operation', 'outcome', ...scopeLabels],
    registers,
  });
  const retries = new Counter({
    name: name('upstream_retries_total'),
    help: 'Requests sent to ECS that repeated one before.',
    labelNames: ['operation', ...scopeLabels],
    registers,
  });
  const callDuration = new Histogram({
    name: name('upstream_call_duration_seconds'),
    help: 'From a request to ECS to its answer.',
    labelNames: ['operation'],
    buckets: DURATIONS,
    registers,
  });
  const wait = new Histogram({
    name: name('upstream_wait_seconds'),
    help: 'How long requests waited for a token of a rate bucket before they were sent.',
    labelNames: ['lane'],
    buckets: WAITS,
    registers,
  });
  gauge(
    'upstream_calls_in_flight',
    'Requests that ECS has not answered yet.',
    scopeLabels,
    ofScopes(({ upstream }) => upstream.attemptsInFlight),
  );
  counted(
    'upstream_throttles_total',
    'Requests that ECS throttled.',
    scopeLabels,
    ofScopes(({ upstream }) => upstream.meter.read().throttled),
  );
  counted(
    'upstream_answers_from_memory_total',
    'Reads answered from memory, or by a call that was in flight.',
    scopeLabels,
    ofScopes(({ upstream }) => upstream.meter.read().fromMemory),
  );

  bucketGauge('tokens', 'Calls that could be sent now without a wait.', ({ level }) => level);
  bucketGauge('capacity_tokens', "Tokens in ECS's bucket when full, as AWS says.", ({ burst }) => burst);
  bucketGauge('share_ratio', 'Part of the bucket that is used: less after a throttle.', ({ share }) => share);
  bucketGauge('waiting_calls', 'Calls that wait for a token.', ({ waiting }) => waiting);
  counted(
    'rate_bucket_throttles_total',
    'Requests that ECS throttled, by bucket.',
    ['bucket', ...scopeLabels],
    (set) => {
      for (const { scope, upstream } of scopes()) {
        for (const { bucket, throttled } of upstream.rateLevels() ?? []) set({ bucket, ...labelsOf(scope) }, throttled);
      }
    },
  );

  const operations = new Counter({
    name: name('operations_total'),
    help: 'GraphQL operations that ended or were refused: ok, or the code of their first error.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const operationDuration = new Histogram({
    name: name('operation_duration_seconds'),
    help: 'Time of queries and mutations.',
    labelNames: ['type'],
    buckets: DURATIONS,
    registers,
  });
  gauge('operations_in_flight', 'Queries and mutations that are running.', [], (set) => set({}, inFlight.operations));

  gauge('subscribers', 'Subscriptions that are open.', ['transport'], (set) => {
    set({ transport: 'websocket' }, inFlight.streams.ws);
    set({ transport: 'sse' }, inFlight.streams.http);
  });
  gauge('websockets', 'WebSockets that are open.', [], (set) => set({}, webSockets.size));
  counted('events_executed_total', 'Events of subscriptions, once for all who selected the same.', [], (set) => {
    set({}, events.executed);
  });
  counted('events_sent_total', 'Events of subscriptions, once for each who is sent it.', ['transport'], (set) => {
    set({ transport: 'websocket' }, events.sent.ws);
    set({ transport: 'sse' }, events.sent.http);
  });
  gauge(
    'live_topics',
    'Topics of subscriptions, each with one poller.',
    scopeLabels,
    ofScopes(({ live }) => live.activeTopics),
  );
  gauge(
    'live_kept_topics',
    'Topics that are followed, or were recently, so that they can be resumed.',
    scopeLabels,
    ofScopes(({ live }) => live.keptTopics),
  );
  counted(
    'live_polls_total',
    'Polls of topics.',
    scopeLabels,
    ofScopes(({ live }) => live.looks),
  );

  if (sources.replicas !== undefined) replicaMetrics(sources.replicas, counted, gauge);

  const processRegistry = processMetrics();
  return {
    registry,
    processRegistry,
    labelsOf,
    calls,
    retries,
    callDuration,
    deprecatedUses,
    wait,
    operations,
    operationDuration,
  };
}

export type Instruments = ReturnType<typeof createInstruments>;
