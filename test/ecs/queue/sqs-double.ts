import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SqsCall {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
}

/** An endpoint that speaks the wire protocol of SQS and answers as a test says. */
export async function startSqsDouble(answer: (call: SqsCall, response: ServerResponse) => object | undefined) {
  const calls: SqsCall[] = [];
  let closes = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.on('close', () => {
      if (!response.writableEnded) closes += 1;
    });
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const call = { operation, input: JSON.parse(Buffer.concat(chunks).toString()), headers: request.headers };
    calls.push(call);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    const body = answer(call, response);
    if (body !== undefined) response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/111122223333/events`;
  return {
    url,
    calls,
    /** Answers that the other side did not wait for. */
    aborted: () => closes,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
