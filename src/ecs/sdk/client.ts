import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs';
import { state as sdkNotice } from '@aws-sdk/core/client';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { RetryErrorInfo, StandardRetryToken } from '@smithy/types';
import type { Logger } from 'pino';
import { createAgents } from './http-agents.ts';
import { LeanJsonProtocol } from './json-protocol.ts';
import { collectBytes } from './read-body.ts';

/** What the composition root says of the upstream. Absent values are found by the SDK's own default chains. */
export interface UpstreamSettings {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** The longest that one attempt may take, in milliseconds. */
  readonly attemptTimeoutMs: number;
  /** The most bytes of an answer that are read; 16 MB when left out. */
  readonly maxAnswerBytes?: number | undefined;
  /** Whether answers are decoded by our protocol; if not, by the SDK's own. On by default. */
  readonly fastPaths?: boolean | undefined;
  readonly connectTimeoutMs: number;
  readonly maxAttempts: number;
}

/**
 * The SDK's own strategy, but for refusals that it takes for a wrong clock: it sends any error again when the upstream's `Date`
 * has moved away from ours since the last answer, whatever the error says.
 */
class ReadRetryStrategy extends StandardRetryStrategy {
  override refreshRetryTokenForRetry(token: StandardRetryToken, info: RetryErrorInfo): Promise<StandardRetryToken> {
    if (isFinalRefusal(info) || isQuota(info)) return Promise.reject(new Error('refused for good'));
    return super.refreshRetryTokenForRetry(token, info);
  }
}

/** Sends again only what ECS refused before it ran: for writes that must not happen twice. */
class WriteRetryStrategy extends StandardRetryStrategy {
  override refreshRetryTokenForRetry(token: StandardRetryToken, info: RetryErrorInfo): Promise<StandardRetryToken> {
    if (info.errorType !== 'THROTTLING' || isQuota(info)) return Promise.reject(new Error('not safe to send again'));
    return super.refreshRetryTokenForRetry(token, info);
  }
}

/** Refusals that a corrected clock can mend. */
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

/** The SDK takes a quota of the account for a rate: no later attempt fares better. */
function isQuota({ error }: RetryErrorInfo): boolean {
  return (error as { name?: string } | undefined)?.name === 'LimitExceededException';
}

/** One SDK client for what may be sent twice, one for what must not; they share sockets and credentials. */
export interface ClientPair {
  readonly repeatable: ECSClient;
  readonly once: ECSClient;
  destroy(): void;
}

/** The SDK's own protocol, with our bound on the size of answers. */
function stockDecoding({ maxAnswerBytes = Number.POSITIVE_INFINITY }: UpstreamSettings): ECSClientConfig {
  const limits = { maxBytes: maxAnswerBytes, endsAt: Number.POSITIVE_INFINITY };
  return { streamCollector: (body) => collectBytes(body, limits) };
}

/** Makes the SDK clients of one region. */
export function createClientPair(settings: UpstreamSettings, log: Logger): ClientPair {
  tellNodeSupport(log);
  const requestHandler = new NodeHttpHandler({
    requestTimeout: settings.attemptTimeoutMs,
    throwOnRequestTimeout: true,
    // The one above ends with the answer's head.
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
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
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

/** The SDK prints eight lines about old versions of Node, past every log. One line in ours says the same. */
function tellNodeSupport(log: Logger): void {
  if (sdkNotice.warningEmitted) return;
  sdkNotice.warningEmitted = true;
  const oldest = 22;
  if (Number(process.versions.node.split('.')[0]) >= oldest) return;
  log.info(`AWS SDK releases from January 2027 on need Node ${oldest}; this is ${process.version}`);
}

/**
 * A logger without `info`: with one, even with the SDK's own silent default, the SDK makes a filtered copy of every
 * answer for a log line that nobody writes (a fifth to a third of its CPU).
 */
function quietLogger(log: Logger): NonNullable<ECSClientConfig['logger']> {
  const quiet: Partial<NonNullable<ECSClientConfig['logger']>> = {
    // The default credential chain calls this one without asking whether it is there.
    debug: () => undefined,
    warn: (...content: unknown[]) => log.debug({ sdk: content.map(String) }, 'AWS SDK warning'),
    error: (...content: unknown[]) => log.debug({ sdk: content.map(String) }, 'AWS SDK error'),
  };
  return quiet as NonNullable<ECSClientConfig['logger']>;
}
