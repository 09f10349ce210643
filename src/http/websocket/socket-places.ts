import { addToCount } from '../../util/add-to-count.ts';

/** A socket that takes a place. */
export interface Placed {
  terminate(): void;
}

export interface PlaceSettings {
  readonly wsMaxSockets: number;
  readonly wsMaxCallerSockets: number;
  readonly wsMaxPending: number;
}

/** The reason for a client that gets none. */
export const TOO_MANY_SOCKETS = 'Too many connections (WS_MAX_SOCKETS, WS_MAX_CALLER_SOCKETS).';

/** The holder of a place, by the keys that limits count by. */
interface Holder {
  readonly caller: string;
  readonly principal: string;
}

/** A caller with its authenticated sockets, which share this object. */
interface Holding extends Holder {
  count: number;
}

/**
 * Places for sockets. Unauthenticated sockets have a few places of their own, so that they cannot keep out the others:
 * if these are taken, the oldest socket of the address with the most is closed. Authenticated sockets have a limit in
 * all and for each caller.
 */
export class SocketPlaces {
  readonly #settings: PlaceSettings;
  /** By address, oldest first. */
  readonly #pending = new Map<string, Set<Placed>>();
  readonly #holderOf = new Map<Placed, Holding>();
  readonly #ofCaller = new Map<string, Holding>();
  readonly #ofPrincipal = new Map<string, number>();
  #pendingCount = 0;

  constructor(settings: PlaceSettings) {
    this.#settings = settings;
  }

  /** Whether all places are taken. */
  get isFull(): boolean {
    return this.#holderOf.size >= this.#settings.wsMaxSockets;
  }

  /** Gives a place to an unauthenticated socket. */
  add(socket: Placed, address: string): void {
    const ofAddress = this.#pending.get(address) ?? new Set<Placed>();
    this.#pending.set(address, ofAddress.add(socket));
    this.#pendingCount += 1;
    if (this.#pendingCount > this.#settings.wsMaxPending) this.#evictOne();
  }

  /** Number of a principal's authenticated sockets. */
  ofPrincipal(principal: string): number {
    return this.#ofPrincipal.get(principal) ?? 0;
  }

  /** Gives the socket one of the caller's places. Returns false if the caller has no free place. */
  accept(socket: Placed, address: string, holder: Holder): boolean {
    const holding = this.#ofCaller.get(holder.caller) ?? { ...holder, count: 0 };
    if (this.isFull || holding.count >= this.#settings.wsMaxCallerSockets) return false;
    this.#removePending(socket, address);
    holding.count += 1;
    this.#holderOf.set(socket, holding);
    this.#ofCaller.set(holding.caller, holding);
    addToCount(this.#ofPrincipal, holding.principal, 1);
    return true;
  }

  /** Called when the socket has closed. */
  remove(socket: Placed, address: string): void {
    this.#removePending(socket, address);
    const holding = this.#holderOf.get(socket);
    if (holding === undefined) return;
    this.#holderOf.delete(socket);
    holding.count -= 1;
    if (holding.count === 0) this.#ofCaller.delete(holding.caller);
    addToCount(this.#ofPrincipal, holding.principal, -1);
  }

  #removePending(socket: Placed, address: string): void {
    const ofAddress = this.#pending.get(address);
    if (ofAddress?.delete(socket) !== true) return;
    this.#pendingCount -= 1;
    if (ofAddress.size === 0) this.#pending.delete(address);
  }

  #evictOne(): void {
    let most: [address: string, sockets: ReadonlySet<Placed>] | undefined;
    for (const entry of this.#pending) if (most === undefined || entry[1].size > most[1].size) most = entry;
    const [oldest] = most?.[1] ?? [];
    if (most === undefined || oldest === undefined) return;
    this.#removePending(oldest, most[0]);
    oldest.terminate();
  }
}
