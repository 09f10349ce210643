import { GATEWAY, rows } from './setting.ts';
import { choice, fraction, optional, toggle, word } from './types.ts';
import { endpointUrl } from './urls.ts';

const telemetry = rows('Telemetry', GATEWAY);
const unset: string | undefined = undefined;

/** Traces by OpenTelemetry. The names of the variables are its own. */
export const TELEMETRY_SETTINGS = {
  otelEndpoint: telemetry(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    optional(endpointUrl),
    unset,
    'Base URL of an OTLP collector over HTTP, such as `http://127.0.0.1:4318`: traces are sent to `/v1/traces` below it. Unset, nothing is traced. See telemetry.md.',
  ),
  otelTracesEndpoint: telemetry(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    optional(endpointUrl),
    unset,
    'The whole URL to send traces to, instead of the base URL.',
  ),
  otelTracesExporter: telemetry(
    'OTEL_TRACES_EXPORTER',
    choice('otlp', 'none'),
    'otlp',
    'With `none` nothing is traced, whatever the endpoint.',
  ),
  otelSdkDisabled: telemetry('OTEL_SDK_DISABLED', toggle, false, 'Trace nothing, whatever the endpoint.'),
  otelServiceName: telemetry('OTEL_SERVICE_NAME', word('name'), 'ecs-graphql', 'Name of this service in its traces.'),
  otelSampler: telemetry(
    'OTEL_TRACES_SAMPLER',
    choice(
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ),
    'parentbased_always_on',
    'Which traces are kept.',
  ),
  otelSamplerArg: telemetry(
    'OTEL_TRACES_SAMPLER_ARG',
    fraction,
    1,
    'The share of traces that the samplers `traceidratio` and `parentbased_traceidratio` keep.',
  ),
  traceContext: telemetry(
    'TRACE_CONTEXT',
    choice('ignore', 'accept'),
    'ignore',
    'Whether `traceparent` of a request, or of `connection_init`, continues the trace of the caller. Callers then decide what is sampled.',
  ),
};
