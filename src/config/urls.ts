import type { ValueType } from './types.ts';

const LOOPBACK_NAMES = new Set(['localhost', '::1', '[::1]']);

/** Whether a host name or address can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host.toLowerCase()) || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The base URL of an AWS endpoint. Plain http is for loopback only: requests carry signatures, answers carry secrets, and
 * an endpoint is also what an attacker would point at a metadata service.
 */
export const endpointUrl: ValueType<string> = {
  placeholder: 'url',
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === 'https:') return text;
    if (url?.protocol === 'http:' && isLoopback(url.hostname)) return text;
    throw new Error('must be an https URL, or an http URL of this machine (127.0.0.1, localhost)');
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
