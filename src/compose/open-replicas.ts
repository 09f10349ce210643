import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config/index.ts';
import { isInsecureRedis } from '../config/urls.ts';
import { ChangeTurns } from '../ecs/consistency/change-turns.ts';
import type { IdempotencyStore } from '../ecs/consistency/idempotency-store.ts';
import { MemoryIdempotencyStore } from '../ecs/consistency/memory-idempotency-store.ts';
import { realTimers, type Timers } from '../ecs/core/timers.ts';
import type { CountsOfReplicas } from '../pipeline/limits/caller-limits.ts';
import { SharedPlaces } from '../shared/places/shared-places.ts';
import { openShared } from '../shared/redis/open-shared.ts';
import { Replicas } from '../shared/replicas.ts';
import { RedisTurns } from '../shared/turns/shared-turns.ts';
import { SharedTopics } from '../shared-topics/shared-topics.ts';
import { VERSION } from '../version.ts';
import { problems } from './open-access.ts';

/**
 * Opens the state that this replica shares with others; undefined if it is alone.
 * @param commandMs time for a command to Redis, if not the usual
 */
export async function openReplicas(config: Config, log: Logger, commandMs?: number): Promise<Replicas | undefined> {
  const { shared: url, sharedReplicas: leastReplicas, sharedEncryptionKeys: encryptionKeys } = config;
  if (url !== undefined && isInsecureRedis(url)) {
    log.warn('what replicas share, results of writes included, goes unencrypted over the network: use rediss://');
  }
  const timers = realTimers();
  const tls = await readTls(config);
  const store = await openShared({ url, tls, encryptionKeys, leastReplicas, timers, log, commandMs });
  return store && new Replicas(store, timers, new SharedTopics({ store, timers, version: VERSION }));
}

/** @throws {ConfigError} that lists the files that cannot be used */
async function readTls({ sharedCa, sharedCert, sharedKey }: Config) {
  const wrong: string[] = [];
  const read = async (path: string | undefined, setting: string) => {
    if (path === undefined) return undefined;
    try {
      const text = await readFile(path, 'utf8');
      if (!text.includes('-----BEGIN ')) throw new Error('is not a PEM file');
      return text;
    } catch (error) {
      wrong.push(`${setting} ${path}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const [ca, cert, key] = await Promise.all([
    read(sharedCa, '--shared-ca (SHARED_CA)'),
    read(sharedCert, '--shared-cert (SHARED_CERT)'),
    read(sharedKey, '--shared-key (SHARED_KEY)'),
  ]);
  if (wrong.length > 0) throw new ConfigError(wrong);
  const files = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert, key }) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw problems(error, '--shared-ca (SHARED_CA), --shared-cert (SHARED_CERT), --shared-key (SHARED_KEY):');
  }
  return files;
}

/** A mutation ends within its deadline. A claim of a key that is this much older belongs to a replica that has disappeared. */
const LEASE_EXTRA_MS = 30_000;
/** A caller waits for other mutations for at most this part of the deadline. */
const WAIT_PART = 0.8;

/** Counts of principals over all replicas. */
export function countsOf(replicas: Replicas | undefined, timers: Timers): CountsOfReplicas | undefined {
  return replicas && { mutations: replicas.mutations, places: new SharedPlaces(replicas.store, timers) };
}

/** Turns of changes of one thing, in this process and over all replicas. */
export function createChangeTurns(
  { mutationDeadline }: Config,
  replicas: Replicas | undefined,
  timers: Timers,
): ChangeTurns {
  return new ChangeTurns(timers, mutationDeadline * WAIT_PART, replicas && new RedisTurns(replicas.store, timers));
}

/** Where the results of mutations with idempotency keys are kept. */
export function createIdempotencyStore(
  { idempotencyTtl: ttlMs, idempotencyKeys: mostKeys, idempotencyBytes: mostBytes, mutationDeadline }: Config,
  replicas: Replicas | undefined,
  timers: Timers,
): IdempotencyStore {
  const limits = { ttlMs, mostKeys, mostBytes };
  if (replicas === undefined) return new MemoryIdempotencyStore(limits, timers);
  const waitMs = mutationDeadline * WAIT_PART;
  return replicas.idempotencyStore({ ...limits, waitMs, leaseMs: mutationDeadline + LEASE_EXTRA_MS });
}
