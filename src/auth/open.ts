import type { Logger } from 'pino';
import { ReloadableFile } from '../util/reloadable-file.ts';
import { type Authenticate, createAuthenticate } from './authenticator.ts';
import type { JwtSettings } from './jwt-verifier.ts';
import { parseTokenFile } from './token-file.ts';
import { TokenStore } from './token-store.ts';

export interface AuthenticationSettings {
  readonly token: string | undefined;
  readonly tokensFile: string | undefined;
  readonly jwt: JwtSettings | undefined;
}

/** Everything that lets callers in. */
export interface Authentication {
  readonly authenticate: Authenticate;
  /** The files that can be read again. */
  readonly files: readonly Pick<ReloadableFile<unknown>, 'what' | 'isStale' | 'reload' | 'close'>[];
  /** Milliseconds since the issuer's keys were read; undefined if they were not. */
  readonly keysAge: () => number | undefined;
}

/**
 * Reads the token file and prepares for JWTs, whose library loads only if an issuer is configured.
 * @throws {Error} if the token file cannot be read or is invalid
 */
export async function openAuthentication(
  { token, tokensFile, jwt }: AuthenticationSettings,
  log: Logger,
): Promise<Authentication> {
  const verifier = jwt && (await import('./jwt-verifier.ts')).createJwtVerifier(jwt, log);
  const tokens = tokensFile === undefined ? undefined : new TokenStore();
  const file =
    tokensFile === undefined
      ? undefined
      : await ReloadableFile.open({
          path: tokensFile,
          what: 'tokens',
          parse: parseTokenFile,
          apply: (entries) => tokens?.replace(entries),
          log,
        });
  return {
    authenticate: createAuthenticate({ token, tokens, verifyJwt: verifier?.verify }),
    files: file === undefined ? [] : [file],
    keysAge: () => verifier?.keysAge(),
  };
}
