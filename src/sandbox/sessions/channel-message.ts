import { createHash, randomUUID } from 'node:crypto';

/**
 * The frames of Session Manager's data channel, as its open-source plugin reads and writes them: a big-endian header of
 * fixed fields, then the payload with its length.
 */
export interface Message {
  readonly type: string;
  readonly sequence: number;
  readonly id: string;
  readonly payloadType: number;
  readonly payload: Buffer;
}

/** The payload types of stream messages that are used here. */
export const PAYLOAD = {
  output: 1,
  handshakeRequest: 5,
  handshakeComplete: 7,
  flag: 10,
} as const;

/** Payload of `flag`: the client has ended the session. */
export const TERMINATE = 2;

const AT = { type: 4, schema: 36, created: 40, sequence: 48, flags: 56, id: 64, digest: 80, payloadType: 112 } as const;
/** Also the header's own length field; the next four bytes are the payload's length. */
const HEADER = 116;

/** The halves of a UUID are swapped on the wire. */
function swapped(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(8, 16), bytes.subarray(0, 8)]);
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export interface Outgoing {
  readonly type: string;
  readonly sequence: number;
  readonly payloadType: number;
  readonly payload: Buffer;
  readonly createdAt: number;
  readonly flags?: number;
}

export function encode({ type, sequence, payloadType, payload, createdAt, flags = 0 }: Outgoing): Buffer {
  const header = Buffer.alloc(HEADER + 4);
  header.writeUInt32BE(HEADER, 0);
  header.write(type.padEnd(AT.schema - AT.type), AT.type);
  header.writeUInt32BE(1, AT.schema);
  header.writeBigUInt64BE(BigInt(createdAt), AT.created);
  header.writeBigInt64BE(BigInt(sequence), AT.sequence);
  header.writeBigUInt64BE(BigInt(flags), AT.flags);
  swapped(Buffer.from(randomUUID().replaceAll('-', ''), 'hex')).copy(header, AT.id);
  createHash('sha256').update(payload).digest().copy(header, AT.digest);
  header.writeUInt32BE(payloadType, AT.payloadType);
  header.writeUInt32BE(payload.length, HEADER);
  return Buffer.concat([header, payload]);
}

/** Undefined if the frame is invalid. */
export function decode(frame: Buffer): Message | undefined {
  const headerLength = frame.length < HEADER + 4 ? 0 : frame.readUInt32BE(0);
  if (headerLength < HEADER || frame.length < headerLength + 4) return undefined;
  return {
    type: frame.toString('utf8', AT.type, AT.schema).replaceAll('\0', '').trim(),
    sequence: Number(frame.readBigInt64BE(AT.sequence)),
    id: uuidOf(swapped(frame.subarray(AT.id, AT.digest)).toString('hex')),
    payloadType: frame.readUInt32BE(AT.payloadType),
    payload: frame.subarray(headerLength + 4),
  };
}
