/** A socket that takes a place. */
export interface Placed {
  terminate(): void;
}

export interface PlaceSettings {
  readonly wsMaxSockets: number;
  readonly wsMaxCallerSockets: number;
  readonly wsMaxPending: number;
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
  readonly #callerOf = new Map<Placed, string>();
  readonly #ofCaller = new Map<string, number>();
  #pendingCount = 0;

  constructor(settings: PlaceSettings) {
    this.#settings = settings;
  }

  /** Whether all places are taken. */
  get isFull(): boolean {
    return this.#callerOf.size >= this.#settings.wsMaxSockets;
  }

  /** Gives a place to an unauthenticated socket. */
  add(socket: Placed, address: string): void {
    const ofAddress = this.#pending.get(address) ?? new Set<Placed>();
    this.#pending.set(address, ofAddress.add(socket));
    this.#pendingCount += 1;
    if (this.#pendingCount > this.#settings.wsMaxPending) this.#evictOne();
  }

  /** Gives the socket one of the caller's places. Returns false if the caller has no free place. */
  accept(socket: Placed, address: string, caller: string): boolean {
    const ofCaller = this.#ofCaller.get(caller) ?? 0;
    if (this.isFull || ofCaller >= this.#settings.wsMaxCallerSockets) return false;
    this.#removePending(socket, address);
    this.#callerOf.set(socket, caller);
    this.#ofCaller.set(caller, ofCaller + 1);
    return true;
  }

  /** Called when the socket has closed. */
  remove(socket: Placed, address: string): void {
    this.#removePending(socket, address);
    const caller = this.#callerOf.get(socket);
    if (caller === undefined) return;
    this.#callerOf.delete(socket);
    const left = (this.#ofCaller.get(caller) ?? 1) - 1;
    if (left > 0) this.#ofCaller.set(caller, left);
    else this.#ofCaller.delete(caller);
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
