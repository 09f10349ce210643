/** A body has more bytes than are allowed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** A body ended before its announced length. */
export class BodyCutError extends Error {
  override readonly name = 'BodyCutError';
}

/**
 * Reads a body as text, and leaves the rest of one that is too long: ending the stream would close the connection before the answer.
 * @throws {BodyTooLargeError}
 * @throws {BodyCutError}
 */
export async function readWithin(body: ReadableStream<Uint8Array>, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  const reader = body.getReader();
  const readOn = () =>
    reader.read().catch((error: unknown) => {
      throw new BodyCutError('The request body ended too early.', { cause: error });
    });
  let length = 0;
  for (let { value } = await readOn(); value !== undefined; { value } = await readOn()) {
    length += value.byteLength;
    if (length > mostBytes) throw new BodyTooLargeError(`The request body has more than ${mostBytes} bytes.`);
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString();
}
