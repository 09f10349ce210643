import type { STSClient } from '@aws-sdk/client-sts';
import type { Keys } from './credential-source.ts';

export interface StsSettings {
  readonly region: string;
  /** Undefined: AWS's own, or the one that the SDK finds in the environment or the profile. */
  readonly endpoint: string | undefined;
}

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** Sends one command to STS with these keys. The SDK's module is loaded with the first call. */
export async function askSts<Answer>(
  keys: Keys,
  { region, endpoint }: StsSettings,
  ask: (client: STSClient, sts: typeof import('@aws-sdk/client-sts')) => Promise<Answer>,
): Promise<Answer> {
  const sts = await import('@aws-sdk/client-sts');
  const client = new sts.STSClient({
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
    return await ask(client, sts);
  } finally {
    client.destroy();
  }
}

/** How STS and ECS name keys that were valid before. */
const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);

/** Whether AWS refused a call because its session token has expired: nothing was executed. */
export function isExpiredToken(error: unknown): boolean {
  return EXPIRED.has(String((error as { readonly name?: unknown } | undefined)?.name));
}
