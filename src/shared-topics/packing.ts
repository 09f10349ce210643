import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Shorter texts are not worth it. */
const LEAST_LENGTH = 1_000;
const PACKED = '~';

/** Makes a long text shorter: states and events repeat the same names many times. */
export function pack(text: string): string {
  if (text.length < LEAST_LENGTH) return text;
  return `${PACKED}${deflateRawSync(text, { level: 1 }).toString('base64')}`;
}

export function unpack(text: string): string {
  if (!text.startsWith(PACKED)) return text;
  return inflateRawSync(Buffer.from(text.slice(PACKED.length), 'base64')).toString();
}
