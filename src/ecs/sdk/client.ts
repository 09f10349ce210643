import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs';
import { state as sdkNotice } from '@aws-sdk/core/client';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity, RetryErrorInfo, StandardRetryToken } from '@smithy/types';
import type { Logger } from 'pino';
import type { KeySupply } from '../credentials/credential-source.ts';
import { createAgents } from './http-agents.ts';
import { LeanJsonProtocol, StockJsonProtocol } from './json-protocol.ts';
import { collectBytes } from './read-body.ts';

/** Settings of the upstream. Absent values come from the SDK's default chains. */
export interface UpstreamSettings {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Supplies the credentials of each call, instead of `credentials`. */
  readonly keys?: KeySupply | undefined;
  /** Time limit of one attempt, in milliseconds. */
  readonly attemptTimeoutMs: number;
  /** Most bytes of an answer; 16 MB by default. */
  readonly maxAnswerBytes?: number | undefined;
  /** Whether our protocol decodes answers; otherwise the SDK's does. On by default. */
  readonly fastPaths?: boolean | undefined;
  readonly connectTimeoutMs: number;
  readonly maxAttempts: number;
}

/**
 * The SDK's own strategy, except for errors that it mistakes for a clock skew: if the upstream's `Date` has moved
 * relative to ours since the last answer, the SDK retries any error.
 */
class ReadRetryStrategy extends StandardRetryStrategy {
  override refreshRetryTokenForRetry(token: StandardRetryToken, info: RetryErrorInfo): Promise<StandardRetryToken> {
    if (isFinalRefusal(info) || isQuota(info)) return Promise.reject(new Error('refused for good'));
    return super.refreshRetryTokenForRetry(token, info);
  }
}

/** Retries only what ECS refused before executing it: for writes that must not happen twice. */
class WriteRetryStrategy extends StandardRetryStrategy {
  override refreshRetryTokenForRetry(token: StandardRetryToken, info: RetryErrorInfo): Promise<StandardRetryToken> {
    if (info.errorType !== 'THROTTLING' || isQuota(info)) return Promise.reject(new Error('not safe to send again'));
    return super.refreshRetryTokenForRetry(token, info);
  }
}

/** Errors that a corrected clock can fix. */
const CLOCK_REFUSALS: ReadonlySet<string> = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

function isFinalRefusal({ error, errorType }: RetryErrorInfo): boolean {
  const { name, $fault } = (error ?? {}) as { name?: string; $fault?: string };
  return errorType === 'TRANSIENT' && $fault === 'client' && !CLOCK_REFUSALS.has(name ?? '');
}

/** The SDK mistakes an account quota for a rate limit; a retry would fail again. */
function isQuota({ error }: RetryErrorInfo): boolean {
  return (error as { name?: string } | undefined)?.name === 'LimitExceededException';
}

/** One SDK client for calls that may be retried and one for calls that may not. They share sockets and credentials. */
export interface ClientPair {
  readonly repeatable: ECSClient;
  readonly once: ECSClient;
  destroy(): void;
}

/** The SDK's own protocol, with our limit on the size of answers. */
function stockDecoding({ maxAnswerBytes = Number.POSITIVE_INFINITY }: UpstreamSettings): ECSClientConfig {
  const limits = { maxBytes: maxAnswerBytes, endsAt: Number.POSITIVE_INFINITY };
  return { protocol: StockJsonProtocol, streamCollector: (body) => collectBytes(body, limits) };
}

/** Creates the SDK clients of one region. */
export function createClientPair(settings: UpstreamSettings, log: Logger): ClientPair {
  logNodeSupport(log);
  const requestHandler = new NodeHttpHandler({
    requestTimeout: settings.attemptTimeoutMs,
    throwOnRequestTimeout: true,
    // The timeout above ends with the answer's head.
    socketTimeout: settings.attemptTimeoutMs,
    socketAcquisitionWarningTimeout: 60_000,
    ...createAgents(settings.connectTimeoutMs, { maxSockets: 200, keepAlive: true }),
  });
  const shared: ECSClientConfig = {
    requestHandler,
    logger: quietLogger(log),
    ...(settings.fastPaths === false
      ? stockDecoding(settings)
      : { protocol: LeanJsonProtocol, streamCollector: collectBytes }),
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...credentialsOf(settings),
  };
  const repeatable = new ECSClient({ ...shared, retryStrategy: new ReadRetryStrategy(settings.maxAttempts) });
  const once = new ECSClient({
    ...shared,
    credentials: repeatable.config.credentials,
    retryStrategy: new WriteRetryStrategy(settings.maxAttempts),
  });
  return {
    repeatable,
    once,
    destroy() {
      repeatable.destroy();
      once.destroy();
    },
  };
}

/** The SDK would keep keys until shortly before they expire, also those that AWS refused. Expired keys it asks for before each call. */
function credentialsOf({ keys, credentials }: UpstreamSettings): Pick<ECSClientConfig, 'credentials'> {
  if (keys === undefined) return credentials === undefined ? {} : { credentials };
  return { credentials: async () => ({ ...(await keys.keys()), expiration: LONG_AGO }) as AwsCredentialIdentity };
}

const LONG_AGO = new Date(0);

/** The SDK prints eight lines about old Node versions, bypassing every logger. One line for maintainers replaces them. */
export function logNodeSupport(log: Logger): void {
  if (sdkNotice.warningEmitted) return;
  sdkNotice.warningEmitted = true;
  const oldest = 22;
  if (Number(process.versions.node.split('.')[0]) >= oldest) return;
  log.debug(`AWS SDK releases from January 2027 on need Node ${oldest}; this is ${process.version}`);
}

/**
 * A logger without `info`: with one, even with the SDK's silent default, the SDK makes a filtered copy of every answer
 * for a log line that nothing writes (a fifth to a third of its CPU).
 */
export function quietLogger(log: Logger): NonNullable<ECSClientConfig['logger']> {
  const quiet: Partial<NonNullable<ECSClientConfig['logger']>> = {
    // The default credential chain calls it without checking that it exists.
    debug: () => undefined,
    warn: (...content: unknown[]) => log.debug({ sdk: content.map(String) }, 'AWS SDK warning'),
    error: (...content: unknown[]) => log.debug({ sdk: content.map(String) }, 'AWS SDK error'),
  };
  return quiet as NonNullable<ECSClientConfig['logger']>;
}
