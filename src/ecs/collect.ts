import type { Readable } from 'node:stream';
import { streamCollector } from '@smithy/node-http-handler';

/** The bytes of an answer's body. The SDK's own collector pipes them through a stream of its own first. */
export function collectBytes(body: unknown): Promise<Uint8Array> {
  if (!isNodeStream(body)) return streamCollector(body as Blob);
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    body.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    body.on('error', reject);
    body.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
  });
}

function isNodeStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body && 'on' in body;
}
