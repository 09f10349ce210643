import { createHash } from 'node:crypto';
import type { MessageAttributes } from '../model/messaging/queue-record.ts';

export function md5Of(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const STRING = Buffer.from([1]);
const BINARY = Buffer.from([2]);

/**
 * The digest of message attributes as SQS's developer guide defines it: each name, type and value with its length,
 * sorted by name, with a byte between type and value that says whether the value is text or bytes.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return undefined;
  const parts = entries.flatMap(([name, { DataType, StringValue, BinaryValue }]) => {
    const isBinary = DataType.startsWith('Binary');
    const value = isBinary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? '');
    return [
      withLength(Buffer.from(name)),
      withLength(Buffer.from(DataType)),
      isBinary ? BINARY : STRING,
      withLength(value),
    ];
  });
  return createHash('md5').update(Buffer.concat(parts)).digest('hex');
}
