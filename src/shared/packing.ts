import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A text that is not shorter than this is compressed. */
const COMPRESSED_FROM = 1_000;
/** First characters of what `pack` returns. A text begins with neither: it is JSON, or a message. */
const COMPRESSED = '~';
const ENCRYPTED = '!';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const ID_BYTES = 4;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = ID_BYTES + SALT_BYTES + NONCE_BYTES + TAG_BYTES;
/** Keys of other processes that are remembered. */
const MOST_DERIVED = 256;

/** A key of `SHARED_ENCRYPTION_KEYS`; undefined for `off`. */
export type EncryptionKey = Buffer | undefined;

/** The form in which texts stand in Redis. */
export interface Packing {
  /** Names what this process writes: the id of its key, or nothing. */
  readonly mark: string;
  /** The marks of all forms that it can read. */
  readonly readable: readonly string[];
  /** Compresses a long text, and encrypts any. An empty text stays empty. */
  pack(text: string): string;
  /** The inverse; undefined for a text that was encrypted with another key, is not encrypted as it should be, or was damaged. */
  unpack(packed: string): string | undefined;
}

/** @param keys the first one encrypts, and each decrypts */
export function createPacking(keys: readonly EncryptionKey[]): Packing {
  const [first, ...others] = keys.map((key) => (key === undefined ? undefined : new Sealing(key)));
  const sealings = new Map([first, ...others].map((sealing) => [sealing?.id ?? '', sealing]));
  return {
    mark: first?.id ?? '',
    readable: keys.length === 0 ? [''] : [...sealings.keys()],
    pack(text) {
      if (text === '') return '';
      const packed = compress(text);
      return first === undefined ? packed : `${ENCRYPTED}${first.seal(packed)}`;
    },
    unpack(packed) {
      if (packed === '') return '';
      if (!packed.startsWith(ENCRYPTED)) return keys.length === 0 || sealings.has('') ? decompress(packed) : undefined;
      const sealed = Buffer.from(packed.slice(1), 'base64');
      const opened = sealings.get(idOf(sealed))?.open(sealed);
      return opened === undefined ? undefined : decompress(opened);
    },
  };
}

/** States and outputs repeat the same names many times, so the fastest level makes them a tenth. */
function compress(text: string): string {
  if (text.length < COMPRESSED_FROM) return text;
  return `${COMPRESSED}${deflateRawSync(text, { level: 1 }).toString('base64')}`;
}

function decompress(packed: string): string | undefined {
  if (!packed.startsWith(COMPRESSED)) return packed;
  try {
    return inflateRawSync(Buffer.from(packed.slice(1), 'base64')).toString();
  } catch {
    return undefined;
  }
}

const idOf = (sealed: Buffer) => sealed.toString('hex', 0, ID_BYTES);

/**
 * Authenticated encryption under one key. Each process derives a key of its own from it by a random salt, and counts its nonces, so
 * that no nonce is used twice however much is written. A sealed text: id of the key, salt, nonce, tag, the text.
 */
class Sealing {
  readonly id: string;
  readonly #key: Buffer;
  readonly #salt = randomBytes(SALT_BYTES);
  readonly #derived = new Map<string, Buffer>();
  #count = 0n;

  constructor(key: Buffer) {
    this.#key = key;
    this.id = createHash('sha256')
      .update(key)
      .digest('hex')
      .slice(0, 2 * ID_BYTES);
  }

  seal(text: string): string {
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeBigUInt64BE(this.#count, NONCE_BYTES - 8);
    this.#count += 1n;
    const cipher = createCipheriv(CIPHER, this.#derive(this.#salt), nonce);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from(this.id, 'hex'), this.#salt, nonce, cipher.getAuthTag(), body]).toString(
      'base64',
    );
  }

  open(sealed: Buffer): string | undefined {
    if (sealed.length < HEAD_BYTES) return undefined;
    const salt = sealed.subarray(ID_BYTES, ID_BYTES + SALT_BYTES);
    const nonce = sealed.subarray(ID_BYTES + SALT_BYTES, HEAD_BYTES - TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#derive(salt), nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(HEAD_BYTES - TAG_BYTES, HEAD_BYTES));
    try {
      return decipher.update(sealed.subarray(HEAD_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }

  #derive(salt: Buffer): Buffer {
    const name = salt.toString('base64');
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    if (this.#derived.size >= MOST_DERIVED) this.#derived.clear();
    const derived = Buffer.from(hkdfSync('sha256', this.#key, salt, 'ecs-graphql', KEY_BYTES));
    this.#derived.set(name, derived);
    return derived;
  }
}
