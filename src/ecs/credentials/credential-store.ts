import { CredentialsError } from '../core/errors.ts';
import { roleAssumer } from './assume-role.ts';
import { CallerAccount, callerAccountAsker } from './caller-account.ts';
import { CheckedKeys } from './checked-keys.ts';
import type { CredentialSource, KeySupply, Keys } from './credential-source.ts';
import { RoleKeySupply } from './role-keys.ts';
import type { StsSettings } from './sts-client.ts';

export interface CredentialStoreOptions {
  readonly sts: StsSettings;
  readonly now?: (() => number) | undefined;
  readonly random?: (() => number) | undefined;
}

/**
 * The credentials of a process: one supply for each source, however many scopes and clients use it. The SDK's own providers remember
 * nothing, so that 50 accounts in 4 regions behind one hub would make eight times as many calls to STS.
 */
export class CredentialStore {
  readonly #options: CredentialStoreOptions;
  readonly #supplies = new Map<string, KeySupply>();
  readonly #accounts = new Map<string, CallerAccount>();

  constructor(options: CredentialStoreOptions) {
    this.#options = options;
  }

  of(source: CredentialSource): KeySupply {
    const key = JSON.stringify(source);
    const known = this.#supplies.get(key);
    if (known !== undefined) return known;
    const made = this.#create(source);
    this.#supplies.set(key, made);
    return made;
  }

  /**
   * The keys of a source for one account. Roles name their account in the answer that gives the keys; of all other keys STS is
   * asked once, before the first call.
   * @param sts where the account of other keys is asked for
   */
  checked(source: CredentialSource, account: string, sts: StsSettings): CheckedKeys {
    const supply = this.of(source);
    const key = JSON.stringify([source, sts.endpoint]);
    const { now } = this.#options;
    const known = this.#accounts.get(key) ?? new CallerAccount({ ask: callerAccountAsker(supply, sts), now });
    this.#accounts.set(key, known);
    return new CheckedKeys(supply, known, account);
  }

  #create(source: CredentialSource): KeySupply {
    const { sts, now, random } = this.#options;
    switch (source.kind) {
      case 'keys': {
        const { accessKeyId, secretAccessKey } = source;
        return fixedKeys({ accessKeyId, secretAccessKey });
      }
      case 'role':
        return new RoleKeySupply({
          assume: roleAssumer(source, this.of(source.from), sts),
          ...(now && { now }),
          ...(random && { random }),
        });
      case 'profile':
        return new ChainSupply(source.profile);
      case 'chain':
        return new ChainSupply(undefined);
    }
  }
}

function fixedKeys(keys: Keys): KeySupply {
  return { keys: async () => keys, drop: () => false, expiresAt: undefined, failure: undefined };
}

/** The SDK writes 10 lines to the console, past every logger, if the environment has keys beside a named profile. */
const ignore = () => undefined;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The SDK's default chain, or one profile of it. The SDK remembers and renews what it finds. */
class ChainSupply implements KeySupply {
  readonly #profile: string | undefined;
  #provider: Promise<() => Promise<Keys>> | undefined;
  #accessKeyId: string | undefined;
  #expiresAt: Date | undefined;
  #failure: string | undefined;

  constructor(profile: string | undefined) {
    this.#profile = profile;
  }

  async keys(): Promise<Keys> {
    this.#provider ??= this.#load();
    try {
      const keys = await (await this.#provider)();
      this.#accessKeyId = keys.accessKeyId;
      this.#expiresAt = keys.expiration;
      this.#failure = undefined;
      return keys;
    } catch (error) {
      const where = this.#profile === undefined ? 'the default chain' : `the profile "${this.#profile}"`;
      this.#failure = `${where} has no credentials`;
      throw new CredentialsError(this.#failure, { cause: error });
    }
  }

  drop(refused: Keys): boolean {
    if (this.#accessKeyId === refused.accessKeyId) this.#provider = undefined;
    return true;
  }

  get expiresAt(): Date | undefined {
    return this.#expiresAt;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  async #load(): Promise<() => Promise<Keys>> {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    return defaultProvider(this.#profile === undefined ? {} : { profile: this.#profile, logger: SILENT });
  }
}
