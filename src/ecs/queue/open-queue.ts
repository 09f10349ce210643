import type { Logger } from 'pino';
import type { MessageQueue, QueueSettings } from './message-queue.ts';

/** Opens a queue. The SDK's client of SQS is a chunk that loads here, so that gateways without a queue never read it. */
export async function openQueue(settings: QueueSettings, log: Logger): Promise<MessageQueue> {
  const { SqsQueue } = await import('./sqs-queue.ts');
  return new SqsQueue(settings, log);
}
