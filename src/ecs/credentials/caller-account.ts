import type { KeySupply, Keys } from './credential-source.ts';
import { askSts, isExpiredToken, type StsSettings } from './sts-client.ts';

/** Returns the account of keys; undefined if STS cannot be asked, or does not know. */
export type AskAccount = (keys: Keys) => Promise<string | undefined>;

export interface CallerAccountOptions {
  /** Asks STS whose keys are. */
  readonly ask: AskAccount;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** After STS could not be asked, it is asked again this much later, beside the calls. */
const ASK_AGAIN_MS = 30_000;

interface Asked {
  readonly accessKeyId: string;
  /** Undefined while STS has not answered. */
  account: string | undefined;
  /** When STS could last not be asked. */
  failedAt: number | undefined;
  running: Promise<string | undefined> | undefined;
}

/** The account of the keys that are in use: STS is asked once for each set of keys, however many scopes use it. */
export class CallerAccount {
  readonly #ask: AskAccount;
  readonly #now: () => number;
  #asked: Asked | undefined;

  constructor({ ask, now = Date.now }: CallerAccountOptions) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Undefined, without a wait, if STS could not be asked a short while ago. */
  of(keys: Keys): string | undefined | Promise<string | undefined> {
    if (keys.account !== undefined) return keys.account;
    if (this.#asked?.accessKeyId !== keys.accessKeyId)
      this.#asked = { accessKeyId: keys.accessKeyId, account: undefined, failedAt: undefined, running: undefined };
    const asked = this.#asked;
    if (asked.account !== undefined) return asked.account;
    const { failedAt } = asked;
    if (failedAt === undefined) return this.#start(asked, keys);
    if (this.#now() - failedAt >= ASK_AGAIN_MS) void this.#start(asked, keys);
    return undefined;
  }

  #start(asked: Asked, keys: Keys): Promise<string | undefined> {
    asked.running ??= this.#ask(keys)
      .catch(() => undefined)
      .then((account) => {
        asked.account = account;
        asked.failedAt = account === undefined ? this.#now() : undefined;
        asked.running = undefined;
        return account;
      });
    return asked.running;
  }
}

const ACCOUNT = /^\d{12}$/;

/** Asks STS by GetCallerIdentity, which needs no permission. */
export function callerAccountAsker(supply: KeySupply, settings: StsSettings): AskAccount {
  const ask = async (keys: Keys) => {
    const { Account } = await askSts(keys, settings, (client, { GetCallerIdentityCommand }) =>
      client.send(new GetCallerIdentityCommand({})),
    );
    // The SDK takes a proxy's page with status 200 for an answer without fields.
    return Account !== undefined && ACCOUNT.test(Account) ? Account : undefined;
  };
  return async (keys) => {
    try {
      return await ask(keys);
    } catch (error) {
      // The next call takes other keys, and asks whose those are.
      if (isExpiredToken(error)) supply.drop(keys);
      throw error;
    }
  };
}
