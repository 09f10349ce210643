import type { ValueType } from './types.ts';

const LOOPBACK_NAMES = new Set(['localhost', '::1', '[::1]']);

/** Whether a host name or address can be reached only from this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host.toLowerCase()) || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The base URL of an AWS endpoint. Link-local addresses are refused: instances and containers find credentials there.
 */
export const endpointUrl: ValueType<string> = {
  placeholder: 'url',
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error('must be an https or http URL');
    if (LINK_LOCAL.test(url.hostname)) throw new Error('must not be a link-local address');
    // The endpoint is logged, and calls are signed, so a user in the URL is never read.
    if (url.username !== '' || url.password !== '') throw new Error('must not hold a user or password');
    return text;
  },
  print: (value) => value,
};

/** The URL of an SQS queue: an endpoint with the path of a queue. */
export const queueUrl: ValueType<string> = {
  placeholder: 'url',
  parse(text) {
    const url = new URL(endpointUrl.parse(text));
    const isQueue = /^\/[\w-]+\/[\w-]{1,80}(\.fifo)?$/.test(url.pathname) && url.search === '' && url.hash === '';
    if (!isQueue) throw new Error('must be as SQS shows it: https://sqs.<region>.amazonaws.com/<account>/<name>');
    // A rule puts all events into one message group, of which SQS hands out nothing while a message is in flight.
    if (url.pathname.endsWith('.fifo')) throw new Error('must be a standard queue, without the ending .fifo');
    return text;
  },
  print: (value) => value,
};

/** `::ffff:a9fe:` is 169.254 within IPv6. */
const LINK_LOCAL = /^(169\.254\.|\[fe[89ab]|\[fd00:ec2:|\[::ffff:a9fe:)/i;

/** Whether calls to an endpoint cross a network unencrypted, with their signatures and with secrets in answers. */
export function isInsecureEndpoint(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'http:' && !isLoopback(hostname);
}

/** Whether an endpoint is one of AWS's own, VPC endpoints included. */
export function isAwsEndpoint(endpoint: string): boolean {
  return AWS_HOST.test(new URL(endpoint).hostname);
}

const AWS_HOST = /\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn|amazonaws\.eu)$/;

/** The path under which a proxy serves the gateway, such as `/ecs` or `/tools/ecs`; empty for no path. */
export const pathPrefix: ValueType<string> = {
  placeholder: 'path',
  parse(text) {
    const path = text.replace(/\/$/, '');
    const isPlain = /^(\/[\w.~-]+)*$/.test(path) && new URL(`http://localhost${path}/`).pathname === `${path}/`;
    if (!isPlain) throw new Error('must be a path such as /ecs or /tools/ecs');
    return path;
  },
  print: (value) => value,
};

/** A web origin (scheme, host, port), or `*` for all. */
export const webOrigin: ValueType<string> = {
  placeholder: 'origin',
  parse(text) {
    if (text === '*') return text;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase()) return url.origin;
    throw new Error('must hold origins such as https://console.example.com (no path), or *');
  },
  print: (value) => value,
};

/** A URL of an issuer of tokens: https, or http on this machine. */
export const issuerUrl: ValueType<string> = {
  placeholder: 'url',
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    if (url === undefined || !isSafe) throw new Error('must be an https URL');
    if (url.username !== '' || url.password !== '') throw new Error('must not hold a user or password');
    return text;
  },
  print: (value) => value,
};

/** The URL of a Redis server, with or without TLS. It may hold a user and password, which are never printed. */
export const redisUrl: ValueType<string> = {
  placeholder: 'url',
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
      throw new Error('must be a URL such as redis://host:6379 or rediss://user:password@host:6379/0');
    }
    if (!/^(\/\d*)?$/.test(url.pathname))
      throw new Error('must have the number of a database, or nothing, as its path');
    return text;
  },
  print: (value) => value,
};

/** Whether Redis runs on this machine. */
export function isLocalRedis(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}

/** Whether what is sent to Redis crosses a network unencrypted. */
export function isInsecureRedis(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'redis:' && !isLoopback(hostname);
}
