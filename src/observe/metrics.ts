import type { Lane } from '../ecs/core/shared-priority.ts';
import type { AttemptReport } from '../ecs/sdk/upstream.ts';
import type { Instruments } from './instruments.ts';
import type { MetricSources } from './metric-sources.ts';

/** The library for histograms loads this many ms after the first measurement. */
const LOAD_AFTER_MS = 500;

/**
 * Prometheus metrics of a gateway. Measurements made before the library is loaded are queued, so that it delays neither
 * the start nor the first answers.
 */
export class Metrics {
  #sources: MetricSources | undefined;
  #instruments: Instruments | undefined;
  #loading: Promise<Instruments> | undefined;
  #early: ((instruments: Instruments) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #events = { executed: 0, sent: { http: 0, ws: 0 } };

  /** Connects the sources of metrics that are not counted here. */
  connect(sources: Omit<MetricSources, 'events'>): void {
    this.#sources = { ...sources, events: this.#events };
  }

  /** Counts a finished attempt of an ECS call. */
  attempt({ operation, scope, code, isRetry, durationMs }: AttemptReport): void {
    this.#record(({ calls, retries, callDuration, labelsOf }) => {
      calls.inc({ operation, outcome: code ?? 'ok', ...labelsOf(scope) });
      if (isRetry) retries.inc({ operation, ...labelsOf(scope) });
      callDuration.observe({ operation }, durationMs / 1_000);
    });
  }

  /** Records how long an attempt waited for its rate token, or until it gave up. */
  wait(lane: Lane, waitedMs: number): void {
    this.#record(({ wait }) => wait.observe({ lane }, waitedMs / 1_000));
  }

  /** Counts a GraphQL operation that was refused or has ended, with its error code if any. */
  operation(type: string, code: string | undefined, seconds: number): void {
    this.#record(({ operations, operationDuration }) => {
      operations.inc({ type, outcome: code ?? 'ok' });
      // Subscriptions last as long as a client listens, so their duration says nothing about this server.
      if (type === 'query' || type === 'mutation') operationDuration.observe({ type }, seconds);
    });
  }

  /** Counts the use of a deprecated part of the schema. */
  deprecated(coordinate: string): void {
    this.#record(({ deprecatedUses }) => deprecatedUses.inc({ coordinate }));
  }

  executed(): void {
    this.#events.executed += 1;
  }

  sent(transport: 'http' | 'ws'): void {
    this.#events.sent[transport] += 1;
  }

  /** All metrics in Prometheus's text format. */
  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    const { registry, processRegistry } = await this.#load();
    const bodies = await Promise.all([registry.metrics(), processRegistry.metrics()]);
    return { contentType: registry.contentType, body: bodies.join('\n') };
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #record(write: (instruments: Instruments) => void): void {
    if (this.#instruments !== undefined) {
      write(this.#instruments);
      return;
    }
    this.#early.push(write);
    this.#timer ??= setTimeout(() => void this.#load(), LOAD_AFTER_MS).unref();
  }

  #load(): Promise<Instruments> {
    this.#loading ??= import('./instruments.ts').then(({ createInstruments }) => {
      if (this.#sources === undefined) throw new Error('metrics that are connected to nothing');
      const instruments = createInstruments(this.#sources);
      for (const write of this.#early) write(instruments);
      this.#early = [];
      this.#instruments = instruments;
      return instruments;
    });
    return this.#loading;
  }
}
