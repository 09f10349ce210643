/** Where the credentials of a scope come from. */
export type CredentialSource =
  /** The SDK's default chain: environment, profile, SSO, container or instance role. */
  | { readonly kind: 'chain' }
  | { readonly kind: 'profile'; readonly profile: string }
  /** Fixed keys, for emulators. */
  | { readonly kind: 'keys'; readonly accessKeyId: string; readonly secretAccessKey: string }
  | RoleSource;

/** A role that is assumed with the credentials of another source. */
export interface RoleSource {
  readonly kind: 'role';
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly sessionName: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The credentials that assume it. */
  readonly from: CredentialSource;
}

/** Keys as the SDK takes them. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** The account, if STS gave the keys out and named it. */
  readonly account?: string | undefined;
}

/** Supplies the credentials of one source. */
export interface KeySupply {
  /**
   * The keys that are valid now.
   * @throws {CredentialsError}
   */
  keys(): Promise<Keys>;
  /**
   * Forgets keys that AWS called expired, unless other ones have replaced them already.
   * @returns whether `keys` may give other ones now
   */
  drop(refused: Keys): boolean;
  /** When the keys in use expire; undefined if they do not, or if none were needed yet. */
  readonly expiresAt: Date | undefined;
  /** Why the last attempt to get keys failed; undefined if it did not fail. */
  readonly failure: string | undefined;
}
