import { ConnectionTimeoutError } from '@redis/client';
import { OTHER_KEY, toSharedError } from './limited-commands.ts';
import type { RedisNode } from './redis-client.ts';

/** OpenSSL's names of what is wrong with a certificate, and Node's own for a name that it does not have. */
const CERTIFICATE =
  /^(ERR_TLS_CERT_|CERT_|CRL_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)|SELF_SIGNED_CERT|HOSTNAME_MISMATCH/;

/** The advice to an operator for a reason. */
const HINTS: Readonly<Record<string, string>> = {
  certificate:
    'its certificate is not trusted: SHARED_CA names the authorities, and the URL must have a name of the certificate',
  tls: 'TLS fails: a server that asks its clients for certificates needs SHARED_CERT and SHARED_KEY',
  WRONGPASS: 'the user or password in SHARED is wrong',
  NOAUTH: 'SHARED has no password, and Redis wants one',
  [OTHER_KEY]:
    'other replicas encrypt with a key that SHARED_ENCRYPTION_KEYS of this one lacks (or with none, and it lacks `off`)',
  SENTINEL:
    'SHARED names a Sentinel, which stores nothing: give an address that follows the master, such as a proxy, a Kubernetes service or the endpoint of a managed Redis',
};

/** A server without TLS waits for the end of what it takes for a command. */
const NO_ANSWER = 'no connection within a second: look at the network, and whether both ends speak TLS';

/** Why Redis is away, in one word. A server that refuses to serve us says so in its own, such as WRONGPASS. */
export function awayReason(error: unknown): string {
  const { kind } = error === undefined ? { kind: 'LOST' } : toSharedError(error);
  if (kind !== 'LOST' && kind !== 'AWAY') return kind;
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const name = typeof code === 'string' ? code : '';
  if (CERTIFICATE.test(name)) return 'certificate';
  return name.startsWith('ERR_SSL_') ? 'tls' : 'connection';
}

/** The line of the log. It holds nothing of the certificate, which Node's error has as well. */
export function awayLine(reason: string, error: unknown): readonly [fields: object, message: string] {
  const hint = HINTS[reason] ?? (error instanceof ConnectionTimeoutError ? NO_ANSWER : undefined);
  const { message, code } = (error ?? {}) as { readonly message?: unknown; readonly code?: unknown };
  const fields = {
    reason,
    ...(typeof message === 'string' && { cause: message }),
    ...(typeof code === 'string' && { code }),
  };
  return [fields, `Redis is away; this replica goes on by itself${hint === undefined ? '' : `: ${hint}`}`];
}

const MOVED = /^MOVED \d+ (.*):(\d+)$/;

/** The node of a cluster that has our keys, if another node says so. An empty host is that of the node itself. */
export function movedTo(error: unknown): RedisNode | undefined {
  const [, host, port] = MOVED.exec((error as Error | undefined)?.message ?? '') ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}
