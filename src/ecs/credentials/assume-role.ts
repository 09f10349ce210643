import { CredentialsError } from '../core/errors.ts';
import type { KeySupply, Keys, RoleSource } from './credential-source.ts';
import type { RoleKeys } from './role-keys.ts';

export interface StsSettings {
  readonly region: string;
  /** Undefined: the SDK finds AWS's, or that of `AWS_ENDPOINT_URL_STS`. */
  readonly endpoint: string | undefined;
}

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** How STS and ECS name keys that were valid before. */
const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);

/** Whether AWS refused a call because its session token has expired: nothing was executed. */
export function isExpiredToken(error: unknown): boolean {
  return EXPIRED.has(String((error as { readonly name?: unknown } | undefined)?.name));
}

/**
 * Returns a function that assumes a role. The client of STS loads with the first call.
 * @throws {CredentialsError} from that function
 */
export function roleAssumer(source: RoleSource, from: KeySupply, settings: StsSettings): () => Promise<RoleKeys> {
  return async () => {
    const keys = await from.keys();
    try {
      return await assumeRole(source, keys, settings);
    } catch (error) {
      // The keys of the role before this one in a chain.
      if (isExpiredToken(error) && from.drop(keys)) return assumeRole(source, await from.keys(), settings);
      throw error;
    }
  };
}

async function assumeRole(
  { roleArn, externalId, sessionName, tags }: RoleSource,
  keys: Keys,
  { region, endpoint }: StsSettings,
): Promise<RoleKeys> {
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    credentials: { ...keys } as never,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  try {
    const input = {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(externalId !== undefined && { ExternalId: externalId }),
      ...(Object.keys(tags).length > 0 && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    };
    const { Credentials: given } = await client.send(new AssumeRoleCommand(input));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    // The SDK takes a proxy's page with status 200 for an answer without fields.
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || Number.isNaN(Expiration?.getTime() ?? Number.NaN))
      throw new CredentialsError('what answered in the place of STS gave no credentials');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration as Date,
    };
  } catch (error) {
    if (isExpiredToken(error) || error instanceof CredentialsError) throw error;
    throw new CredentialsError(reasonOf(error), { cause: error });
  } finally {
    client.destroy();
  }
}

/** STS's own message names the role and the caller, so only its code is repeated. */
function reasonOf(error: unknown): string {
  const { name = 'Error', $fault, code } = error as { name?: string; $fault?: string; code?: string };
  if (name === 'CredentialsProviderError') return 'the credentials that assume the role cannot be found';
  if ($fault !== undefined) return `STS refused the role with ${name}`;
  return `STS could not be reached (${code ?? name})`;
}
