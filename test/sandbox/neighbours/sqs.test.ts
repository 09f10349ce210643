import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { signed } from '../support/aws-json.ts';
import { Messaging } from '../support/messaging.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const SECOND = 1000;

/** A sandbox with the queue `events`. */
async function withQueue(attributes: Parameters<Messaging['queue']>[1] = {}) {
  const s = await withSandbox();
  const m = new Messaging(s.sandbox);
  const { url, arn } = await m.queue('events', attributes);
  const send = (MessageBody: string, more: object = {}) =>
    m.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...more }));
  const bodies = async (more: object = {}) => (await m.receive(url, more)).map(({ Body }) => Body);
  return {
    ...s,
    m,
    url,
    arn,
    send,
    bodies,
    seconds: (count: number) => s.sandbox.clock.advance(count * SECOND),
    async [Symbol.asyncDispose]() {
      m[Symbol.dispose]();
      await s[Symbol.asyncDispose]();
    },
  };
}

/** Name and former code of the error of a call. */
async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, Code, $metadata } = error as Error & { Code?: string; $metadata: { httpStatusCode?: number } };
    return `${name} ${Code} ${$metadata.httpStatusCode}`;
  }
  throw new Error('the call succeeded');
}

describe('a queue', () => {
  it('is made once for the same attributes, and found by its name', async () => {
    await using q = await withQueue({ VisibilityTimeout: '60' });
    expect(q.url).toBe(`${q.sandbox.url}/123456789012/events`);
    expect(q.arn).toBe('arn:aws:sqs:eu-west-1:123456789012:events');
    expect((await q.m.queue('events', { VisibilityTimeout: '60' })).url).toBe(q.url);
    expect((await q.m.queue('events')).url).toBe(q.url);
    expect(await errorOf(q.m.queue('events', { VisibilityTimeout: '61' }))).toBe(
      'QueueNameExists QueueAlreadyExists 400',
    );
    expect((await q.m.sqs.send(new GetQueueUrlCommand({ QueueName: 'events' }))).QueueUrl).toBe(q.url);
    expect((await q.m.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'ev' }))).QueueUrls).toEqual([q.url]);
    expect(await errorOf(q.m.sqs.send(new GetQueueUrlCommand({ QueueName: 'other' })))).toBe(
      'QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue 400',
    );
    await q.m.sqs.send(new DeleteQueueCommand({ QueueUrl: q.url }));
    expect(await errorOf(q.bodies())).toBe('QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue 400');
  });

  it('is one of its Region and account', async () => {
    await using q = await withQueue();
    for (const place of [{ region: 'us-east-1' }, { accessKeyId: '210987654321' }]) {
      using other = new Messaging(q.sandbox, place);
      expect(await errorOf(other.receive(q.url))).toMatch(/^QueueDoesNotExist/);
    }
  });

  it('has the attributes of SQS, which can be set', async () => {
    await using q = await withQueue({ MessageRetentionPeriod: '3600' });
    const { Attributes } = await q.m.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: q.url, AttributeNames: ['All'] }),
    );
    expect(Attributes).toEqual({
      QueueArn: q.arn,
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      CreatedTimestamp: '1772366400',
      LastModifiedTimestamp: '1772366400',
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '3600',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    });
    await q.m.sqs.send(new SetQueueAttributesCommand({ QueueUrl: q.url, Attributes: { DelaySeconds: '5' } }));
    await q.send('late');
    expect(await q.m.counts(q.url)).toEqual(['0', '0', '1']);
    q.seconds(5);
    expect(await q.bodies()).toEqual(['late']);
    await q.m.sqs.send(new TagQueueCommand({ QueueUrl: q.url, Tags: { team: 'web' } }));
    expect((await q.m.sqs.send(new ListQueueTagsCommand({ QueueUrl: q.url }))).Tags).toEqual({ team: 'web' });
  });

  it.each([
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    [{ DelaySeconds: 'x' }, 'InvalidAttributeValue'],
    [{ RedrivePolicy: '{' }, 'InvalidAttributeValue'],
    [
      { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:none","maxReceiveCount":3}' },
      'InvalidAttributeValue',
    ],
    [{ FifoQueue: 'true' }, 'InvalidAttributeName'],
    [{ Colour: 'red' }, 'InvalidAttributeName'],
  ])('refuses %o', async (attributes, code) => {
    await using q = await withQueue();
    expect(await errorOf(q.m.queue('other', attributes as object))).toBe(`${code} ${code} 400`);
  });

  it('has no order of a FIFO queue, and says so', async () => {
    await using q = await withQueue();
    const call = q.m.sqs.send(new CreateQueueCommand({ QueueName: 'events.fifo' }));
    await expect(call).rejects.toThrow('The sandbox has standard queues only: no name may end with .fifo.');
  });
});

