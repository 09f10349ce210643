/** The body has more bytes than are allowed. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/**
 * Reads a body as JSON, and no more of it than is allowed.
 * @throws {TooLargeError}
 * @throws {SyntaxError} if it is not JSON
 */
export async function readJson(request: Request, mostBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = Number(request.headers.get('content-length') ?? 0);
  const tooLarge = () => new TooLargeError(`The request body has more than ${mostBytes} bytes (MAX_BODY).`);
  if (size > mostBytes) throw tooLarge();
  // Cancelling the body would close the connection before the answer.
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  size = 0;
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > mostBytes) throw tooLarge();
    chunks.push(read.value);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}
