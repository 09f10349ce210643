const FINAL_TEXT = 0x81;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;

/**
 * A server's text message on the wire (RFC 6455, section 5.2: one frame, no mask), built from a part for the receiver
 * and bytes that many receivers share. It is one buffer, so that it takes one write.
 */
export function textFrame(head: string, body: Uint8Array, tail: string): Buffer {
  const headLength = Buffer.byteLength(head);
  const length = headLength + body.length + tail.length;
  const start = length < LENGTH_IN_2_BYTES ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FINAL_TEXT;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = LENGTH_IN_2_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_IN_8_BYTES;
    frame.writeUIntBE(0, 2, 2);
    frame.writeUIntBE(length, 4, 6);
  }
  frame.write(head, start);
  frame.set(body, start + headLength);
  frame.write(tail, start + headLength + body.length);
  return frame;
}
