import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateApiDestinationCommand, CreateConnectionCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type App, createApp } from '../../../src/app.ts';
import { createToken } from '../../../src/auth/token-file.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { Messaging } from '../../sandbox/support/messaging.ts';
import { planted } from '../../support/ecs/planted.ts';
import { readMetrics, total } from '../../support/gateway/metrics.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { taskEvent } from './events.ts';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
}

/** The properties of a resource of deploy/events. Its references are texts. */
async function deployed(template: string, resource: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(`deploy/events/${template}.yaml`, 'utf8');
  return (parse(text, { logLevel: 'silent' }) as Template).Resources[resource]?.Properties ?? {};
}

async function start() {
  const sandbox = await startSandbox(await planted({ speed: 0, seed: 'demo' }));
  const messaging = new Messaging(sandbox);
  let app: App | undefined;
  const { EventPattern } = await deployed('queue', 'Changes');
  return {
    sandbox,
    messaging,
    pattern: JSON.stringify(EventPattern),
    async gateway(settings: Readonly<Record<string, string>>) {
      const config = loadConfig('serve', [], {
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL: sandbox.url,
        PORT: '0',
        MEMORY_TTL: '0',
        RATE_SHARE: '0',
        ...settings,
      });
      const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
      app = await createApp({ ...config, credentials }, { log: pino({ level: 'silent' }), schema: sharedSchema() });
      return app;
    },
    /** How often a source came to a result. */
    async count(source: string, result: string): Promise<number> {
      const response = await app?.fetch(new Request('http://127.0.0.1/metrics'));
      const { samples } = readMetrics((await response?.text()) ?? '');
      return total(samples, 'ecs_graphql_ecs_events_total', { source, result });
    },
    /** Lets a service of the sandbox change, and its time pass. */
    async change(desiredCount: number) {
      const query = `mutation { updateService(input: { cluster: "storefront", service: "cart", desiredCount: ${desiredCount} }) { service { status } } }`;
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      await app?.fetch(
        new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) }),
      );
      for (let second = 0; second < 60; second += 1) sandbox.clock.advance(1_000);
    },
    async [Symbol.asyncDispose]() {
      messaging[Symbol.dispose]();
      await app?.dispose();
      await sandbox.close();
    },
  };
}

/** Turns until something that takes real time has happened. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => void setImmediate(resolve));
}

describe('the rules of deploy/events, in the sandbox', () => {
  it('bring events by the queue, which is empty afterwards; what is not an event goes to the dead letters', async () => {
    await using aws = await start();
    const { messaging } = aws;
    const { MessageRetentionPeriod, VisibilityTimeout } = await deployed('queue', 'Events');
    const dead = await messaging.queue('dead-letters');
    const { url, arn } = await messaging.queue('events', {
      MessageRetentionPeriod: String(MessageRetentionPeriod),
      VisibilityTimeout: String(VisibilityTimeout),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
    });
    const rule = await messaging.rule('changes', { Arn: arn }, aws.pattern);
    const [statement] = ((await deployed('queue', 'QueuePolicy')).PolicyDocument as { Statement: object[] }).Statement;
    const Condition = { ArnEquals: { 'aws:SourceArn': [rule.arn] } };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Resource: arn, Condition }] });
    await messaging.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
    await aws.gateway({ EVENTS_QUEUE: url });

    await aws.change(9);
    await until(async () => (await aws.count('sqs', 'taken')) >= 3);
    const AttributeNames = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const];
    await until(async () => {
      const { Attributes } = await messaging.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
      return AttributeNames.every((name) => Attributes?.[name] === '0');
    });

    const foreign = JSON.stringify(taskEvent({ account: '999988887777', resources: [] })).replaceAll(
      '111122223333',
      '999988887777',
    );
    await messaging.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: foreign }));
    await messaging.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'not an event' }));
    await until(async () => (await aws.count('sqs', 'untrusted')) === 1);
    await until(async () => {
      aws.sandbox.clock.advance(30_000);
      return (await messaging.receive(dead.url)).some(({ Body }) => Body === 'not an event');
    });
    expect(await aws.count('sqs', 'invalid')).toBe(5);
  });

  it('bring events by an API destination', async () => {
    await using aws = await start();
    const folder = await mkdtemp(join(tmpdir(), 'ecsg-events-'));
    const { token, entry } = createToken('eventbridge', [], undefined);
    const file = join(folder, 'secrets.json');
    await writeFile(file, JSON.stringify({ tokens: [entry] }));
    const gateway = await aws.gateway({ EVENTS_SECRETS_FILE: file, BASE_PATH: '/ecs' });
    const { url } = await gateway.listen();
    const { events } = aws.messaging;
    const key = (
      (await deployed('endpoint', 'Connection')).AuthParameters as { ApiKeyAuthParameters: { ApiKeyName: string } }
    ).ApiKeyAuthParameters;
    const { ConnectionArn } = await events.send(
      new CreateConnectionCommand({
        Name: 'gateway',
        AuthorizationType: 'API_KEY',
        AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName, ApiKeyValue: `Bearer ${token}` } },
      }),
    );
    const { ApiDestinationArn = '' } = await events.send(
      new CreateApiDestinationCommand({
        Name: 'gateway',
        ConnectionArn,
        HttpMethod: 'POST',
        InvocationEndpoint: `${url}/events`,
      }),
    );
    await aws.messaging.rule(
      'changes',
      { Arn: ApiDestinationArn, RoleArn: 'arn:aws:iam::123456789012:role/deliver' },
      aws.pattern,
    );

    await aws.change(9);
    await until(async () => (await aws.count('https', 'taken')) >= 3);
    await until(async () => aws.sandbox.deliveriesUnderWay() === 0);
    expect(await aws.count('https', 'failed')).toBe(0);
    expect(await aws.count('https', 'invalid')).toBe(0);
    await rm(folder, { recursive: true });
  });
});
