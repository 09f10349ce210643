/** The facts of Redis's INFO about a server. */
export interface ServerInfo {
  /** `standalone`, `cluster` or `sentinel`; empty if the server does not say. */
  readonly mode: string;
  /** New at every start of the server. */
  readonly runId: string;
  readonly version: string;
  /** Empty if the server does not say. */
  readonly maxmemoryPolicy: string;
  /** Bytes; 0 means no limit. */
  readonly maxmemory: number;
}

export function parseServerInfo(text: string): ServerInfo {
  const fields = new Map(text.split(/\r?\n/).map((line) => line.split(':', 2) as [string, string]));
  return {
    mode: fields.get('redis_mode') ?? '',
    runId: fields.get('run_id') ?? '',
    version: fields.get('redis_version') ?? '',
    maxmemoryPolicy: fields.get('maxmemory_policy') ?? '',
    maxmemory: Number(fields.get('maxmemory') ?? 0),
  };
}

/** The oldest version with everything that is used: SET with NX and GET. */
const LEAST_MAJOR = 7;

/** Problems of a server for our purpose. */
export function* warningsAbout({ version, maxmemory, maxmemoryPolicy }: ServerInfo): Iterable<string> {
  if (version !== '' && Number.parseInt(version, 10) < LEAST_MAJOR) {
    yield `Redis ${version} is older than ${LEAST_MAJOR}.0: idempotency keys cannot be shared`;
  }
  if (maxmemory > 0 && maxmemoryPolicy.startsWith('allkeys-')) {
    yield `Redis has maxmemory-policy ${maxmemoryPolicy}, so leases, token buckets and idempotency keys can vanish: use noeviction`;
  }
}
