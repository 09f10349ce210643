import type { ValueType } from './types.ts';

const KEY_BYTES = 32;
const OFF = 'off';

/** A key of 32 bytes in base64; undefined for `off`. */
export const encryptionKey: ValueType<Buffer | undefined> = {
  placeholder: 'key',
  parse(text) {
    if (text === OFF) return undefined;
    const key = Buffer.from(text, 'base64');
    const isKey = key.length === KEY_BYTES && /^[\w+/-]+={0,2}$/.test(text);
    if (!isKey)
      throw new Error(`must be ${KEY_BYTES} bytes in base64, such as those of "openssl rand -base64 32", or ${OFF}`);
    return key;
  },
  print: (key) => (key === undefined ? OFF : key.toString('base64')),
};
