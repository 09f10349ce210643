import { CreateServiceCommand, DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { ECS_EVENTS, Messaging } from '../support/messaging.ts';
import { REGION, runService, withRule } from '../support/rule-world.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';

const TASK_CHANGE = 'ECS Task State Change';

describe('a rule', () => {
  it('sends each event of ECS to its queue, as it is in the log of events, and a little later', async () => {
    await using w = await withRule();
    await runService(w);
    w.seconds(120);
    const { events } = w.sandbox.events(REGION);
    const arrived = await w.m.drain(w.queue.url);
    expect(arrived).toEqual(JSON.parse(JSON.stringify(events)));
    expect(new Set(arrived.map((event) => event['detail-type']))).toEqual(
      new Set([TASK_CHANGE, 'ECS Service Action', 'ECS Deployment State Change']),
    );
    await w.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'two',
        taskDefinition: 'web',
        desiredCount: 0,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
      }),
    );
    expect(await w.m.drain(w.queue.url)).toEqual([]);
    w.sandbox.clock.advance(149);
    expect(await w.m.drain(w.queue.url)).toEqual([]);
    w.sandbox.clock.advance(1);
    expect((await w.m.drain(w.queue.url)).map(({ detail }) => detail.eventName)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
    ]);
  });

  it('sends what its pattern matches, while it is enabled', async () => {
    const pattern = { source: ['aws.ecs'], 'detail-type': [TASK_CHANGE], detail: { lastStatus: ['RUNNING'] } };
    await using w = await withRule(JSON.stringify(pattern));
    await runService(w);
    w.seconds(120);
    const arrived = await w.m.drain(w.queue.url);
    expect(arrived.map(({ detail }) => detail.lastStatus)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    await w.m.events.send(new DisableRuleCommand({ Name: 'ecs' }));
    const { tasks } = await w.ecs.send(
      new DescribeTasksCommand({
        cluster: 'main',
        tasks: (await w.ecs.send(new ListTasksCommand({ cluster: 'main' }))).taskArns,
      }),
    );
    for (const task of tasks ?? [])
      w.sandbox.accidents.cause({ accident: 'spot-interruption', task: task.taskArn ?? '' });
    w.seconds(120);
    expect(await w.m.drain(w.queue.url)).toEqual([]);
    await w.m.events.send(new EnableRuleCommand({ Name: 'ecs' }));
    expect((await w.m.events.send(new DescribeRuleCommand({ Name: 'ecs' }))).State).toBe('ENABLED');
  });

  it('is listed with its targets, and removed after them', async () => {
    await using w = await withRule();
    expect(w.rule).toEqual({ arn: `arn:aws:events:${REGION}:123456789012:rule/ecs`, failed: 0 });
    const { events } = w.m;
    expect((await events.send(new ListRulesCommand({ NamePrefix: 'e' }))).Rules).toEqual([
      { Name: 'ecs', Arn: w.rule.arn, EventPattern: ECS_EVENTS, State: 'ENABLED', EventBusName: 'default' },
    ]);
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: 'ecs' }))).Targets).toEqual([
      { Id: 'target', Arn: w.queue.arn },
    ]);
    const byTarget = new ListRuleNamesByTargetCommand({ TargetArn: w.queue.arn });
    expect((await events.send(byTarget)).RuleNames).toEqual(['ecs']);
    const remove = new DeleteRuleCommand({ Name: 'ecs' });
    await expect(events.send(remove)).rejects.toThrow("Rule can't be deleted since it has targets.");
    const removed = await events.send(new RemoveTargetsCommand({ Rule: 'ecs', Ids: ['target', 'none'] }));
    expect(removed).toMatchObject({ FailedEntryCount: 1, FailedEntries: [{ TargetId: 'none' }] });
    await events.send(remove);
    await expect(events.send(new DescribeRuleCommand({ Name: 'ecs' }))).rejects.toThrow('does not exist');
  });

  it('refuses what the sandbox cannot do', async () => {
    await using w = await withRule();
    const put = (input: object) => w.m.events.send(new PutRuleCommand({ Name: 'x', ...input }));
    await expect(put({ ScheduleExpression: 'rate(1 minute)' })).rejects.toThrow('EventPattern only');
    await expect(put({ EventPattern: '{"source":"aws"}' })).rejects.toThrow('must be an object or an array');
    await expect(put({ EventPattern: ECS_EVENTS, EventBusName: 'none' })).rejects.toThrow(
      'Event bus none does not exist',
    );
    const target = (more: object) =>
      w.m.events.send(new PutTargetsCommand({ Rule: 'ecs', Targets: [{ Id: 'a', Arn: w.queue.arn, ...more }] }));
    await expect(target({ Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' })).rejects.toThrow(
      'a target is an SQS queue',
    );
    await expect(target({ InputTransformer: { InputTemplate: '"x"' } })).rejects.toThrow('InputTransformer');
    const elsewhere = { Arn: w.queue.arn.replace(REGION, 'us-east-1') };
    await expect(target(elsewhere)).rejects.toThrow(`the queue must be in the Region ${REGION}`);
    await expect(target({ DeadLetterConfig: elsewhere })).rejects.toThrow('the queue must be in the Region');
    await expect(target({ RetryPolicy: { MaximumRetryAttempts: 186 } })).rejects.toThrow('from 0 to 185');
    const many = ['a', 'b', 'c', 'd', 'e'].map((Id) => ({ Id, Arn: w.queue.arn }));
    const put5 = new PutTargetsCommand({ Rule: 'ecs', Targets: many });
    await expect(w.m.events.send(put5)).rejects.toThrow('exceeds the maximum number of targets');
  });

  it('sends a part of the event, or a text of its own', async () => {
    await using w = await withRule();
    const targets = [
      { Id: 'part', Arn: w.queue.arn, InputPath: '$.detail.clusterArn' },
      { Id: 'text', Arn: w.queue.arn, Input: '{"changed":true}' },
      { Id: 'none', Arn: w.queue.arn, InputPath: '$.detail.none' },
    ];
    await w.m.events.send(new RemoveTargetsCommand({ Rule: 'ecs', Ids: ['target'] }));
    await w.m.events.send(new PutTargetsCommand({ Rule: 'ecs', Targets: targets }));
    await withCluster(w);
    const taskDefinition = await registerTaskDefinition(w, { fargate: true });
    await w.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition,
        desiredCount: 0,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
      }),
    );
    w.seconds(1);
    const bodies = (await w.m.receive(w.queue.url)).map(({ Body }) => Body);
    expect(bodies).toEqual([`"arn:aws:ecs:${REGION}:123456789012:cluster/main"`, '{"changed":true}', 'null']);
  });
});

