import type { Caller } from '../core/request-context.ts';

/**
 * The key by which limits for each caller count. Callers with the same token are distinguished by address; behind a
 * proxy that hides addresses they count as one.
 */
export function callerKeyOf({ principal, address }: Pick<Caller, 'principal' | 'address'>): string {
  return `${principal.name} ${addressKeyOf(address)}`;
}

/**
 * The key by which callers share the event loop: a principal has one share, wherever its callers are. Without
 * authentication, each address has one.
 */
export function shareKeyOf(caller: Pick<Caller, 'principal' | 'address'>): string {
  return caller.principal.name === 'anonymous' ? callerKeyOf(caller) : caller.principal.name;
}

/**
 * An address as limits count it. An IPv6 network of 64 bits counts as one, because one machine owns all of its
 * addresses.
 */
export function addressKeyOf(address: string | undefined): string {
  if (address === undefined) return 'local';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return address.includes(':') ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const first = head === '' ? [] : head.split(':');
  if (tail === undefined) return first.slice(0, 4).join(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
