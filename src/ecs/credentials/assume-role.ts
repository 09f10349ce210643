import { CredentialsError } from '../core/errors.ts';
import type { KeySupply, Keys, RoleSource } from './credential-source.ts';
import type { RoleKeys } from './role-keys.ts';
import { askSts, isExpiredToken, type StsSettings } from './sts-client.ts';

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
  settings: StsSettings,
): Promise<RoleKeys> {
  try {
    const input = {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(externalId !== undefined && { ExternalId: externalId }),
      ...(Object.keys(tags).length > 0 && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    };
    const { Credentials: given, AssumedRoleUser: user } = await askSts(
      keys,
      settings,
      (client, { AssumeRoleCommand }) => client.send(new AssumeRoleCommand(input)),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    // The SDK takes a proxy's page with status 200 for an answer without fields.
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || Number.isNaN(Expiration?.getTime() ?? Number.NaN))
      throw new CredentialsError('the endpoint of STS returned no credentials');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration as Date,
      account: accountOf(user?.Arn),
    };
  } catch (error) {
    if (isExpiredToken(error) || error instanceof CredentialsError) throw error;
    throw new CredentialsError(reasonOf(error), { cause: error });
  }
}

/** The account in the ARN of a session. */
function accountOf(arn: string | undefined): string | undefined {
  return /^arn:[\w-]+:sts::(\d{12}):/.exec(arn ?? '')?.[1];
}

/** STS's own message names the role and the caller, so only its code is repeated. */
function reasonOf(error: unknown): string {
  const { name = 'Error', $fault, code } = error as { name?: string; $fault?: string; code?: string };
  if (name === 'CredentialsProviderError') return 'the credentials that assume the role cannot be found';
  if ($fault !== undefined) return `STS refused the role with ${name}`;
  return `STS could not be reached (${code ?? name})`;
}