describe('a queue for several accounts', () => {
  it('gets the events of each, as far as its policy allows', async () => {
    await using w = await withRule();
    const accounts = ['200000000001', '200000000002', '200000000003'];
    const Policy = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: w.queue.arn,
          Condition: { StringEquals: { 'aws:SourceAccount': accounts.slice(0, 2) } },
        },
      ],
    });
    await w.m.sqs.send(new SetQueueAttributesCommand({ QueueUrl: w.queue.url, Attributes: { Policy } }));
    for (const accessKeyId of accounts) {
      using theirs = new Messaging(w.sandbox, { accessKeyId });
      await theirs.rule('to-hub', { Arn: w.queue.arn });
      const ecs = w.client({ credentials: { accessKeyId, secretAccessKey: 'test' } });
      await runService({ ...w, ecs });
    }
    w.seconds(60);
    const arrived = await w.m.drain(w.queue.url);
    const ofAccount = (account: string) => arrived.filter((event) => event.account === account);
    expect(ofAccount('200000000001').length).toBeGreaterThan(9);
    expect(ofAccount('200000000002')).toHaveLength(ofAccount('200000000001').length);
    expect(arrived).toHaveLength(2 * ofAccount('200000000001').length);
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(arrived.length);
  });
});

describe('an event bus', () => {
  it('passes events on to the bus of another account and Region, once', async () => {
    await using w = await withRule();
    using hub = new Messaging(w.sandbox, { accessKeyId: '210987654321', region: 'us-east-1' });
    const all = await hub.queue('all');
    await hub.events.send(new CreateEventBusCommand({ Name: 'fleet' }));
    const bus = 'arn:aws:events:us-east-1:210987654321:event-bus';
    await hub.events.send(new PutRuleCommand({ Name: 'in', EventBusName: 'fleet', EventPattern: ECS_EVENTS }));
    await hub.events.send(
      new PutTargetsCommand({
        Rule: 'in',
        EventBusName: 'fleet',
        // An event from another account goes no further.
        Targets: [
          { Id: 'queue', Arn: all.arn },
          { Id: 'back', Arn: `arn:aws:events:${REGION}:123456789012:event-bus/default` },
        ],
      }),
    );
    await w.m.events.send(new PutTargetsCommand({ Rule: 'ecs', Targets: [{ Id: 'hub', Arn: `${bus}/fleet` }] }));
    await runService(w);
    w.seconds(60);
    const [own, theirs] = [await w.m.drain(w.queue.url), await hub.drain(all.url)];
    expect(theirs.length).toBeGreaterThan(9);
    expect(theirs).toEqual(own.slice(0, theirs.length));
    expect(theirs[0]).toMatchObject({ account: '123456789012', region: REGION });
  });

  it('takes events of one’s own, not in the name of AWS', async () => {
    await using w = await withRule(JSON.stringify({ source: ['me'] }));
    const entry = { Source: 'me', DetailType: 'Test', Detail: '{"a":1}' };
    const { Entries, FailedEntryCount } = await w.m.events.send(
      new PutEventsCommand({ Entries: [entry, { ...entry, Source: 'aws.ecs' }, { ...entry, Detail: 'x' }] }),
    );
    expect(FailedEntryCount).toBe(2);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
    ]);
    w.seconds(1);
    expect(await w.m.drain(w.queue.url)).toMatchObject([
      {
        id: Entries?.[0]?.EventId,
        source: 'me',
        'detail-type': 'Test',
        time: '2026-03-01T12:00:00Z',
        detail: { a: 1 },
      },
    ]);
  });
});
