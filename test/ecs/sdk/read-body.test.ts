import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { collectBytes } from '../../../src/ecs/sdk/read-body.ts';

const PIECES = ['{"tasks":', '[', ']}'];
const TEXT = PIECES.join('');

function body(pieces: readonly string[], headers?: Readonly<Record<string, string>>): Readable {
  return Object.assign(Readable.from(pieces.map((piece) => Buffer.from(piece))), headers && { headers });
}

describe('the bytes of an answer', () => {
  it.each([undefined, '', 'many', '-1', '1e300', '1', String(TEXT.length), String(TEXT.length + 5)])(
    'are all there where it says that they are %s',
    async (length) => {
      const bytes = await collectBytes(body(PIECES, length === undefined ? undefined : { 'content-length': length }));
      expect(Buffer.from(bytes).toString()).toBe(TEXT);
    },
  );

  it('may be one piece, or empty', async () => {
    expect(Buffer.from(await collectBytes(body([TEXT]))).toString()).toBe(TEXT);
    expect(await collectBytes(body([]))).toHaveLength(0);
  });

  it('fail with the stream', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('reset'));
      },
    });
    await expect(collectBytes(broken)).rejects.toThrow('reset');
  });
});
