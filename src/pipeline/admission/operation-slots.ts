import { setMaxListeners } from 'node:events';

/** Number of operations that run at the same time. */
export interface SlotLimits {
  readonly most: number;
  readonly mostOfOneCaller: number;
  /** Longest wait for a slot, in milliseconds. */
  readonly longestWait: number;
}

/** Operations of one caller that may wait for each slot of its own. */
const WAITING_FOR_EACH_SLOT = 8;

interface Waiter {
  readonly start: (end: () => void) => void;
}

interface CallerState {
  running: number;
  most: number;
  readonly waiting: Waiter[];
}

/**
 * Limits the operations that run at the same time, in all and for each caller. The others wait: in order for one
 * caller, and callers take turns, so that a caller with many operations does not hold up the others.
 */
export class OperationSlots {
  readonly #limits: SlotLimits;
  /** In the order in which callers are served. */
  readonly #callers = new Map<string, CallerState>();
  #running = 0;
  #waiting = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Waits for a slot. The returned function frees the slot.
   * @param mostOfCaller most operations of this caller, in place of the limit for each
   * @returns undefined if too many wait already, or if the wait took too long
   */
  async enter(
    caller: string,
    signal: AbortSignal,
    mostOfCaller = this.#limits.mostOfOneCaller,
  ): Promise<(() => void) | undefined> {
    const { most, longestWait } = this.#limits;
    const state = this.#callers.get(caller) ?? { running: 0, most: mostOfCaller, waiting: [] };
    state.most = mostOfCaller;
    this.#callers.set(caller, state);
    if (state.waiting.length === 0 && this.#running < most && state.running < mostOfCaller) {
      return this.#begin(caller, state);
    }
    if (state.waiting.length >= WAITING_FOR_EACH_SLOT * mostOfCaller) return undefined;
    if (this.#waiting >= WAITING_FOR_EACH_SLOT * most) return undefined;
    return new Promise((resolve) => {
      const settle = (end: (() => void) | undefined) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        this.#waiting -= 1;
        resolve(end);
      };
      const waiter: Waiter = { start: settle };
      const leave = () => {
        state.waiting.splice(state.waiting.indexOf(waiter), 1);
        this.#forgetIfIdle(caller, state);
        settle(undefined);
      };
      const timer = setTimeout(leave, longestWait);
      this.#waiting += 1;
      state.waiting.push(waiter);
      setMaxListeners(0, signal);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
  }

  #begin(caller: string, state: CallerState): () => void {
    this.#running += 1;
    state.running += 1;
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      this.#running -= 1;
      state.running -= 1;
      this.#forgetIfIdle(caller, state);
      this.#startNext();
    };
  }

  #startNext(): void {
    if (this.#running >= this.#limits.most) return;
    for (const [caller, state] of this.#callers) {
      if (state.waiting.length === 0 || state.running >= state.most) continue;
      const waiter = state.waiting.shift();
      this.#callers.delete(caller);
      this.#callers.set(caller, state);
      waiter?.start(this.#begin(caller, state));
      return;
    }
  }

  #forgetIfIdle(caller: string, state: CallerState): void {
    if (state.running === 0 && state.waiting.length === 0 && this.#callers.get(caller) === state) {
      this.#callers.delete(caller);
    }
  }
}
