import { getEventListeners } from 'node:events';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { QueueMessage } from '../../../src/ecs/queue/message-queue.ts';
import { openQueue } from '../../../src/ecs/queue/open-queue.ts';
import { until } from '../../support/time/until.ts';
import { type SqsCall, startSqsDouble } from './sqs-double.ts';

type Answer = Parameters<typeof startSqsDouble>[0];

async function start(answer: Answer) {
  const double = await startSqsDouble(answer);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const log = pino({ level: 'silent' });
  const queue = await openQueue({ url: double.url, region: 'eu-west-1', credentials }, log);
  return {
    ...double,
    queue,
    [Symbol.asyncDispose]: async () => {
      queue.destroy();
      await double[Symbol.asyncDispose]();
    },
  };
}

const { signal } = new AbortController();
const message = (id: string): QueueMessage => ({ id, receipt: `r-${id}`, body: '', sentAt: undefined, receives: 1 });

describe('a queue by the SDK', () => {
  it('receives by a long poll, with what the messages waited', async () => {
    const sent = { MessageId: 'm', ReceiptHandle: 'r', Body: '{}', MD5OfBody: 'wrong' };
    const Attributes = { SentTimestamp: '1795845600000', ApproximateReceiveCount: '3' };
    await using sqs = await start(() => ({
      Messages: [{ ...sent, Attributes }, { ...sent, MessageId: undefined }, sent],
    }));
    expect(await sqs.queue.receive(20_000, signal)).toEqual([
      { id: 'm', receipt: 'r', body: '{}', sentAt: 1_795_845_600_000, receives: 3 },
      { id: 'm', receipt: 'r', body: '{}', sentAt: undefined, receives: 1 },
    ]);
    const [{ operation, input, headers } = {} as SqsCall] = sqs.calls;
    expect(operation).toBe('ReceiveMessage');
    expect(input).toEqual({
      QueueUrl: sqs.url,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
      VisibilityTimeout: 30,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
    });
    expect(headers.authorization).toContain('/eu-west-1/sqs/aws4_request');
  });

  it('is empty where the answer names no message', async () => {
    await using sqs = await start(() => ({}));
    expect(await sqs.queue.receive(20_000, signal)).toEqual([]);
  });

  it('returns the messages that were not deleted, although the answer is 200', async () => {
    await using sqs = await start(() => ({ Successful: [{ Id: '0' }], Failed: [{ Id: '1', Code: 'InternalError' }] }));
    expect(await sqs.queue.delete([message('a'), message('b')], signal)).toEqual([message('b')]);
    expect(sqs.calls[0]?.input.Entries).toEqual([
      { Id: '0', ReceiptHandle: 'r-a' },
      { Id: '1', ReceiptHandle: 'r-b' },
    ]);
  });

  it('hides messages for another 30 s', async () => {
    await using sqs = await start(() => ({ Successful: [{ Id: '0' }], Failed: [] }));
    await sqs.queue.extend([message('a')], signal);
    expect(sqs.calls).toMatchObject([
      {
        operation: 'ChangeMessageVisibilityBatch',
        input: { Entries: [{ Id: '0', ReceiptHandle: 'r-a', VisibilityTimeout: 30 }] },
      },
    ]);
  });

  it('sends a call once: its reader waits after errors', async () => {
    await using sqs = await start((_, response) => {
      response.statusCode = 503;
      return { __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'later' };
    });
    await expect(sqs.queue.receive(20_000, signal)).rejects.toThrow('later');
    expect(sqs.calls).toHaveLength(1);
  });

  it('ends a long poll at once when it is aborted, and keeps no listeners', async () => {
    let answers = 20;
    await using sqs = await start(() => {
      answers -= 1;
      return answers < 0 ? undefined : {};
    });
    const abort = new AbortController();
    for (let each = 0; each < 20; each += 1) await sqs.queue.receive(20_000, abort.signal);
    expect(getEventListeners(abort.signal, 'abort').length).toBeLessThanOrEqual(1);
    const received = sqs.queue.receive(20_000, abort.signal);
    const failed = expect(received).rejects.toThrow();
    await until(() => sqs.calls.length === 21);
    abort.abort();
    await failed;
    await until(() => sqs.aborted() === 1);
  });
});
