import { Credential } from './credential.ts';
import type { Identity } from './principal.ts';
import { digestOf, type TokenEntry } from './token-file.ts';

interface Held {
  readonly entry: TokenEntry;
  readonly credential: Credential;
  readonly identity: Identity;
}

/** The named tokens of the file that is in force. */
export class TokenStore {
  #held: ReadonlyMap<string, Held> = new Map();

  /** The holder of a token that is valid now. The digest is looked up, so the time it takes says nothing of any token. */
  find(token: string): Identity | undefined {
    const held = this.#held.get(digestOf(token));
    return held === undefined || held.credential.ended !== undefined ? undefined : held.identity;
  }

  /** Applies a new version of the file. Tokens that it omits, renames or gives other roles end at once. */
  replace(entries: readonly TokenEntry[]): void {
    const next = new Map<string, Held>();
    for (const entry of entries) {
      const old = this.#held.get(entry.sha256);
      if (old !== undefined && isSameHolder(old.entry, entry)) {
        old.credential.expireAt(entry.expiresAt);
        next.set(entry.sha256, { ...old, entry });
      } else next.set(entry.sha256, hold(entry));
    }
    const ended = [...this.#held].filter(([digest, { credential }]) => next.get(digest)?.credential !== credential);
    this.#held = next;
    for (const [, { credential }] of ended) credential.withdraw();
  }
}

function hold(entry: TokenEntry): Held {
  const credential = new Credential(entry.expiresAt);
  const { name, roles } = entry;
  return { entry, credential, identity: { principal: { name, roles }, credential } };
}

function isSameHolder(one: TokenEntry, other: TokenEntry): boolean {
  return one.name === other.name && one.roles.join(' ') === other.roles.join(' ');
}