describe('messages', () => {
  it('carry digests that the SDK checks, their attributes and their history', async () => {
    await using q = await withQueue();
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'täst' },
      count: { DataType: 'Number.int', StringValue: '7' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
    };
    const sent = await q.send('grüße', { MessageAttributes });
    expect(sent.MD5OfMessageBody).toBe(createHash('md5').update('grüße').digest('hex'));
    // By the rules of SQS's developer guide, computed once in Python.
    expect(sent.MD5OfMessageAttributes).toBe('08c5771e87164f7f943c42b0429c4f30');
    q.seconds(3);
    const [message] = await q.m.receive(q.url, { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['.*'] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'grüße',
      MessageAttributes: { count: { DataType: 'Number.int', StringValue: '7' } },
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: {
        SenderId: 'test',
        SentTimestamp: String(Date.parse('2026-03-01T12:00:00Z')),
        ApproximateFirstReceiveTimestamp: String(Date.parse('2026-03-01T12:00:03Z')),
        ApproximateReceiveCount: '1',
      },
    });
    expect(message?.MessageAttributes?.raw?.BinaryValue).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('are invisible while they are in flight, and come again with another handle', async () => {
    await using q = await withQueue();
    await q.send('one');
    const [first] = await q.m.receive(q.url);
    expect(await q.bodies()).toEqual([]);
    expect(await q.m.counts(q.url)).toEqual(['0', '1', '0']);
    q.seconds(29);
    expect(await q.bodies()).toEqual([]);
    q.seconds(1);
    const [second] = await q.m.receive(q.url, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
    expect(second?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    // The handle of the first receive is too old to delete it.
    await q.m.sqs.send(new DeleteMessageCommand({ QueueUrl: q.url, ReceiptHandle: first?.ReceiptHandle }));
    expect(await q.m.counts(q.url)).toEqual(['0', '1', '0']);
    await q.m.sqs.send(new DeleteMessageCommand({ QueueUrl: q.url, ReceiptHandle: second?.ReceiptHandle }));
    expect(await q.m.counts(q.url)).toEqual(['0', '0', '0']);
    q.seconds(60);
    expect(await q.bodies()).toEqual([]);
  });

  it('stay invisible for longer, or are given back, one by one and ten at a time', async () => {
    await using q = await withQueue();
    await q.send('one');
    const [message] = await q.m.receive(q.url);
    const handle = { QueueUrl: q.url, ReceiptHandle: message?.ReceiptHandle };
    await q.m.sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 100 }));
    q.seconds(99);
    expect(await q.bodies()).toEqual([]);
    await q.m.sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 0 }));
    const [again] = await q.m.receive(q.url);
    expect(again?.Body).toBe('one');
    const { Successful, Failed } = await q.m.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: q.url,
        Entries: [
          { Id: 'a', ReceiptHandle: again?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: 'b', ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: 'c', ReceiptHandle: 'none', VisibilityTimeout: 0 },
        ],
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([
      ['b', 'MessageNotInflight'],
      ['c', 'ReceiptHandleIsInvalid'],
    ]);
    expect(await q.bodies()).toEqual(['one']);
  });

  it('are sent and deleted in batches, each with a result of its own', async () => {
    await using q = await withQueue();
    const send = (Entries: { Id: string; MessageBody: string; DelaySeconds?: number }[]) =>
      q.m.sqs.send(new SendMessageBatchCommand({ QueueUrl: q.url, Entries }));
    const sent = await send([
      { Id: 'a', MessageBody: 'A' },
      { Id: 'b', MessageBody: 'B', DelaySeconds: 901 },
      { Id: 'c', MessageBody: 'C' },
    ]);
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(sent.Failed).toMatchObject([{ Id: 'b', SenderFault: true, Code: 'InvalidParameterValue' }]);
    const messages = await q.m.receive(q.url);
    expect(messages.map(({ Body }) => Body)).toEqual(['A', 'C']);
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `m${index}`, ReceiptHandle }));
    const deleted = await q.m.sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl: q.url, Entries: [...Entries, { Id: 'bad', ReceiptHandle: 'bad' }] }),
    );
    expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(['m0', 'm1']);
    expect(deleted.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }]);
    const one = { Id: 'a', MessageBody: 'A' };
    expect(await errorOf(send([]))).toMatch(/^EmptyBatchRequest AWS\.SimpleQueueService\.EmptyBatchRequest/);
    expect(await errorOf(send([one, one]))).toMatch(/^BatchEntryIdsNotDistinct/);
    expect(await errorOf(send([{ Id: 'a b', MessageBody: 'A' }]))).toMatch(/^InvalidBatchEntryId/);
    const many = Array.from({ length: 11 }, (_, at) => ({ Id: `m${at}`, MessageBody: 'A' }));
    expect(await errorOf(send(many))).toMatch(/^TooManyEntriesInBatchRequest/);
    const half = 'x'.repeat(530_000);
    const large = ['a', 'b'].map((Id) => ({ Id, MessageBody: half }));
    expect(await errorOf(send(large))).toMatch(/^BatchRequestTooLong/);
  });

  it('that no receiver handles go to the queue of dead letters', async () => {
    await using q = await withQueue();
    const dead = await q.m.queue('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
    await q.m.sqs.send(new SetQueueAttributesCommand({ QueueUrl: q.url, Attributes: { RedrivePolicy } }));
    await q.send('poison');
    await q.send('fine');
    for (let time = 0; time < 2; time += 1) {
      expect(await q.bodies()).toEqual(['poison', 'fine']);
      q.seconds(30);
    }
    expect(await q.bodies()).toEqual([]);
    const moved = await q.m.receive(dead.url, { MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'] });
    expect(moved.map(({ Body, Attributes }) => [Body, Attributes?.DeadLetterQueueSourceArn]).sort()).toEqual([
      ['fine', q.arn],
      ['poison', q.arn],
    ]);
    const sources = await q.m.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url }));
    expect(sources.queueUrls).toEqual([q.url]);
  });

  it('are gone after their retention, and after a purge', async () => {
    await using q = await withQueue({ MessageRetentionPeriod: '60' });
    await q.send('old');
    q.seconds(60);
    await q.send('new');
    expect(await q.bodies()).toEqual(['new']);
    await q.send('newer');
    await q.m.sqs.send(new PurgeQueueCommand({ QueueUrl: q.url }));
    expect(await q.m.counts(q.url)).toEqual(['0', '0', '0']);
    expect(await errorOf(q.m.sqs.send(new PurgeQueueCommand({ QueueUrl: q.url })))).toMatch(
      /^PurgeQueueInProgress .* 403/,
    );
  });

  it.each([
    [{ MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    [{ WaitTimeSeconds: 21 }, 'InvalidParameterValue'],
    [{ VisibilityTimeout: -1 }, 'InvalidParameterValue'],
    [{ QueueUrl: 'http://127.0.0.1/none' }, 'InvalidAddress'],
  ])('are not received with %o', async (input, code) => {
    await using q = await withQueue();
    const response = await fetch(q.sandbox.url, {
      method: 'POST',
      headers: {
        authorization: signed('sqs'),
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.ReceiveMessage',
      },
      body: JSON.stringify({ QueueUrl: q.url, ...input }),
    });
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(response.headers.get('x-amzn-query-error')).toBe(`${code};Sender`);
    expect(await response.json()).toMatchObject({ __type: `com.amazonaws.sqs#${code}` });
  });

  it('have a body of allowed characters that is not too long', async () => {
    await using q = await withQueue({ MaximumMessageSize: '1024' });
    expect(await errorOf(q.send('\u0000'))).toMatch(/^InvalidMessageContents/);
    expect(await errorOf(q.send('x'.repeat(1025)))).toMatch(/^InvalidParameterValue/);
    expect((await q.send('x'.repeat(1024))).MessageId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a long poll', () => {
  it('waits for the first messages, which come together', async () => {
    await using q = await withQueue({ DelaySeconds: '10' });
    for (const body of ['one', 'two', 'three']) await q.send(body);
    const poll = q.bodies({ WaitTimeSeconds: 20 });
    await q.m.counts(q.url);
    q.seconds(10);
    expect(await poll).toEqual(['one', 'two', 'three']);
  });

  it('ends with nothing after its time, which is virtual', async () => {
    await using q = await withQueue();
    const poll = q.m.receive(q.url, { WaitTimeSeconds: 20 });
    // The poll has arrived when a later call on another connection is answered.
    while (q.sandbox.calls()['sqs:ReceiveMessage'] === undefined) await q.m.counts(q.url);
    q.seconds(20);
    expect(await poll).toEqual([]);
  });

  it('takes the wait of the queue, and hands a message to one poll only', async () => {
    await using q = await withQueue({ ReceiveMessageWaitTimeSeconds: '20' });
    const polls = [q.bodies(), q.bodies()];
    while ((q.sandbox.calls()['sqs:ReceiveMessage'] ?? 0) < 2) await q.m.counts(q.url);
    await q.send('one');
    expect(await Promise.race(polls)).toEqual(['one']);
    q.seconds(20);
    expect((await Promise.all(polls)).flat()).toEqual(['one']);
  });

  it('takes no message when its client has gone', async () => {
    await using q = await withQueue();
    const gone = new AbortController();
    const poll = q.m.sqs.send(new ReceiveMessageCommand({ QueueUrl: q.url, WaitTimeSeconds: 20 }), {
      abortSignal: gone.signal,
    });
    while (q.sandbox.calls()['sqs:ReceiveMessage'] === undefined) await q.m.counts(q.url);
    gone.abort();
    await expect(poll).rejects.toThrow('aborted');
    // The sandbox hears of it a little later.
    for (let call = 0; call < 5; call += 1) await q.m.counts(q.url);
    await q.send('one');
    expect(await q.bodies()).toEqual(['one']);
  });

  it('ends when the sandbox starts again, or its queue is deleted', async () => {
    await using q = await withQueue();
    const poll = q.m.receive(q.url, { WaitTimeSeconds: 20 });
    while (q.sandbox.calls()['sqs:ReceiveMessage'] === undefined) await q.m.counts(q.url);
    q.sandbox.reset();
    expect(await poll).toEqual([]);
    const { url } = await q.m.queue('next');
    const second = q.m.receive(url, { WaitTimeSeconds: 20 });
    while (q.sandbox.calls()['sqs:ReceiveMessage'] === undefined) await q.m.counts(url);
    await q.m.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    expect(await second).toEqual([]);
  });
});
