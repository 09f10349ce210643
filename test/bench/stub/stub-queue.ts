import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const BATCH = 10;

/** An SQS queue that never loses or repeats a message: what its readers cost is measured, not what it does. */
export async function startStubQueue() {
  let messages: string[] = [];
  let waiting: { readonly response: ServerResponse; readonly timer: NodeJS.Timeout }[] = [];
  let receipts = 0;
  let next = 0;

  const answer = (response: ServerResponse) => {
    const batch = messages.slice(0, BATCH);
    messages = messages.slice(BATCH);
    const Messages = batch.map((Body) => {
      next += 1;
      return { MessageId: `m${next}`, ReceiptHandle: `r${next}`, Body, Attributes: { SentTimestamp: `${Date.now()}` } };
    });
    response.end(JSON.stringify(Messages.length === 0 ? {} : { Messages }));
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const input = JSON.parse(Buffer.concat(chunks).toString()) as {
      readonly Entries?: readonly { readonly Id: string }[];
      readonly WaitTimeSeconds?: number;
    };
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (!String(request.headers['x-amz-target']).endsWith('ReceiveMessage')) {
      response.end(JSON.stringify({ Successful: (input.Entries ?? []).map(({ Id }) => ({ Id })), Failed: [] }));
      return;
    }
    receipts += 1;
    if (messages.length > 0) return answer(response);
    const end = () => {
      waiting = waiting.filter((waiter) => waiter.response !== response);
    };
    const timer = setTimeout(
      () => {
        end();
        answer(response);
      },
      (input.WaitTimeSeconds ?? 0) * 1_000,
    );
    response.on('close', () => {
      clearTimeout(timer);
      end();
    });
    waiting.push({ response, timer });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/123456789012/events`,
    send(bodies: readonly string[]): void {
      messages.push(...bodies);
      while (messages.length > 0) {
        const waiter = waiting.shift();
        if (waiter === undefined) return;
        clearTimeout(waiter.timer);
        answer(waiter.response);
      }
    },
    /** Messages that no reader has received. */
    get waitingMessages(): number {
      return messages.length;
    },
    get receipts(): number {
      return receipts;
    },
  };
}
