import { encryptionKey } from './encryption-key.ts';
import { GATEWAY, rows } from './setting.ts';
import { integer, list, optional, word } from './types.ts';
import { redisUrl } from './urls.ts';

const replicas = rows('Replicas', GATEWAY);
const unset: string | undefined = undefined;

/** Settings of the state that replicas share: docs/replicas.md. */
export const REPLICA_SETTINGS = {
  shared: replicas(
    'SHARED',
    optional(redisUrl),
    unset,
    'Redis 7 or Valkey 8 that all replicas share: `redis://` or, with TLS, `rediss://user:password@host:6379/0`. Prefer the environment to the flag. See docs/replicas.md.',
  ),
  sharedCa: replicas(
    'SHARED_CA',
    optional(word('file')),
    unset,
    'PEM file with the authorities of the certificate of Redis. Without it, those that Node trusts.',
  ),
  sharedCert: replicas(
    'SHARED_CERT',
    optional(word('file')),
    unset,
    'PEM file with the certificate of this gateway, for a Redis that asks its clients for one.',
  ),
  sharedKey: replicas('SHARED_KEY', optional(word('file')), unset, 'PEM file with the private key of `SHARED_CERT`.'),
  sharedEncryptionKeys: replicas(
    'SHARED_ENCRYPTION_KEYS',
    list(encryptionKey),
    [],
    'Keys with which replicas encrypt what they store in Redis: 32 bytes each, in base64 (`openssl rand -base64 32`). The first one encrypts, and each decrypts, so that a key can be replaced. `off` stands for no encryption, which is the default for a Redis on this machine only. Prefer the environment to the flag.',
  ),
  sharedReplicas: replicas(
    'SHARED_REPLICAS',
    integer(1, 1_000),
    2,
    'Least number of replicas to assume while `SHARED` cannot be reached; each then uses its part of the rate limits.',
  ),
};
