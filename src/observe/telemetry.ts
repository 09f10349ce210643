import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

export interface TelemetrySettings {
  readonly otelEndpoint: string | undefined;
  readonly otelTracesEndpoint: string | undefined;
  readonly otelServiceName: string;
  readonly otelSampler: SamplerName;
  readonly otelSamplerArg: number;
}

export interface Telemetry {
  /** Sends what is left, for two seconds at most. */
  shutdown(): Promise<void>;
}

const SHUTDOWN_MS = 2_000;

/**
 * Starts the SDK of OpenTelemetry for traces. This module is loaded only where an endpoint is set: without it spans
 * cost next to nothing.
 * @param exporter replaces the export over OTLP, for tests
 */
export function startTelemetry(
  settings: TelemetrySettings,
  version: string,
  log: Logger,
  exporter?: SpanExporter,
): Telemetry {
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ 'service.name': settings.otelServiceName, 'service.version': version })),
    sampler: toSampler(settings),
    spanProcessors: [
      exporter === undefined
        ? new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: endpointOf(settings) }) })
        : new SimpleSpanProcessor({ exporter }),
    ],
  });
  const isOurs = trace.setGlobalTracerProvider(provider);
  if (isOurs) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  } else {
    log.warn('another OpenTelemetry SDK runs in this process: spans go to that one');
  }
  return {
    async shutdown() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('time is up')), SHUTDOWN_MS);
      });
      // A collector that is away makes it fail. The spans are lost then, and nothing else.
      await Promise.race([provider.shutdown(), late]).catch((error: unknown) =>
        log.warn({ err: error }, 'the last spans could not be sent'),
      );
      clearTimeout(timer);
      if (!isOurs) return;
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

/** The general endpoint is a base URL; that of traces is used as it is. */
function endpointOf({ otelTracesEndpoint, otelEndpoint = '' }: TelemetrySettings): string {
  return otelTracesEndpoint ?? `${otelEndpoint.replace(/\/$/, '')}/v1/traces`;
}

function toSampler({ otelSampler, otelSamplerArg }: TelemetrySettings): Sampler {
  const name = otelSampler.replace(/^parentbased_/, '');
  const root =
    name === 'always_off'
      ? new AlwaysOffSampler()
      : name === 'traceidratio'
        ? new TraceIdRatioBasedSampler(otelSamplerArg)
        : new AlwaysOnSampler();
  return otelSampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}
