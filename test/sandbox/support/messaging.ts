import {
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  type PutTargetsCommandInput,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Sandbox } from '../../../src/sandbox/index.ts';

export const ECS_EVENTS = JSON.stringify({ source: ['aws.ecs'] });

/** The event in a message, as EventBridge sends it. */
export interface QueuedEvent {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly region?: string;
  readonly accessKeyId?: string;
  /** Instead of an access key: those of a session. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

function configOf({ url }: Sandbox, { region = 'eu-west-1', accessKeyId = 'test', ...place }: Place) {
  const { credentials = { accessKeyId, secretAccessKey: 'test' } } = place;
  return { endpoint: url, region, credentials, maxAttempts: 1 };
}

/** SQS and EventBridge of a sandbox by their unmodified SDK clients. */
export class Messaging implements Disposable {
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;

  constructor(sandbox: Sandbox, place: Place = {}) {
    this.sqs = new SQSClient(configOf(sandbox, place));
    this.events = new EventBridgeClient(configOf(sandbox, place));
  }

  async queue(QueueName = 'events', Attributes: Partial<Record<QueueAttributeName, string>> = {}) {
    const { QueueUrl = '' } = await this.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    const { Attributes: all } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return { url: QueueUrl, arn: all?.QueueArn ?? '' };
  }

  /** A rule of the default bus, with one target. */
  async rule(
    Name: string,
    target: Omit<NonNullable<PutTargetsCommandInput['Targets']>[number], 'Id'>,
    pattern = ECS_EVENTS,
  ) {
    const { RuleArn } = await this.events.send(new PutRuleCommand({ Name, EventPattern: pattern }));
    const { FailedEntryCount } = await this.events.send(
      new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'target', ...target }] }),
    );
    return { arn: RuleArn, failed: FailedEntryCount };
  }

  /** Some messages of a queue, without waiting. */
  async receive(QueueUrl: string, more: object = {}): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }),
    );
    return Messages;
  }

  /** Receives and deletes messages until the queue is empty, and returns their events. */
  async drain(QueueUrl: string): Promise<QueuedEvent[]> {
    const events: QueuedEvent[] = [];
    for (;;) {
      const messages = await this.receive(QueueUrl);
      if (messages.length === 0) return events;
      events.push(...messages.map(({ Body = '' }) => JSON.parse(Body) as QueuedEvent));
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async counts(QueueUrl: string): Promise<(string | undefined)[]> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return ['', 'NotVisible', 'Delayed'].map(
      (name) => Attributes[`ApproximateNumberOfMessages${name}` as QueueAttributeName],
    );
  }

  [Symbol.dispose](): void {
    this.sqs.destroy();
    this.events.destroy();
  }
}
