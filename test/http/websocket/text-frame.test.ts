import type { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { textFrame } from '../../../src/http/websocket/text-frame.ts';

// ws exports it, its types do not.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** Reads frames as ws does, which refuses what RFC 6455 does not allow. */
function read(frame: Buffer): string[] {
  const messages: string[] = [];
  const receiver = new Receiver({ isServer: false, maxPayload: 0, skipUTF8Validation: false });
  receiver.on('message', (data: Buffer) => messages.push(String(data)));
  receiver.on('error', (error: Error) => {
    throw error;
  });
  receiver.write(frame);
  return messages;
}

describe('textFrame', () => {
  for (const length of [2, 125, 126, 65_535, 65_536, 200_000]) {
    it(`frames ${length} bytes as one message`, () => {
      const body = Buffer.alloc(length - 2, 'x');
      expect(read(textFrame('<', body, '>'))).toEqual([`<${body}>`]);
    });
  }

  it('counts bytes, not characters', () => {
    expect(read(textFrame('{"id":"ü→😀",', Buffer.from('"läuft"'), '}'))).toEqual(['{"id":"ü→😀","läuft"}']);
  });
});
