import { flat } from './flat-string.ts';

/** A 32-bit hash of a text. */
export function hashOf(text: string, seed = 0): number {
  let hash = seed >>> 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  return hash;
}

/** A version 4 UUID from 32 hexadecimal digits, two of which are replaced by the version and the variant. */
export function uuidFrom(hex: string): string {
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3];
  return flat(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  );
}

/** Added to the state of the generator with each word. */
const STEP = 0x6d2b79f5;

/** The word that a generator in the given state returns next. */
function wordAfter(state: number): number {
  const next = (state + STEP) >>> 0;
  let t = Math.imul(next ^ (next >>> 15), next | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

const bytes = Buffer.alloc(64);

/**
 * The hexadecimal digits that a generator in the given state returns. A buffer's hex is one flat string, while joined
 * pieces would each be kept.
 */
export function hexFrom(state: number, length: number): string {
  let at = 0;
  for (let next = state; at * 2 < length; at += 4) {
    bytes.writeUInt32BE(wordAfter(next), at);
    next += STEP;
  }
  return bytes.toString('hex', 0, (length + 1) >> 1).slice(0, length);
}

/** The first eight of these digits as a 32-bit integer. */
export function firstWordFrom(state: number): number {
  return wordAfter(state) | 0;
}

/** A seeded random generator (mulberry32): the same seed gives the same ids and durations. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The state of the generator: equal states continue alike. */
  get state(): number {
    return this.#state;
  }

  set state(state: number) {
    this.#state = state >>> 0;
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    return this.#word() / 4294967296;
  }

  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  hex(length: number): string {
    return hexFrom(this.hexSeed(length), length);
  }

  /** Goes on as if it had returned that many digits, and returns the state from which `hexFrom` computes them. */
  hexSeed(length: number): number {
    // A signed number takes no memory of its own.
    const seed = this.#state | 0;
    this.#state = (this.#state + Math.ceil(length / 8) * STEP) >>> 0;
    return seed;
  }

  /** Decimal digits, the first never 0. */
  digits(length: number): string {
    let out = String(1 + this.integer(9));
    while (out.length < length) out += String(this.integer(10));
    return out;
  }

  /** Version 4. */
  uuid(): string {
    return uuidFrom(this.hex(32));
  }

  /** Letters, digits, `_` and `-`. */
  token(length: number): string {
    this.hex(Math.ceil((length * 3) / 4) * 2);
    return bytes.toString('base64url', 0, Math.ceil((length * 3) / 4)).slice(0, length);
  }

  /** A duration up to a fifth shorter or longer than `ms`. */
  around(ms: number): number {
    return Math.round(ms * (0.8 + 0.4 * this.next()));
  }

  #word(): number {
    const word = wordAfter(this.#state);
    this.#state = (this.#state + STEP) >>> 0;
    return word;
  }
}
