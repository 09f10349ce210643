import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPacking } from '../../src/shared/packing.ts';

const LONG = '{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/0"}'.repeat(100);
const TEXTS = ['', 'short', '{"a":1}', LONG];
const [ONE, TWO] = [randomBytes(32), randomBytes(32)];

describe('texts in Redis', () => {
  it('come back as they were, long ones shorter, with and without encryption', () => {
    for (const keys of [[], [undefined], [ONE], [ONE, undefined], [undefined, ONE]]) {
      const { pack, unpack } = createPacking(keys);
      for (const text of TEXTS) expect(unpack(pack(text))).toBe(text);
      expect(pack(LONG).length).toBeLessThan(LONG.length / 10);
    }
  });

  it('show nothing of what is encrypted, and no text twice alike', () => {
    const { pack } = createPacking([ONE]);
    const packed = Array.from({ length: 100 }, () => pack('password'));
    expect(new Set(packed).size).toBe(100);
    for (const text of packed) {
      expect(text).toMatch(/^![A-Za-z0-9+/=]+$/);
      expect(Buffer.from(text.slice(1), 'base64').toString('latin1')).not.toContain('password');
    }
    // Another process with the same key writes under a derived key of its own.
    expect(packed).not.toContain(createPacking([ONE]).pack('password'));
  });

  it('are read by each replica that has their key, whichever key it writes with', () => {
    const [plain, one, two] = [createPacking([]), createPacking([ONE]), createPacking([TWO])];
    const [fromPlain, fromOne] = [undefined, ONE].map((key) => createPacking([TWO, key]));
    for (const text of TEXTS.slice(1)) {
      expect(fromOne?.unpack(one.pack(text))).toBe(text);
      expect(fromOne?.unpack(two.pack(text))).toBe(text);
      expect(fromPlain?.unpack(plain.pack(text))).toBe(text);
      expect(two.unpack(one.pack(text))).toBeUndefined();
      expect(plain.unpack(one.pack(text))).toBeUndefined();
      // A program that writes to Redis cannot pass a text off as one of a replica.
      expect(one.unpack(plain.pack(text))).toBeUndefined();
    }
    expect(one.readable).toEqual([one.mark]);
    expect(fromOne?.readable).toEqual([two.mark, one.mark]);
    expect([plain.mark, plain.readable, fromPlain?.readable]).toEqual(['', [''], [two.mark, '']]);
  });

  it('that were damaged or cut off are not read', () => {
    const { pack, unpack } = createPacking([ONE]);
    const sealed = Buffer.from(pack(LONG).slice(1), 'base64');
    for (const at of [4, 20, 35, 48, sealed.length - 1]) {
      const damaged = Buffer.from(sealed);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      expect(unpack(`!${damaged.toString('base64')}`)).toBeUndefined();
    }
    for (const length of [0, 4, 47, sealed.length - 1]) {
      expect(unpack(`!${sealed.subarray(0, length).toString('base64')}`)).toBeUndefined();
    }
    expect(createPacking([]).unpack('~AAAA')).toBeUndefined();
  });
});
