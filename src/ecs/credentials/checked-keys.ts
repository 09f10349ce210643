import { CredentialsError } from '../core/errors.ts';
import { wrongAccount } from '../core/owner.ts';
import type { CallerAccount } from './caller-account.ts';
import type { KeySupply, Keys } from './credential-source.ts';

/**
 * Keys that are given out only for the account that they must be of: with keys of another one, no call is signed. If
 * STS cannot be asked whose they are, they are given out, and `isProven` says so.
 */
export class CheckedKeys implements KeySupply {
  readonly #supply: KeySupply;
  readonly #callerAccount: CallerAccount;
  readonly #account: string;
  #mismatch: string | undefined;

  constructor(supply: KeySupply, callerAccount: CallerAccount, account: string) {
    this.#supply = supply;
    this.#callerAccount = callerAccount;
    this.#account = account;
  }

  async keys(): Promise<Keys> {
    const { keys, account } = await this.#identified();
    if (account === undefined || account === this.#account) {
      this.#mismatch = undefined;
      return keys;
    }
    this.#mismatch = wrongAccount(account, this.#account);
    throw new CredentialsError(this.#mismatch);
  }

  /**
   * Whether STS has confirmed the account of the keys, so that `keys` supplies only keys of the right account.
   * @throws {CredentialsError} if there are no keys
   */
  async isProven(): Promise<boolean> {
    return (await this.#identified()).account !== undefined;
  }

  drop(refused: Keys): boolean {
    return this.#supply.drop(refused);
  }

  get expiresAt(): Date | undefined {
    return this.#supply.expiresAt;
  }

  get failure(): string | undefined {
    return this.#supply.failure ?? this.#mismatch;
  }

  async #identified(): Promise<{ readonly keys: Keys; readonly account: string | undefined }> {
    const keys = await this.#supply.keys();
    const account = this.#callerAccount.of(keys);
    return { keys, account: account instanceof Promise ? await account : account };
  }
}
