import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Logger } from 'pino';
import { logNodeSupport, quietLogger } from '../sdk/client.ts';
import { createAgents } from '../sdk/http-agents.ts';
import { collectBytes } from '../sdk/read-body.ts';
import {
  BATCH,
  LONGEST_WAIT_MS,
  type MessageQueue,
  type QueueMessage,
  type QueueSettings,
  VISIBILITY_MS,
} from './message-queue.ts';

/** An empty answer comes after the wait, so silence may last a little longer. */
const SILENCE_MS = LONGEST_WAIT_MS + 6_000;
const CONNECT_TIMEOUT_MS = 1_000;
/** Ten messages of 1 MB, and what JSON adds. */
const MOST_BYTES = 16_000_000;

/**
 * A queue by the SDK. Its client is not the one of ECS: a long poll is silent for 20 s, while calls of ECS may take 5 s. Calls are
 * sent once: the reader of the queue has its own pauses after errors.
 */
export class SqsQueue implements MessageQueue {
  readonly #url: string;
  readonly #client: SQSClient;

  constructor({ url, region, credentials }: QueueSettings, log: Logger) {
    logNodeSupport(log);
    this.#url = url;
    this.#client = new SQSClient({
      // Without it, AWS_ENDPOINT_URL would be tried first, and the queue's host win with a warning.
      endpoint: new URL(url).origin,
      // AWS's answers come over TLS. With the check, one wrong sum loses a whole batch.
      md5: false,
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({
        requestTimeout: SILENCE_MS,
        throwOnRequestTimeout: true,
        socketTimeout: SILENCE_MS,
        ...createAgents(CONNECT_TIMEOUT_MS, { maxSockets: 50, keepAlive: true }),
      }),
      streamCollector: (body) => collectBytes(body, { maxBytes: MOST_BYTES, endsAt: Number.POSITIVE_INFINITY }),
      logger: quietLogger(log),
      ...(region !== undefined && { region }),
      ...(credentials !== undefined && { credentials }),
    });
  }

  async receive(waitMs: number, abortSignal: AbortSignal): Promise<readonly QueueMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: waitMs / 1_000,
      VisibilityTimeout: VISIBILITY_MS / 1_000,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
    });
    const { Messages = [] } = await this.#client.send(command, { abortSignal });
    return Messages.flatMap((message) => toMessage(message) ?? []);
  }

  async delete(messages: readonly QueueMessage[], abortSignal: AbortSignal): Promise<readonly QueueMessage[]> {
    const command = new DeleteMessageBatchCommand({
      QueueUrl: this.#url,
      Entries: messages.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt })),
    });
    const { Successful = [] } = await this.#client.send(command, { abortSignal });
    const deleted = new Set(Successful.map(({ Id }) => Id));
    return messages.filter((_, at) => !deleted.has(String(at)));
  }

  async extend(messages: readonly QueueMessage[], abortSignal: AbortSignal): Promise<void> {
    const Entries = messages.map(({ receipt }, at) => ({
      Id: String(at),
      ReceiptHandle: receipt,
      VisibilityTimeout: VISIBILITY_MS / 1_000,
    }));
    await this.#client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries }), { abortSignal });
  }

  destroy(): void {
    this.#client.destroy();
  }
}

/** Undefined for a message that cannot be handled or deleted, because it is not SQS's. */
function toMessage({ MessageId, ReceiptHandle, Body, Attributes = {} }: Message): QueueMessage | undefined {
  if (MessageId === undefined || ReceiptHandle === undefined || Body === undefined) return undefined;
  const { SentTimestamp, ApproximateReceiveCount } = Attributes;
  return {
    id: MessageId,
    receipt: ReceiptHandle,
    body: Body,
    sentAt: SentTimestamp === undefined ? undefined : Number(SentTimestamp),
    receives: Number(ApproximateReceiveCount ?? 1),
  };
}
